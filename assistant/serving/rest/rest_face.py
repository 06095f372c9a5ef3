"""The McQueen REST face over any host of tools: login, sliding sessions, tools, execute, configure, health.

The host decides what a tool does; this file decides who may ask, and how the answer reads. What the contract leaves
open: a tool that a user never configured is listed with `user_enabled` false and can still be used; 403 is for tools
that the user switched off. If the tool itself refuses, the answer is 200 with `success` false, because nothing
happened. 500 is for defects, after which nobody knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute

from assistant.hosting.host import Asks, Refused, ToolHost
from assistant.serving.error_answers import ERROR_ANSWERS, begin
from assistant.serving.middleware import RateLimit, too_many
from assistant.serving.openapi import Operation, openapi, own_version, pages
from assistant.serving.request_bodies import RefusedRequest, address, answer, given_key, read_model, request_id
from assistant.serving.rest.chat_face import ChatFace
from assistant.serving.rest.chat_gate import ChatGate, Conversations
from assistant.serving.rest.rest_models import (
    ConfigureAnswer,
    ConfigureBody,
    ExecuteAnswer,
    ExecuteBody,
    HealthAnswer,
    LinkBody,
    LoginBody,
    MessageAnswer,
    ServiceAnswer,
    SessionAnswer,
    ToolsAnswer,
    UsageAnswer,
)
from assistant.serving.rest.rest_outcomes import answer_of, execute
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.rest.rest_tools import RestTool
from assistant.serving.serving_errors import SecretsError, ServingError
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.credential_form import credential_problem
from assistant.serving.state.rate_limits import RequestLimit
from assistant.serving.state.secret_keys import Secrets, read_login_token
from assistant.serving.state.sessions import Session
from assistant.serving.state.stores import Store
from assistant.serving.state.users import Users, UserToolSetting
from assistant.serving.tool_client_host import Served, ToolClientHost
from client.client_errors import RecordsError
from client.values import digest

_log = logging.getLogger(__name__)
_MAX_TOKEN = 8192
_CHECK_SECONDS = 2.0
"""Seconds that the store may take to answer a health check."""
_ONCE_SECONDS = 86_400.0
"""Seconds for which a one-time token is remembered. Such a token may not be valid for longer."""


@dataclass
class RestFace:
    """The handlers of the face. `now` is in seconds since the epoch."""

    host: Served
    secrets: Secrets
    store: Store
    users: Users
    audit: AuditLog
    now: Callable[[], float]
    settings: RestSettings = field(default_factory=RestSettings)
    conversations: Conversations | None = None
    """The chats, if there are any."""

    @cached_property
    def _user_limit(self) -> RequestLimit:
        return self.limit("user")

    def limit(self, name: str) -> RequestLimit:
        """Return the limit of that name, with the numbers from settings."""
        return self.store.limit(name, self.settings.rate_max, self.settings.rate_window)

    def operations(self) -> list[Operation]:
        """Return all operations of the face."""
        user = {"user_id": {"type": "string"}}
        tool, service = "/mcp/tools/{tool:path}", "/auth/services/{service}"
        chat = self._chat.operations() if self._chat is not None else ()
        return [
            Operation("POST", "/auth/login", self.login, SessionAnswer, LoginBody, errors=(401,), secured=False),
            Operation("POST", "/auth/refresh", self.refresh, SessionAnswer),
            Operation("POST", "/auth/logout", self.logout, MessageAnswer),
            Operation("PUT", service, self.link, ServiceAnswer, LinkBody, errors=(404,)),
            Operation("DELETE", service, self.unlink, ServiceAnswer, errors=(404,)),
            Operation("GET", "/mcp/tools", self.tools, ToolsAnswer, errors=(403,), query=user),
            Operation("POST", f"{tool}/execute", self.execute, ExecuteAnswer, ExecuteBody, errors=(403, 404)),
            Operation("PUT", f"{tool}/configure", self.configure, ConfigureAnswer, ConfigureBody, errors=(404,)),
            *chat,
            Operation("GET", "/usage", self.usage, UsageAnswer),
            Operation("GET", "/health", self.health, HealthAnswer, secured=False),
            Operation("GET", "/ready", self.ready, HealthAnswer, secured=False),
        ]

    @cached_property
    def _chat(self) -> ChatFace | None:
        if self.conversations is None:
            return None
        return ChatFace(self.conversations, self._session, self._session_of, self._note)

    def chat_gate(self) -> ChatGate:
        """Return what calls made in chats pass."""
        return ChatGate(self.audit, self.users, self._is_logged_in)

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi("McQueen REST", "/api/v1", self.operations(), own_version())

    def app(self) -> Starlette:
        """Return the ASGI application, to be mounted at `/api/v1` and at the older paths."""
        limit = self.limit("address")
        middleware = self.settings.cors()
        middleware.append(Middleware(RateLimit, limit=limit, exempt=("/health", "/ready")))
        routes: list[BaseRoute] = [*(operation.route() for operation in self.operations()), *pages(self.document)]
        if self._chat is not None:
            routes.append(self._chat.socket())
        return Starlette(routes=routes, middleware=middleware, exception_handlers=ERROR_ANSWERS)

    async def health(self, request: Request) -> JSONResponse:
        """Say that the service and its store are up and how many tools it has; 503 if the store is away."""
        return await self._state(request, "healthy", tools_needed=False)

    async def ready(self, request: Request) -> JSONResponse:
        """Say whether requests can be served now: the service is healthy and has tools."""
        return await self._state(request, "ready", tools_needed=True)

    async def _state(self, request: Request, well: str, *, tools_needed: bool) -> JSONResponse:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self.store.check()
        except (ServingError, RecordsError, TimeoutError) as error:
            _log.error("the store does not answer: %s", error or "no answer in time")
            return answer(request, {"error": f"The store is away, so this is not {well}."}, 503)
        tools = len(await self.host.list_tools())
        if tools_needed and not tools:
            return answer(request, {"error": f"No server is there yet, so this is not {well}."}, 503)
        return answer(request, {"status": well, "tools": tools})

    async def login(self, request: Request) -> JSONResponse:
        """Exchange a login token for a session."""
        body = await read_model(request, LoginBody)
        user_id, token = body.user_id, body.auth_token
        claims = None
        if user_id and len(user_id) <= 200 and len(token) <= _MAX_TOKEN:
            claims = read_login_token(self.secrets.jwt_secret, token, now=self.now())
        if claims is None or claims.get("user_id") != user_id or not await self._first_use(claims):
            self._note(request, "login", user_id[:200], "refused")
            raise RefusedRequest(401, "The login token is not valid for this user; get a new one.")
        session = await self.store.sessions.create(user_id)
        self._note(request, "login", user_id, "done", client_type=(body.client_type or "mobile_app")[:60])
        return answer(request, {"session": session.as_json()})

    async def _first_use(self, claims: Mapping[str, Any]) -> bool:
        """Return whether a one-time token (claim `jti`) is used for the first time; other tokens may be used again."""
        once = claims.get("jti")
        if once is None:
            return True
        if claims["exp"] - self.now() > _ONCE_SECONDS:
            return False  # it would outlive the memory of its use
        return not await self.store.limit("token", 1, _ONCE_SECONDS).admit(digest(once))

    async def refresh(self, request: Request) -> JSONResponse:
        """Extend the session to its full time from now, as any use does, and say when it ends."""
        return answer(request, {"session": (await self._session(request)).as_json()})

    async def logout(self, request: Request) -> JSONResponse:
        """End the session."""
        session = await self._session(request)
        begin(request, partial(self._note, request, "logout", session.user_id))
        await self.store.sessions.remove(session.session_id)
        self._note(request, "logout", session.user_id, "done")
        return answer(request, {"message": "You are logged out."})

    async def link(self, request: Request) -> JSONResponse:
        """Store the user's credentials for a service, encrypted, and say whether the service accepts them."""
        session = await self._session(request)
        service = await self._service(request)
        body = await read_model(request, LinkBody)
        if wrong := credential_problem(body.credentials):
            self._note(request, "link", session.user_id, "invalid", service=service)
            raise RefusedRequest(400, f"{wrong}.")
        begin(request, partial(self._note, request, "link", session.user_id, service=service))
        await self.users.link(session.user_id, service, body.credentials)
        self._note(request, "link", session.user_id, "done", service=service)
        authenticated = await self._is_logged_in(session.user_id, service)
        return answer(request, {"data": {"service": service, "authenticated": authenticated}})

    async def unlink(self, request: Request) -> JSONResponse:
        """Forget them."""
        session = await self._session(request)
        service = await self._service(request)
        begin(request, partial(self._note, request, "unlink", session.user_id, service=service))
        await self.users.unlink(session.user_id, service)
        self._note(request, "unlink", session.user_id, "done", service=service)
        return answer(request, {"data": {"service": service, "authenticated": False}})

    async def tools(self, request: Request) -> JSONResponse:
        """List the tools that this user may see."""
        session = await self._session(request)
        self._same_user(session, request.query_params.get("user_id"))
        settings = await self.users.settings(session.user_id)
        kept = await self.users.services(session.user_id)
        services = {service for service in kept if await self._is_logged_in(session.user_id, service)}
        listed = []
        for tool in await self._tools():
            authenticated = tool.service is None or tool.service in services
            if authenticated or tool.access_level != "user_specific":
                listed.append(tool.listed(settings.get(tool.id), authenticated=authenticated))
        return answer(request, {"tools": listed, "total": len(listed)})

    async def configure(self, request: Request) -> JSONResponse:
        """Store the user's settings for a tool."""
        session = await self._session(request)
        tool = await self._tool(request)
        body = await read_model(request, ConfigureBody)
        old = (await self.users.settings(session.user_id)).get(tool.id) or UserToolSetting(enabled=True)
        setting = UserToolSetting(
            old.enabled if body.enabled is None else body.enabled,
            old.priority if body.priority is None else body.priority,
            old.custom_settings if body.custom_settings is None else body.custom_settings,
        )
        begin(request, partial(self._note, request, "configure", session.user_id, tool=tool.id))
        await self.users.configure(session.user_id, tool.id, setting)
        self._note(request, "configure", session.user_id, "done", tool=tool.id)
        data = {"tool_id": tool.id, "enabled": setting.enabled, "priority": setting.priority}
        return answer(request, {"data": data})

    async def usage(self, request: Request) -> JSONResponse:
        """Count the user's calls of each tool."""
        session = await self._session(request)
        counts = await self.users.usage_of(session.user_id)
        return answer(request, {"usage": counts, "total": sum(counts.values())})

    async def execute(self, request: Request) -> JSONResponse:
        """Check everything, then call the tool once."""
        session = await self._session(request)
        tool = await self._tool(request)
        body = await read_model(request, ExecuteBody)
        self._same_user(session, body.user_id)
        parameters, confirmations = dict(body.parameters or {}), body.voice_confirmations or {}
        setting = (await self.users.settings(session.user_id)).get(tool.id)
        if setting is not None and not setting.enabled:
            self._note(request, "execute", session.user_id, "not_enabled", tool=tool.id)
            raise RefusedRequest(403, f"You switched {tool.id} off; switch it on to use it.")
        authenticated = tool.service is None or await self._is_logged_in(session.user_id, tool.service)
        if tool.access_level == "user_specific" and not authenticated:
            self._note(request, "execute", session.user_id, "requires_auth", tool=tool.id)
            return self._unmet(request, f"Log in to {tool.service} first.", requires_auth=tool.service)
        filled = tool.filled(parameters, authenticated=authenticated)
        if wrong := self._problems(tool, filled):
            self._note(request, "execute", session.user_id, "invalid", tool=tool.id)
            names = list(dict.fromkeys(name for name, _ in wrong))
            raise RefusedRequest(
                400, f"{'; '.join(sentence for _, sentence in wrong)}.", metadata={"parameters": names}
            )
        if tool.wants_login(filled) and not authenticated:
            return self._unmet(request, f"Log in to {tool.service} first.", requires_auth=tool.service)
        if isinstance(self.host, ToolClientHost):
            return await self._call_configured(request, session, self.host, tool, filled, confirmations)
        if names := tool.unconfirmed(filled, confirmations):
            self._note(request, "execute", session.user_id, "requires_confirmation", tool=tool.id, names=names)
            return self._unmet(request, f"Please confirm {', '.join(names)}.", requires_confirmation=names)
        return await self._call(request, session, self.host, tool, filled)

    async def _call(
        self, request: Request, session: Session, host: ToolHost, tool: RestTool, parameters: dict[str, Any]
    ) -> JSONResponse:
        key = given_key(request, parameters)
        # Keys are the user's own: another user's same key is another call.
        scoped = f"{session.user_id}:{key}" if key and len(key) <= 256 else None
        await self.users.count(session.user_id, tool.id)
        begin(request, partial(self._note, request, "execute", session.user_id, tool=tool.id, arguments=parameters))
        result = await host.for_user(session.user_id).call(tool.id, parameters, idempotency_key=scoped)
        if isinstance(result, Asks):
            result = result.refusal  # no driver is here to be asked
        service = tool.service or host.name
        refused = isinstance(result, Refused)
        outcome = "refused" if refused else "done"
        self._note(request, "execute", session.user_id, outcome, tool=tool.id, arguments=parameters)
        if isinstance(result, Refused):
            detail = {"code": result.code, "names": list(result.names), "alternatives": list(result.alternatives)}
            body = {"success": False, "error": result.message, "details": detail, "metadata": {"service": service}}
            return answer(request, body)
        return answer(request, {"data": dict(result.result), "metadata": {"service": service}})

    async def _call_configured(
        self,
        request: Request,
        session: Session,
        host: ToolClientHost,
        tool: RestTool,
        parameters: dict[str, Any],
        confirmations: Mapping[str, Any],
    ) -> JSONResponse:
        """Call a tool of a configured server. The tool client reports what the call needs first."""
        key = given_key(request, parameters)
        prepared = host.prepare(tool.id, parameters, key=key, user_id=session.user_id)
        if prepared is None:
            raise RefusedRequest(
                404, f"There is no tool called {tool.id[:60]} any more; list the tools to see their ids."
            )
        begin(request, partial(self._note, request, "execute", session.user_id, tool=tool.id, arguments=parameters))
        executed = await execute(host, prepared, confirmations)
        kind = executed.outcome.kind
        self._note(request, "execute", session.user_id, kind, tool=tool.id, arguments=parameters)
        if kind != "needs_input":
            await self.users.count_made(session.user_id, tool.id)
        status, body = answer_of(host, prepared, executed)
        return answer(request, body, status)

    def _problems(self, tool: RestTool, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        if not isinstance(self.host, ToolClientHost):
            return tool.problems(parameters)
        prepared = self.host.prepare(tool.id, parameters)
        return self.host.problems(prepared) if prepared is not None else []

    def _unmet(self, request: Request, error: str, **metadata: Any) -> JSONResponse:
        return answer(request, {"success": False, "error": error, "metadata": metadata})

    async def _tools(self) -> Sequence[RestTool]:
        return [RestTool(definition) for definition in await self.host.list_tools()]

    async def _tool(self, request: Request) -> RestTool:
        wanted = str(request.path_params["tool"])
        definition = self.host.definition(wanted)
        if definition is not None and definition["name"] == wanted:
            return RestTool(definition)
        raise RefusedRequest(404, f"There is no tool called {wanted[:60]}; list the tools to see their ids.")

    async def _service(self, request: Request) -> str:
        wanted = str(request.path_params["service"])
        known = sorted({tool.service for tool in await self._tools() if tool.service})
        if wanted not in known:
            raise RefusedRequest(
                404, f"No tool uses a service called {wanted[:60]}; there is {', '.join(known) or 'none'}."
            )
        return wanted

    async def _is_logged_in(self, user_id: str, service: str) -> bool:
        """Return whether the user's credentials for a service count now: only the service's host is shown them.

        Configured servers are shown none: they ask for their own login.
        """
        try:
            credentials = await self.users.credentials(user_id, service)
        except SecretsError:
            return False  # stored under another key, which makes them unreadable
        if credentials is None or credential_problem(credentials):
            return False
        return isinstance(self.host, ToolClientHost) or await self.host.for_user(user_id).admits(service, credentials)

    async def _session(self, request: HTTPConnection) -> Session:
        """Return the session that the headers name. Raises `RefusedRequest` 401: there is none, or the headers
        disagree.
        """
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = {bearer.strip() if kind.lower() == "bearer" else "", request.headers.get("x-session-id", "").strip()}
        given.discard("")
        return await self._session_of(given.pop() if len(given) == 1 else "", request.headers.get("x-user-id"))

    async def _session_of(self, session_id: str, user_id: str | None = None) -> Session:
        session = await self.store.sessions.use(session_id) if session_id else None
        if session is None or (user_id is not None and user_id != session.user_id):
            raise RefusedRequest(
                401, "Your session has ended or is unknown; log in again.", headers={"WWW-Authenticate": "Bearer"}
            )
        # Counted by user as well, so that one user cannot send more through many addresses.
        if wait := await self._user_limit.admit(session.user_id):
            raise RefusedRequest(429, too_many(wait), headers={"Retry-After": str(wait)})
        return session

    def _same_user(self, session: Session, user_id: str | None) -> None:
        if user_id is not None and user_id != session.user_id:
            raise RefusedRequest(403, "The session belongs to another user.")

    def _note(self, request: Request, event: str, user_id: str | None, outcome: str, **more: Any) -> None:
        self.audit.write(
            event, user_id=user_id, address=address(request), request_id=request_id(request), outcome=outcome, **more
        )
