"""Matrix by the client-server API of its specification (v1.11): rooms that are sent to and read."""

from __future__ import annotations

import uuid
from urllib.parse import quote

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Received, refusal
from assistant.services.web_api import AWAY_FOR, ApiAnswer, WebApi, too_many

_KNOWN = {
    "M_FORBIDDEN": "{name} does not let this account write there.",
    "M_UNKNOWN_TOKEN": "{name} does not take the login any more; run the service once with login matrix.",
    "M_MISSING_TOKEN": "{name} asks for a login; run the service once with login matrix.",
    "M_NOT_FOUND": "{name} has no such room.",
    "M_TOO_LARGE": "That is too long for {name}.",
    "M_GUEST_ACCESS_FORBIDDEN": "{name} does not let guests write there.",
}
_MEDIA = {
    "m.image": "a picture",
    "m.video": "a video",
    "m.audio": "a sound",
    "m.file": "a file",
    "m.location": "a place",
}
_NEWEST = 5
_API = "/_matrix/client/v3"


class Matrix:
    """One account. Rooms with encryption are not written to, because the text would go there unencrypted."""

    name = "matrix"
    longest = 20_000
    to_nobody = False
    readable = True

    def __init__(self, http: httpx.AsyncClient, token: str, url: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._api = WebApi(http, url, "Matrix", headers=headers, refused_for=_refused_for)

    async def send(self, address: str, message: str) -> str:
        """Send to a room (`!id:server` or `#alias:server`). Raises `RefusedError`."""
        room = await self._room(address)
        encrypted = await self._api.ask("GET", f"{_API}/rooms/{room}/state/m.room.encryption", repeatable=True)
        if encrypted.status == 200:
            raise RefusedError("That room on Matrix is encrypted, and this service cannot encrypt.", [], ["contact"])
        body = {"msgtype": "m.text", "body": message}
        path = f"{_API}/rooms/{room}/send/m.room.message/{uuid.uuid4().hex}"
        answer = await self._api.ask("PUT", path, repeatable=True, body=body)  # the server knows a repeat by its path
        if answer.status != 200:
            raise refusal(self.name, answer, _KNOWN, _code(answer))
        return str(answer.body.get("event_id", "")) if isinstance(answer.body, dict) else ""

    async def read(self, address: str) -> list[Received]:
        """Return the newest messages of a room. Raises `RefusedError`."""
        params = {"dir": "b", "limit": str(_NEWEST * 4), "filter": '{"types":["m.room.message"]}'}
        path = f"{_API}/rooms/{await self._room(address)}/messages"
        answer = await self._api.ask("GET", path, repeatable=True, params=params)
        if answer.status != 200:
            raise refusal(self.name, answer, _KNOWN, _code(answer))
        chunk = answer.body.get("chunk") if isinstance(answer.body, dict) else None
        found = [_received(event) for event in chunk or [] if isinstance(event, dict)]
        return [one for one in found if one is not None][:_NEWEST][::-1]

    async def check(self) -> None:
        """Ask who is logged in. Raises `RefusedError`."""
        answer = await self._api.ask("GET", f"{_API}/account/whoami", repeatable=True)
        if answer.status != 200:
            raise refusal(self.name, answer, _KNOWN, _code(answer))

    async def _room(self, address: str) -> str:
        if not address.startswith("#"):
            return quote(address, safe="")
        answer = await self._api.ask("GET", f"{_API}/directory/room/{quote(address, safe='')}", repeatable=True)
        room = answer.body.get("room_id") if answer.status == 200 and isinstance(answer.body, dict) else None
        if not isinstance(room, str):
            raise refusal(self.name, answer, _KNOWN, _code(answer))
        return quote(room, safe="")


def _received(event: dict[str, object]) -> Received | None:
    content = event.get("content")
    if event.get("type") != "m.room.message" or not isinstance(content, dict):
        return None
    sender = str(event.get("sender", "")).lstrip("@").partition(":")[0]
    kind, body = content.get("msgtype"), content.get("body")
    if kind in _MEDIA:
        named = content.get("filename")  # with a file name of its own, the body is a caption
        caption = body if isinstance(body, str) and isinstance(named, str) and body != named else ""
        return Received(sender, caption, (_MEDIA[kind],))
    return Received(sender, body) if isinstance(body, str) else None


def _code(answer: ApiAnswer) -> str:
    return str(answer.body.get("errcode", "")) if isinstance(answer.body, dict) else ""


def _refused_for(answer: ApiAnswer) -> float | None:
    if _code(answer) != "M_LIMIT_EXCEEDED":
        return too_many(answer)
    told = answer.body.get("retry_after_ms")
    if "retry-after" in answer.headers or not isinstance(told, int | float):
        return too_many(answer) or AWAY_FOR
    return max(0.0, told / 1000)
