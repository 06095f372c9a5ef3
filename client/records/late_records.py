"""Ends of calls that the disk could not take: kept in memory and written as soon as possible.

An outcome that is not yet on disk can be looked up here, and is written without a restart. It does not decide what is
written. If the program dies first, what it holds is lost, and the call is reported as "unknown".
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from client.call import Outcome, ToolCall
from client.client_errors import RecordsError
from client.clock import Clock
from client.records.storage import Storage

_log = logging.getLogger(__name__)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 15.0
"""Seconds between two tries."""

Work = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True)
class _Late:
    work: Work
    call: ToolCall
    outcome: Outcome | None
    then: Callable[[], None] | None


class LateRecords:
    """The late records of one `ToolClient`, in the order in which they came."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._waiting: deque[_Late] = deque()
        self._noted: dict[str, tuple[ToolCall, Outcome]] = {}
        """Ends on their way to the database, by idempotency key."""
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def keep(
        self, work: Work, call: ToolCall, outcome: Outcome | None = None, then: Callable[[], None] | None = None
    ) -> None:
        """Write `work` later, then call `then`. Until then, `outcome` answers any repeat of the call's key."""
        self._waiting.append(_Late(work, call, outcome, then))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on(), name="late records")

    def on_its_way(self, call: ToolCall, outcome: Outcome) -> None:
        """Answer a repeat of the call's key with this end until `arrived` is called."""
        self._noted[call.idempotency_key] = (call, outcome)

    def arrived(self, call: ToolCall) -> None:
        """Note that the end is in the database, so that it need not be held in memory any more."""
        self._noted.pop(call.idempotency_key, None)

    def outcome_of(self, call: ToolCall) -> Outcome | None:
        """Return the end of the same call if it is not written yet, else None."""
        noted = self._noted.get(call.idempotency_key)
        if noted is not None and noted[0] == call:
            return noted[1]
        for late in reversed(self._waiting):
            if late.outcome is not None and late.call == call:
                return late.outcome
        return None

    async def write(self) -> None:
        """Write everything now. Raises `RecordsError`; the records that were not written keep waiting."""
        async with self._writing:
            while self._waiting:
                late = self._waiting[0]
                with self._clock.working():
                    await self._storage.run(late.work)
                self._waiting.popleft()
                if late.then is not None:
                    late.then()

    async def _go_on(self) -> None:
        pause = _FIRST_PAUSE
        while self._waiting:
            await self._clock.sleep(pause)
            try:
                await self.write()
            except RecordsError as error:
                _log.error("%d ends of calls cannot be recorded yet: %s", len(self._waiting), error)
                pause = min(_LONGEST_PAUSE, pause * 2)

    async def close(self) -> None:
        """Try to write a last time, and stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        try:
            await self.write()
        except RecordsError as error:
            _log.error("%d ends of calls could not be recorded: %s", len(self._waiting), error)
