"""The last seconds of the microphone as two rows: how loud it was, and what the endpoint made of it.

Keeps figures only, never sound. Shown only when parked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.dashboard.last_minute import in_lines
from assistant.dashboard.symbols import Symbols

if TYPE_CHECKING:
    from voice.ears import Progress

COLUMNS = 50
"""Levels that are shown; at five a second, the last ten seconds."""
QUIETEST = -60.0
"""Level of an empty column, in decibels of full scale."""
LABEL = 12
"""Columns of the names before the rows."""
SPEAKS = 0.5
"""Probability of speech from which a block counts as speech; below it, it is a pause."""
_DECISIONS: Mapping[str, tuple[str, str]] = {
    # state of the endpoint: (name of the sign, what it decided)
    "waiting": ("quiet", "waits for the first word"),
    "speech": ("spoken", "the driver speaks"),
    "ended": ("ended", "the turn has ended: it was quiet for long enough"),
    "too_long": ("ended", "the turn has ended: it was too long"),
    "no_speech": ("ended", "the turn has ended: nobody spoke"),
    "stopped": ("ended", "the turn has ended: by the key"),
}
_SENTENCE: Mapping[str, str] = {
    "complete": "the sentence is whole",
    "open": "the sentence wants more",
    "unknown": "whether the sentence is whole is not known",
}
"""What the recognizer says of the words before a pause."""


class LevelStrip:
    """What the meter shows."""

    def __init__(self) -> None:
        self._levels: deque[tuple[float, str]] = deque(maxlen=COLUMNS)
        """Level in decibels of full scale, and the name of the endpoint's sign; none outside a turn."""
        self.decided = ""
        """What the endpoint made of the last block, in words."""

    def take(self, level: float, now: Progress | None = None) -> None:
        """Add a level, with what the endpoint makes of it in a turn."""
        self._levels.append((level, "" if now is None else self._sign(now)))

    def _sign(self, now: Progress) -> str:
        name, self.decided = _DECISIONS[now.state.value]
        if name == "spoken" and now.speech < SPEAKS:
            name, self.decided = "paused", "a pause"
            if now.ending is not None:
                self.decided += f": {_SENTENCE[now.ending.value]}"
        return name

    def lines(self, symbols: Symbols, width: int) -> list[str]:
        """Return the two rows, the decision, and what the signs mean."""
        if not self._levels:
            return []
        columns = max(1, min(COLUMNS, width - LABEL - 8))
        shown = list(self._levels)[-columns:]
        loud = "".join(_step(level, symbols.steps) for level, _ in shown)
        marks = "".join(vars(symbols)[sign] if sign else " " for _, sign in shown)
        rows = [f"{'level':<{LABEL}}{loud:<{columns}} {shown[-1][0]:4.0f} dB"]
        if not self.decided:
            return rows
        signs = (
            f"{symbols.quiet} quiet",
            f"{symbols.spoken} speech",
            f"{symbols.paused} pause",
            f"{symbols.ended} end",
        )
        return [*rows, f"{'endpoint':<{LABEL}}{marks}", f"{'decision':<{LABEL}}{self.decided}", *in_lines(signs, width)]


def _step(level: float, steps: str) -> str:
    """Return the sign of a level: the last one from full scale on."""
    share = min(1.0, max(0.0, 1.0 - level / QUIETEST))
    return steps[min(len(steps) - 1, int(share * len(steps)))]
