"""The login of the MCP face: every request needs a bearer token, and a page tells clients so.

It accepts what the other faces accept: a login token (JWT) with mcp:execute, or a session of the McQueen REST face. On
loopback it also accepts the token of this start, for programs of the same account. It issues no tokens and knows no
tools. An MCP session belongs to the user who opened it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.serving.error_answers import log_refusal
from assistant.serving.mcp.local_token import LocalToken
from assistant.serving.platform.callers import Caller, Permission, caller_of
from assistant.serving.request_bodies import RefusedRequest, answer
from assistant.serving.state.rate_limits import RequestLimit
from assistant.serving.state.sessions import SessionStore

METADATA = "/.well-known/oauth-protected-resource"
"""Path of the page that tells clients that a token is needed (RFC 9728); the path of the face follows it."""
MCP_MOST, MCP_SECONDS = 300, 60.0
"""Requests of one user in that many seconds over the MCP face; a conversation sends some three for each call."""


@dataclass(frozen=True)
class McpLogin:
    """Decides who may use the MCP face. `now` is in seconds since the epoch."""

    jwt_secret: str
    sessions: SessionStore
    limit: RequestLimit
    now: Callable[[], float]
    local: LocalToken | None = None
    """The token that lets programs of this account in without a user; None if every request needs a user."""

    async def admit(self, request: Request) -> Caller | None:
        """Return who sent the request; None for a program of this account. Raises `RefusedRequest`: 401 not logged in,
        403 not allowed, 429 too many requests.
        """
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if self.local is not None and hmac.compare_digest(given.encode(), self.local.value.encode()):
            return None
        caller = await caller_of(request, self.jwt_secret, self.sessions, self.now)
        caller.need(Permission.EXECUTE)
        if wait := await self.limit.admit(caller.user_id):
            raise RefusedRequest(429, f"Too many requests; try again in {wait} s.", headers={"Retry-After": str(wait)})
        return caller

    def route(self, path: str) -> Route:
        """Return the route of the page about the face at `path`."""

        async def page(request: Request) -> Response:
            base = str(request.base_url).rstrip("/")
            return JSONResponse(
                {
                    "resource": f"{base}{path}",
                    "resource_name": "McQueen",
                    "bearer_methods_supported": ["header"],
                    "scopes_supported": [Permission.EXECUTE.value],
                }
            )

        return Route(f"{METADATA}{path}", page)


class LoginFirst:
    """Passes a request to the MCP face after its login, with the user's name."""

    def __init__(self, app: ASGIApp, login: McpLogin, path: str) -> None:
        """`path` is the path of the face."""
        self._app = app
        self._login = login
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit the request, or answer why it is refused."""
        request = Request(scope)
        try:
            caller = await self._login.admit(request)
        except RefusedRequest as error:
            log_refusal(request, error.status_code, error.detail)
            headers = dict(error.headers or {}) | self._challenge(request, error.status_code)
            refused = answer(request, {"error": error.detail}, error.status_code, headers)
            await refused(scope, receive, send)
            return
        if caller is None:
            await self._app(scope, receive, send)
            return
        token = AccessToken(
            token="", client_id=caller.user_id, scopes=sorted(caller.permissions), subject=caller.user_id
        )
        await self._app({**scope, "user": AuthenticatedUser(token)}, receive, send)

    def _challenge(self, request: Request, status: int) -> dict[str, str]:
        if status not in (401, 403):
            return {}
        where = f'resource_metadata="{str(request.base_url).rstrip("/")}{METADATA}{self._path}"'
        wrong = "invalid_token" if status == 401 else "insufficient_scope"
        scope = "" if status == 401 else f', scope="{Permission.EXECUTE.value}"'
        return {"WWW-Authenticate": f'Bearer error="{wrong}", {where}{scope}'}
