"""Clocks for tests: one whose wall time can be moved, one whose time passes only when everything waits."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from client.clock import SystemClock

T = TypeVar("T")


class ShiftedClock(SystemClock):
    """The machine's clock, whose wall time a test sets forward, and whose time a test lets go by."""

    def __init__(self) -> None:
        self.shift = 0.0
        self._passed = 0.0

    def now(self) -> float:
        return super().now() + self.shift + self._passed

    def monotonic(self) -> float:
        return super().monotonic() + self._passed

    def pass_by(self, seconds: float) -> None:
        """Let that much time go by at once."""
        self._passed += seconds


class VirtualClock:
    """Keeps the `Clock` contract: sleeping takes no real time, and time stands still while work is going on."""

    def __init__(self) -> None:
        self._time = 1_800_000_000.0
        self.shift = 0.0
        """Seconds by which the wall clock was set forward."""
        self._working = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.slept: list[float] = []
        self.quick = False
        """Whether all real work is marked as such, so that nothing is waited for when there is none."""

    def now(self) -> float:
        return self._time + self.shift

    def monotonic(self) -> float:
        return self._time

    def pass_by(self, seconds: float) -> None:
        """Let that much time go by while nobody waits."""
        self._time += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._time + max(0.0, seconds), next(self._order), future))
        await future

    @contextmanager
    def working(self) -> Iterator[None]:
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1

    async def drive(self, awaitable: Awaitable[T]) -> T:
        """Run something to its end, moving time to the next sleeper whenever nothing else happens."""
        task = asyncio.ensure_future(awaitable)
        while not task.done():
            await asyncio.wait({task}, timeout=0.001 if self._working or not self.quick else 0.0)
            for _ in range(20):  # whatever is ready to run comes first
                await asyncio.sleep(0)
            if not task.done() and self._working == 0 and self._sleepers:
                at, _, future = heapq.heappop(self._sleepers)
                self._time = max(self._time, at)
                if not future.done():
                    future.set_result(None)
        return task.result()
