"""The last minute of network, servers and calls, and its picture: a row each, oldest on the left.

Fed once a second and at each call; keeps a minute in memory and nothing else. Shown only when parked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from assistant.dashboard.symbols import Symbols

MINUTE = 60.0
"""Seconds that the picture shows."""
LONGEST_GAP = 3.0
"""Seconds between two looks up to which the first still holds."""
ROUNDING = 1e-6
"""Against a column too few where a time falls right on its edge."""
MOST_SERVERS = 4
"""Rows of servers: those with the latest calls, then those that are away."""
NETWORK = "network"
LABEL = 12
"""Columns of the names before the rows."""
_OUTCOMES: Mapping[str, str] = {"succeeded": "well", "deferred": "outbox", "unknown": "asking"}
"""Symbol of a call's outcome by its kind; any other outcome is a failure."""


@dataclass(frozen=True)
class Glimpse:
    """What was reachable at one time (seconds since the epoch)."""

    at: float
    online: bool
    reachable: Mapping[str, bool]
    """By name of the server."""


@dataclass(frozen=True)
class Made:
    """A call that ended."""

    at: float
    server: str
    kind: str
    """The outcome's kind."""


class LastMinute:
    """What happened lately."""

    def __init__(self) -> None:
        self.moments: deque[Glimpse] = deque(maxlen=int(2 * MINUTE))
        self.calls: deque[Made] = deque(maxlen=500)

    def look(self, at: float, *, online: bool, reachable: Mapping[str, bool]) -> None:
        """Note what is reachable now."""
        self.moments.append(Glimpse(at, online, dict(reachable)))

    def called(self, at: float, server: str, kind: str) -> None:
        """Note the end of a call."""
        self.calls.append(Made(at, server, kind))

    def lines(self, now: float, width: int, symbols: Symbols) -> list[str]:
        """Return the picture: a row for the network, one for each server, the times, and what the signs mean."""
        columns = width - LABEL
        if columns < 10 or not self.moments:
            return ["Nothing was seen yet."]
        rows = [_row(NETWORK, self._reach(NETWORK, now, columns, symbols))]
        for server in self._servers():
            cells = self._reach(server, now, columns, symbols)
            for call in self.calls:
                if call.server == server and (place := _column(call.at, now, columns)) is not None:
                    cells[place] = vars(symbols)[_OUTCOMES.get(call.kind, "unwell")]
            rows.append(_row(server, cells))
        ago = f"{MINUTE:.0f} s ago"
        return [*rows, f"{'':<{LABEL}}{ago}{'now':>{columns - len(ago)}}", *legend(symbols, width)]

    def _servers(self) -> list[str]:
        """Return the servers to show: those called lately first, then those that are away, then the others."""
        reachable = self.moments[-1].reachable
        late = {call.server: call.at for call in self.calls}
        order = sorted(reachable, key=lambda name: (-late.get(name, 0.0), reachable[name], name))
        return order[:MOST_SERVERS]

    def _reach(self, name: str, now: float, columns: int, symbols: Symbols) -> list[str]:
        """Return a sign a column: reachable, away in any part of it, or a gap if nobody looked."""
        cells = [" "] * columns
        for moment, after in zip_longest(self.moments, islice(self.moments, 1, None)):
            there = moment.online if name == NETWORK else moment.reachable.get(name)
            begin = _column(moment.at, now, columns)
            if begin is None or there is None:
                continue
            end = begin + 1
            if after is not None and after.at - moment.at <= LONGEST_GAP:
                end = max(end, _column(after.at, now, columns) or end)
            for place in range(begin, end):
                if cells[place] != symbols.away:
                    cells[place] = symbols.there if there else symbols.away
        return cells


def _column(at: float, now: float, columns: int) -> int | None:
    """Return the column of a time; None if it is outside the minute."""
    since = MINUTE - (now - at)
    return min(columns - 1, int(since * columns / MINUTE + ROUNDING)) if 0.0 <= since <= MINUTE else None


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name[: LABEL - 1]:<{LABEL}}{''.join(cells)}"


def legend(symbols: Symbols, width: int) -> list[str]:
    """Return what the signs mean, in as many lines as the width asks for."""
    return in_lines(
        (
            f"{symbols.there} reachable", f"{symbols.away} away", f"{symbols.well} answered",
            f"{symbols.unwell} failed", f"{symbols.outbox} kept for later", f"{symbols.asking} outcome unknown",
        ),
        width,
    )  # fmt: skip


def in_lines(groups: Sequence[str], width: int, gap: str = "   ") -> list[str]:
    """Return groups of words in lines of at most that width; a group is never parted."""
    lines: list[str] = []
    for group in groups:
        if lines and len(lines[-1]) + len(gap) + len(group) <= width:
            lines[-1] += gap + group
        else:
            lines.append(group)
    return lines
