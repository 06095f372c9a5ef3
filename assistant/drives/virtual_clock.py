"""Virtual time: runs a whole drive at any speed with real parts.

Time stops during real work (a local request, recognition, a disk write) and otherwise jumps to the next waiting task.
Only `run_until` advances it; it waits for real time only if asked to.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SETTLE_TURNS = 24
"""Turns of the event loop without activity after which nothing more will happen (callbacks chain only a few deep)."""


STALLED_AFTER = 120.0
"""Real seconds of unfinished work after which time is no longer held: far longer than any request, spoken line or disk
write takes.
"""


class StalledError(RuntimeError):
    """Real work holds virtual time and does not end."""


class VirtualClock:
    """A clock that the drive's runner advances; `realtime` makes it wait for real time as well."""

    def __init__(self, start: float, *, realtime: bool = False, stalled_after: float = STALLED_AFTER) -> None:
        self._stalled_after = stalled_after
        self._realtime = realtime
        self._really_started = time.monotonic()
        self._now = start
        self._started = start
        self._waiters: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._at_work = 0
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._news = 0

    def now(self) -> float:
        """Return virtual seconds since the epoch."""
        return self._now

    def monotonic(self) -> float:
        """Return virtual seconds since the drive began."""
        return self._now - self._started

    async def sleep(self, seconds: float) -> None:
        """Wait until virtual time has advanced that much."""
        self._news += 1
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (self._now + seconds, next(self._order), waiter))
        await waiter

    @contextmanager
    def working(self) -> Iterator[None]:
        """Stop time while real work goes on."""
        self._at_work += 1
        self._news += 1
        self._at_rest.clear()
        try:
            yield
        finally:
            self._at_work -= 1
            self._news += 1
            if not self._at_work:
                self._at_rest.set()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let time pass although work is marked, because the code inside sleeps on this clock.

        Used for a slow network, whose waiting happens within a request that stops time.
        """
        self._at_work -= 1
        self._news += 1
        if not self._at_work:
            self._at_rest.set()
        try:
            yield
        finally:
            self._at_work += 1
            self._news += 1
            self._at_rest.clear()

    async def run_until(self, condition: Callable[[], bool], most: float) -> bool:
        """Advance time until the condition holds; return whether it held within `most` virtual seconds.

        Raises `StalledError`.
        """
        end = self._now + most
        while True:
            await self._settle()
            if condition():
                return True
            self._drop_cancelled()
            if not self._waiters or self._waiters[0][0] > end:
                self._now = end
                await self._settle()
                return condition()
            if self._realtime:
                await self._keep_pace(self._waiters[0][0])
            moment, _, waiter = heapq.heappop(self._waiters)
            self._now = max(self._now, moment)
            if not waiter.done():
                waiter.set_result(None)

    async def run_for(self, seconds: float) -> None:
        """Advance time that much."""
        await self.run_until(lambda: False, seconds)

    async def _keep_pace(self, moment: float) -> None:
        ahead = (moment - self._started) - (time.monotonic() - self._really_started)
        if ahead > 0:
            await asyncio.sleep(ahead)

    def _drop_cancelled(self) -> None:
        while self._waiters and self._waiters[0][2].done():
            heapq.heappop(self._waiters)

    async def _settle(self) -> None:
        """Run everything that can run without time passing. Raises `StalledError`."""
        quiet, until = 0, time.monotonic() + self._stalled_after
        while quiet < SETTLE_TURNS:
            before = self._news
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    if self._at_work:
                        await self._at_rest.wait()
                    await asyncio.sleep(0)
            except TimeoutError:
                raise StalledError(f"nothing came of it for {self._stalled_after:.0f} seconds") from None
            quiet = 0 if self._at_work or self._news != before else quiet + 1
