"""What every request passes before its API: an id, a door that closes when the server stops, and limits.

Plain ASGI. It counts the bytes of bodies and never reads them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Sequence
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.serving.request_bodies import LARGEST_HEAD, MAX_BODY, MAX_DRAINED
from assistant.serving.serving_errors import ServingError
from assistant.serving.state.rate_limits import RequestLimit
from client.client_errors import RecordsError

_log = logging.getLogger(__name__)


class RequestIds:
    """Gives each request an id, and says it in `X-Request-ID`, so that an answer can be found in the logs."""

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
"""Seconds to wait that callers are given while the store cannot be reached."""


async def refuse(scope: Scope, send: Send, status: int, error: str, wait: int = 0, *, close: bool = False) -> None:
    """Answer a request with an error before any of it is read."""
    identifier = scope.get("mcqueen.request_id", "")
    _log.info("request %s refused, %d: %s", identifier, status, error)
    body = {"success": False, "error": error, "request_id": identifier}
    headers = [(b"content-type", b"application/json")]
    if wait:
        headers.append((b"retry-after", str(wait).encode()))
    if close:
        headers.append((b"connection", b"close"))
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    await send({"type": f"{kind}.response.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": json.dumps(body).encode()})


def too_many(wait: int) -> str:
    """Return the sentence for a caller who has reached a limit."""
    return f"Too many requests; try again in {wait} seconds."


class RateLimit:
    """Answers 429 with `Retry-After` if an address sends too much. Exempt paths are not counted."""

    def __init__(self, app: ASGIApp, limit: RequestLimit, exempt: Sequence[str] = ()) -> None:
        self._app = app
        self._limit = limit
        self._exempt = tuple(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] not in ("http", "websocket") or self._is_exempt(scope):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        try:
            wait = await self._limit.admit(client[0] if client else "unknown")
        except (ServingError, RecordsError) as error:
            _log.error("request %s: %s", scope.get("mcqueen.request_id"), error)
            await refuse(scope, send, 503, STORE_AWAY, STORE_AWAY_SECONDS)
            return
        if wait:
            await refuse(scope, send, 429, too_many(wait), wait)
            return
        await self._app(scope, receive, send)

    def _is_exempt(self, scope: Scope) -> bool:
        path = str(scope["path"])
        return scope.get("method") == "OPTIONS" or path.removeprefix(scope.get("root_path", "")) in self._exempt


class Door:
    """Counts the requests in progress, and lets none in once it is closed.

    It does not wait for a stream of notices, which has no end.
    """

    def __init__(self) -> None:
        self.closed = False
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def empty(self, seconds: float) -> None:
        """Wait until every request is answered, at most that many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("%d requests were still being answered when the server stopped", self._inside)

    def enter(self) -> None:
        """Count a request that starts."""
        self._inside += 1
        self._empty.clear()

    def leave(self) -> None:
        """Count a request that ended."""
        self._inside -= 1
        if self._inside == 0:
            self._empty.set()


class WatchedApp:
    """Passes requests through a `Door`."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 503 if the server is stopping."""
        socket = scope["type"] == "websocket"
        if not (socket and self._door.closed) and (scope["type"] != "http" or _is_stream(scope)):
            await self._app(scope, receive, send)
            return
        if self._door.closed:
            await refuse(scope, send, 503, "The server is stopping; nothing was done.", 5, close=True)
            return
        self._door.enter()
        try:
            await self._app(scope, receive, send)
        finally:
            self._door.leave()


def _is_stream(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    listens = headers.get(b"mcp-method") == b"subscriptions/listen"
    return listens or (scope["method"] == "GET" and b"text/event-stream" in headers.get(b"accept", b""))


class Framing:
    """Refuses requests with an ambiguous length, and bodies that are too large or too slow."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        """`seconds` is how long a body may take; a slower one is answered with 408."""
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400 or 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        names = [name for name, _ in scope["headers"]]
        if b"transfer-encoding" in names and b"content-length" in names:
            error = "Content-Length and Transfer-Encoding cannot stand together."
            await refuse(scope, send, 400, error, close=True)
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
            await refuse(scope, send, 431, f"The headers have more than {LARGEST_HEAD} bytes.", close=True)
            return
        body = _Body(receive, asyncio.get_running_loop().time() + self._seconds)
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if int(length) > MAX_BODY:
            await body.throw_away()
            await refuse(scope, send, 413, f"The body has more than {MAX_BODY} bytes.", close=True)
            return
        await self._app(scope, body.receive, send)


class _Body:
    """A request's body as it arrives, with limits of time and size."""

    def __init__(self, receive: Receive, until: float) -> None:
        self._receive = receive
        self._until = until
        self._total = 0
        self._whole = False

    async def receive(self) -> Message:
        """Return the next piece. Raises `HTTPException` 408 or 413."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "The body did not come in time.", {"Connection": "close"}) from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._total += len(message.get("body", b""))
        if self._total > MAX_BODY:
            await self.throw_away()
            raise HTTPException(413, f"The body has more than {MAX_BODY} bytes.", {"Connection": "close"})
        return message

    async def throw_away(self) -> None:
        """Read the rest and drop it, within the same time limit and a larger size limit."""
        try:
            async with asyncio.timeout_at(self._until):
                while not self._whole and self._total <= MAX_DRAINED:
                    message = await self._receive()
                    self._whole = message["type"] != "http.request" or not message.get("more_body", False)
                    self._total += len(message.get("body", b""))
        except TimeoutError:
            return


OLD_PATHS = ("/auth/", "/mcp/tools", "/proxy/")
"""Prefixes of legacy paths that the REST API also answers: without a version, and below `/proxy`."""


def path_of_today(path: str) -> str:
    """Return the current path for a legacy one."""
    return f"/api/v1{path.removeprefix('/proxy').removeprefix('/api/v1')}"


class OldPaths:
    """Has the REST API answer legacy paths, and names the current path in every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not scope["path"].startswith(OLD_PATHS):
            await self._app(scope, receive, send)
            return
        path = path_of_today(scope["path"])
        link = f'<{quote(path)}>; rel="successor-version"'.encode()

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = [(b"deprecation", b"true"), (b"link", link)]
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        await self._app({**scope, "path": path, "raw_path": quote(path).encode()}, receive, send_with_link)
