"""A retry budget: answers earn retries and each retry spends one, so that callers do not overload a failing server.

If every call fails, few retries remain; if some fail, there are enough for each. The caller passes a monotonic clock.
It never sleeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BudgetSettings:
    """The size of a server's budget."""

    reserve: float = 20.0
    """Most retries that can be saved; also the number at the start."""
    for_each_answer: float = 1.0
    """Retries earned by each answered call."""
    for_each_second: float = 2.0
    """Retries earned each second, so that a recovered server is found again."""


class RetryBudget:
    """The budget of one server."""

    def __init__(self, monotonic: Callable[[], float], settings: BudgetSettings | None = None) -> None:
        self._monotonic = monotonic
        self._settings = settings or BudgetSettings()
        self._left = self._settings.reserve
        self._seen = monotonic()

    def earn(self) -> None:
        """Record an answered call."""
        self._left = min(self._settings.reserve, self._left + self._settings.for_each_answer)

    def spend(self) -> bool:
        """Spend one retry; False if none is left."""
        now = self._monotonic()
        gained = max(0.0, now - self._seen) * self._settings.for_each_second
        self._left, self._seen = min(self._settings.reserve, self._left + gained), now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
