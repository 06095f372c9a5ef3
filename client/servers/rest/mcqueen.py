"""The McQueen REST dialect: tools, execute, configure and health, as docs/contracts.md gives them.

Maps statuses and `metadata` to the rows of the retry table; renews a session once by itself, and never retries for
another reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx

from client.access.accounts import Accounts, Credentials, face_of
from client.access.session import McQueenSession
from client.call import CallError, Need, Sent, ToolCall
from client.catalog import Hints, RejectedTool, Tier, Tool
from client.clock import Clock
from client.http import DEFAULT_BODY_LIMIT, Attempt, Fault
from client.servers.rest.rest import RestExchange, segment
from client.servers.tool_server import (
    Answer,
    Answered,
    Configurable,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
    ToolServer,
)
from client.values import JSON

_LISTING_SECONDS = 10.0
_READING_CATEGORIES = frozenset({"weather", "search", "navigation"})
"""Categories whose tools look things up. As a hint it still yields to words of effect in the tool's name."""
_USUAL_PRIORITY = 5
_MOST_RENEWALS = 2
"""How often a forgotten session is replaced: the server may have forgotten the session of another process too."""
_TYPES = frozenset({"string", "number", "boolean", "array"})


class McQueenServer(ToolServer):
    """A server that speaks McQueen REST. `url` is its root, or ends in `/api/v1`."""

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
        trusted: bool = False,
        honours_keys: bool = False,
        refused_statuses: frozenset[int] = frozenset({429}),
        body_limit: int = DEFAULT_BODY_LIMIT,
    ) -> None:
        super().__init__(name, trusted=trusted)
        self._base = self.address = face_of(url, "/api/v1")
        self._http = http
        self._clock = clock
        self._honours_keys = honours_keys
        self._rest = RestExchange(self._base, http, clock, refused_statuses=refused_statuses, body_limit=body_limit)
        self.session = McQueenSession(
            name,
            self._base,
            http,
            clock,
            credentials,
            accounts=accounts,
            account=account,
            plain_http_allowed=plain_http_allowed,
        )
        self._confirmations: dict[str, tuple[str, ...]] = {}
        self._wanted: dict[str, tuple[str, ...]] = {}

    @property
    def user_id(self) -> str:
        """The user of the tools; empty without a login."""
        return self.session.user_id

    @property
    def session_words(self) -> str:
        """The session in words for people; empty without one."""
        return f"logged in as {self.user_id}" if self.session.session_id else ""

    @property
    def configurable(self) -> Configurable:
        """This server: it keeps settings for each user."""
        return self

    async def connect(self) -> None:
        """Log in if there are credentials. Raises `ServerUnavailableError`."""
        headers = await self.session.headers()
        if isinstance(headers, Faulted):
            raise ServerUnavailableError(self.name, headers.kind, headers.error.message, headers.error.code)

    async def list_tools(self) -> Listing:
        """Read the tools that this user may see. Raises `ServerUnavailableError`."""
        parameters = f"?user_id={segment(self.session.user_id)}" if self.session.user_id else ""
        answer = await self._exchange("GET", f"/mcp/tools{parameters}", None, _LISTING_SECONDS, Attempt())
        if isinstance(answer, Faulted):
            raise ServerUnavailableError(self.name, answer.kind, answer.error.message, answer.error.code)
        status, body = answer
        raw = body.get("tools")
        if status != 200 or not isinstance(raw, list):
            message = f"{self.name} does not list tools as McQueen REST does."
            raise ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, message, "not_mcqueen")
        tools: list[Tool] = []
        rejected: list[RejectedTool] = []
        taken: set[str] = set()
        for position, entry in enumerate(raw):
            tool = tool_of(entry, self.name, position, trusted=self.trusted, honours_keys=self._honours_keys)
            if isinstance(tool, RejectedTool):
                rejected.append(tool)
            elif tool.name in taken:
                rejected.append(RejectedTool(self.name, tool.name, "another tool of this server has the same id"))
            else:
                taken.add(tool.name)
                tools.append(tool)
        self._confirmations = {tool.name: tool.voice_confirmations for tool in tools}
        return Listing(tools, rejected)

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Execute once. With `confirmed` the confirmations equal the arguments for the names the server listed."""
        arguments: dict[str, JSON] = {**call.arguments, **(answers or {})}
        body: dict[str, JSON] = {"parameters": arguments}
        if self.session.user_id:
            body["user_id"] = self.session.user_id
        if confirmed:
            names = (*self._confirmations.get(call.tool, ()), *self._wanted.pop(call.call_id, ()))
            body["voice_confirmations"] = {name: arguments[name] for name in names if name in arguments}
        attempt = Attempt(call.idempotency_key)
        answer = await self._exchange("POST", f"/mcp/tools/{segment(call.tool)}/execute", body, seconds, attempt)
        if isinstance(answer, Faulted):
            return answer
        return self._executed(call, *answer)

    def _executed(self, call: ToolCall, status: int, body: Mapping[str, JSON]) -> Answer:
        message = str(body.get("error") or f"{self.name} refused the request.")[:500]
        metadata = body.get("metadata")
        found: Mapping[str, JSON] = metadata if isinstance(metadata, dict) else {}
        if status == 200 and body.get("success") is True:
            return Answered(body.get("data"))
        if status == 200 and isinstance(wanted := found.get("requires_confirmation"), list):
            names = tuple(str(name) for name in wanted)
            if len(self._wanted) > 64:
                self._wanted.clear()
            self._wanted[call.call_id] = names
            return InputWanted(Need.CONSENT, CallError("confirmation_wanted", message, Sent.YES, names))
        if found.get("requires_auth"):
            service = str(found["requires_auth"])
            return InputWanted(Need.LOGIN, CallError("login_required", message, Sent.YES), service=service)
        code = {400: "invalid_arguments", 403: "forbidden", 404: "unknown_tool"}.get(status, "tool_error")
        return Faulted(FailureKind.TOOL_ERROR, CallError(code, message, Sent.YES))

    async def configure(
        self, tool: str, *, enabled: bool, priority: int = 5, custom_settings: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Set whether and how this user has the tool."""
        body: dict[str, JSON] = {
            "enabled": enabled,
            "priority": priority,
            "custom_settings": dict(custom_settings or {}),
        }
        path = f"/mcp/tools/{segment(tool)}/configure"
        answer = await self._exchange("PUT", path, body, _LISTING_SECONDS, Attempt())
        if isinstance(answer, Faulted):
            return answer
        return self._executed(ToolCall("", self.name, tool, {}, ""), *answer)

    async def link(self, service: str, credentials: Mapping[str, JSON]) -> Answer:
        """Give the server this user's credentials for a service. Not part of the contract; McQueen's own API
        offers it.
        """
        return await self._service("PUT", service, {"credentials": dict(credentials)})

    async def unlink(self, service: str) -> Answer:
        """Have the server delete these credentials."""
        return await self._service("DELETE", service, None)

    async def _service(self, method: str, service: str, body: Mapping[str, JSON] | None) -> Answer:
        answer = await self._exchange(method, f"/auth/services/{segment(service)}", body, _LISTING_SECONDS, Attempt())
        if isinstance(answer, Faulted):
            return answer
        return self._executed(ToolCall("", self.name, service, {}, ""), *answer)

    async def health(self) -> Health:
        """Ask `GET /health`."""
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout(_LISTING_SECONDS):
                response = await self._http.get(f"{self._base}/health")
        except (httpx.TransportError, httpx.InvalidURL, TimeoutError) as error:
            return Health(False, self._clock.monotonic() - started, str(error) or "no answer in time")
        healthy = response.status_code == 200
        return Health(healthy, self._clock.monotonic() - started, "" if healthy else f"status {response.status_code}")

    async def close(self) -> None:
        """Store the session for the next start, or log out."""
        await self.session.close()

    async def _exchange(
        self, method: str, path: str, body: Mapping[str, JSON] | None, seconds: float, attempt: Attempt
    ) -> tuple[int, dict[str, JSON]] | Faulted:
        """Send one request in this user's session. If the server forgot the session, renew it."""
        forgotten = ""
        renewals = 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    attempt.sent = Sent.NO
                    headers = await self.session.headers(forgotten)
                    if isinstance(headers, Faulted):
                        return headers
                    answer = await self._send(method, path, body, headers, attempt)
                    if not isinstance(answer, Fault):
                        self.session.used()
                        return answer
                    if answer.kind is not FailureKind.SESSION_LOST or renewals == _MOST_RENEWALS or not headers:
                        return answer.faulted(self.name)
                    forgotten = headers["X-Session-ID"]
                    renewals += 1
        except TimeoutError:
            if attempt.sent is Sent.NO:
                return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self.name)
            return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE).faulted(self.name)

    async def _send(
        self, method: str, path: str, body: Mapping[str, JSON] | None, headers: Mapping[str, str], attempt: Attempt
    ) -> tuple[int, dict[str, JSON]] | Fault:
        sent = await self._rest.send(method, path, body, headers, attempt)
        if isinstance(sent, Fault):
            return sent
        status, answer = sent
        if isinstance(answer, dict):
            return status, answer
        if status >= 400:
            return Fault(FailureKind.TOOL_ERROR, "refused", Sent.YES, status)
        return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, status)


