"""Runs the faces on uvicorn inside the running event loop: for the embedded town, for drives, for `serve`.

It installs no signal handlers and prints nothing. It can be stopped and started again on the same port with the same
world, which is what a server that dies and returns looks like from outside; logins end with that, users' settings stay.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import uvicorn
from starlette.applications import Starlette

from assistant.serving.audit import AuditLog
from assistant.serving.connections import Connections
from assistant.serving.errors import AddressError
from assistant.serving.http_app import FACES, http_app
from assistant.serving.middleware import Door
from assistant.serving.platform.platform import PlatformSettings, open_platform
from assistant.serving.rest_face import RestFace, RestSettings
from assistant.serving.secret_keys import Secrets, mint_login_token
from assistant.serving.stores import MEMORY, open_store
from assistant.serving.users import MemoryUsers, Users
from assistant.town.host import ToolHost, TownHost
from assistant.town.world import World

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BACKLOG = 2048
"""Connections that may wait to be taken, as uvicorn has it."""


class _QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.told_to_stop = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever owns the loop."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Tick once a second, which renews the Date header, until told to stop."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.told_to_stop.wait(), 1)


class Options(TypedDict, total=False):
    """How a host of tools is served; all of it has a default."""

    address: str
    """127.0.0.1 unless given."""
    port: int
    """0, the default, takes any free one."""
    faces: Collection[str]
    """`mcp` and `rest` unless given; `platform` brings the gateway with it and needs `platform`."""
    secrets: Secrets
    """Unless given, fresh ones are made that live as long as the server."""
    settings: RestSettings
    audit_path: Path | None
    platform: PlatformSettings | None
    store: str
    """What `open_store` takes; in memory unless given."""
    certificate: Path | None
    """PEM file of the chain; with it, and `private_key` unless that is in the same file, TLS is spoken."""
    private_key: Path | None
    plain_http: bool
    """Whether an address other than loopback may be served without TLS."""
    finish: float
    """Seconds that requests under way may take when the server stops; 1 unless given."""
    connections: Connections
    """How many connections are kept, and how patiently."""


class RunningServer:
    """A served host of tools. `url` has no path; the faces have their own. `now` is in seconds since the epoch."""

    def __init__(self, host: ToolHost, now: Callable[[], float], **options: Unpack[Options]) -> None:
        self.secrets = options.get("secrets") or Secrets.generate()
        self._kept_users = MemoryUsers()
        self.users = Users(self.secrets, self._kept_users)
        self._now = now
        self.audit = AuditLog(now, options.get("audit_path"))
        self._host = host
        self._address = options.get("address", "127.0.0.1")
        self._port = options.get("port", 0)
        self._faces = options.get("faces", ("mcp", "rest"))
        self._settings = options.get("settings") or RestSettings()
        self._platform = options.get("platform")
        self._where = options.get("store", MEMORY)
        self._tls = (options.get("certificate"), options.get("private_key"))
        self._finish = options.get("finish", 1.0)
        self._connections = options.get("connections") or Connections()
        self._door = Door()
        if self._address not in LOOPBACK and self._tls[0] is None and not options.get("plain_http", False):
            raise AddressError(
                f"{self._address} can be reached from other machines; give --certificate and --private-key for TLS, "
                "or say --plain-http where something else encrypts"
            )
        self._opened = AsyncExitStack()
        self._server: _QuietServer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that was bound."""
        return self._port

    @property
    def url(self) -> str:
        """Address without a path."""
        name = f"[{self._address}]" if ":" in self._address else self._address
        return f"{'http' if self._tls[0] is None else 'https'}://{name}:{self._port}"

    @property
    def mcp_url(self) -> str:
        """Address of the MCP face."""
        return self.url + FACES["mcp"]

    @property
    def rest_url(self) -> str:
        """Address of the McQueen REST face."""
        return self.url + FACES["rest"]

    @property
    def faces(self) -> Mapping[str, str]:
        """Addresses of the faces that are served, by name."""
        served = {*self._faces, *(("gateway",) if "platform" in self._faces else ())}
        return {name: self.url + path for name, path in FACES.items() if name in served}

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._task is not None

    def login_token(self, user_id: str, *, seconds: float = 3600) -> str:
        """Return a login token for the REST face."""
        return mint_login_token(self.secrets.jwt_secret, user_id, now=self._now(), seconds=seconds)

    async def start_again(self) -> None:
        """Listen on the same port, with the same world. Raises `ServingError`: the port is taken, the store away."""
        if self._task is not None:
            return
        self._door = Door()
        app = await self._application()
        config = self._config(app)
        bound = _bind(self._address, self._port)
        self._port = bound.getsockname()[1]
        server = _QuietServer(config)
        task = asyncio.create_task(server.serve([bound]), name="server")
        ready = asyncio.create_task(server.listening.wait())
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if task.done():
            bound.close()
            await task
            raise AddressError(f"the server at {self.url} ended before it listened")
        self._server, self._task = server, task

    def _config(self, app: Starlette) -> uvicorn.Config:
        certificate, key = self._tls
        config = uvicorn.Config(
            app,
            http=self._connections.protocol(),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="on",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            backlog=BACKLOG,
            ssl_certfile=certificate,
            ssl_keyfile=key or certificate,
        )
        try:
            config.load()
        except OSError as error:  # also what OpenSSL says
            raise AddressError(
                f"the certificate {certificate} and its key cannot be used ({error}); both must be PEM"
            ) from error
        return config

    async def _application(self) -> Starlette:
        """Open what the faces stand on, until `stop`."""
        rest, platform = None, None
        store = await self._opened.enter_async_context(open_store(self._where, self._now, self._kept_users))
        self.users = Users(self.secrets, store.users)
        if "rest" in self._faces:
            rest = RestFace(self._host, self.secrets, store, self.users, self.audit, self._now, self._settings)
        if "platform" in self._faces and self._platform is not None:
            opening = open_platform(self._platform, self.secrets, store, self.audit, self._now)
            platform = await self._opened.enter_async_context(opening)
        return http_app(
            self._host,
            address=self._address,
            door=self._door,
            body_seconds=self._connections.body_patience,
            rest=rest,
            platform=platform,
            mcp="mcp" in self._faces,
        )

    async def stop(self) -> None:
        """Stop listening, finish what runs, for `finish` seconds at most, and close; afterwards nobody gets in."""
        server, task = self._server, self._task
        self._server = self._task = None
        if server is not None and task is not None:
            self._door.closed = True
            for listener in server.servers:
                listener.close()
            await self._door.empty(self._finish)
            server.should_exit = True
            server.told_to_stop.set()
            await task
        await self._opened.aclose()

    async def close(self) -> None:
        """Stop for good."""
        await self.stop()
        self.audit.close()


