"""Every step of the records with the wall clock set forward or back at its first, second, ... statement.

The time that truly passed is the clock's monotonic one, and the log's. The clock stays wrong, or is right again three
statements later, as when a receiver loses the satellites' time and finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.chaos.faulty_disk import Plan

JUMPS: Final = {
    "a day back": -86400.0,
    "an hour back": -3600.0,
    "two minutes back": -120.0,
    "an hour ahead": 3600.0,
    "20 years ahead": 20 * 365.25 * 86400.0,
}
"""Seconds by which the wall clock is set, by name."""
_RIGHT_AGAIN: Final = 3
"""Statements after which a clock that was set wrongly for a while is right again."""


@dataclass
class Jump(Plan):
    """A change of the wall clock at a statement; it is no fault of the disk. `lasting` says that it stays wrong."""

    name: str = ""

    def __post_init__(self) -> None:
        self.on_operation = self._count

    def __str__(self) -> str:
        return f"{self.name} at {self.at}{' and on' if self.lasting else ''}"

    def _count(self, _: str) -> None:
        self.seen += 1
        if self.seen == self.at:
            self.hit = True
            self.clock.shift += JUMPS[self.name]
        elif self.seen == self.at + _RIGHT_AGAIN and not self.lasting:
            self.clock.shift -= JUMPS[self.name]