def tool_of(
    raw: JSON, server: str, position: int, *, trusted: bool = False, honours_keys: bool = False
) -> Tool | RejectedTool:
    """Return one entry of the tool list as a tool, or the reason why it cannot be used."""
    name = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(name, str) or not name.strip():
        return RejectedTool(server, f"#{position + 1}", "it has no id")
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        return RejectedTool(server, repr(name), "its id has control characters")
    parameters = raw.get("parameters", [])
    if not isinstance(parameters, list):
        return RejectedTool(server, name, "its parameters are not a list")
    properties: dict[str, JSON] = {}
    required: list[JSON] = []
    for entry in parameters:
        parameter = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(parameter, str):
            return RejectedTool(server, name, "a parameter has no name")
        if entry.get("type", "string") not in _TYPES:
            return RejectedTool(server, name, f"its parameter {parameter} has the unknown type {entry.get('type')!r}")
        properties[parameter] = _parameter(entry)
        if entry.get("required"):
            required.append(parameter)
    confirmations = _texts(raw.get("voice_confirmations"))
    reading = raw.get("category") in _READING_CATEGORIES and not confirmations
    level = raw.get("access_level", "public")
    told = raw.get("user_priority")
    priority = told if isinstance(told, int) and not isinstance(told, bool) else _USUAL_PRIORITY
    return Tool(
        server=server,
        name=name,
        description=str(raw.get("description") or ""),
        title=str(raw.get("name") or ""),
        input_schema={"type": "object", "properties": properties, "required": required},
        hints=Hints(read_only=True if reading else None),
        trusted=trusted,
        examples=(_texts(raw.get("marked_examples")) or _texts(raw.get("examples"))),
        voice_confirmations=confirmations,
        tier=Tier(str(level)) if level in list(Tier) else Tier.PUBLIC,
        service=str(raw.get("auth_service_id") or ""),
        honours_keys=honours_keys or "idempotency_key" in properties,
        category=str(raw.get("category") or ""),
        enabled=_is_enabled(raw, priority),
        priority=priority,
    )


def _is_enabled(raw: Mapping[str, JSON], priority: int) -> bool:
    """Say whether a tool is switched on: the list says false also of what was never configured (priority 5)."""
    return raw.get("user_enabled") is not False or priority == _USUAL_PRIORITY


_TOLD = ("format", "pattern", "minimum", "maximum", "minLength", "maxLength", "items", "examples")
"""Constraints on a parameter's value that a server may send beyond the contract."""


def _parameter(entry: Mapping[str, JSON]) -> dict[str, JSON]:
    more = entry.get("schema")  # fields beyond the contract, from a server that sends more
    told = more if isinstance(more, dict) else {}
    schema: dict[str, JSON] = {name: told[name] for name in _TOLD if name in told}
    schema["type"] = "integer" if told.get("type") == "integer" else entry.get("type", "string")
    if entry.get("description"):
        schema["description"] = entry["description"]
    options = entry.get("options")
    if isinstance(options, list) and options:
        schema["enum"] = options
    if entry.get("default") is not None:
        schema["default"] = entry["default"]
    return schema


def _texts(value: JSON) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
