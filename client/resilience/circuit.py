"""A circuit breaker: after several failures in a row it stops calls to a server for a while, then lets one call probe
it.

Counts only failures of the server; a refusal (4xx, 429) or a cancelled call does not count. The caller passes a
monotonic clock. It never sleeps and never sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class CircuitState(StrEnum):
    """Closed admits all calls, open none, half-open one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class CircuitSettings:
    """When a breaker opens and for how long."""

    failures: int = 5
    """Failures in a row that open the breaker."""
    first_pause: float = 1.0
    """Seconds that it stays open; doubled with each failed probe."""
    longest_pause: float = 15.0


class Circuit:
    """The breaker of one server."""

    def __init__(self, monotonic: Callable[[], float], settings: CircuitSettings | None = None) -> None:
        self._monotonic = monotonic
        self._settings = settings or CircuitSettings()
        self._failures = 0
        self._opened_at: float | None = None
        self._pause = self._settings.first_pause
        self._probing = False

    @property
    def state(self) -> CircuitState:
        """Return the present state."""
        if self._opened_at is None:
            return CircuitState.CLOSED
        if self._probing or self._monotonic() - self._opened_at >= self._pause:
            return CircuitState.HALF_OPEN
        return CircuitState.OPEN

    def admit(self) -> bool:
        """Return whether a call may be sent. In the half-open state only the first caller may; it must report how the
        call ended."""
        state = self.state
        if state is CircuitState.CLOSED:
            return True
        if state is CircuitState.OPEN or self._probing:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """Record that the server answered, with any answer."""
        self._failures = 0
        self._opened_at = None
        self._probing = False
        self._pause = self._settings.first_pause

    def failed(self) -> None:
        """Record that the server could not be reached, or failed."""
        self._failures += 1
        if self._probing:
            self._pause = min(self._pause * 2, self._settings.longest_pause)
        if self._probing or (self._opened_at is None and self._failures >= self._settings.failures):
            self._opened_at = self._monotonic()
        self._probing = False

    def abandoned(self) -> None:
        """Record a cancelled call: nothing is known, and the next call may probe."""
        self._probing = False
