"""The dashboard in a browser on this machine: textual-serve on loopback, behind a token, for this host's name only.

The token is new at each start. The first visit changes it for a cookie, which every request needs; the cookie is valid
for some weeks, so that an open page comes back after a restart. Shows nothing itself: each browser gets its own
`mcqueen dashboard` process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shlex
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template

from aiohttp import web
from textual_serve.server import Server

from assistant.settings.settings import load_settings
from client.records.private_file import write_private

HOST = "127.0.0.1"
COOKIE = "mcqueen-token"
POLICY = "default-src 'self' 'unsafe-inline' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*"
PAGE = Path(__file__).with_name("web_page.html")
SESSION_FILE = "web-session.json"
"""In the data folder, readable by its owner only: what the cookie of an open page is compared with."""
END_SECONDS = 2.0
"""How long the end waits for open pages; then they are closed."""
SECRET_LETTERS = 43
"""Letters of a secret of 32 bytes."""
SESSION_SECONDS = 30 * 86_400.0
"""How long a cookie is valid, from when it was made."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebDashboard(Server):
    """textual-serve that requires the token."""

    def __init__(self, port: int, token: str, *, session: str = "", sound: bool = True) -> None:
        """`session` is what the cookie holds; without it the token, which ends with this process."""
        command = [sys.executable, "-m", "assistant.cli", "dashboard", *([] if sound else ["--no-sound"])]
        super().__init__(shlex.join(command), host=HOST, port=port, title="McQueen")
        self._token = token
        self._session = session or token
        self._start = secrets.token_hex(8)
        """Tells an open page whether this is the process that it knows."""
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_get("/alive", self._tell_start)
        app.middlewares.append(self._guard)
        app.on_response_prepare.append(self._seal)
        return app

    async def handle_index(self, request: web.Request) -> web.Response:
        """Return the page, with addresses on the host by which it was asked for."""
        page = Template(PAGE.read_text(encoding="utf-8"))
        return web.Response(text=page.safe_substitute(host=request.host, start=self._start), content_type="text/html")

    async def _tell_start(self, request: web.Request) -> web.Response:
        return web.Response(text=self._start)

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command prints the address."""

    async def _seal(self, request: web.Request, response: web.StreamResponse) -> None:
        """Forbid the browser to load anything from other hosts."""
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
            answer.set_cookie(COOKIE, self._session, max_age=int(SESSION_SECONDS), httponly=True, samesite="Strict")
            raise answer
        if not secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), self._session.encode()):
            raise web.HTTPForbidden(text="Open the address that mcqueen web printed; it holds the token")
        return await handler(request)


def kept_session(path: Path, now: float) -> str:
    """Return the secret of this user's cookies; a new one, stored there, if there is none, or an old or open one.

    Raises `OSError` if it cannot be stored.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(path.read_text(encoding="utf-8"))
        fresh = 0 <= now - float(found["made"]) < SESSION_SECONDS
        if fresh and not path.stat().st_mode & 0o077 and len(found["secret"]) >= SECRET_LETTERS:
            return str(found["secret"])
    secret = secrets.token_urlsafe(32)
    write_private(path, json.dumps({"secret": secret, "made": now}).encode())
    return secret


def serve_web(port: int, *, sound: bool, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; call `ready` with the address. Raises `OSError` if the port is taken."""
    asyncio.run(_serve(port, sound, ready))


async def _serve(port: int, sound: bool, ready: Callable[[str], None]) -> None:
    with contextlib.closing(socket.create_server((HOST, port))) as listener:
        token = secrets.token_urlsafe(32)
        number = listener.getsockname()[1]
        session = kept_session(load_settings().data_path / SESSION_FILE, time.time())
        dashboard = WebDashboard(number, token, session=session, sound=sound)
        runner = web.AppRunner(await dashboard._make_app(), access_log=None, shutdown_timeout=END_SECONDS)
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
