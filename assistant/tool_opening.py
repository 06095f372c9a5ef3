"""Opens servers and the tool client from settings: what commands need that call tools and hold no conversation.

Every function is an async context manager that opens parts in order and closes them in reverse. It decides nothing.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.conversation.own_servers import car_server, profile_server, routine_server
from assistant.conversation.routine_book import RoutineBook
from assistant.policy.sensitivity import assess, is_deferrable
from assistant.policy.timing import YES_SECONDS
from assistant.profile.store import ProfileStore
from assistant.settings.settings import Settings
from assistant.settings.sources import DATABASE
from assistant.vehicle.cabin import Cabin
from client.access.credentials import CredentialStore
from client.calls.call_settings import CallSettings
from client.catalog import Tool
from client.clock import Clock, SystemClock
from client.http import open_http_client
from client.records.storage import Storage
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON

if TYPE_CHECKING:
    from assistant.serving.server import RunningTown

_log = logging.getLogger(__name__)
TOWN = "town"
"""Name of the embedded server."""


def needs_consent(tool: Tool, arguments: Mapping[str, JSON]) -> bool:
    """Return whether policy asks for a yes; what the client is given to ask."""
    return assess(tool, arguments).sensitive


@asynccontextmanager
async def open_tools(
    servers: Sequence[ToolServer], data_path: Path, clock: Clock, settings: CallSettings | None = None
) -> AsyncIterator[ToolClient]:
    """Open the client with its records in that folder. Raises `client.client_errors.RecordsError`."""
    storage = await Storage.open(data_path / DATABASE)
    try:
        async with ToolClient(
            servers,
            storage=storage,
            clock=clock,
            needs_consent=needs_consent,
            deferrable=is_deferrable,
            settings=replace(settings or CallSettings(), consent_age=YES_SECONDS),
        ) as tools:
            yield tools
    finally:
        await storage.close()


@asynccontextmanager
async def open_town(
    now: Callable[[], datetime], http: httpx.AsyncClient, clock: Clock, place: str = "", language: str = "en"
) -> AsyncIterator[tuple[RunningTown, ToolServer]]:
    """Serve the town on a loopback port and return it with the way to reach it."""
    from assistant.serving.server import serve_town  # heavy: only where the town is the server
    from assistant.town.world import World  # the same
    from client.servers.mcp.streamable_http import StreamableHttpServer  # the same

    async with serve_town(World(now=now, start=place or "Heidelberg"), language) as town:
        yield town, StreamableHttpServer(TOWN, town.mcp_url, http, clock, trusted=True, built_in=True)


@asynccontextmanager
async def open_tool_client(
    settings: Settings,
    *,
    server: str | None = None,
    dialect: str | None = None,
    clock: Clock | None = None,
    cabin: Cabin | None = None,
    profile: ProfileStore | None = None,
    routines: RoutineBook | None = None,
    records: Path | None = None,
) -> AsyncIterator[ToolClient]:
    """Open what is configured: the server named, else the configured ones, else the town; the car's own tools, and
    those of the driver's profile, where they are given.

    `server` is a URL, a configured name, or a command line (docs/design.md). Outbox and ledger lie in `records`, by
    default the data folder. Raises `ConfigurationError`.
    """
    clock, records = clock or SystemClock(), records or settings.data_path
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http_client())
        servers: Sequence[ToolServer] = ()
        if server is not None or settings.servers:
            from client.configuration.server_entries import servers_from  # only where servers are configured

            servers = servers_from(
                settings.servers,
                http,
                clock,
                server=server,
                dialect=dialect,
                upkeep=settings.upkeep,
                credentials=CredentialStore(settings.data_path),
            )
        if not servers or (settings.town and server is None):
            opening = open_town(lambda: datetime.now().astimezone(), http, clock, language=settings.language)
            _, town = await stack.enter_async_context(opening)
            servers = [*servers, town]
        if cabin is not None:
            servers = [*servers, car_server(cabin, clock, settings.language)]
        if profile is not None:
            servers = [*servers, profile_server(profile, clock, settings.language)]
        if routines is not None:
            servers = [*servers, routine_server(routines, clock, settings.language)]
        tools = await stack.enter_async_context(open_tools(servers, records, clock, settings.call_settings))
        await _obey(records, servers, tools, stack)
        yield tools


async def _obey(records: Path, servers: Sequence[ToolServer], tools: ToolClient, stack: AsyncExitStack) -> None:
    """Let `mcqueen servers` look at, stop and start the servers; where that cannot be, everything else works."""
    from client.servers.processes.control import control_folder, listening

    try:
        await stack.enter_async_context(listening(control_folder(records), servers, tools))
    except OSError as error:
        _log.warning("mcqueen servers cannot reach this McQueen: %s", error)
