"""The copies of one server's process, and the choice of a copy for each call: the least busy one that has room.

If none has room, calls wait in the order in which they came. It starts and stops nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from client.servers.processes.supervision import OperatedServer

QUESTION_SECONDS = 180.0
"""Seconds for which a copy that asked a question is reserved for the answer; a form waits two minutes."""
_MOST_QUESTIONS = 64


@dataclass
class Copy:
    """One process; `number` is 1 for the first."""

    server: OperatedServer
    number: int
    busy: int = 0
    """Running calls."""
    measured: bool = False
    """Whether its usage was measured before; the first measurement includes the cost of starting."""
    leaving: bool = False
    """Whether it is about to be stopped and therefore gets no further call."""


@dataclass
class Copies:
    """The copies, the first one first, and the calls that wait for one."""

    all: list[Copy]
    room: int
    """Most calls that each copy gets at once; 0 for no limit."""
    waiting: deque[asyncio.Future[Copy | None]] = field(default_factory=deque)
    _asked: dict[str, tuple[Copy, float]] = field(default_factory=dict)
    """The copy that waits for the answer to its question, and the time of the question, by `call_id`."""

    @property
    def calls(self) -> int:
        """How many calls run or wait."""
        return len(self.waiting) + sum(copy.busy for copy in self.all)

    @property
    def staying(self) -> list[Copy]:
        """The copies that are not about to be stopped."""
        return [copy for copy in self.all if not copy.leaving]

    async def enter(self, call_id: str, seconds: float) -> Copy | None:
        """Return the copy for a call, at once or when one has room; None if none has within that time, or all stop.

        `leave` has to follow.
        """
        asked = self._asked.pop(call_id, None)
        copy = asked[0] if asked is not None else None if self.waiting else self._free()
        if copy is not None:
            copy.busy += 1
            return copy
        future: asyncio.Future[Copy | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except (TimeoutError, asyncio.CancelledError) as error:
            if future in self.waiting:
                self.waiting.remove(future)
            elif not future.cancelled() and (given := future.result()) is not None:
                self.leave(given)  # it got a copy at the very moment when it stopped waiting
            if isinstance(error, TimeoutError):
                return None
            raise

    def leave(self, copy: Copy) -> None:
        """Record that a call of the copy has ended."""
        copy.busy -= 1
        self.hand_out()

    def hand_out(self) -> None:
        """Assign waiting calls to the copies that have room."""
        while self.waiting and (copy := self._free()) is not None:
            future = self.waiting.popleft()
            if not future.done():
                copy.busy += 1
                future.set_result(copy)

    def turn_away(self) -> None:
        """Tell the waiting calls that no copy will have room."""
        for future in self.waiting:
            if not future.done():
                future.set_result(None)
        self.waiting.clear()
        self._asked.clear()

    def asks(self, call_id: str, copy: Copy, now: float) -> None:
        """Record that a copy asked a question during a call and waits for the answer."""
        while len(self._asked) >= _MOST_QUESTIONS:
            self._asked.pop(next(iter(self._asked)))
        self._asked[call_id] = (copy, now)

    def answered(self, call_id: str) -> Copy | None:
        """Return the copy whose question about a call is now settled; None if there is none."""
        asked = self._asked.pop(call_id, None)
        return asked[0] if asked is not None else None

    def to_stop(self, count: int, now: float) -> list[Copy]:
        """Return that many copies that can be stopped, least busy first; never the first copy."""
        self._asked = {call: one for call, one in self._asked.items() if now - one[1] < QUESTION_SECONDS}
        asking = [copy for copy, _ in self._asked.values()]
        found = [copy for copy in self.staying[1:] if copy not in asking]
        return sorted(found, key=lambda copy: (copy.busy, -copy.number))[: max(0, count)]

    def _free(self) -> Copy | None:
        """Return the living copy with the fewest calls, if it has room; if none lives, the first, which restarts."""
        living = [copy for copy in self.staying if copy.server.process_id is not None] or self.all[:1]
        copy = min(living, key=lambda one: one.busy)
        return copy if not self.room or copy.busy < self.room else None
