"""The question that waits for an answer, in large type. Hidden if there is none."""

from __future__ import annotations

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.letters import large
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState

SHORT = 30
"""Most characters of a text that may be read at a glance (row S6)."""
LONGEST = 120
"""Most characters of any text on the screen (row S7)."""
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
    return state.said.text if len(state.said.text) <= SHORT else PLEASE


def clipped(text: str, most: int = LONGEST) -> str:
    """Return the text, or only its end if it is too long, because the question comes last."""
    return text if len(text) <= most else "..." + text[-(most - 3) :].partition(" ")[2]
