"""Servers that answer as the APIs of the channels are published; not tried on the real ones.

Slack: incoming webhooks. Teams: workflows for webhooks. WhatsApp: Cloud API. Matrix: client-server API 1.11. Mastodon:
statuses and notifications. LinkedIn: Posts API.
"""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

TOKEN = "token"


class ChannelServers:
    """All of them at one address; `next` are answers that come first."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Any]] = []
        self.next: list[Response] = []
        self.keys: dict[str, Any] = {}
        """What was answered to an idempotency key of Mastodon, or a transaction of Matrix."""
        self.encrypted: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT"])])

    async def _answer(self, request: Request) -> Response:
        path, body = request.path_params["path"], await request.json() if await request.body() else None
        webhook = path.startswith(("services/", "workflows/"))
        if request.method == "GET":
            return self._looked(request, path)
        self.taken.append((path, body))
        if self.next:
            return self.next.pop(0)
        if not webhook and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "The access token is invalid", "errcode": "M_UNKNOWN_TOKEN"}, 401)
        return self._done(request, path, body)

    def _done(self, request: Request, path: str, body: Any) -> Response:
        if path.startswith("services/"):
            return PlainTextResponse("ok") if body.get("text") else PlainTextResponse("no_text", 400)
        if path.startswith("workflows/"):
            return Response(status_code=202)
        if path == "v23.0/12345/messages":
            contacts = [{"input": body["to"], "wa_id": body["to"].lstrip("+")}]
            return JSONResponse(
                {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": "wamid.HBgL"}]}
            )
        if path == "api/v1/statuses":
            key = request.headers["idempotency-key"]
            self.keys.setdefault(key, {"id": f"11{len(self.keys)}", "content": f"<p>{body['status']}</p>"})
            return JSONResponse(self.keys[key])
        if path == "rest/posts":
            return Response(status_code=201, headers={"x-restli-id": "urn:li:share:7"})
        if "/send/m.room.message/" in path:
            self.keys.setdefault(path, {"event_id": f"$event{len(self.keys)}"})
            return JSONResponse(self.keys[path])
        return JSONResponse({"error": "not found"}, 404)

    def _looked(self, request: Request, path: str) -> Response:
        if path.endswith("/state/m.room.encryption"):
            room = path.split("/")[4]
            known = room in self.encrypted
            missing = JSONResponse({"errcode": "M_NOT_FOUND", "error": "Event not found."}, 404)
            return JSONResponse({"algorithm": "m.megolm.v1.aes-sha2"}) if known else missing
        if path.endswith("/messages"):
            return JSONResponse({"chunk": self.events, "start": "t1", "end": "t2"})
        if "/directory/room/" in path:
            return JSONResponse({"room_id": "!family:home.example", "servers": ["home.example"]})
        if path == "api/v1/notifications":
            return JSONResponse(self.mentions)
        good = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return JSONResponse({"id": "12345", "acct": "ann"} if good else {"error": "invalid"}, 200 if good else 401)


def whatsapp_error(code: int, status: int, message: str = "(#1) Something") -> Response:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A",
             "error_data": {"messaging_product": "whatsapp", "details": "details"}}  # fmt: skip
    return JSONResponse({"error": error}, status)
