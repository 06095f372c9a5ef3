"""The AI Platform REST dialect: the tools of all servers that a platform runs for its user, as one `ToolServer`.

Contracts.md section 2 gives the paths; this is how they are used, and what a platform of ours must offer:

- Authorization: `Authorization: Bearer TOKEN`, the JWT that `mcqueen login` keeps (its claim `user_id` says who).
- Tools become known in two steps. `GET /api/mcp` lists the servers, as a list or as `{"servers": [...]}`. For each one
  that is enabled, not deleted and neither STOPPED nor ERROR, `GET /api/mcp/{id}` may say its tools: a key `tools` with
  the list of an MCP `tools/list` result. Where it does not, they are asked of the server itself, by
  `POST /api/mcp/{id}/execute` with the tool name `tools/list` and no parameters, which a platform passes on as is.
- Execution: `POST /api/mcp/{id}/execute` with `{"tool_name", "parameters"}` and the header `Idempotency-Key`. The
  answer has the fields of the call log, `{"success", "response", "error_message", "execution_time"}`. `response` is the
  MCP result (`structuredContent`, `content`, `isError`) or any other JSON, which then is the result itself.
- Any answer may be wrapped as `{"success": true, "data": ...}`.

A tool that only one server of the platform has keeps its name; where several have it, each is called `server.tool`.
It never retries; managing servers is in `platform_management.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx
import mcp_types as types
from pydantic import TypeAdapter, ValidationError

from client.access.accounts import Accounts, Credentials, face_of
from client.access.plain_http import https_required, is_protected
from client.call import CallError, Need, Sent, ToolCall
from client.catalog import RejectedTool, Tool
from client.client_errors import CredentialsError
from client.clock import Clock
from client.http import DEFAULT_BODY_LIMIT, Attempt, Fault
from client.schemas.tool_listing import read_tools_aside
from client.servers.mcp.mcp_answers import answer_of_result, shorten
from client.servers.rest.platform_records import HealthStatus, PlatformServer, ServerDetails
from client.servers.rest.rest import RestExchange, segment
from client.servers.tool_server import (
    Answer,
    Answered,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
    ToolServer,
)
from client.values import JSON

MANAGING_SECONDS = 15.0
"""How long one request that is not a tool call may take."""
LIST_TOOL = "tools/list"
_NOT_EXECUTED = frozenset({429, 503})
"""Over the limit, and no healthy instance: the contract's words for not having been executed."""
_ASLEEP = (HealthStatus.STOPPED, HealthStatus.ERROR)
_AT_ONCE = 4
_SERVERS: TypeAdapter[list[PlatformServer]] = TypeAdapter(list[PlatformServer])


@dataclass(frozen=True)
class _Target:
    """Where a tool is executed."""

    server_id: str
    tool: str
    in_schema: bool
    """Whether it takes its idempotency key as an argument."""


