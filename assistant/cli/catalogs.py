"""The common part of `interpret`, `hear` and `listen`: the catalog that sentences are understood with, and the present
time. With a catalog file no server is contacted; without one, the named or configured servers are asked, else the town
is used.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.output import ExitCode, complain, stop

if TYPE_CHECKING:
    from assistant.settings.settings import Settings
    from assistant.understanding.reading import Context
    from client.catalog import Catalog
    from client.servers.tool_server import Listing
    from client.values import JSON


def choose_catalog(path: Path | None, server: str | None = None, code: str = "") -> Catalog:
    """Return the tools of a file, a server, or the configured servers, after naming the tools that were left out.

    `code` is the language of the tools that come with McQueen, by default the one of the settings.
    Raises `CatalogError`, `ConfigurationError`. Ends the program if both a file and a server are given, or if a server
    lists nothing.
    """
    from assistant.settings.settings import load_settings  # heavy: keeps --help instant
    from client.schemas.tool_listing import read_catalog_file  # the same

    if path is not None and server is not None:
        stop("give --catalog or --server, not both")
    if path is not None:
        catalog = read_catalog_file(path)
    else:
        settings = load_settings()
        settings = settings.model_copy(update={"language": code or settings.language})
        listed = server is not None or settings.servers
        catalog = asyncio.run(_listed(settings, server)) if listed else _embedded(settings)
    for rejected in catalog.rejected:
        complain(f"left out the tool {rejected.name}: {rejected.reason}")
    return catalog


def embedded_listings(settings: Settings) -> list[tuple[str, Listing]]:
    """Return the tools that McQueen has without a configured server: the town, the car, the profile."""
    from assistant.conversation.own_servers import own_definitions  # only if no catalog is given
    from assistant.town.localized_definitions import definitions_in
    from client.schemas.tool_listing import read_tools

    town: list[JSON] = [dict(definition) for definition in definitions_in(settings.language)]
    return [
        (name, read_tools(definitions, server=name, trusted=True, checked=True))
        for name, definitions in (("town", town), *own_definitions(settings))
    ]


def _embedded(settings: Settings) -> Catalog:
    from client.catalog import Catalog  # only if no catalog is given

    listings = [listing for _, listing in embedded_listings(settings)]
    return Catalog(
        tuple(tool for listing in listings for tool in listing.tools),
        tuple(rejected for listing in listings for rejected in listing.rejected),
    )


async def _listed(settings: Settings, wanted: str | None) -> Catalog:
    from assistant.cli.open_servers import open_connections  # heavy: only if servers are asked

    async with open_connections(settings, [wanted]) as connections:
        tools = connections.tools
        for server in tools.server_states():
            if not server.healthy:
                complain(f"{server.detail} {server.tools} of its tools are known")
        if wanted is not None and not len(tools.catalog):
            stop(f"{wanted} lists no tool that can be used", ExitCode.FAILED)
        return tools.catalog


def context_at(now: str | None) -> Context:
    """Return a context that holds only the time: `now` as ISO 8601, local if it has no offset; without `now`, the
    present.
    """
    from assistant.understanding.reading import Context  # heavy: keeps --help instant

    moment = _moment(now)
    offset = moment.utcoffset()
    return Context(now=moment.timestamp(), utc_offset=offset.total_seconds() if offset else 0.0)


def _moment(now: str | None) -> datetime:
    if now is None:
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        stop(f"--now {now} is not a time; write it like 2026-11-22T19:00:00")
    try:
        return moment if moment.tzinfo is not None else moment.astimezone()
    except (OverflowError, ValueError, OSError):
        stop(f"--now {now} is too far from today; write a time like 2026-11-22T19:00:00")
