"""Turns the cabin's fan down while McQueen listens: the blower is the noise that hurts recognition most.

Uses the car's own tools, as the driver does. Never turns a fan up, never changes it while the windshield is being
defrosted, and gives way to anyone who sets it meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from client.call import Outcome, Succeeded, ToolCall
from client.calls.idempotency_keys import new_key
from client.values import JSON

QUIET_LEVEL = 1
"""The level to which the fan is turned down: still some air, and little noise."""
HOLD_SECONDS = 4.0
"""Seconds that it stays down after listening, so that it does not surge between a question and its answer."""
ENOUGH_SECONDS = 1.0
"""Seconds that a call to the car may take at the end of a conversation."""

Call = Callable[[ToolCall], Awaitable[Outcome]]


class QuietFan:
    """Enter `quiet()` while McQueen listens. `close()` restores the fan."""

    def __init__(self, call: Call, server: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """`call` is `ToolClient.call`; `server` has the tools `get_cabin` and `set_fan`."""
        self._call = call
        self._server = server
        self._sleep = sleep
        self._listeners = 0
        self._before: int | None = None
        """The level to restore; None while the fan is as the driver set it."""
        self._turn = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def quiet(self) -> AsyncGenerator[None]:
        """Turn the fan down at once and restore it some seconds after; listening never waits for this."""
        self._listeners += 1
        self._forget_later()
        self._start(self._settle())
        try:
            yield
        finally:
            self._listeners -= 1
            self._forget_later()
            self._later = self._start(self._settle_later())

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _forget_later(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    async def _settle_later(self) -> None:
        await self._sleep(HOLD_SECONDS)
        self._start(self._settle())  # another task: this one may be cancelled, but a call that has begun must finish

    async def _settle(self) -> None:
        """Set the fan to its due level."""
        async with self._turn:
            level = await self._level() if self._listeners or self._before is not None else None
            if self._listeners and self._before is None and level is not None and level > QUIET_LEVEL:
                self._before = level
                await self._set(QUIET_LEVEL)
            elif not self._listeners and self._before is not None:
                before, self._before = self._before, None
                if level == QUIET_LEVEL:  # else somebody has set it meanwhile
                    await self._set(before)

    async def _level(self) -> int | None:
        """Return the fan's level; None if it must be left alone."""
        outcome = await self._ask("get_cabin", {})
        found = outcome.result if isinstance(outcome, Succeeded) else None
        if not isinstance(found, dict) or found.get("defrost") in ("front", "all"):
            return None
        level = found.get("fan")
        return level if isinstance(level, int) else None

    async def _set(self, level: int) -> None:
        await self._ask("set_fan", {"level": level})

    async def _ask(self, tool: str, arguments: dict[str, JSON]) -> Outcome:
        return await self._call(ToolCall(new_key(), self._server, tool, arguments, new_key()))

    async def close(self) -> None:
        """Restore the fan now; idempotent."""
        self._listeners = 0
        self._forget_later()
        settling = self._start(self._settle())
        await asyncio.wait([settling], timeout=ENOUGH_SECONDS)
        for task in self._tasks:
            task.cancel()
