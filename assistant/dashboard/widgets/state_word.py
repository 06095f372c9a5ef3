"""One large word with a symbol: what McQueen is doing. Never scrolls, blinks or streams (rows S13, S19)."""

from __future__ import annotations

from textual.widgets import Static

from assistant.dialogue.state import Mode, State

_WORDS: dict[Mode, tuple[str, str]] = {
    Mode.IDLE: ("○", "READY"),
    Mode.LISTENING: ("●", "LISTENING"),
    Mode.CHOOSING: ("?", "ASKING"),
    Mode.ELICITING: ("?", "ASKING"),
    Mode.CONFIRMING: ("?", "CONFIRM"),
    Mode.CALLING: ("…", "WORKING"),
    Mode.ANSWERING: ("?", "ASKING"),
    Mode.REPORTING: ("▶", "SPEAKING"),
}


def state_word(state: State) -> tuple[str, str]:
    """Return the symbol and the word of a state."""
    if state.listening:
        return _WORDS[Mode.LISTENING]
    if state.speech and state.mode in (Mode.IDLE, Mode.LISTENING):
        return _WORDS[Mode.REPORTING]
    return _WORDS[state.mode]


class StateWord(Static):
    """The word, in spaced capitals."""

    def show(self, state: State) -> None:
        """Show what this state is."""
        symbol, word = state_word(state)
        self.update(f"{symbol}  {' '.join(word)}")
        self.set_classes(f"mode-{state.mode}")
