"""On loopback only requests that name loopback are taken, so that no web page reaches in by a name of its own.

A page of somebody else can make a browser on this machine send requests here, either under its own name (rebinding,
seen in `Host`) or across origins (seen in `Origin`). Programs send no `Origin`. It reads no body and knows no face.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.serving.middleware import refuse

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class LoopbackNames:
    """Answers 421 to another `Host`, and 403 to an `Origin` that is neither loopback nor one of those allowed."""

    def __init__(self, app: ASGIApp, origins: Collection[str] = ()) -> None:
        """`origins` are those that settings allow (`ALLOWED_ORIGINS`)."""
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            hosts = _values(scope, b"host")
            if not all(_is_loopback(f"//{host}") for host in hosts):
                await refuse(scope, send, 421, "This answers to this machine's own name only, as in http://127.0.0.1.")
                return
            if not all(origin in self._origins or _is_loopback(origin) for origin in _values(scope, b"origin")):
                await refuse(scope, send, 403, "Pages of this origin may not reach this; ALLOWED_ORIGINS names those.")
                return
        await self._app(scope, receive, send)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOOPBACK_NAMES
    except ValueError:
        return False
