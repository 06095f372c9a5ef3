"""The AI Platform REST face at `/api/mcp`: users create, change, start, stop and call their servers, and read logs.

Paths and fields are those of docs/contracts.md, section 2. What the contract leaves open: every answer is an object
with `success`; another user's server is 403; values of `env` are never shown, and a value that comes back hidden stays
unchanged. A token with mcp:execute may call the tools of its user's servers. A call that needs a yes takes
`voice_confirmations`, as on the McQueen REST face.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.serving.error_answers import begin
from assistant.serving.openapi import Operation
from assistant.serving.platform.allowed_commands import AllowedCommands
from assistant.serving.platform.call_gate import Permit
from assistant.serving.platform.callers import Caller, Permission
from assistant.serving.platform.fleet import Ended, Execution, Fleet
from assistant.serving.platform.guarded import GuardedFace, Handler, within
from assistant.serving.platform.peers import Peers
from assistant.serving.platform.platform_models import (
    DetailsAnswer,
    ExecuteServerBody,
    ExecutionAnswer,
    HealthCheckAnswer,
    LogsAnswer,
    ServerAnswer,
    ServerChanges,
    ServersAnswer,
    StatisticsAnswer,
    StatusAnswer,
)
from assistant.serving.platform.server_records import DuplicateNameError, PlatformRecords, ServerRecord
from assistant.serving.platform.shapes import HIDDEN, ServerBody, call_filter, logged, moment, running, shown
from assistant.serving.request_bodies import RefusedRequest, address, answer, as_model, read_model, request_id
from assistant.serving.rest.rest_models import MessageAnswer
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.rate_limits import RequestLimit
from assistant.serving.state.stores import Store
from client.servers.processes.supervision import ServerStatus
from client.servers.tool_server import ServerUnavailableError

CREATIONS, CREATION_SECONDS = 5, 300.0
EXECUTIONS, EXECUTION_SECONDS = 20, 60.0
"""How often a user may do what (contracts section 2)."""
_STATUS: Mapping[Ended, int] = {
    Ended.DONE: 200,
    Ended.REFUSED: 400,
    Ended.NOT_RUNNING: 503,
    Ended.NOT_STARTED: 500,
    Ended.LOST: 502,
    Ended.TOO_LATE: 504,
    Ended.WITHHELD: 200,
}


@dataclass
class PlatformFace(GuardedFace):
    """The handlers of the face. `now` is in seconds since the epoch."""

    prefix = "/api/mcp"

    records: PlatformRecords
    fleet: Fleet
    peers: Peers
    store: Store
    audit: AuditLog
    jwt_secret: str
    now: Callable[[], float]
    allowed: AllowedCommands
    """Commands that users without mcp:manage may start."""

    def operations(self) -> list[Operation]:
        """Return all operations below `/api/mcp`."""
        read, write, manage = Permission.READ, Permission.WRITE, Permission.MANAGE
        pages: dict[str, Mapping[str, Any]] = {
            "tool_name": {"type": "string"},
            "success": {"enum": ["true", "false"]},
            "since": {"type": "string", "format": "date-time"},
            "until": {"type": "string", "format": "date-time"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 500},
            "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000},
        }
        one, of_one = "/{id}", (403, 404)
        return [
            self._operation("GET", "", read, self.list, ServersAnswer),
            self._operation("POST", "", write, self.create, ServerAnswer, takes=ServerBody, status=201),
            self._operation("GET", "/admin/all", manage, self.list_all, ServersAnswer),
            self._operation("GET", "/admin/statistics", manage, self.statistics, StatisticsAnswer),
            self._operation("GET", "/health/check", read, self.health, HealthCheckAnswer),
            self._operation("GET", one, read, self._routed(self.details), DetailsAnswer, errors=of_one),
            self._operation(
                "PUT", one, write, self._routed(self.update), ServerAnswer, takes=ServerChanges, errors=of_one
            ),
            self._operation("DELETE", one, write, self._routed(self.delete), MessageAnswer, errors=of_one),
            self._operation("POST", f"{one}/start", write, self._routed(self.start), StatusAnswer, errors=of_one),
            self._operation("POST", f"{one}/stop", write, self._routed(self.stop), StatusAnswer, errors=of_one),
            self._operation(
                "POST",
                f"{one}/execute",
                Permission.EXECUTE,
                self._routed(self.execute),
                ExecutionAnswer,
                takes=ExecuteServerBody,
                errors=(*of_one, 502, 504),
                failed=ExecutionAnswer,
            ),
            self._operation("GET", f"{one}/logs", read, self.logs, LogsAnswer, errors=(400, *of_one), query=pages),
        ]

    @cached_property
    def _creations(self) -> RequestLimit:
        return self.store.limit("platform creations", CREATIONS, CREATION_SECONDS)

    @cached_property
    def _executions(self) -> RequestLimit:
        return self.store.limit("platform executions", EXECUTIONS, EXECUTION_SECONDS)

    # -- servers --

    async def list(self, request: Request, caller: Caller) -> JSONResponse:
        """List the caller's servers."""
        return await self._listed(request, await self.records.servers(caller.user_id))

    async def list_all(self, request: Request, caller: Caller) -> JSONResponse:
        """List the servers of all users."""
        return await self._listed(request, await self.records.servers())

    async def _listed(self, request: Request, found: Sequence[ServerRecord]) -> JSONResponse:
        states = await self.fleet.states()
        servers = [shown(record, states.get(record.id, ServerStatus.STOPPED)) for record in found]
        return answer(request, {"servers": servers, "total": len(found)})

    async def create(self, request: Request, caller: Caller) -> JSONResponse:
        """Create a server, and start it if it is enabled."""
        body = await read_model(request, ServerBody)
        await within(self._creations, caller.user_id)
        self._need_allowed(request, caller, body.command, body.args, body.env)
        begin(request, partial(self._note, request, caller, "server created", ""))
        try:
            record = await self.records.create(caller.user_id, {**body.model_dump(), "args": tuple(body.args)})
        except DuplicateNameError:
            raise RefusedRequest(400, f"You have a server called {body.name} already; choose another name.") from None
        if record.enabled:
            self.fleet.start_soon(record)
        self._note(request, caller, "server created", record.id)
        return answer(request, {"server": self._shown(record)}, 201)

    async def details(self, request: Request, caller: Caller) -> JSONResponse:
        """Show a server with its statistics, its process and, if it runs, its tools."""
        record = await self._own(request, caller)
        totals = await self.records.totals(record.id)
        report = self.fleet.report(record.id)
        try:
            tools = await self.fleet.tools(record) if self.fleet.status(record.id) is ServerStatus.HEALTHY else []
        except ServerUnavailableError:
            tools = []
        body = {
            "server": self._shown(record),
            "stats": {
                "totalCalls": totals.calls,
                "averageExecutionTime": round(totals.average_time, 3),
                "totalExecutionTime": round(totals.total_time, 3),
            },
            "runtimeStatus": running(report, await self.fleet.use(record.id)),
            "tools": tools,
        }
        return answer(request, body)

    async def update(self, request: Request, caller: Caller) -> JSONResponse:
        """Change fields of a server. It restarts if its process would be another one."""
        record = await self._own(request, caller)
        given = await read_model(request, ServerChanges)
        old = {name: value for name, value in vars(record).items() if name in ServerBody.model_fields}
        old["args"], old["env"] = [*record.args], dict(record.env)
        body = as_model({**old, **given.model_dump(exclude_unset=True)}, ServerBody)
        env = {name: record.env.get(name, value) if value == HIDDEN else value for name, value in body.env.items()}
        if (body.command, tuple(body.args), env) != (record.command, record.args, dict(record.env)):
            self._need_allowed(request, caller, body.command, body.args, env)
        begin(request, partial(self._note, request, caller, "server changed", record.id))
        try:
            changed = await self.records.update(record, **{**body.model_dump(), "args": tuple(body.args), "env": env})
        except DuplicateNameError:
            raise RefusedRequest(400, f"You have a server called {body.name} already; choose another name.") from None
        another = (record.name, record.command, record.args, record.env) != (
            changed.name, changed.command, changed.args, changed.env,
        )  # fmt: skip
        restarts = another or record.scale != changed.scale
        if restarts or not changed.enabled:
            await self.fleet.forget(record.id)
        if another:
            await self.records.forget_approvals(record.id)
        if changed.enabled and (restarts or not record.enabled):
            self.fleet.start_soon(changed)
        self._note(request, caller, "server changed", record.id)
        return answer(request, {"server": self._shown(changed)})

    async def delete(self, request: Request, caller: Caller) -> JSONResponse:
        """Delete a server and stop its process. Its rows stay in the database, marked as deleted."""
        record = await self._own(request, caller)
        begin(request, partial(self._note, request, caller, "server deleted", record.id))
        await self.records.update(record, deleted_at=self.now(), enabled=False)
        await self.fleet.forget(record.id)
        self._note(request, caller, "server deleted", record.id)
        return answer(request, {"message": f"{record.name} is deleted."})

    async def start(self, request: Request, caller: Caller) -> JSONResponse:
        """Start a server's process, and wait until it answers."""
        record = await self._own(request, caller)
        try:
            await self.fleet.start(record)
        except ServerUnavailableError as error:
            self._note(request, caller, "server started", record.id, "failed")
            raise RefusedRequest(500, f"The process did not start: {error}") from None
        self._note(request, caller, "server started", record.id)
        return answer(request, {"status": self.fleet.status(record.id).value})

    async def stop(self, request: Request, caller: Caller) -> JSONResponse:
        """Stop a server's process."""
        record = await self._own(request, caller)
        await self.fleet.stop(record.id)
        self._note(request, caller, "server stopped", record.id)
        return answer(request, {"status": self.fleet.status(record.id).value})

    # -- calls --

    async def execute(self, request: Request, caller: Caller) -> JSONResponse:
        """Call a tool of a server once."""
        record = await self._own(request, caller)
        body = await read_model(request, ExecuteServerBody)
        tool, parameters = body.tool_name, body.parameters or {}
        key = request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= 256:
            raise RefusedRequest(400, "Idempotency-Key must have 1 to 256 characters.")
        await within(self._executions, caller.user_id)
        permit = Permit(body.voice_confirmations or {}, body.approved or "")
        done = await self.fleet.execute(record, caller.user_id, tool, parameters, key, permit)
        self._note(request, caller, "tool executed", record.id, done.ended.value, tool=tool, arguments=parameters)
        return _executed(request, done)

    async def logs(self, request: Request, caller: Caller) -> JSONResponse:
        """Show a page of a server's calls, newest first."""
        record = await self._own(request, caller)
        wanted = call_filter(request.query_params)
        found, total = await self.records.calls(record.id, wanted)
        page = {"limit": wanted.limit, "offset": wanted.offset, "total": total}
        return answer(request, {"logs": [logged(call) for call in found], **page})

    # -- all of them --

    async def health(self, request: Request, caller: Caller) -> JSONResponse:
        """Check each of the caller's servers now."""
        records = await self.records.servers(None if caller.may(Permission.MANAGE) else caller.user_id)
        states = await self.fleet.states()
        looked = [
            await self.fleet.look(record)
            if self.fleet.holds(record.id)
            else states.get(record.id) is ServerStatus.HEALTHY
            for record in records
        ]
        states = await self.fleet.states()
        again = {record.id: record for record in await self.records.servers()}
        listed = [
            {
                "id": record.id,
                "name": record.name,
                "healthy": healthy,
                "status": states.get(record.id, ServerStatus.STOPPED).value,
                "lastCheck": moment(again.get(record.id, record).last_health_check),
            }
            for record, healthy in zip(records, looked, strict=True)
        ]
        summary = {"total": len(looked), "healthy": sum(looked), "unhealthy": len(looked) - sum(looked)}
        return answer(request, {"summary": summary, "servers": listed})

    async def statistics(self, request: Request, caller: Caller) -> JSONResponse:
        """Count the servers and calls of all users."""
        records, totals = await self.records.servers(), await self.records.totals()
        told = await self.fleet.states()
        states = [told.get(record.id, ServerStatus.STOPPED).value for record in records]
        body = {
            "totalServers": len(records),
            "totalUsers": len({record.user_id for record in records}),
            "byStatus": {status.value: states.count(status.value) for status in ServerStatus},
            "totalCalls": totals.calls,
            "failedCalls": totals.failures,
            "averageExecutionTime": round(totals.average_time, 3),
            "totalExecutionTime": round(totals.total_time, 3),
        }
        return answer(request, {"statistics": body})

    # -- helpers --

    def _routed(self, handle: Handler) -> Handler:
        """Return a handler that is run in the process that runs the server."""

        @wraps(handle)
        async def handled(request: Request, caller: Caller) -> Response:
            record = await self._own(request, caller)
            passed = await self.peers.answer(request, record, lambda: self.fleet.holds(record.id))
            return passed if passed is not None else await handle(request, caller)

        return handled

    async def _own(self, request: Request, caller: Caller) -> ServerRecord:
        record = await self.records.find(request.path_params["id"])
        if record is None:
            raise RefusedRequest(404, "There is no server with this id; list the servers to see theirs.")
        caller.need_own(record.user_id)
        return record

    def _need_allowed(
        self, request: Request, caller: Caller, command: str, args: Sequence[str], env: Mapping[str, str]
    ) -> None:
        """Raise `RefusedRequest` 403 unless the caller may start this command on this machine."""
        if caller.may(Permission.MANAGE) or self.allowed.allow(command, args, env):
            return
        known = {"user_id": caller.user_id, "address": address(request), "request_id": request_id(request)}
        self.audit.write("command refused", **known, outcome="refused", command=command[:200])
        raise RefusedRequest(
            403,
            f"This command with these arguments and variables is not on the list of this server (serving.commands); "
            f"{Permission.MANAGE} may start any.",
        )

    def _shown(self, record: ServerRecord) -> dict[str, Any]:
        return shown(record, self.fleet.status(record.id))

    def _note(
        self, request: Request, caller: Caller, event: str, server_id: str, outcome: str = "done", **more: Any
    ) -> None:
        known = {"user_id": caller.user_id, "address": address(request), "request_id": request_id(request)}
        self.audit.write(event, **known, outcome=outcome, server=server_id, **more)


def _executed(request: Request, done: Execution) -> JSONResponse:
    record = done.record
    body = {
        "success": done.ended is Ended.DONE,
        "response": done.response,
        "error_message": done.error or None,
        "execution_time": record.execution_time if record is not None else None,
    }
    if done.error:
        body["error"] = done.error
    if done.needs:
        body["metadata"] = dict(done.needs)
    response = answer(request, body, _STATUS[done.ended])
    if done.ended is Ended.NOT_RUNNING:
        response.headers["Retry-After"] = "5"
    return response
