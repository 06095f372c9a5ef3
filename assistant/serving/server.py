"""Runs the faces on uvicorn inside the running event loop, for the embedded town, for drives and for `serve`.

It installs no signal handlers and prints nothing. It can stop and start again on the same port with the same world,
which looks from outside like a server that dies and returns. A stop ends logins; users' settings stay.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

from starlette.applications import Starlette
from starlette.types import ASGIApp

from assistant.serving.http_app import FACES, http_app
from assistant.serving.http_connections import HttpConnections
from assistant.serving.http_listening import LOOPBACK, HttpListener
from assistant.serving.limits_shown import limits_shown
from assistant.serving.mcp.local_token import LocalToken
from assistant.serving.mcp.mcp_login import MCP_MOST, MCP_SECONDS, McpLogin
from assistant.serving.mcp.mcp_record import McpRecord
from assistant.serving.middleware import Door
from assistant.serving.platform.fleet import Fleet
from assistant.serving.platform.platform import PlatformSettings, open_platform
from assistant.serving.rest.chat_gate import ChatOpening
from assistant.serving.rest.rest_face import RestFace
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.rest.upstream import open_upstream
from assistant.serving.serving_errors import AddressError
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.secret_keys import Secrets, mint_login_token
from assistant.serving.state.stores import MEMORY, Store, open_store
from assistant.serving.state.users import MemoryUsers, Users
from assistant.serving.tool_client_host import Served
from assistant.town.localized import LocalizedTown
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.access.local_tokens import LocalTokens
from client.servers.processes.process_use import ProcessUse


class Options(TypedDict, total=False):
    """How a host of tools is served; every field has a default."""

    address: str
    """127.0.0.1 unless given."""
    port: int
    """0, the default, takes any free port."""
    faces: Collection[str]
    """`mcp` and `rest` unless given. `platform` includes the gateway and needs the field `platform`."""
    secrets: Secrets
    """Unless given, fresh ones are made, which live as long as the server."""
    settings: RestSettings
    audit_path: Path | None
    platform: PlatformSettings | None
    store: str
    """As `open_store` takes it; in memory unless given."""
    certificate: Path | None
    """PEM file of the certificate chain. With it the server speaks TLS; `private_key` is needed unless the key is in
    the same file.
    """
    private_key: Path | None
    plain_http: bool
    """Whether an address other than loopback may be served without TLS."""
    mcp_login: bool
    """Whether the MCP face asks for a user's login on loopback, too. At any other address it always asks."""
    local_tokens: LocalTokens | None
    """Where the token of this start is put, which the MCP face asks for on loopback; without it, it asks for nothing
    there.
    """
    advertise: str
    """Address without a path at which other serving processes reach this one. Unless given it is `url`, with the
    machine's name if it listens at every address.
    """
    finish: float
    """Seconds that requests in progress may take when the server stops; 1 unless given."""
    wrap: Callable[[ASGIApp], ASGIApp] | None
    """Put around the whole application, for code that watches it."""
    chat: ChatOpening | None
    """Opens the chats of the REST face; without it there are none."""
    connections: HttpConnections
    """The limits of connections: how many, and how long they may wait."""


