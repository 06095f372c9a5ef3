"""How long each waiting call may still be sent, by the monotonic clock, which nobody can set.

By the wall clock alone, a call would wait a day longer if that clock was set back a day. This module ends no call; it
only says which calls have waited too long. A call of an earlier program is judged by the wall clock, and counts as too
old if that clock went back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from client.clock import Clock
from client.records import cache

_EARLY = 5.0
"""Seconds by which a record may seem to be in the future."""


class WaitingTimes:
    """The waiting calls of one database, as this program knows them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}
        """Monotonic seconds by position in the outbox."""
        self._agreed: dict[str, float] = {}
        """Monotonic seconds by idempotency key, for calls that this program is storing."""
        self._seen = 0
        """The last outbox position that was read."""

    def waits(self, key: str, seconds: float) -> None:
        """Note that the call with that key is being stored, and for how many seconds it may wait."""
        self._agreed[key] = self._clock.monotonic() + seconds

    def ended(self, positions: Iterable[int]) -> None:
        """Note that these calls no longer wait."""
        for position in positions:
            self._until.pop(position, None)

    def over(self, db: sqlite3.Connection) -> list[int]:
        """Return the positions of calls that have waited too long. Calls that no longer wait may be among them."""
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
