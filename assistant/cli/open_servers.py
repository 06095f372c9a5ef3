"""The common part of commands that use tools: opens the requested servers together and finds tools.

A server with a wrong description is remembered with its error, so that the other lines of a batch still get answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from assistant.cli.output import complain
from assistant.conversation.own_servers import own_servers
from assistant.settings.settings import Settings
from assistant.tool_opening import open_tools, open_town
from client.access.credentials import CredentialStore
from client.call import CallError
from client.catalog import Tool
from client.client_errors import ConfigurationError
from client.clock import Clock, SystemClock
from client.configuration.server_entries import servers_from
from client.connections.links import STARTING
from client.http import open_http_client
from client.servers.processes.supervision import START_SECONDS
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient

_READY_SECONDS = 10.0


async def wait_for_servers(tools: ToolClient) -> None:
    """Wait until each server has answered or failed once; name each one that is still starting."""
    await tools.ready(_READY_SECONDS)
    late = [state.detail for state in tools.server_states() if state.code == STARTING]
    for detail in late:
        complain(detail)
    if late:
        await tools.ready(START_SECONDS)


@dataclass(frozen=True)
class OpenServers:
    """Open servers."""

    tools: ToolClient
    clock: Clock
    names: Mapping[str | None, tuple[str, ...]]
    """Names of the servers behind each SERVER argument; None means the servers used without that argument."""
    problems: Mapping[str | None, str]

    def find(self, tool: str, server: str | None) -> tuple[Tool, CallError] | tuple[None, CallError]:
        """Return the tool with that name on those servers, or why there is none."""
        names = self.names.get(server, ())
        among = [found for found in self.tools.catalog if found.server in names]
        exact = [found for found in among if found.qualified == tool] or [
            found for found in among if found.name == tool
        ]
        if len(exact) == 1:
            return exact[0], CallError("", "")
        if exact:
            choices = ", ".join(found.qualified for found in exact)
            return None, CallError("ambiguous_tool", f"Several servers have {tool}: say one of {choices}.")
        rejected = [found for found in self.tools.catalog.rejected if found.server in names and found.name == tool]
        if rejected:
            return None, CallError("unusable_tool", f"{tool} cannot be used: {rejected[0].reason}.")
        down = [state for state in self.tools.server_states() if state.name in names and not state.healthy]
        if down:
            code = "login_required" if down[0].code == "login_required" else "not_sent"
            cure = f" Run mcqueen login {server or down[0].name}." if code == "login_required" else ""
            return None, CallError(code, f"{tool} is not known: {down[0].detail}{cure}")
        return None, CallError("unknown_tool", f"No tool is called {tool}; mcqueen tools lists them.")


@asynccontextmanager
async def open_connections(
    settings: Settings, wanted: Sequence[str | None], dialect: str | None = None
) -> AsyncIterator[OpenServers]:
    """Open every requested SERVER once; None means the configured servers, else the town and McQueen's own.

    McQueen's own servers, `car` and `profile`, can also be named. Raises `ConfigurationError` if the first one cannot
    be used.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http_client())
        credentials = CredentialStore(settings.data_path)
        servers: dict[str, ToolServer] = {}
        names: dict[str | None, tuple[str, ...]] = {}
        problems: dict[str | None, str] = {}
        own = {server.name: server for server in own_servers(settings, clock)}
        for position, one in enumerate(dict.fromkeys(wanted)):
            if one in own and one not in settings.servers:
                names[one] = (one,)
                servers.setdefault(one, own[one])
                continue
            try:
                found = servers_from(
                    settings.servers,
                    http,
                    clock,
                    server=one,
                    dialect=dialect,
                    upkeep=settings.upkeep,
                    credentials=credentials,
                )
            except ConfigurationError as error:
                if position == 0:
                    raise
                problems[one] = str(error)
                continue
            if not found or (settings.town and one is None):
                now = lambda: datetime.now().astimezone()  # noqa: E731  # a name for a clock
                _, town = await stack.enter_async_context(open_town(now, http, clock))
                found = [*found, town, *(() if found else own.values())]
            names[one] = tuple(server.name for server in found)
            for server in found:
                servers.setdefault(server.name, server)
        opened = open_tools(list(servers.values()), settings.data_path, clock, settings.call_settings)
        tools = await stack.enter_async_context(opened)
        await wait_for_servers(tools)
        yield OpenServers(tools, clock, names, problems)
