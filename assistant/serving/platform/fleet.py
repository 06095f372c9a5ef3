"""The processes of the platform's servers, one supervised child each: started, listed and called here.

Of several serving processes one runs a server: the one that holds its lease. This module knows nothing of HTTP or of
the caller. A call that needs a yes is made only with it (`call_gate.py`). A call is logged before it is sent, and sent
once. The same idempotency key gets the first call's answer, also while that call is still running.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from assistant.serving.platform.call_gate import Permit, PlatformGate, Withheld
from assistant.serving.platform.leases import LeaseLostError, Leases
from assistant.serving.platform.server_records import CallRecord, PlatformRecords, ServerRecord
from assistant.serving.tool_definitions import definition_of
from client.call import ToolCall
from client.calls.idempotency_keys import new_key
from client.client_errors import RecordsError
from client.clock import Clock
from client.configuration.process_entries import ProcessCommand, ScaleEntry, Upkeep, process_server
from client.servers.processes.process_use import ProcessMeter, ProcessUse
from client.servers.processes.supervision import OperatedServer, ServerReport, ServerStatus, SupervisionRules
from client.servers.tool_server import Answer, Answered, FailureKind, InputWanted, ServerUnavailableError
from client.values import JSON, canonical

_log = logging.getLogger(__name__)
LIST_TOOL = "tools/list"
"""If it is executed like a tool, it lists the server's tools, for clients that do not read the server's details."""


_END_AGAIN_AFTER = 2.0
"""Seconds until the end of a call is offered to the store again after the store failed."""
_ELSEWHERE = "Another process runs this server now; nothing was done."
_OTHER_CALL = "This idempotency key was used for another call."


class Ended(Enum):
    """How an execution ended, for the status of the answer."""

    DONE = "done"
    REFUSED = "refused"
    """The tool failed, or there is no tool of that name."""
    NOT_RUNNING = "not_running"
    """Nothing was sent: the server is stopped, or its restarts were given up."""
    NOT_STARTED = "not_started"
    """Nothing was sent: its process did not start."""
    LOST = "lost"
    """The call was sent and the answer was lost: it may have been executed."""
    TOO_LATE = "too_late"
    """The call was sent and the time ran out: it may have been executed."""
    WITHHELD = "withheld"
    """Nothing was sent: the call needs a confirmation or an approval first."""


@dataclass(frozen=True)
class Execution:
    """An execution and its log entry. `record` is None if nothing was sent."""

    ended: Ended
    error: str = ""
    record: CallRecord | None = None
    response: JSON = None
    needs: Mapping[str, JSON] = field(default_factory=dict)
    """The `metadata` of the answer to a withheld call: what the call needs first."""


@dataclass(frozen=True)
class _Running:
    """A call in progress; `what` holds its tool and parameters."""

    what: str
    task: asyncio.Task[Execution]


class Fleet:
    """All servers of the platform that have a process."""

    def __init__(
        self,
        records: PlatformRecords,
        leases: Leases,
        clock: Clock,
        rules: SupervisionRules,
        logs: Path,
        timeout: float,
    ) -> None:
        """`logs` is the folder for the stderr of the processes; `timeout` is the limit of an execution in seconds."""
        self.address = ""
        """Where other processes reach this one."""
        self._records = records
        self._leases = leases
        self._fences: dict[str, int] = {}
        """Of the leases that this process holds."""
        self._clock = clock
        self._rules = rules
        self._logs = logs
        self._timeout = timeout
        self._servers: dict[str, OperatedServer] = {}
        self._gate = PlatformGate(records)
        self._meter = ProcessMeter()
        self._running: dict[tuple[str, str, str], _Running] = {}
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        """Ends of calls that the store could not take yet."""

    # -- processes --

    async def close(self) -> None:
        """Stop every process and let others run them. The answers of calls in progress are lost."""
        for task in (*self._starting, *self._ending):
            task.cancel()
        await asyncio.gather(*self._starting, *self._ending, return_exceptions=True)
        await asyncio.gather(*(server.close() for server in self._servers.values()))
        await asyncio.gather(*(running.task for running in self._running.values()), return_exceptions=True)
        self._servers.clear()
        await self._let_go(*self._fences)

    def start_soon(self, record: ServerRecord) -> None:
        """Start a server in the background. Its report shows the result."""

        async def start() -> None:
            try:
                await self.start(record)
            except (ServerUnavailableError, RecordsError) as error:
                _log.warning("%s", error)

        task = asyncio.create_task(start(), name=f"start of {record.name}")
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def start(self, record: ServerRecord) -> None:
        """Start a server's process. Raises `ServerUnavailableError` if it does not start, or if another process of ours
        runs it.
        """
        fence = await self._leases.take(record.id, self.address, ServerStatus.STARTING.value)
        if fence is None:
            raise ServerUnavailableError(record.name, FailureKind.NOT_SENT, _ELSEWHERE, "elsewhere")
        self._fences[record.id] = fence
        server = self._servers.get(record.id)
        if server is None:
            what = ProcessCommand(record.name, record.command, record.args, record.env)
            scale = None if record.scale is None else ScaleEntry.model_validate(record.scale).rules()
            server = process_server(what, self._clock, Upkeep(self._rules, self._logs, counted=False), scale, record.id)
            self._servers[record.id] = server
        await server.start()

    async def stop(self, server_id: str) -> None:
        """Stop a server's process, if it has one."""
        server = self._servers.get(server_id)
        if server is not None:
            await server.stop()

    async def forget(self, server_id: str) -> None:
        """Stop a server that was deleted or whose command changed."""
        await self._drop(server_id)
        await self._let_go(server_id)

    async def _drop(self, server_id: str) -> None:
        server = self._servers.pop(server_id, None)
        self._gate.forget(server_id)
        if server is not None:
            await server.close()

    def report(self, server_id: str) -> ServerReport | None:
        """Return the present state of a server's process; None if it was never started here."""
        server = self._servers.get(server_id)
        return server.report() if server is not None else None

    async def use(self, server_id: str) -> ProcessUse | None:
        """Return the present usage of a server's process and its copies; None if none runs here."""
        server = self._servers.get(server_id)
        return None if server is None else await asyncio.to_thread(self._meter.look_at_all, server.process_ids)

    async def uses(self) -> dict[str, ProcessUse]:
        """Return the present usage of the processes that run here, by name and the beginning of the id."""
        pids = {
            f"{server.name} {key[:8]}{'' if number == 1 else f' {number}'}": pid
            for key, server in self._servers.items()
            for number, pid in enumerate(server.process_ids, 1)
        }
        return await asyncio.to_thread(self._meter.look_at, pids)

    def status(self, server_id: str) -> ServerStatus:
        """Return a server's status."""
        report = self.report(server_id)
        return report.status if report is not None else ServerStatus.STOPPED

    async def look(self, record: ServerRecord) -> bool:
        """Check a server now, and return whether it is healthy."""
        server = self._servers.get(record.id)
        if server is None or server.report().status in (ServerStatus.STOPPED, ServerStatus.ERROR):
            return False
        well = (await server.health()).healthy
        await self._records.checked(record.id)
        return well

    # -- leases --

    def holds(self, server_id: str) -> bool:
        """Return whether this process runs a server, or keeps it stopped."""
        return server_id in self._fences

    async def extend(self) -> None:
        """Extend the leases, and drop the servers that another process took over. Raises `RecordsError`."""
        states = {server_id: self.status(server_id).value for server_id in self._fences}
        held = await self._leases.extend(states)
        for server_id in states.keys() - held.keys():
            _log.warning("another process has taken over %s", server_id)
            self._fences.pop(server_id, None)
            await self._drop(server_id)

    async def take_over(self) -> None:
        """Start the enabled servers that nobody runs, and wait for none. Raises `RecordsError`."""
        taken = await self._leases.all()
        for record in await self._records.servers():
            if record.enabled and record.id not in taken and record.id not in self._fences:
                self.start_soon(record)

    async def give_up(self) -> None:
        """Stop every process, because others may run the servers soon."""
        self._fences.clear()
        await asyncio.gather(*(self._drop(server_id) for server_id in [*self._servers]))

    async def states(self) -> Mapping[str, ServerStatus]:
        """Return the status of every server that a process holds; the status of other servers is the last one
        reported.
        """
        found = {server_id: ServerStatus(lease.state) for server_id, lease in (await self._leases.all()).items()}
        return found | {server_id: self.status(server_id) for server_id in self._fences}

    def last_checks(self) -> Mapping[str, float]:
        """Return when the servers that run here were checked last, in seconds since the epoch."""
        reports = {server_id: server.report().last_check for server_id, server in self._servers.items()}
        return {server_id: at for server_id, at in reports.items() if at is not None}

    async def _let_go(self, *server_ids: str) -> None:
        held = [server_id for server_id in server_ids if self._fences.pop(server_id, None) is not None]
        try:
            await self._leases.let_go(held)
        except RecordsError as error:
            _log.warning("leases run out by themselves: %s", error)

    # -- tools --

    async def tools(self, record: ServerRecord) -> list[dict[str, Any]]:
        """Return the server's tools as in a `tools/list` result. Raises `ServerUnavailableError`."""
        server = self._servers.get(record.id)
        if server is None:
            raise ServerUnavailableError(record.name, FailureKind.NOT_SENT, f"{record.name} is stopped.", "stopped")
        await server.connect()
        listing = await server.list_tools()
        return [definition_of(tool, tool.name, sensitive=False, deferrable=False) for tool in listing.tools]

    async def execute(
        self,
        record: ServerRecord,
        user_id: str,
        tool: str,
        parameters: Mapping[str, JSON],
        key: str | None,
        permit: Permit,
    ) -> Execution:
        """Call a tool once, and log the call. A call that needs a yes is made only with it."""
        server = self._servers.get(record.id)
        if server is None or server.report().status in (ServerStatus.STOPPED, ServerStatus.ERROR):
            why = server.report().detail if server is not None else ""
            return Execution(Ended.NOT_RUNNING, why or f"{record.name} is stopped; start it first.")
        try:
            if tool == LIST_TOOL:
                tools = await self.tools(record)
                return Execution(Ended.DONE, response={"tools": list[JSON](tools)})
            await server.connect()
            checked = await self._gate.check(record.id, server, tool, parameters, permit, self._clock.now())
        except ServerUnavailableError as error:
            return Execution(Ended.NOT_STARTED, str(error))
        if isinstance(checked, Withheld) and checked.metadata:
            return Execution(Ended.WITHHELD, checked.message, needs=checked.metadata)
        if isinstance(checked, Withheld):  # no such tool: in the log, and never sent
            entry, _ = await self._records.begin_call(record.id, user_id, tool, parameters, None)
            entry = replace(entry, success=False, error_message=checked.message, execution_time=0.0)
            await self._records.end_call(entry)
            return Execution(Ended.REFUSED, checked.message, entry)
        parameters = checked
        if key is None:
            return await self._execute(server, record, user_id, tool, parameters, None)
        place = (record.id, user_id, key)
        what = canonical([tool, dict(parameters)])
        running = self._running.get(place)
        if running is None:
            # A task of its own: a caller that hangs up does not cancel what has begun.
            task = asyncio.create_task(self._execute(server, record, user_id, tool, parameters, key))
            running = self._running[place] = _Running(what, task)
            task.add_done_callback(lambda _: self._running.pop(place, None))
        if running.what != what:
            return Execution(Ended.REFUSED, _OTHER_CALL)
        return await asyncio.shield(running.task)

    async def _execute(
        self,
        server: OperatedServer,
        record: ServerRecord,
        user_id: str,
        tool: str,
        parameters: Mapping[str, JSON],
        key: str | None,
    ) -> Execution:
        fence = self._fences.get(record.id, 0)
        try:
            entry, new = await self._records.begin_call(
                record.id, user_id, tool, parameters, key, lambda sql: self._leases.need(sql, record.id, fence)
            )
        except LeaseLostError:
            return Execution(Ended.NOT_RUNNING, _ELSEWHERE)
        if not new:
            return _repeated(entry, tool, parameters)
        call = ToolCall(entry.id, record.name, tool, parameters, key or new_key())
        began = self._clock.monotonic()
        answer = await server.call(call, seconds=self._timeout, confirmed=True)
        ended, response, error = _read(answer)
        entry = replace(
            entry,
            response=response,
            success=None if ended in (Ended.LOST, Ended.TOO_LATE) else ended is Ended.DONE,
            error_message=error or None,
            execution_time=round((self._clock.monotonic() - began) * 1000, 3),
            key=None if ended is Ended.NOT_RUNNING else entry.key,  # a call that was not sent may be tried again
        )
        await self._end(entry)
        return Execution(ended, error, entry, response)

    async def _end(self, entry: CallRecord) -> None:
        """Record how a call ended. If the store is away, the answer stays the same, and the end is recorded later."""
        try:
            await self._records.end_call(entry)
        except RecordsError as error:
            _log.error("the end of a call cannot be kept yet: %s", error)
            task = asyncio.create_task(self._end_later(entry), name=f"end of call {entry.id}")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end_later(self, entry: CallRecord) -> None:
        while True:
            await self._clock.sleep(_END_AGAIN_AFTER)
            try:
                return await self._records.end_call(entry)
            except RecordsError as error:
                _log.error("the end of a call cannot be kept yet: %s", error)


