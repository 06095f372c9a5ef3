"""What every request of the REST face passes: an id, and the rate limit. Plain ASGI; reads no bodies."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.serving.errors import ServingError
from assistant.serving.limits import RequestLimit
from client.errors import RecordsError

_log = logging.getLogger(__name__)


class RequestIds:
    """Gives each request an id and says it in `X-Request-ID`, so that an answer can be found in the logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = secrets.token_hex(8)
        scope["mcqueen.request_id"] = identifier

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", identifier.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)


STORE_AWAY = "The session store is away, and nothing was done; try again soon."
STORE_AWAY_SECONDS = 5
"""What a caller is asked to wait when the store is away."""


async def _refuse(scope: Scope, send: Send, status: int, error: str, wait: int) -> None:
    body = {"success": False, "error": error, "request_id": scope.get("mcqueen.request_id", "")}
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(wait).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def too_many(wait: int) -> str:
    """Return what is said at a limit."""
    return f"Too many requests; try again in {wait} seconds."


class RateLimit:
    """Answers 429 with `Retry-After` where an address sent too much; paths that end in an exempt one are free."""

    def __init__(self, app: ASGIApp, limit: RequestLimit, exempt: Sequence[str] = ()) -> None:
        self._app = app
        self._limit = limit
        self._exempt = tuple(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] != "http" or self._is_exempt(scope):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        try:
            wait = await self._limit.admit(client[0] if client else "unknown")
        except (ServingError, RecordsError) as error:
            _log.error("request %s: %s", scope.get("mcqueen.request_id"), error)
            await _refuse(scope, send, 503, STORE_AWAY, STORE_AWAY_SECONDS)
            return
        if wait:
            await _refuse(scope, send, 429, too_many(wait), wait)
            return
        await self._app(scope, receive, send)

    def _is_exempt(self, scope: Scope) -> bool:
        path = str(scope["path"])
        return scope["method"] == "OPTIONS" or path.removeprefix(scope.get("root_path", "")) in self._exempt
