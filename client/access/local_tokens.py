"""The token with which programs of the same account reach a McQueen server on this machine.

A server on loopback can be reached by every account of the machine. It therefore makes a token at each start and puts
it into a file that only its own account can read. A token is worth nothing after its server ended, so a program that
takes over the port later learns nothing of use. This module finds and reads such files; it sends nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

FOLDER = "serving"
"""Folder of the token files, inside the folder for data."""
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_TOKEN = re.compile(r"[0-9a-f]{64}")
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class LocalTokens:
    """The token files of the servers on this machine, one for each port."""

    def __init__(self, data: Path) -> None:
        """`data` is the folder for data; nothing is opened yet."""
        self._folder = data / FOLDER

    def path(self, port: int) -> Path:
        """Return the file of the server that listens on a port."""
        return self._folder / f"{port}.token"

    def read(self, url: str) -> str:
        """Return the token for a URL; empty if it is not on loopback, or if there is no file for us alone."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS or parts.port is None:
            return ""
        try:
            descriptor = os.open(self.path(parts.port), os.O_RDONLY)
        except OSError:
            return ""
        with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
            if os.fstat(descriptor).st_mode & _OF_OTHERS:
                return ""
            text = file.read(65).strip()
        return text if _TOKEN.fullmatch(text) else ""


def with_local_token(
    send: Callable[[httpx.Request], Awaitable[httpx.Response]], tokens: LocalTokens, url: str
) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    """Return a send function that adds the token for `url` to requests without a login.

    The file is read for each request, because a restarted server has a new token.
    """

    async def send_with_token(request: httpx.Request) -> httpx.Response:
        if "authorization" not in request.headers and (token := tokens.read(url)):
            request.headers["Authorization"] = f"Bearer {token}"
        return await send(request)

    return send_with_token
