"""The clock that is passed in, so that a whole drive can run at any speed.

Nothing in `client` reads the time from anywhere else. `working()` marks real work in progress (a request on the wire, a
write to disk): a virtual clock stands still while any is going on, the system's clock ignores it.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Clock(Protocol):
    """Time as the rest of McQueen sees it."""

    def now(self) -> float:
        """Return the wall-clock time in seconds since the epoch (UTC)."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds on this clock; zero or less yields once."""
        ...

    def working(self) -> AbstractContextManager[None]:
        """Mark real work, during which virtual time may not pass."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        """Return `time.time()`."""
        return time.time()

    def monotonic(self) -> float:
        """Return `time.monotonic()`."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0.0, seconds))

    def working(self) -> AbstractContextManager[None]:
        """Do nothing: real time passes anyway."""
        return nullcontext()


async def wait_for_any(clock: Clock, seconds: float | None, *events: asyncio.Event) -> bool:
    """Wait until one of the events is set, or for that many seconds; without a limit if it is None.

    Return whether the time ran out.
    """
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    over = asyncio.ensure_future(clock.sleep(seconds)) if seconds is not None else None
    try:
        await asyncio.wait([*waits, *([over] if over else [])], return_when=asyncio.FIRST_COMPLETED)
        return over is not None and over.done()
    finally:
        for wait in (*waits, *([over] if over else [])):
            wait.cancel()