class AiPlatformServer(ToolServer):
    """A platform at a URL: its root, or ending in `/api/mcp`."""

    local = False

    def __init__(
        self,
        name: str,
        url: str,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        credentials: Credentials | None = None,
        accounts: Accounts | None = None,
        account: str = "",
        plain_http_allowed: bool = False,
        headers: Mapping[str, str] | None = None,
        trusted: bool = False,
        honours_keys: bool = False,
        refused_statuses: frozenset[int] = _NOT_EXECUTED,
        body_limit: int = DEFAULT_BODY_LIMIT,
    ) -> None:
        super().__init__(name, trusted=trusted)
        self.address = face_of(url, "/api/mcp")
        base = self.address.removesuffix("/mcp")
        self._rest = RestExchange(
            base, http, clock, refused_statuses=refused_statuses | _NOT_EXECUTED, body_limit=body_limit
        )
        self._clock = clock
        self._given = credentials
        self._accounts = accounts
        self._account = account
        self._credentials = credentials
        self._allowed = plain_http_allowed or is_protected(url)
        self._headers = dict(headers or {})
        self._honours_keys = honours_keys
        self._targets: dict[str, _Target] = {}

    async def connect(self) -> None:
        """Check that a platform is there and lets us in. Raises `ServerUnavailableError`."""
        await self.servers()

    async def servers(self) -> list[PlatformServer]:
        """Return the user's servers. Raises `ServerUnavailableError`."""
        found = await self.ask("GET", "/mcp")
        if isinstance(found, dict):
            found = found.get("servers")
        try:
            return _SERVERS.validate_python(found)
        except ValidationError:
            raise self._not_a_platform() from None

    def _not_a_platform(self) -> ServerUnavailableError:
        message = f"{self.name} does not answer as an AI Platform does."
        return ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, message, "not_ai_platform")

    async def list_tools(self) -> Listing:
        """Return the tools of all running servers. Raises `ServerUnavailableError` if the platform is away."""
        servers = [s for s in await self.servers() if s.enabled and not s.deleted_at and s.health_status not in _ASLEEP]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(server: PlatformServer) -> Listing:
            async with gate:
                return await self._tools_of(server)

        listings = await asyncio.gather(*(one(server) for server in servers))
        counts: dict[str, int] = {}
        for listing in listings:
            for tool in listing.tools:
                counts[tool.name] = counts.get(tool.name, 0) + 1
        tools: list[Tool] = []
        rejected: list[RejectedTool] = []
        targets: dict[str, _Target] = {}
        for server, listing in zip(servers, listings, strict=True):
            rejected.extend(listing.rejected)
            for tool in listing.tools:
                name = tool.name if counts[tool.name] == 1 else f"{server.name}.{tool.name}"
                if name in targets:
                    rejected.append(RejectedTool(self.name, name, "two servers of the platform have the same name"))
                    continue
                targets[name] = _Target(server.id, tool.name, "idempotency_key" in tool.properties)
                tools.append(replace(tool, name=name))
        self._targets = targets
        return Listing(tools, rejected)

    async def _tools_of(self, server: PlatformServer) -> Listing:
        """Return the tools of one server. If it cannot list them, it is named, and the other servers work."""
        try:
            found = await self.ask("GET", f"/mcp/{segment(server.id)}")
            raw = ServerDetails.model_validate(found).tools
            if raw is None:
                answer = await self._execute(_Target(server.id, LIST_TOOL, False), {}, Attempt(), MANAGING_SECONDS)
                if isinstance(answer, Faulted):
                    return self._left_out(server, answer.error.message)
                told = answer.result if isinstance(answer, Answered) else None
                listed = told.get("tools") if isinstance(told, dict) else told
                if not isinstance(listed, list):
                    return self._left_out(server, "it does not list its tools")
                raw = listed
        except ValidationError:
            return self._left_out(server, "the platform tells of it in a form that the contract does not know")
        except ServerUnavailableError as error:
            if error.kind is not FailureKind.TOOL_ERROR:
                raise
            return self._left_out(server, str(error))
        return await read_tools_aside(raw, self.name, trusted=self.trusted, honours_keys=self._honours_keys)

    def _left_out(self, server: PlatformServer, why: str) -> Listing:
        return Listing((), (RejectedTool(self.name, f"server {server.name}", why.rstrip(".")),))

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Execute once. If a platform asks for confirmations, it gets those of a confirmed call and no others."""
        target = self._targets.get(call.tool)
        if target is None:
            message = f"{self.name} has no tool called {call.tool}."
            return Faulted(FailureKind.TOOL_ERROR, CallError("unknown_tool", message, Sent.NO))
        arguments: dict[str, JSON] = {**call.arguments, **(answers or {})}
        if target.in_schema:
            arguments.setdefault("idempotency_key", call.idempotency_key)
        began = self._clock.monotonic()
        answer = await self._execute(target, arguments, Attempt(call.idempotency_key), seconds)
        left = seconds - (self._clock.monotonic() - began)
        if not (confirmed and isinstance(answer, InputWanted) and left > 0):
            return answer
        agreed: dict[str, JSON] = {**call.arguments} if call.arguments else {target.tool: True}
        if answer.need is not Need.CONSENT or not set(answer.error.names) <= set(agreed):
            return answer
        return await self._execute(target, arguments, Attempt(call.idempotency_key), left, agreed)

    async def _execute(
        self,
        target: _Target,
        arguments: dict[str, JSON],
        attempt: Attempt,
        seconds: float,
        confirmations: Mapping[str, JSON] | None = None,
    ) -> Answer:
        body: dict[str, JSON] = {"tool_name": target.tool, "parameters": arguments}
        if confirmations is not None:
            body["voice_confirmations"] = dict(confirmations)
        path = f"/mcp/{segment(target.server_id)}/execute"
        sent = await self.exchange("POST", path, body, attempt, seconds)
        if isinstance(sent, Faulted):
            return sent
        status, answer = sent
        found = answer if isinstance(answer, dict) else {}
        data = found.get("data")
        if "response" not in found and isinstance(data, dict):
            found = data
        metadata = found.get("metadata")
        wanted = metadata.get("requires_confirmation") if isinstance(metadata, dict) else None
        if status == 200 and found.get("success") is False and isinstance(wanted, list):
            asked = shorten(str(found.get("error") or f"{self.name} wants a confirmation."))
            names = tuple(str(name) for name in wanted)
            return InputWanted(Need.CONSENT, CallError("confirmation_wanted", asked, Sent.YES, names))
        if status >= 400 or found.get("success", True) is not True:
            message = found.get("error_message") or found.get("error") or f"{self.name} refused the request."
            code = {403: "forbidden", 404: "unknown_tool"}.get(status, "tool_error")
            return Faulted(FailureKind.TOOL_ERROR, CallError(code, shorten(str(message)), Sent.YES))
        if "response" not in found:
            return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES).faulted(self.name)
        return _answer_of(found["response"])

    async def ask(self, method: str, path: str, body: Mapping[str, JSON] | None = None) -> JSON:
        """Return the answer to a request that is not a tool call, unwrapped. Raises `ServerUnavailableError`."""
        sent = await self.exchange(method, path, body, Attempt(), MANAGING_SECONDS)
        if isinstance(sent, Faulted):
            raise ServerUnavailableError(self.name, sent.kind, sent.error.message, sent.error.code)
        status, answer = sent
        found = answer if isinstance(answer, dict) else {}
        if status >= 400 or found.get("success", True) is not True:
            told = found.get("error") or found.get("error_message") or f"{self.name} refused the request."
            code = {400: "refused", 403: "forbidden", 404: "not_found"}.get(status, "refused")
            raise ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, shorten(str(told)), code)
        return found.get("data", answer)

    async def exchange(
        self, method: str, path: str, body: Mapping[str, JSON] | None, attempt: Attempt, seconds: float
    ) -> tuple[int, JSON] | Faulted:
        """Send one request with this user's token, and wait at most that long."""
        try:
            async with asyncio.timeout(seconds):
                headers = await self._authorization()
                if isinstance(headers, Faulted):
                    return headers
                sent = await self._rest.send(method, path, body, headers, attempt)
        except TimeoutError:
            if attempt.sent is Sent.NO:
                return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self.name)
            return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE).faulted(self.name)
        if not isinstance(sent, Fault):
            return sent
        if sent.kind is FailureKind.SESSION_LOST:
            self._credentials = self._given
        if sent.status == 504:  # the contract's word for no answer in time
            return replace(sent, code="timed_out").faulted(self.name)
        return sent.faulted(self.name)

    async def _authorization(self) -> dict[str, str] | Faulted:
        """Return the headers. A login that is missing or was refused is looked up again, so that a new one counts."""
        if any(name.lower() == "authorization" for name in self._headers):
            return dict(self._headers)
        if self._credentials is None and self._accounts is not None:
            try:
                with self._clock.working():
                    self._credentials = await self._accounts.credentials(self._account)
            except CredentialsError as error:
                return Faulted(FailureKind.SESSION_LOST, CallError("login_required", f"{error}.", Sent.NO))
        credentials = self._credentials
        if credentials is None:
            return dict(self._headers)
        if not self._allowed:
            return https_required(self.name)
        return {**self._headers, "Authorization": f"Bearer {credentials.auth_token}"}

    async def health(self) -> Health:
        """Ask for the platform's own health."""
        started = self._clock.monotonic()
        try:
            await self.ask("GET", "/mcp/health/check")
        except ServerUnavailableError as error:
            return Health(False, self._clock.monotonic() - started, str(error))
        return Health(True, self._clock.monotonic() - started)

    async def close(self) -> None:
        """Do nothing: no connection stays open between requests."""


def _answer_of(response: JSON) -> Answer:
    """Return an MCP result as any MCP server would return it; anything else is itself the result."""
    if isinstance(response, dict) and ("content" in response or "structuredContent" in response):
        try:
            return answer_of_result(types.CallToolResult.model_validate({"content": [], **response}))
        except ValidationError:
            return Answered(response)
    return Answered(response)
