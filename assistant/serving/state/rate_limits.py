"""How many requests somebody may send within a sliding window: the protocol, and the limit that counts in memory.

Somebody is an address or a user; the caller decides what the name means. Other stores count for several processes.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

REST_MOST = 100
"""Requests of one address, and of one user, over the McQueen REST API in `REST_SECONDS`; RATE_LIMIT_MAX replaces it."""

REST_SECONDS = 900.0
"""Seconds in which `REST_MOST` counts (its contract); RATE_LIMIT_WINDOW replaces it."""
_MOST_NAMES = 10_000


class RequestLimit(Protocol):
    """At most `most` requests of one name within any `seconds`."""

    most: int
    seconds: float

    async def admit(self, name: str) -> int:
        """Count a request and return 0; at the limit count nothing and return the whole seconds to wait."""
        ...


def wait_until(oldest: float, now: float, seconds: float) -> int:
    """Return in how many whole seconds, at least one, a request from `oldest` no longer counts."""
    return max(1, math.ceil(oldest + seconds - now))


class MemoryLimit:
    """A `RequestLimit` for this process alone."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self.most = most
        self.seconds = seconds
        self._now = now
        self._seen: dict[str, deque[float]] = {}

    async def admit(self, name: str) -> int:
        """Count a request and return 0, or return the seconds to wait."""
        now = self._now()
        seen = self._seen.setdefault(name, deque())
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.most:
            return wait_until(seen[0], now, self.seconds)
        seen.append(now)
        if len(self._seen) > _MOST_NAMES:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        self._seen = {key: seen for key, seen in self._seen.items() if seen and seen[-1] > now - self.seconds}
