"""Virtual time: a whole drive at any speed, with real parts.

Time stands still while real work goes on (a request on loopback, a recognizer decoding, a write to disk) and jumps to
the next waiter otherwise. Only `run_until` moves it; it waits for real seconds only where it was asked to keep pace.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SETTLE_TURNS = 24
"""Turns of the event loop without news after which nothing is about to happen (callbacks chain only a few deep)."""


STALLED_AFTER = 120.0
"""Real seconds of work without an end after which time is not held up any longer: far more than any one request, line
of speech or write to disk takes."""


class StalledError(RuntimeError):
    """Real work holds time still and comes to no end."""


class VirtualClock:
    """A clock that the drive runner moves; `realtime` makes it wait as long as it says."""

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
        """Wait until virtual time has come that far."""
        self._news += 1
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (self._now + seconds, next(self._order), waiter))
        await waiter

    @contextmanager
    def working(self) -> Iterator[None]:
        """Keep time still while real work goes on."""
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
        """Let time pass although work is marked: what is waited for inside is a sleep on this clock.

        For a slow network, whose waiting lies inside the request that holds time still.
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
        """Let time pass until the condition holds; return whether it did within `most` virtual seconds.

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
        """Let that much time pass."""
        await self.run_until(lambda: False, seconds)

    async def _keep_pace(self, moment: float) -> None:
        ahead = (moment - self._started) - (time.monotonic() - self._really_started)
        if ahead > 0:
            await asyncio.sleep(ahead)

    def _drop_cancelled(self) -> None:
        while self._waiters and self._waiters[0][2].done():
            heapq.heappop(self._waiters)

    async def _settle(self) -> None:
        """Let everything that can go on without time passing go on. Raises `StalledError`."""
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
