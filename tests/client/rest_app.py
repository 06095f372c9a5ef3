"""The login side of McQueen REST as the contract has it, with a clock of its own and sessions a test can end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class LoginApp:
    """`now` is the server's own clock; `reuses` gives one old session to every login, as some servers do."""

    def __init__(self, now: Callable[[], float], *, lifetime: float = 8 * 3600.0, reuses: bool = False) -> None:
        self.now = now
        self.lifetime = lifetime
        self.reuses = reuses
        self.tokens = {"anna": "token-anna", "ben": "token-ben"}
        self.sessions: dict[str, tuple[str, float]] = {}
        """User and time of the last use, by session id."""
        self.logins: list[str] = []
        self.logouts: list[str] = []
        self.configured: list[tuple[str, str, dict[str, Any]]] = []
        self.tools: list[dict[str, Any]] = [{"id": "get_weather", "category": "weather", "parameters": []}]
        self._began: float | None = None

    def app(self) -> Starlette:
        base = "/api/v1"
        return Starlette(
            routes=[
                Route(f"{base}/auth/login", self.login, methods=["POST"]),
                Route(f"{base}/auth/logout", self.logout, methods=["POST"]),
                Route(f"{base}/mcp/tools", self.list, methods=["GET"]),
                Route(f"{base}/mcp/tools/{{id}}/execute", self.execute, methods=["POST"]),
                Route(f"{base}/mcp/tools/{{id}}/configure", self.configure, methods=["PUT"]),
                Route(f"{base}/health", lambda _: JSONResponse({"success": True})),
            ]
        )

    def _answer(self, body: dict[str, Any], status: int = 200) -> Response:
        date = format_datetime(datetime.fromtimestamp(self.now(), UTC), usegmt=True)
        return JSONResponse(body, status, {"Date": date})

    async def login(self, request: Request) -> Response:
        body = await request.json()
        self.logins.append(body["user_id"])
        if self.tokens.get(body["user_id"]) != body["auth_token"]:
            return self._answer({"success": False, "error": "no"}, 401)
        now = self.now()
        self._began = now if self._began is None or not self.reuses else self._began
        session_id = secrets.token_hex(32)
        self.sessions[session_id] = (body["user_id"], now)
        session = {
            "session_id": session_id,
            "user_id": body["user_id"],
            "created_at": datetime.fromtimestamp(self._began, UTC).isoformat(),
            "expires_at": datetime.fromtimestamp(now + self.lifetime, UTC).isoformat(),
        }
        return self._answer({"success": True, "session": session})

    def _user(self, request: Request) -> str | None:
        session_id = request.headers.get("x-session-id", "")
        user, used = self.sessions.get(session_id, ("", 0.0))
        same = request.headers.get("authorization") == f"Bearer {session_id}"
        if not user or not same or request.headers.get("x-user-id") != user or self.now() - used > self.lifetime:
            return None
        self.sessions[session_id] = (user, self.now())
        return user

    async def logout(self, request: Request) -> Response:
        user = self._user(request)
        if user is None:
            return self._answer({"success": False, "error": "who?"}, 401)
        self.logouts.append(user)
        del self.sessions[request.headers["x-session-id"]]
        return self._answer({"success": True, "message": "bye"})

    async def list(self, request: Request) -> Response:
        if self._user(request) is None:
            return self._answer({"success": False, "error": "who?"}, 401)
        return self._answer({"success": True, "tools": self.tools, "total": len(self.tools)})

    async def execute(self, request: Request) -> Response:
        user = self._user(request)
        if user is None:
            return self._answer({"success": False, "error": "who?"}, 401)
        return self._answer({"success": True, "data": {"user": user}, "metadata": {}})

    async def configure(self, request: Request) -> Response:
        user = self._user(request)
        if user is None:
            return self._answer({"success": False, "error": "who?"}, 401)
        body = await request.json()
        tool = request.path_params["id"]
        self.configured.append((user, tool, body))
        data = {"tool_id": tool, "enabled": body["enabled"], "priority": body["priority"]}
        return self._answer({"success": True, "data": data})
