"""What McQueen says in a chat, as numbered lines, and the mouth that "speaks" a read-back by delivering it.

A read-back counts as heard only after it was sent. Nothing is stored on disk.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from assistant.conversation.observations import Observation, Stepped
from assistant.dialogue.table_effects import Purpose, Say, Show

MOST_LINES = 100
"""Lines of a chat that can be read again."""
SHOWN = "shown"
"""Kind of a line that a screen shows besides the spoken text."""


@dataclass(frozen=True)
class ChatLine:
    """One thing that McQueen said. `kind` is statement, question, read_back, notice or shown."""

    number: int
    """Counts from 1 within a conversation."""
    kind: str
    text: str


@dataclass(frozen=True)
class SpokenText:
    """The mouth's report for a text; making text takes no time."""

    synthesis_seconds: float = 0.0


class ChatLines:
    """The lines of one conversation. It is an observer of the runtime, and its mouth."""

    def __init__(self) -> None:
        self._lines: deque[ChatLine] = deque(maxlen=MOST_LINES)
        self._sent = 0
        self._sent_more = asyncio.Event()
        self.changed = asyncio.Event()
        """Set after a step, or when a read-back begins to wait. Whoever waits for it clears it."""
        self.last = 0
        """Number of the newest line."""
        self.read_back = 0
        """Number of the newest read-back; 0 if there was none."""
        self._wanted = 0

    @property
    def waiting(self) -> bool:
        """Whether a read-back waits to be delivered. This ends when it is sent, before the runtime knows."""
        return self._sent < self._wanted

    def saw(self, seen: Observation) -> None:
        """Add everything that a step says and shows, in order."""
        if isinstance(seen, Stepped):
            for effect in seen.effects:
                if isinstance(effect, Say):
                    self._add(effect.purpose.value, effect.text)
                elif isinstance(effect, Show):
                    self._add(SHOWN, effect.text)
            self.changed.set()

    def _add(self, kind: str, text: str) -> None:
        self.last += 1
        self._lines.append(ChatLine(self.last, kind, text))
        if kind == Purpose.READ_BACK:
            self.read_back = self.last

    def after(self, number: int) -> tuple[ChatLine, ...]:
        """Return the lines with higher numbers that are still stored."""
        return tuple(line for line in self._lines if line.number > number)

    def sent(self, number: int) -> None:
        """Note that the lines up to that number went out to the user."""
        self._sent = max(self._sent, min(number, self.last))
        self._sent_more.set()

    async def say(self, text: str) -> SpokenText:
        """Return at once, or for a read-back when it has been sent."""
        wanted = next((one for one in reversed(self._lines) if one.text == text), None)
        if wanted is not None and wanted.kind == Purpose.READ_BACK:
            self._wanted = wanted.number
            self.changed.set()
            try:
                while self._sent < wanted.number:
                    self._sent_more.clear()
                    await self._sent_more.wait()
            finally:
                self._wanted = 0
        return SpokenText()

    async def earcon(self, name: str) -> None:
        """Play nothing."""

    def set_pace(self, pace: float) -> None:
        """Do nothing: the reader sets the pace."""

    def set_loudness(self, loudness: float) -> None:
        """Do nothing: there is no sound."""
