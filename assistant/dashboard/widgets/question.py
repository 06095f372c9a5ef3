"""The question that waits for an answer, in large type. Hidden if there is none."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.letters import large
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.turns import Choosing, Eliciting, Mode, Option
from assistant.policy.driving import DrivingState

SHORT = 30
"""Most characters of a text that may be read at a glance (row S6)."""
LONGEST = 120
"""Most characters of any text on the screen (row S7)."""
MOST_CHOICES = 3
"""Choices that are offered at once (row V2)."""
PLEASE = "Please answer"


class QuestionBar(Widget):
    """The pending question. Unless parked, only a few words (row S6), as large as fits."""

    question: reactive[str] = reactive("")
    glance: reactive[bool] = reactive(False)

    def __init__(self, symbols: Symbols = UNICODE) -> None:
        super().__init__()
        self._symbols = symbols

    def show(self, state: State | None) -> None:
        """Show this state's question, or hide."""
        waits = state is not None and state.mode in WAITING
        self.display = waits
        if waits and state is not None:
            self.glance = state.driving is not DrivingState.PARKED
            self.question = question_text(state)

    def render(self) -> RenderResult:
        """Return the words, large unless parked."""
        width, height = self.content_size.width, self.content_size.height
        rows = large(self.question, width, height, blocks=self._symbols.block) if self.glance else []
        return "\n".join(rows) if rows else self.question


def question_text(state: State) -> str:
    """Return the words of the pending question: all of them if parked, else a few."""
    if state.driving is DrivingState.PARKED:
        return clipped(state.said.text)
    tool = state.catalog.find(state.request.tool) if state.request else None
    if state.mode is Mode.CONFIRMING and tool is not None and state.request is not None:
        from assistant.wording.closing_questions import asking
        from assistant.wording.languages import speaking
        from assistant.wording.replies import (  # words and dates of every language: after the first paint
            asking_all,
        )

        with speaking(state.language):
            return asking_all(state.plan + 1) if state.plan else asking(tool, state.request.arguments)
    if options := _options(state):
        return numbered([option.label for option in options]) or PLEASE
    return state.said.text if len(state.said.text) <= SHORT else PLEASE


def _options(state: State) -> tuple[Option, ...]:
    """Return what may be chosen; nothing if that is the driver's own words, which are spoken only (row V11)."""
    turn = state.turn
    if isinstance(turn, Eliciting) or (isinstance(turn, Choosing) and turn.request is None):
        return turn.options
    return ()


def numbered(options: Sequence[str]) -> str:
    """Return the choices as numbers with one word each, that which tells it from the others.

    Empty if a choice has no such word, or if they are too long for a glance together (row S6).
    """
    words = [option.split() for option in options[:MOST_CHOICES]]
    told = []
    for number, own in enumerate(words):
        others = {word.casefold() for at, each in enumerate(words) if at != number for word in each}
        told.append(next((word for word in own if word.casefold() not in others), ""))
    text = "  ".join(f"{number} {word}" for number, word in enumerate(told, 1))
    return text if all(told) and len(text) <= SHORT else ""


def clipped(text: str, most: int = LONGEST) -> str:
    """Return the text, or only its end if it is too long, because the question comes last."""
    return text if len(text) <= most else "..." + text[-(most - 3) :].partition(" ")[2]
