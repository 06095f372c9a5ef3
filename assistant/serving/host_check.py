"""Only requests that name this server are taken, so that no web page reaches in by a name of its own.

A page of somebody else can make a browser on this machine send requests here, either under its own name (rebinding,
seen in `Host`) or across origins (seen in `Origin`). Programs send no `Origin`. It reads no body and knows no face.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.serving.middleware import refuse

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class OwnNames:
    """Answers 421 to another `Host`, and 403 to an `Origin` that is neither our own nor one of those allowed."""

    def __init__(
        self, app: ASGIApp, *, address: str, origins: Collection[str] = (), hosts: Collection[str] = ()
    ) -> None:
        """`address` is where this listens; settings allow `origins` (ALLOWED_ORIGINS) and `hosts` (ALLOWED_HOSTS).

        Off loopback any numeric address is taken as well: behind a name of its own no page can have one.
        """
        self._app = app
        self._origins = frozenset(origins)
        self._local = address in LOOPBACK_NAMES
        own = LOOPBACK_NAMES if self._local else (address, socket.gethostname(), socket.getfqdn(), *LOOPBACK_NAMES)
        self._names = frozenset(name.casefold() for name in (*own, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            hosts = _values(scope, b"host")
            if not all(self._is_own(f"//{host}", numbers=not self._local) for host in hosts):
                message = "This answers to this machine's own names only; ALLOWED_HOSTS has further ones."
                await refuse(scope, send, 421, message)
                return
            if not all(origin in self._origins or self._is_own(origin) for origin in _values(scope, b"origin")):
                await refuse(scope, send, 403, "Pages of this origin may not reach this; ALLOWED_ORIGINS names those.")
                return
        await self._app(scope, receive, send)

    def _is_own(self, url: str, *, numbers: bool = False) -> bool:
        try:
            name = urlsplit(url).hostname
        except ValueError:
            return False
        return name is not None and (name in self._names or (numbers and _is_number(name)))


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
