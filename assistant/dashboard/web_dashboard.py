"""The dashboard in a browser on this machine: textual-serve on loopback, behind a token, for this host's name only.

The token is new at each start; the first visit moves it from the address into a cookie, and every request needs it.
Shows nothing itself: each browser gets its own `mcqueen dashboard` process.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

HOST = "127.0.0.1"
COOKIE = "mcqueen-token"
POLICY = "default-src 'self' 'unsafe-inline' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebDashboard(Server):
    """textual-serve that requires the token."""

    def __init__(self, port: int, token: str, *, sound: bool = True) -> None:
        command = [sys.executable, "-m", "assistant.cli", "dashboard", *([] if sound else ["--no-sound"])]
        super().__init__(shlex.join(command), host=HOST, port=port, title="McQueen")
        self._token = token
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        app.on_response_prepare.append(self._seal)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command prints the address."""

    async def _seal(self, request: web.Request, response: web.StreamResponse) -> None:
        """Forbid the browser to load from other hosts, because textual-serve's page names a font of another host."""
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in self._hosts:  # a name of somebody else that leads here: rebinding
            raise web.HTTPForbidden(text="McQueen answers to this machine only")
        origin = request.headers.get("Origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            raise web.HTTPForbidden(text="McQueen answers to its own page only")
        given = request.query.get("token")
        if given is not None and secrets.compare_digest(given.encode(), self._token.encode()):
            # Out of the address line, so that it stands in no history and in no picture of the screen.
            answer = web.HTTPFound("/")
            answer.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict")
            raise answer
        if not secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), self._token.encode()):
            raise web.HTTPForbidden(text="Open the address that mcqueen web printed; it holds the token")
        return await handler(request)


def serve_web(port: int, *, sound: bool, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; call `ready` with the address. Raises `OSError` if the port is taken."""
    asyncio.run(_serve(port, sound, ready))


async def _serve(port: int, sound: bool, ready: Callable[[str], None]) -> None:
    with contextlib.closing(socket.create_server((HOST, port))) as listener:
        token = secrets.token_urlsafe(32)
        number = listener.getsockname()[1]
        runner = web.AppRunner(await WebDashboard(number, token, sound=sound)._make_app(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        ended = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
        ready(f"http://{HOST}:{number}/?token={token}")
        try:
            await ended.wait()
        finally:
            await runner.cleanup()
