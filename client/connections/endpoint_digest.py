"""A digest of a server's address. It is part of what was approved, so that a tool at another address is another tool.

It contacts nothing. The digest stands for a URL or command line, which may hold secrets and is not stored.
"""

from __future__ import annotations

from dataclasses import replace

from client.catalog import Tool
from client.servers.tool_server import Listing, ToolServer
from client.values import JSON, digest


def placed(listing: Listing, server: ToolServer) -> Listing:
    """Return the listing with each tool's server address (digest), and with the values that settings give it.

    The digest is "" if the server is part of this program.
    """
    address = server.address
    place = digest([address]) if address else ""
    return Listing(
        tuple(replace(tool, place=place, defaults=_own(tool, server)) for tool in listing.tools), listing.rejected
    )


def _own(tool: Tool, server: ToolServer) -> dict[str, JSON]:
    """Return values that nobody is asked for: required ones that the schema fixes, and those from the server's
    settings.
    """
    fixed = {name: tool.properties[name]["const"] for name in tool.required if "const" in tool.properties.get(name, {})}
    return {**fixed, **{name: value for name, value in server.defaults.items() if name in tool.properties}}