class RunningTown(RunningServer):
    """A served town, with its world and on its clock."""

    def __init__(self, world: World, **options: Unpack[Options]) -> None:
        super().__init__(TownHost(world), lambda: world.now().timestamp(), **options)
        self.world = world


def _bind(address: str, port: int) -> socket.socket:
    """Return a bound socket. Raises `AddressError` with the cure."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # Named as TCP, because asyncio turns Nagle's delay (40 ms an answer) off only for sockets that say so.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
        # Listening here tells at once whether the port is free: two sockets may be bound to it, one may listen.
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


@asynccontextmanager
async def serve_town(world: World, **options: Unpack[Options]) -> AsyncIterator[RunningTown]:
    """Serve a world on this loop until the block ends. Raises `ServingError`."""
    async with _started(RunningTown(world, **options)) as running:
        yield running


@asynccontextmanager
async def serve_tools(
    host: ToolHost, now: Callable[[], float], **options: Unpack[Options]
) -> AsyncIterator[RunningServer]:
    """Serve any host of tools on this loop until the block ends; as `serve_town` does for a world."""
    async with _started(RunningServer(host, now, **options)) as running:
        yield running


Running = TypeVar("Running", bound=RunningServer)


@asynccontextmanager
async def _started(running: Running) -> AsyncIterator[Running]:
    try:
        await running.start_again()
        yield running
    finally:
        await running.close()
