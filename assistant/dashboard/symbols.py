"""The signs that the dashboard draws, in two sets: Unicode, and ASCII for other terminals.

Each sign stands beside a word, so that neither colour nor a missing glyph hides a state (row S19). Draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbols:
    """One sign for each state."""

    ready: str
    listening: str
    asking: str
    working: str
    speaking: str
    online: str
    offline: str
    outbox: str
    muted: str
    vehicle: str
    turn: str
    microphone: str
    typed: str
    open: str
    closed: str
    well: str
    unwell: str
    bar: str
    rest: str
    there: str
    away: str
    quiet: str
    spoken: str
    paused: str
    ended: str
    road: str
    way: str
    look_back: str
    """The keys that look back in a drive."""
    steps: str
    """Levels from the lowest to the highest."""
    block: bool
    """Whether half blocks may be used for large type."""


UNICODE = Symbols(
    ready="○", listening="●", asking="?", working="…", speaking="▶", online="⇄", offline="✕", outbox="✉", muted="⊘",
    vehicle="◆", turn="↱", microphone="●", typed="✎", open="▾", closed="▸", well="✓", unwell="✕", bar="█", rest="░",
    there="━", away="╌", quiet="·", spoken="━", paused="╌", ended="┃",
    road="·", way="•", look_back="←→ look back", steps="▁▂▃▄▅▆▇█", block=True,
)  # fmt: skip
ASCII = Symbols(
    ready="o", listening="*", asking="?", working="...", speaking=">", online="=", offline="x", outbox="@", muted="0",
    vehicle="+", turn="->", microphone="*", typed="_", open="v", closed=">", well="+", unwell="x", bar="#", rest=":",
    there="-", away="x", quiet=".", spoken="=", paused="-", ended="|",
    road=".", way="o", look_back="<- -> look back", steps="_.-=+*%#", block=False,
)  # fmt: skip


def symbols_for(encoding: str | None) -> Symbols:
    """Return the set that a terminal of this encoding can show; ASCII for an unknown encoding."""
    return UNICODE if (encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf16") else ASCII
