"""A retry budget: answers earn retries, each retry spends one, so that a sick server is not stormed by its callers.

Where every call fails, retries dry up to a trickle; where some fail, there is enough for each of them. The time is
passed in as a monotonic clock. It never sleeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BudgetSettings:
    """How many retries a server is worth."""

    reserve: float = 20.0
    """Retries that can be saved up, and that there are at the start."""
    for_each_answer: float = 1.0
    """Earned by each call that was answered."""
    for_each_second: float = 2.0
    """Earned by waiting, so that a server that comes back is found again."""


class RetryBudget:
    """The budget of one server."""

    def __init__(self, monotonic: Callable[[], float], settings: BudgetSettings | None = None) -> None:
        self._monotonic = monotonic
        self._settings = settings or BudgetSettings()
        self._left = self._settings.reserve
        self._seen = monotonic()

    def earn(self) -> None:
        """A call was answered."""
        self._left = min(self._settings.reserve, self._left + self._settings.for_each_answer)

    def spend(self) -> bool:
        """Ask for one retry; False where none is left."""
        now = self._monotonic()
        gained = max(0.0, now - self._seen) * self._settings.for_each_second
        self._left, self._seen = min(self._settings.reserve, self._left + gained), now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
