"""Adds to every answer that we write: security headers, and gzip from 1 KB.

An answer that the gateway passes on keeps the headers of its service. Plain ASGI; it never changes what an answer says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_GZIP = 1024
"""Bytes of an answer from which it is compressed, for callers that take gzip."""
PASSED_ON = "mcqueen.passed_on"
"""Key in a request's scope. It is set if the answer comes from a service behind the gateway."""
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers that an answer gets unless it already has one of that name."""
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")
"""The header that is added if this server speaks TLS itself."""
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0+)?\s*(,|$)")


class SecurityHeaders:
    """Adds `SECURITY_HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = dict(SECURITY_HEADERS)
        if scope.get("scheme") == "https":
            added[HTTPS_ONLY[0]] = HTTPS_ONLY[1]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope.get(PASSED_ON):
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                new = [(name.lower().encode(), value.encode()) for name, value in added.items()]
                message["headers"] = [*given, *(pair for pair in new if pair[0] not in names)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Compressed:
    """Compresses answers to paths that begin with one of `paths`, for callers that take gzip."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app = app
        self._paths = paths
        self._gzip = GZipMiddleware(app, minimum_size=SMALLEST_GZIP, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].startswith(self._paths) and _takes_gzip(scope):
            await self._gzip(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _takes_gzip(scope: Scope) -> bool:
    taken = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1").lower()
    return "gzip" in taken and not _NO_GZIP.search(taken)