def _repeated(entry: CallRecord, tool: str, parameters: Mapping[str, JSON]) -> Execution:
    """Answer a key that was used before, without a call."""
    if entry.tool_name != tool or canonical(dict(entry.parameters)) != canonical(dict(parameters)):
        return Execution(Ended.REFUSED, _OTHER_CALL, entry)
    if entry.success is None:
        return Execution(Ended.LOST, "The answer to this call was lost; it may have been executed.", entry)
    ended = Ended.DONE if entry.success else Ended.REFUSED
    return Execution(ended, entry.error_message or "", entry, entry.response)


def _read(answer: Answer) -> tuple[Ended, JSON, str]:
    """Return how a call ended, its response as an MCP result, and the error in words."""
    if isinstance(answer, Answered):
        result = answer.result
        text = result.get("text") if isinstance(result, dict) and set(result) == {"text"} else None
        content: JSON = [{"type": "text", "text": text if isinstance(text, str) else canonical(result)}]
        structured: dict[str, JSON] = {} if text is not None else {"structuredContent": result}
        return Ended.DONE, {"content": content, **structured, "isError": False}, ""
    if isinstance(answer, InputWanted):
        return Ended.REFUSED, None, f"{answer.error.message} This path cannot pass a question on."
    kind, error = answer.kind, answer.error
    if kind is FailureKind.TOOL_ERROR:
        return Ended.REFUSED, None, error.message
    if kind is FailureKind.ANSWER_LOST:
        return (Ended.TOO_LATE if error.code == "timed_out" else Ended.LOST), None, error.message
    return Ended.NOT_RUNNING, None, error.message
