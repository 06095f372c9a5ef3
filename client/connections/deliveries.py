"""Delivers the outbox: in order for each server, by one process at a time, each call once, and reports it.

It sends each row under the retry table's rules for a single call. If nothing was sent, the row keeps waiting.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress

from client.call import CallError, Failed, Need, NeedsInput, Outcome, Sent, Succeeded, ToolCall, Unknown
from client.calls.agreed_terms import Terms
from client.client_errors import RecordsError
from client.clock import Clock
from client.connections.links import Link
from client.notices import DeliveryNotice, Notices
from client.records import outbox
from client.records.late_records import LateRecords
from client.records.locks import OutboxLock, Owner
from client.records.outbox import OutboxRow
from client.records.storage import Storage
from client.records.waiting_times import WaitingTimes
from client.resilience.retry import RETRY_TABLE, Action, Safety
from client.servers.tool_server import Answer, Answered, FailureKind, InputWanted

_log = logging.getLogger(__name__)

_PAUSE_AFTER_LOST = 1.0
_POLL_SECONDS = 30.0
"""Seconds between checks for rows that another process stored."""


class Deliveries:
    """The outbox of one `ToolClient`."""

    def __init__(
        self,
        links: Mapping[str, Link],
        storage: Storage,
        clock: Clock,
        notices: Notices,
        *,
        seconds_per_send: float,
        on_effect: Callable[[str], None],
        terms: Terms,
        late: LateRecords,
    ) -> None:
        """`on_effect` is called with the server of each delivery that may have changed something."""
        self._late = late
        self._told: set[int] = set()
        """Positions of rows that were reported although the disk could not record the report."""
        self._terms = terms
        self._links = links
        self._storage = storage
        self._clock = clock
        self._notices = notices
        self._seconds_per_send = seconds_per_send
        self._on_effect = on_effect
        self._lock = OutboxLock(storage.path)
        self.owner = Owner(storage.path)
        self.times = WaitingTimes(clock)
        self._recovered = False
        self._recovering = asyncio.Lock()
        self._kicks = {name: asyncio.Event() for name in links}
        self._flushing = {name: asyncio.Lock() for name in links}
        self._reporting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._aside: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Settle the rows that a dead program left behind, and begin to deliver the waiting rows."""
        self.owner.live()
        try:
            with self._clock.working():
                left = self.owner.ended()  # a program that ends from now on has notes that nobody has read yet
                await self._storage.run(
                    lambda db: outbox.orphans(db, self._clock.now(), self.owner.is_dead, self.owner.notes),
                    synced=False,
                )
                for file in left:
                    with suppress(OSError):  # the next start tries again
                        file.unlink(missing_ok=True)
        except RecordsError:
            self.owner.end()
            raise
        for name in self._links:
            self._tasks.append(asyncio.create_task(self._deliver(name), name=f"outbox of {name}"))
            self._kicks[name].set()
        self._tasks.append(asyncio.create_task(self._poll(), name="outbox poll"))

    async def close(self) -> None:
        """Stop. Waiting calls stay stored. The caller runs `owner.end()`, after all outcomes are recorded."""
        tasks = {*self._tasks, *self._aside}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._lock.release()

    async def cancel(self, call_id: str) -> bool:
        """Take a waiting call back; False if it no longer waits or may have arrived."""
        try:
            return await self._storage.run(lambda db: outbox.cancel(db, self._clock.now(), call_id))
        except RecordsError:
            # A failed write may still reach the disk: then the call is taken back after all, and that is reported.
            call = ToolCall(call_id, "", "", {}, "")
            self._late.keep(lambda db: outbox.report_again(db, call_id), call, then=self.kick_all)
            raise

    def kick(self, server: str) -> None:
        """Check that server's waiting calls soon."""
        self._kicks[server].set()

    def kick_all(self) -> None:
        """Try now everything that waits for the network."""
        for kick in self._kicks.values():
            kick.set()

    async def _poll(self) -> None:
        while True:
            await self._clock.sleep(_POLL_SECONDS)
            await self._report_or_later()
            try:
                with self._clock.working():
                    servers = await self._storage.read(outbox.servers_waited_for)
            except RecordsError as error:
                _log.error("the outbox cannot be read: %s", error)
                continue
            for name in self._kicks.keys() & set(servers):
                self._kicks[name].set()

    async def _deliver(self, name: str) -> None:
        while True:
            await self._kicks[name].wait()
            self._kicks[name].clear()
            try:
                pause = await self.flush(name)
            except RecordsError as error:
                _log.error("the outbox cannot be read: %s", error)
                pause = _POLL_SECONDS
            if pause is not None:
                await self._clock.sleep(pause)
                self._kicks[name].set()

    async def flushed(self, name: str, seconds: float) -> None:
        """Send the calls that wait for that server. Return after at most that many seconds; sending continues
        afterwards."""
        task = asyncio.get_running_loop().create_task(self._flush_once(name))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        await asyncio.wait({task}, timeout=max(0.05, seconds))

    async def _flush_once(self, name: str) -> None:
        try:
            await self.flush(name)
        except RecordsError as error:
            _log.error("the outbox cannot be read: %s", error)

    async def flush(self, name: str) -> float | None:
        """Send the calls that wait for that server. Return the seconds until the next try, if known."""
        async with self._flushing[name]:
            await self._late.write()  # outcomes that are not yet written may change which calls wait
            with self._clock.working():
                if not self._lock.acquire():
                    return None
                async with self._recovering:
                    if not self._recovered:
                        await self._storage.run(lambda db: outbox.recover(db, self._clock.now()))
                        self._recovered = True
                self.times.ended(await self._storage.run(self._expire))
            await self.report()
            link = self._links[name]
            while link.up:
                with self._clock.working():
                    row = await self._storage.run(lambda db: outbox.next_pending(db, name))
                    if row is None:
                        return None
                    pause = await self._send(link, row)
                await self.report()
                if pause is not None:
                    return pause
            return None

    def _expire(self, db: sqlite3.Connection) -> list[int]:
        over = self.times.over(db)
        outbox.expire(db, self._clock.now(), over)
        return over

    async def _send(self, link: Link, row: OutboxRow) -> float | None:
        now = self._clock.now
        broken = self._terms.broken(row.call, row.agreed)
        if broken is not None:  # the yes was to something other than what would be sent
            asked = outbox.not_sent_after_all(row, broken)
            await self._storage.run(lambda db: outbox.finish(db, now(), row, asked))
            return None
        try:
            if not await self._storage.run(lambda db: outbox.mark_sending(db, now(), row)):
                return None
        except RecordsError:
            # A failed write may still appear when the file is opened again.
            self._late.keep(lambda db: outbox.not_sending(db, now(), row), row.call)
            raise
        answer = await link.server.call(row.call, seconds=self._seconds_per_send, confirmed=True)
        link.saw(answer)
        outcome = self._outcome(row, answer)
        if outcome is not None:
            self.times.ended([row.position])
            self._on_effect(row.call.server)
            await self._record(row, lambda db: outbox.finish(db, now(), row, outcome), outcome)
            return None
        maybe = not isinstance(answer, Answered) and answer.error.sent is Sent.MAYBE
        await self._record(row, lambda db: outbox.mark_pending(db, now(), row, maybe_sent=maybe), None)
        told = None if isinstance(answer, Answered) else answer.error.retry_after
        return max(_PAUSE_AFTER_LOST, told or 0.0)

    async def _record(
        self, row: OutboxRow, work: Callable[[sqlite3.Connection], object], outcome: Outcome | None
    ) -> None:
        """Record the outcome of a row. If the disk cannot store it, report it at once and record it later."""
        try:
            await self._storage.run(work)
        except RecordsError as error:
            _log.error("what became of %s cannot be recorded yet: %s", row.call.tool, error)
            if outcome is not None and self._notices:
                self._told.add(row.position)
                self._notices.tell(DeliveryNotice(row.call, outcome))
            self._late.keep(work, row.call, outcome, lambda: self._kicks[row.call.server].set())

    def _outcome(self, row: OutboxRow, answer: Answer) -> Outcome | None:
        """Return the outcome of the row, or None if it keeps waiting."""
        attempts = row.attempts + 1
        if isinstance(answer, Answered):
            return Succeeded(answer.result, attempts, served_by=row.call.server)
        if isinstance(answer, InputWanted):
            return NeedsInput(answer.need, answer.error, answer.schema, answer.service, attempts=attempts)
        safety = Safety.EFFECTS_WITH_KEY if row.repeatable else Safety.EFFECTS
        action = RETRY_TABLE[answer.kind, safety]
        if answer.kind is FailureKind.SESSION_LOST and answer.error.code == "login_required":
            return NeedsInput(Need.LOGIN, answer.error, service=row.call.server, attempts=attempts)
        if action is Action.UNKNOWN:
            return Unknown(_not_known(row, answer.error), attempts)
        if action is not Action.REPORT:
            return None
        return Failed(answer.error, attempts)

    async def report(self) -> None:
        """Report finished rows to the listeners, once each. If there is no listener, the rows wait for one."""
        async with self._reporting:
            if not self._notices:
                return
            with self._clock.working():
                rows = await self._storage.run(outbox.unreported)
            for row in rows:
                if row.outcome is not None and row.position not in self._told:
                    self._told.add(row.position)
                    self._notices.tell(DeliveryNotice(row.call, row.outcome))
            if rows:
                positions = [row.position for row in rows]
                with self._clock.working():
                    await self._storage.run(lambda db: outbox.mark_reported(db, positions))
                self._told.difference_update(positions)

    async def _report_or_later(self) -> None:
        try:
            await self.report()
        except RecordsError as error:
            _log.error("what was delivered cannot be read yet: %s", error)  # the next check of the outbox reports it

    def report_soon(self) -> None:
        """Report finished rows that nobody has heard of to a new listener."""
        task = asyncio.get_running_loop().create_task(self._report_or_later())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _not_known(row: OutboxRow, error: CallError) -> CallError:
    return CallError(
        error.code, f"It is not known whether {row.call.tool} happened. {error.message}", Sent.MAYBE, error.names
    )
