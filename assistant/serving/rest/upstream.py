"""Older paths while programs migrate: passed on to another McQueen REST server, or served here if that is away.

A request that may have reached the other server is never served here as well; the answer then says that it may have
been executed. Our own limits come first, because the other server sees one address for everybody. It reads nothing that
it passes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.serving.gateway.gateway import HOP_BY_HOP, SAFE_METHODS
from assistant.serving.middleware import OldPaths, path_of_today, too_many
from assistant.serving.request_bodies import RefusedRequest, address, read_body
from assistant.serving.state.rate_limits import RequestLimit
from client.access.accounts import face_of
from client.access.plain_http import is_protected
from client.client_errors import ConfigurationError
from client.http import open_http_client

_log = logging.getLogger(__name__)
SECONDS = 30.0
"""Seconds that the other server may take, as with the gateway (docs/contracts.md)."""
MOST_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer that are passed on."""
HERE = "X-McQueen-Served-By"
"""Header of every answer to an older path: `upstream` or `here`."""


class Upstream:
    """The other server."""

    def __init__(self, url: str, http: httpx.AsyncClient, seconds: float = SECONDS) -> None:
        """Take its address, with or without `/api/v1`."""
        self._base = face_of(url, "/api/v1")
        self._http = http
        self._seconds = seconds

    async def send(self, request: Request, body: bytes) -> Response | None:
        """Pass a request on, once; return None if it cannot have arrived. Raises `RefusedRequest` 502 or 504."""
        named = {name.strip().lower() for name in request.headers.get("connection", "").split(",")}
        dropped = HOP_BY_HOP | named | {"x-forwarded-for"}
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in dropped]
        inner = path_of_today(request.scope["path"]).removeprefix("/api/v1")
        query = f"?{request.url.query}" if request.url.query else ""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._http.send(
                    self._http.build_request(
                        request.method,
                        f"{self._base}{quote(inner)}{query}",
                        headers=[*headers, ("X-Forwarded-For", address(request))],
                        content=body,
                    ),
                    stream=True,
                )
                return await _passed_on(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            _log.warning("the upstream server is away, so %s is served here: %s", request.scope["path"][:200], error)
            return None
        except (httpx.TimeoutException, TimeoutError):
            raise RefusedRequest(504, f"The server behind did not answer in time{_may_have_acted(request)}.") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise RefusedRequest(502, f"The server behind broke off{_may_have_acted(request)}.") from None


class UpstreamPaths:
    """An ASGI application for the older paths: it gives the other server's answer, else the one of `here`."""

    def __init__(self, upstream: Upstream, here: ASGIApp, limit: RequestLimit) -> None:
        self._upstream = upstream
        self._here = OldPaths(here)
        self._limit = limit

    async def answer(self, request: Request) -> ASGIApp:
        """Return the application that answers the request. Raises `RefusedRequest`."""
        decoded = str(request.scope["path"])
        if any(part in (".", "..") for part in decoded.split("/")) or "\\" in decoded or "\0" in decoded:
            raise RefusedRequest(400, "The path must not lead out of the service.")
        if wait := await self._limit.admit(address(request)):
            raise RefusedRequest(429, too_many(wait), headers={"Retry-After": str(wait)})
        body = await read_body(request)
        answer = await self._upstream.send(request, body)
        if answer is not None:
            answer.headers["Deprecation"] = "true"
            answer.headers[HERE] = "upstream"
            return answer
        return _Again(self._here, body)


class _Again:
    """Serves a request here after its body was read."""

    def __init__(self, app: ASGIApp, body: bytes) -> None:
        self._app = app
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": self._body, "more_body": False}

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (HERE.lower().encode(), b"here")]
            await send(message)

        await self._app(scope, again, told)


async def _passed_on(answer: httpx.Response) -> Response:
    try:
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > MOST_ANSWER:
                raise RefusedRequest(502, f"The server behind answered with more than {MOST_ANSWER} bytes.")
    finally:
        await answer.aclose()
    kept = {"content-encoding", *HOP_BY_HOP}
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in kept}
    return Response(bytes(body), answer.status_code, headers)


def _may_have_acted(request: Request) -> str:
    return "" if request.method in SAFE_METHODS else "; it may have acted, so this is not served here as well"


@asynccontextmanager
async def open_upstream(url: str) -> AsyncIterator[Upstream]:
    """Connect to the other server. Raises `ConfigurationError`: no http address, or others could read the logins."""
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"the upstream server must be an http or https address, not {url[:80]!r}")
    if not is_protected(url):
        raise ConfigurationError(f"sessions would travel to {url[:80]} in the clear; use https for it")
    async with open_http_client() as http:
        yield Upstream(url, http)
