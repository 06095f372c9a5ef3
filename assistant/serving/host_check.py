"""Only requests that name this server are served, so that no foreign web page can call it.

A page can make a browser on this machine send requests here, either by a name of its own that resolves to us
(rebinding, seen in `Host`) or from another origin (seen in `Origin`). Programs send no `Origin`. This module reads no
bodies and knows no face.
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
    """Answers 421 to a `Host` that is not ours, and 403 to an `Origin` that is neither ours nor allowed."""

    def __init__(
        self, app: ASGIApp, *, address: str, origins: Collection[str] = (), hosts: Collection[str] = ()
    ) -> None:
        """`address` is the address that we listen on; `origins` (ALLOWED_ORIGINS) and `hosts` (ALLOWED_HOSTS) come from
        settings.

        Off loopback any numeric address is accepted as well, because a page that uses one has no name of its own.
        """
        self._app = app
        self._origins = frozenset(origins)
        self._local = address in LOOPBACK_NAMES
        own = LOOPBACK_NAMES if self._local else (address, socket.gethostname(), socket.getfqdn(), *LOOPBACK_NAMES)
        self._names = frozenset(name.casefold() for name in (*own, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] in ("http", "websocket"):
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
