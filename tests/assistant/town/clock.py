"""A clock that a test sets, with the contract of the world's clock: local time with its offset."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=1))
MONDAY_AFTERNOON = datetime(2026, 11, 23, 17, 5, tzinfo=ZONE)


class SetClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = MONDAY_AFTERNOON) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> None:
        self.moment += timedelta(**delta)
