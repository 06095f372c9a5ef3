"""An MCP server behind an OAuth 2.1 authorization server of its own, as the published protocol has them.

RFC 9728 (protected resource), RFC 8414 (metadata), RFC 7591 (registration), PKCE (RFC 7636, S256 only), RFC 8707
(resource), RFC 9207 (iss), refresh tokens that rotate. One user, who always agrees unless `refuses` is set.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route


class GuardedServer:
    """Tokens last `token_seconds` by what they say; `revoke` ends them for real."""

    def __init__(self, *, token_seconds: int = 3600) -> None:
        self.url = ""
        self.token_seconds = token_seconds
        self.refuses = False
        self.token_answer: Response | None = None
        """What the token endpoint answers instead of tokens."""
        self.token_wait = 0.0
        """Seconds that the token endpoint takes after it has replaced a refresh token."""
        self.issuer_ending = self.listed_ending = ""
        """What follows the host in the issuer's own name, and in the name that the resource metadata lists."""
        self.wanted_scope = ""
        """Rights without which everything is refused with 403."""
        self.names_scope = True
        """Whether that refusal names them, or only the resource metadata does."""
        self.known_scopes: frozenset[str] | None = None
        """Scopes that the authorization server gives; None for any."""
        self.scopes: dict[str, str] = {}
        """Rights of each token."""
        self.notes: list[str] = []
        """Titles of the notes that were sent."""
        self.hold = asyncio.Event()
        self.held = asyncio.Event()
        self.clients: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.secrets: list[str] = []
        """Every token that was ever given out."""
        self.seen: list[str] = []
        """Paths of the authorization server that were asked for."""

    @property
    def issuer(self) -> str:
        """What the authorization server calls itself."""
        return f"{self.url}{self.issuer_ending}"

    def revoke(self) -> None:
        self.access.clear()

    def app(self) -> Any:
        server = MCPServer("guarded", log_level="ERROR")

        async def read_quickly() -> str:
            return "quick"

        async def read_slowly() -> str:
            self.held.set()
            await self.hold.wait()
            return "slow"

        for tool in (read_quickly, read_slowly):
            server.add_tool(tool, description="Read.", annotations=ToolAnnotations(read_only_hint=True))

        async def send_note(title: str) -> str:
            self.notes.append(title)
            return f"sent {title}"

        server.add_tool(send_note, description="Send a note.")
        inner = server.streamable_http_app(json_response=True)

        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and self._lacks_scope(Request(scope)):
                named = f', scope="{self.wanted_scope}"' if self.names_scope else ""
                where = f'Bearer error="insufficient_scope"{named}'
                await Response(status_code=403, headers={"WWW-Authenticate": where})(scope, receive, send)
                return
            if scope["type"] == "http" and not self._allowed(Request(scope)):
                where = f'Bearer resource_metadata="{self.url}/.well-known/oauth-protected-resource/mcp"'
                await Response(status_code=401, headers={"WWW-Authenticate": where})(scope, receive, send)
                return
            await inner(scope, receive, send)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with inner.router.lifespan_context(inner):
                yield

        return Starlette(
            routes=[
                Route("/.well-known/oauth-protected-resource/mcp", self.resource),
                Route("/.well-known/oauth-authorization-server", self.metadata),
                Route("/.well-known/oauth-authorization-server/tenant", self.metadata),
                Route("/register", self.register, methods=["POST"]),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Mount("/", guarded),
            ],
            lifespan=lifespan,
        )

    def _allowed(self, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.access

    def _lacks_scope(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return token in self.access and not set(self.wanted_scope.split()) <= set(self.scopes.get(token, "").split())

    async def resource(self, request: Request) -> Response:
        self.seen.append(request.url.path)
        found: dict[str, Any] = {
            "resource": f"{self.url}/mcp",
            "authorization_servers": [f"{self.url}{self.listed_ending}"],
        }
        if self.wanted_scope and not self.names_scope:
            found["scopes_supported"] = self.wanted_scope.split()
        return JSONResponse(found)

    async def metadata(self, request: Request) -> Response:
        self.seen.append(request.url.path)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "registration_endpoint": f"{self.url}/register",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def register(self, request: Request) -> Response:
        self.seen.append(request.url.path)
        client = {**await request.json(), "client_id": secrets.token_hex(8), "token_endpoint_auth_method": "none"}
        self.clients[client["client_id"]] = client
        return JSONResponse(client, 201)

    async def authorize(self, request: Request) -> Response:
        self.seen.append(request.url.path)
        asked = dict(request.query_params)
        client = self.clients.get(asked.get("client_id", ""))
        if client is None or asked["redirect_uri"] not in client["redirect_uris"]:
            return Response("unknown client", 400)
        if asked.get("code_challenge_method") != "S256" or asked.get("resource") != f"{self.url}/mcp":
            return Response("PKCE and a resource are wanted", 400)
        back = {"state": asked["state"], "iss": self.issuer}
        unknown = self.known_scopes is not None and not set(asked.get("scope", "").split()) <= self.known_scopes
        if unknown:
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**back, 'error': 'invalid_scope'})}", 302)
        if self.refuses:
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**back, 'error': 'access_denied'})}", 302)
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**back, 'code': code})}", 302)

    async def token(self, request: Request) -> Response:
        self.seen.append(request.url.path)
        if self.token_answer is not None:
            return self.token_answer
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.refresh.discard(form["refresh_token"])
            scope = self.scopes[form["refresh_token"]]
        else:
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            scope = asked.get("scope", "")
        await asyncio.sleep(self.token_wait)
        access, refresh = self._secret(), self._secret()
        self.scopes[access] = self.scopes[refresh] = scope
        self.access.add(access)
        self.refresh.add(refresh)
        return JSONResponse(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": self.token_seconds,
                "refresh_token": refresh,
            }
        )

    def _secret(self) -> str:
        made = secrets.token_urlsafe(24)
        self.secrets.append(made)
        return made
