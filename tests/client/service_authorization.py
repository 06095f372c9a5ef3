"""An authorization server of services, as the published protocols have it: one client, one user who always agrees.

RFC 6749 (code flow), 7636 (PKCE, S256 only), 7009 (revocation), 7662 (introspection), 8414 (metadata), 9207 (iss).
Refresh tokens rotate, and one that is used twice ends the login, as RFC 9700 section 4.14.2 asks.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "car-1", "of the registration"
LOOPBACK = "http://127.0.0.1:"


class ServiceAuthorization:
    """The server; `revoke_access` ends access tokens, `answer` replaces what the token endpoint says."""

    def __init__(self, *, user: str = "driver@family.example", token_seconds: int = 3600) -> None:
        self.url = ""
        self.user = user
        self.token_seconds = token_seconds
        self.answer: Response | None = None
        self.holds: asyncio.Event | None = None
        """What the token endpoint waits for after it has replaced a refresh token."""
        self.renews = asyncio.Event()
        """Set once a token was renewed."""
        self.back: dict[str, str] = {}
        """What the redirect says otherwise than it should."""
        self.gives_refresh = True
        self.asked: list[dict[str, str]] = []
        """Every form that reached the token endpoint."""
        self.pages: list[dict[str, str]] = []
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.revoked: list[str] = []
        self.secrets: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def revoke_access(self) -> None:
        self.access.clear()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/revoke", self.revoke, methods=["POST"]),
                Route("/introspect", self.introspect, methods=["GET", "POST"]),
            ]
        )

    async def metadata(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "revocation_endpoint": f"{self.url}/revoke",
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.pages.append(asked)
        wanted = (asked.get("client_id"), asked.get("response_type"), asked.get("code_challenge_method"))
        if wanted != (CLIENT_ID, "code", "S256") or not asked.get("redirect_uri", "").startswith(LOOPBACK):
            return Response("unknown client", 400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = asked
        back = {"state": asked["state"], "iss": self.url, "code": code} | self.back
        if "error" in back:
            del back["code"]
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh:
                self.access.clear()
                self.refresh.clear()
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.refresh.discard(form["refresh_token"])
            self.renews.set()
        elif not self._proven(form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access, refresh = self._secret(), self._secret()
        self.access.add(access)
        self.refresh.add(refresh)
        if self.holds is not None:
            await self.holds.wait()
        answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer", "expires_in": self.token_seconds}
        return JSONResponse(answer | ({"refresh_token": refresh} if self.gives_refresh else {}))

    def _proven(self, form: dict[str, str]) -> bool:
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return asked is not None and (challenge, form["redirect_uri"]) == (
            asked["code_challenge"],
            asked["redirect_uri"],
        )

    async def revoke(self, request: Request) -> Response:
        token = str((await request.form())["token"])
        self.revoked.append(token)
        self.refresh.discard(token)
        self.access.clear()
        return Response()

    async def introspect(self, request: Request) -> Response:
        token = str((await request.form()).get("token") or request.query_params.get("token", ""))
        active = token in self.access
        return JSONResponse(
            {"active": active, "username": self.user, "sub": self.user} if active else {"active": False}
        )

    def _secret(self) -> str:
        made = secrets.token_urlsafe(24)
        self.secrets.append(made)
        return made
