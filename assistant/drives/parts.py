"""The parts of a drive: a client, and a server that can be stopped and restarted, with its records in a folder.

Opens and closes them; plays nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from assistant.conversation.own_servers import car_server, profile_server, routine_server
from assistant.conversation.routine_book import RoutineBook
from assistant.drives.road_network import DriveTransport
from assistant.drives.virtual_clock import VirtualClock
from assistant.hosting.host import Done, Refused
from assistant.profile.store import ProfileStore
from assistant.serving.server import RunningTown
from assistant.settings.settings import Settings, load_settings
from assistant.tool_opening import TOWN, open_tools, open_town
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceRecords
from assistant.vehicle.cabin import Cabin
from client.access.accounts import Credentials
from client.access.credentials import CredentialStore
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient

DRIVER = "driver"
"""The user who logs in over REST."""


@dataclass(frozen=True)
class Counterpart:
    """Direct access to the records of the drive's server."""

    executed: Callable[[], Sequence[str]]
    """Tools that did their work, in order; a repeat with the same idempotency key is not listed."""
    snapshot: Callable[[], Awaitable[Mapping[str, Sequence[Mapping[str, Any]]]]]
    """What the tools changed, by kind of record."""
    stop: Callable[[], Awaitable[None]]
    start_again: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class DriveParts:
    """A client and the server that it reaches."""

    tools: ToolClient
    transport: DriveTransport
    """The simulated network between the client and the server."""
    counterpart: Counterpart | None
    """None if the drive uses another program's server."""


@asynccontextmanager
async def open_drive_parts(
    folder: Path,
    clock: VirtualClock,
    now: Callable[[], datetime],
    *,
    embedded: str = "town",
    language: str = "en",
    dialect: str = "mcp",
    place: str = "",
    server: str | None = None,
    settings: Settings | None = None,
    cabin: Cabin | None = None,
    profile: ProfileStore | None = None,
    routines: RoutineBook | None = None,
) -> AsyncIterator[DriveParts]:
    """Open a client and the embedded server, or the one named in `server`. Raises `ConfigurationError`."""
    async with AsyncExitStack() as stack:
        transport = DriveTransport(httpx.AsyncHTTPTransport(), clock)
        http = await stack.enter_async_context(open_http_client(transport=transport))
        counterpart: Counterpart | None = None
        servers: Sequence[ToolServer]
        if server is not None:
            settings = settings or load_settings()  # a configured name is taken, too
            servers = _configured(settings, server, http, clock)
        elif embedded == "service_booking":
            opened = await stack.enter_async_context(_open_desk(folder, now, http, clock))
            counterpart, servers = opened[0], [opened[1]]
        else:
            town, reached = await stack.enter_async_context(open_town(now, http, clock, place, language))
            world = town.world_of(DRIVER) if dialect == "rest" else town.world  # a user who logs in has a world apart

            async def snapshot() -> Mapping[str, Any]:
                return world.snapshot()

            counterpart = Counterpart(
                lambda: [tool for tool, _ in world.executed], snapshot, town.stop, town.start_again
            )
            servers = [_over_rest(town, http, clock) if dialect == "rest" else reached]
        if cabin is not None:
            servers = [*servers, car_server(cabin, clock, language)]
        if profile is not None:
            servers = [*servers, profile_server(profile, clock, language)]
        if routines is not None:
            servers = [*servers, routine_server(routines, clock, language)]
        kept = settings.call_settings if server is not None and settings is not None else None
        tools = await stack.enter_async_context(open_tools(servers, folder, clock, kept))
        yield DriveParts(tools, transport, counterpart)


def _configured(settings: Settings, server: str, http: httpx.AsyncClient, clock: VirtualClock) -> Sequence[ToolServer]:
    from client.configuration.server_entries import servers_from  # only if servers are configured

    credentials = CredentialStore(settings.data_path)
    return servers_from(settings.servers, http, clock, server=server, credentials=credentials)


def _over_rest(town: RunningTown, http: httpx.AsyncClient, clock: VirtualClock) -> ToolServer:
    driver = Credentials(DRIVER, town.login_token(DRIVER))
    return McQueenServer(TOWN, town.rest_url, http, clock, credentials=driver, trusted=True)


class _WitnessedDesk(ServiceDesk):
    """A service desk that records which calls did their work."""

    def __init__(self, records: ServiceRecords, now: Callable[[], datetime]) -> None:
        super().__init__(records, now)
        self.executed: list[str] = []
        self._keys: set[str] = set()

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool."""
        answer = await super().call(tool, arguments, idempotency_key=idempotency_key, agreed=agreed)
        if isinstance(answer, Done) and (idempotency_key is None or idempotency_key not in self._keys):
            self.executed.append(tool)
            self._keys.update([idempotency_key] if idempotency_key else [])
        return answer


@asynccontextmanager
async def _open_desk(
    folder: Path, now: Callable[[], datetime], http: httpx.AsyncClient, clock: VirtualClock
) -> AsyncIterator[tuple[Counterpart, ToolServer]]:
    from assistant.serving.server import serve_tools  # heavy: only if it is the server

    records = await ServiceRecords.open(folder / "service-booking.sqlite3")
    try:
        desk = _WitnessedDesk(records, now)
        async with serve_tools(desk, clock.now) as running:
            reached = StreamableHttpServer(desk.name, running.mcp_url, http, clock, trusted=True, built_in=True)

            async def snapshot() -> Mapping[str, Sequence[Mapping[str, Any]]]:
                return {"bookings": [asdict(booking) for booking in await records.find()]}

            yield Counterpart(lambda: desk.executed, snapshot, running.stop, running.start_again), reached
    finally:
        await records.close()
