"""Computes how many copies of a server's process are wanted: by calls, processor, memory, and the needs of past days.

It only computes; `scaled.py` starts and stops the copies. More copies are wanted at once, fewer only after a quiet
time.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low

from client.records.private_file import write_private

AHEAD_SECONDS = 120.0
"""Seconds before the start of an hour at which the copies that it needed on past days are started."""
PAST_DAYS = 7
"""How many past days are compared at the same hour."""
FEWEST_DAYS = 2
"""Least days of history for a forecast, because one odd day is no habit."""
_HOUR = 3600.0
_MEGABYTE = 1e6


@dataclass(frozen=True)
class ScaleRules:
    """The rules for the number of copies; a limit of 0 is ignored."""

    least: int = 1
    most: int = 4
    cpu: float = 0.8
    """Share of one processor that a copy may use on average."""
    memory: float = 0.0
    """Megabytes that a copy may hold on average."""
    queue: int = 8
    """Most calls that a copy gets at once; further calls wait for another copy."""
    cooldown: float = 300.0
    """Seconds for which fewer copies must have been enough before any is stopped."""


@dataclass(frozen=True)
class Load:
    """The total load of all copies."""

    calls: int = 0
    """Calls that run or wait."""
    cpu: float = 0.0
    """Shares of a processor, 0 and up."""
    memory: int = 0
    """Bytes."""


def copies_for(load: Load, rules: ScaleRules) -> int:
    """Return how many copies the load needs, at most `most`; 0 if there is none."""
    each = ((load.calls, rules.queue), (load.cpu, rules.cpu), (load.memory / _MEGABYTE, rules.memory))
    return min(rules.most, max(math.ceil(total / limit) if limit else 0 for total, limit in each))


class Scale:
    """The number of copies wanted over time: the most that were needed within the last `cooldown` seconds."""

    def __init__(self, rules: ScaleRules) -> None:
        self._rules = rules
        self._needed: deque[tuple[float, int]] = deque()
        """Past needs with their times. A need is dropped when a higher one follows, so the list stays short."""

    def wanted(self, now: float, needed: int) -> int:
        """Return how many copies there should be. `now` is monotonic; `needed` is how many are needed at that
        moment.
        """
        while self._needed and self._needed[-1][1] <= needed:
            self._needed.pop()
        self._needed.append((now, needed))
        while self._needed[0][0] < now - self._rules.cooldown:
            self._needed.popleft()
        return min(self._rules.most, max(self._rules.least, self._needed[0][1]))


@dataclass
class LoadHistory:
    """The most copies that the load needed in each hour of the last days, in one small file.

    It holds numbers only. An unreadable file counts as empty, because only the forecast depends on it.
    """

    path: Path | None = None
    """The file; None keeps the history in memory only."""
    _hours: dict[int, int] = field(default_factory=dict)
    _since: int | None = None
    """The first hour that was recorded."""

    def note(self, now: float, needed: int) -> None:
        """Record how many copies were needed at a time, in seconds since the epoch."""
        hour = _hour(now)
        self._since = hour if self._since is None else min(hour, self._since)
        if needed > self._hours.get(hour, 0):
            self._hours[hour] = needed
            oldest = hour - (PAST_DAYS + 1) * 24
            self._hours = {at: count for at, count in self._hours.items() if at >= oldest}

    def expected(self, now: float) -> int:
        """Return the copies that most of the past days needed at this hour of the day, or at the one about to begin."""
        return max(self._at(_hour(now)), self._at(_hour(now + AHEAD_SECONDS)))

    def _at(self, hour: int) -> int:
        past = [hour - 24 * days for days in range(1, PAST_DAYS + 1)]
        known = [self._hours.get(one, 0) for one in past if self._since is not None and one >= self._since]
        return median_low(known) if len(known) >= FEWEST_DAYS else 0

    def read(self) -> None:
        """Read the file, if there is one. Blocks."""
        if self.path is None:
            return
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept: Mapping[str, int] = (found := json.loads(self.path.read_text(encoding="utf-8")))["hours"]
            hours = {int(hour): int(count) for hour, count in kept.items()}
            self._since, self._hours = int(found["since"]), hours

    def save(self) -> None:
        """Write the file anew; nothing is raised if the disk does not allow it. Blocks."""
        if self.path is None or self._since is None:
            return
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            kept = {"since": self._since, "hours": self._hours}
            write_private(self.path, json.dumps(kept).encode(), durable=False)


def _hour(now: float) -> int:
    """Return the number of the local hour of a time, counted through all days."""
    return int((now + time.localtime(now).tm_gmtoff) // _HOUR)
