"""Serves an ASGI application on a port, inside the running event loop: bind, start, refuse, stop.

It installs no signal handlers, prints nothing and knows nothing of the application.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import math
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from assistant.serving.http_connections import HttpConnections
from assistant.serving.request_bodies import LARGEST_FRAME
from assistant.serving.serving_errors import AddressError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BACKLOG = 2048
"""Connections that may wait to be accepted, as in uvicorn."""


class _QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers, and with a sign when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.told_to_stop = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the owner of the loop."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and set the sign."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Renew the Date header once a second until the server stops."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.told_to_stop.wait(), 1)


class HttpListener:
    """One application on one port."""

    def __init__(
        self,
        app: ASGIApp,
        connections: HttpConnections,
        certificate: Path | None = None,
        private_key: Path | None = None,
    ) -> None:
        """With a certificate (PEM) TLS is spoken; its key may be in the same file. Raises `AddressError`."""
        config = uvicorn.Config(
            app,
            http=connections.protocol(),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="on",
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME,
            ws_per_message_deflate=False,  # a small message could unpack to a large one
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=math.ceil(connections.idle_patience),
            backlog=BACKLOG,
            ssl_certfile=certificate,
            ssl_keyfile=private_key or certificate,
        )
        try:
            config.load()
        except OSError as error:  # also what OpenSSL says
            raise AddressError(
                f"the certificate {certificate} and its key cannot be used ({error}); both must be PEM"
            ) from error
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, address: str, port: int) -> int:
        """Listen, and return the port; 0 takes any free one. Raises `AddressError`, or the error of the start."""
        bound = _bind(address, port)
        port = int(bound.getsockname()[1])
        server = self._server
        task = asyncio.create_task(server.serve([bound]), name="server")
        ready = asyncio.create_task(server.listening.wait())
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if task.done():
            bound.close()
            await task
            raise AddressError(f"the server on port {port} ended before it listened")
        self._task = task
        return port

    def refuse(self) -> None:
        """Accept no new connections; open ones go on."""
        for listener in self._server.servers:
            listener.close()

    async def stop(self) -> None:
        """Close all connections within one second."""
        if self._task is not None:
            self._server.should_exit = True
            self._server.told_to_stop.set()
            await self._task
            self._task = None


def _bind(address: str, port: int) -> socket.socket:
    """Return a bound socket. Raises `AddressError` with the cure."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # Named as TCP, because asyncio turns Nagle's delay (40 ms an answer) off only for sockets that say so.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
        # Listening here shows at once whether the port is free: two sockets may be bound to it, only one may listen.
        bound.listen(BACKLOG)
        bound.setblocking(False)
    except (OSError, OverflowError) as error:
        bound.close()
        if isinstance(error, OverflowError):
            raise AddressError(f"there is no port {port}; choose one from 1 to 65535, or 0 for any free one") from error
        if error.errno == errno.EADDRINUSE:
            raise AddressError(
                f"port {port} is taken by another program; choose another with --port, or 0 for any free one"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise AddressError(f"port {port} needs rights you do not have; choose one above 1023") from error
        raise AddressError(
            f"cannot listen on {address} ({error.strerror}); use 127.0.0.1 or an address of this machine"
        ) from error
    return bound