class RunningServer:
    """A served host of tools. `url` has no path; each face has its own. `now` is in seconds since the epoch."""

    def __init__(self, host: Served, now: Callable[[], float], **options: Unpack[Options]) -> None:
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
        self._wrap: Callable[[ASGIApp], ASGIApp] = options.get("wrap") or _as_it_is
        self._connections = options.get("connections") or HttpConnections()
        self._chat = options.get("chat")
        self._mcp_asks = options.get("mcp_login", False)
        self._advertised = options.get("advertise", "").rstrip("/")
        self._place: asyncio.Future[str] | None = None
        self._local_tokens = options.get("local_tokens")
        self._local_token: LocalToken | None = None
        self._door = Door()
        self._fleet: Fleet | None = None
        if self._address not in LOOPBACK and self._tls[0] is None and not options.get("plain_http", False):
            raise AddressError(
                f"{self._address} can be reached from other machines; give --certificate and --private-key for TLS, "
                "or say --plain-http where something else encrypts"
            )
        self._opened = AsyncExitStack()
        self._listening: HttpListener | None = None

    @property
    def port(self) -> int:
        """The port that was bound."""
        return self._port

    @property
    def url(self) -> str:
        """Address without a path."""
        name = f"[{self._address}]" if ":" in self._address else self._address
        return f"{'http' if self._tls[0] is None else 'https'}://{name}:{self._port}"

    def _own_place(self) -> str:
        """Return the address at which other processes may reach this one: the machine's name, if it listens at every
        address."""
        if self._address not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
            return self.url
        return f"{'http' if self._tls[0] is None else 'https'}://{socket.gethostname()}:{self._port}"

    @property
    def mcp_url(self) -> str:
        """Address of the MCP face."""
        return self.url + FACES["mcp"]

    @property
    def rest_url(self) -> str:
        """Address of the McQueen REST face."""
        return self.url + FACES["rest"]

    @property
    def mcp_token_file(self) -> Path | None:
        """The file with the token that the MCP face asks for; None if it asks for none, or for a user's."""
        if self._local_token is None or self._local_tokens is None:
            return None
        return self._local_tokens.path(self._port)

    @property
    def faces(self) -> Mapping[str, str]:
        """Addresses of the served faces, by name."""
        served = {*self._faces, *(("gateway",) if "platform" in self._faces else ())}
        return {name: self.url + path for name, path in FACES.items() if name in served}

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._listening is not None

    def login_token(self, user_id: str, *, seconds: float = 3600) -> str:
        """Return a login token for the REST face."""
        return mint_login_token(self.secrets.jwt_secret, user_id, now=self._now(), seconds=seconds)

    async def process_use(self) -> Mapping[str, ProcessUse]:
        """Return the present usage of the processes of the platform's servers, by name and the beginning of the id."""
        return {} if self._fleet is None else await self._fleet.uses()

    async def start_again(self) -> None:
        """Listen on the same port, with the same world. Raises `ServingError`: port taken, or store away."""
        if self._listening is not None:
            return
        self._door = Door()
        listening = HttpListener(self._wrap(await self._application()), self._connections, *self._tls)
        self._port = await listening.start(self._address, self._port)
        self._listening = listening
        if self._place is not None:
            self._place.set_result(self._advertised or self._own_place())
        if self._local_token is not None and self._local_tokens is not None:
            self._local_token.write(self._local_tokens.path(self._port))

    async def _application(self) -> Starlette:
        """Open what the faces need, until `stop`."""
        rest, platform = None, None
        store = await self._opened.enter_async_context(open_store(self._where, self._now, self._kept_users))
        self.users = Users(self.secrets, store.users)
        if "rest" in self._faces:
            rest = RestFace(self._host, self.secrets, store, self.users, self.audit, self._now, self._settings)
            if self._chat is not None:
                rest.conversations = await self._opened.enter_async_context(self._chat(rest.chat_gate()))
        if "platform" in self._faces and self._platform is not None:
            place = self._place = asyncio.get_running_loop().create_future()
            limits = limits_shown(self._settings)
            opening = open_platform(self._platform, self.secrets, store, self.audit, self._now, place, limits)
            platform = await self._opened.enter_async_context(opening)
            self._fleet = platform.face.fleet
        upstream = None
        if rest is not None and self._settings.upstream:
            upstream = await self._opened.enter_async_context(open_upstream(self._settings.upstream))
        return http_app(
            self._host,
            address=self._address,
            door=self._door,
            body_seconds=self._connections.body_patience,
            settings=self._settings,
            rest=rest,
            platform=platform,
            mcp="mcp" in self._faces,
            record=McpRecord(self.audit, self.users),
            login=self._mcp_login(store),
            upstream=upstream,
        )

    def _mcp_login(self, store: Store) -> McpLogin | None:
        """Return the login of the MCP face. On loopback there is one only if it was asked for, elsewhere always."""
        self._local_token = None
        if "mcp" not in self._faces:
            return None
        if self._address in LOOPBACK and not self._mcp_asks:
            if self._local_tokens is None:
                return None
            self._local_token = LocalToken()
        limit = store.limit("mcp", MCP_MOST, MCP_SECONDS)
        return McpLogin(self.secrets.jwt_secret, store.sessions, limit, self._now, self._local_token)

    async def stop(self) -> None:
        """Stop listening, finish requests in progress within `finish` seconds, and close. Then no request gets in."""
        listening, self._listening = self._listening, None
        if listening is not None:
            self._door.closed = True
            listening.refuse()
            await self._door.empty(self._finish)
            await listening.stop()
        if self._local_token is not None:
            self._local_token.remove()
        await self._opened.aclose()

    async def close(self) -> None:
        """Stop for good."""
        await self.stop()
        self.audit.close()


def _as_it_is(app: ASGIApp) -> ASGIApp:
    return app


class RunningTown(RunningServer):
    """A served town, with its world and its clock."""

    def __init__(self, world: World, language: str = "en", **options: Unpack[Options]) -> None:
        host = TownHost(world) if language == "en" else LocalizedTown(world, language)
        super().__init__(host, lambda: world.now().timestamp(), **options)
        self._town = host
        self.world = world
        """The world of a client that uses the town without a login."""

    def world_of(self, user_id: str) -> World:
        """Return the world of a user who logs in."""
        return self._town.for_user(user_id).world


@asynccontextmanager
async def serve_town(world: World, language: str = "en", **options: Unpack[Options]) -> AsyncIterator[RunningTown]:
    """Serve a world on this loop until the block ends. Raises `ServingError`."""
    async with _started(RunningTown(world, language, **options)) as running:
        yield running


@asynccontextmanager
async def serve_tools(
    host: Served, now: Callable[[], float], **options: Unpack[Options]
) -> AsyncIterator[RunningServer]:
    """Serve any host of tools on this loop until the block ends, as `serve_town` does for a world."""
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
