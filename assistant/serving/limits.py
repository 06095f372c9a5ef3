"""How many requests an address may send, in a sliding window. In memory; one process counts alone."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

_MAX_ADDRESSES = 10_000


class SlidingWindow:
    """At most `most` requests of an address within any `seconds`."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self.most = most
        self.seconds = seconds
        self._now = now
        self._seen: dict[str, deque[float]] = {}

    def admit(self, address: str) -> int:
        """Count a request and return 0; at the limit count nothing and return the whole seconds to wait."""
        now = self._now()
        seen = self._seen.setdefault(address, deque())
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.most:
            return max(1, math.ceil(seen[0] + self.seconds - now)) if seen else max(1, math.ceil(self.seconds))
        seen.append(now)
        if len(self._seen) > _MAX_ADDRESSES:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        self._seen = {key: seen for key, seen in self._seen.items() if seen and seen[-1] > now - self.seconds}
