"""What was said, heard, understood and called. Shown only when parked: a transcript is locked out otherwise (S22)."""

from __future__ import annotations

from textual.widgets import RichLog

_PREFIX = {
    "driver": "you      ",
    "heard": "heard    ",
    "understood": "meaning  ",
    "called": "called   ",
    "note": "note     ",
}


class Conversation(RichLog):
    """The transcript."""

    def add(self, kind: str, text: str) -> None:
        """Add a line."""
        self.write(f"{_PREFIX.get(kind, 'McQueen  ')}{text}")
