"""The simulated town as an MCP server. Adds nothing to `assistant.hosting.mcp_over_host`."""

from __future__ import annotations

from typing import Any

from mcp.server.lowlevel import Server

from assistant.hosting.mcp_over_host import mcp_server
from assistant.town.town_host import TownHost
from assistant.town.world import World


def town_server(world: World) -> Server[dict[str, Any]]:
    """Return the town as an MCP server: in process (`mcp.Client(town_server(world))`), on stdio or over HTTP."""
    return mcp_server(TownHost(world), title="McQueen's town")
