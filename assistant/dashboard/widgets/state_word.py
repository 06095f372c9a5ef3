"""One large word with a symbol: what McQueen is doing. Never scrolls, blinks or streams (rows S13, S19)."""

from __future__ import annotations

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.letters import large
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode

STARTING = ("working", "STARTING")
GAP = 3
"""Columns between the symbol and the word in large type."""
_WORDS: dict[Mode, tuple[str, str]] = {
    Mode.IDLE: ("ready", "READY"),
    Mode.LISTENING: ("listening", "LISTENING"),
    Mode.CHOOSING: ("asking", "ASKING"),
    Mode.ELICITING: ("asking", "ASKING"),
    Mode.CONFIRMING: ("asking", "CONFIRM"),
    Mode.CALLING: ("working", "THINKING"),
    Mode.ANSWERING: ("asking", "ASKING"),
    Mode.REPORTING: ("speaking", "SPEAKING"),
}


def state_word(state: State | None, *, hears: bool = True) -> tuple[str, str]:
    """Return the names of the symbol and the word for a state; None means that McQueen has not started.

    Without a microphone (`hears` is False) it never says that it listens, only that it is ready for typed words, or
    asks.
    """
    if state is None:
        return STARTING
    if state.listening and hears:
        return _WORDS[Mode.LISTENING]
    if not hears and (state.listening or state.mode is Mode.LISTENING) and not state.said.playing:
        return _WORDS[Mode.IDLE if state.mode in (Mode.LISTENING, Mode.REPORTING) else state.mode]
    if state.said.playing and state.mode in (Mode.IDLE, Mode.LISTENING):
        return _WORDS[Mode.REPORTING]
    return _WORDS[state.mode]


class StateWord(Widget):
    """The word, in large type if it fits."""

    word: reactive[tuple[str, str]] = reactive(STARTING)

    def __init__(self, symbols: Symbols = UNICODE) -> None:
        super().__init__()
        self._symbols = symbols

    def show(self, state: State | None, *, hears: bool = True) -> None:
        """Show the word of this state; `hears` says whether there is a microphone."""
        self.word = state_word(state, hears=hears)
        self.set_class(state is not None and state.listening and hears, "listening")
        self.set_class(state is not None and state.mode is Mode.CONFIRMING, "confirming")

    def render(self) -> RenderResult:
        """Return the word: large if there are three free rows, else in one line."""
        name, word = self.word
        symbol = vars(self._symbols)[name]
        width, height = self.content_size.width, self.content_size.height
        rows = large(word, width - len(symbol) - GAP, height, blocks=self._symbols.block) if height > 2 else []
        return "\n".join(_beside(symbol, rows)) if rows else f"{symbol}  {word}"


def _beside(symbol: str, rows: list[str]) -> list[str]:
    """Return rows of equal width, so that centring keeps them aligned, with the symbol before the middle one."""
    longest, middle = max(len(row) for row in rows), len(rows) // 2
    edge = len(symbol) + GAP
    return [f"{symbol if number == middle else '':<{edge}}{row:<{longest}}" for number, row in enumerate(rows)]
