"""Until when each waiting call may be sent, by the clock that nobody sets.

The wall clock alone would let a call wait a day longer after it was set back a day. It ends no call; it says which have
waited too long. What an earlier program left is judged by the wall clock, and counts as too old where that went back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from client.clock import Clock
from client.records import cache

_EARLY = 5.0
"""Seconds by which a record may seem to be in the future."""


class WaitingTimes:
    """The waiting calls of one database, as one program knows them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}
        """Monotonic seconds by position in the outbox."""
        self._agreed: dict[str, float] = {}
        """The same by idempotency key, for calls that this program stores."""
        self._seen = 0
        """The last position that was looked at."""

    def waits(self, key: str, seconds: float) -> None:
        """Note that a call with that key is stored now and may wait so long."""
        self._agreed[key] = self._clock.monotonic() + seconds

    def ended(self, positions: Iterable[int]) -> None:
        """Note that calls wait no more."""
        for position in positions:
            self._until.pop(position, None)

    def over(self, db: sqlite3.Connection) -> list[int]:
        """Return the positions of calls that have waited too long, and of some that wait no more."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        behind: bool | None = None
        query = "SELECT position, key, queued_at, expires_at FROM outbox WHERE state = 'pending' AND position > ?"
        for position, key, queued_at, expires_at in db.execute(query, (self._seen,)).fetchall():
            if key in self._agreed:
                self._until[position] = self._agreed.pop(key)
            else:
                if behind is None:
                    behind = now < cache.latest(db) - _EARLY
                left = 0.0 if behind else min(expires_at - now, expires_at - queued_at)
                self._until[position] = monotonic + left
            self._seen = max(self._seen, position)
        return [position for position, until in self._until.items() if until <= monotonic]
