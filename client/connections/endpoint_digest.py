"""Where a server is reached, as a digest: part of what was approved, so that another address is another tool.

Contacts nothing. The digest stands for a URL or a command line, which may hold secrets and so is not kept itself.
"""

from __future__ import annotations

from dataclasses import replace

from client.catalog import Tool
from client.servers.tool_server import Listing, ToolServer
from client.values import JSON, digest


def placed(listing: Listing, server: ToolServer) -> Listing:
    """Return the listing with each tool at the place of its server, and with what its settings give.

    The place is "" if the server is a part of this program.
    """
    address = server.address
    place = digest([address]) if address else ""
    return Listing(
        tuple(replace(tool, place=place, defaults=_own(tool, server)) for tool in listing.tools), listing.rejected
    )


def _own(tool: Tool, server: ToolServer) -> dict[str, JSON]:
    """Return what needs no asking: required values that the schema fixes, and what the settings of the server say."""
    fixed = {name: tool.properties[name]["const"] for name in tool.required if "const" in tool.properties.get(name, {})}
    return {**fixed, **{name: value for name, value in server.defaults.items() if name in tool.properties}}
