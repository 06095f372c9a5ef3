"""A digest of a server's address. It is part of what was approved, so that a tool at another address is another tool.

It contacts nothing. The digest stands for a URL or command line, which may hold secrets and is not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from client.catalog import Tool
from client.servers.tool_server import Listing, ToolServer
from client.values import JSON, digest

Patterned = Mapping[str, Mapping[str, JSON]]
"""Arguments by name, by pattern of `server.tool` ("github.*", "*.search")."""


def placed(listing: Listing, server: ToolServer, defaults: Patterned | None = None) -> Listing:
    """Return the listing with each tool bound to its server's address, and with the fixed arguments of its settings.

    The address is "" if the server is a part of this program. `defaults` are arguments by patterns of tools.
    """
    address = server.address
    place = digest([address]) if address else ""
    return Listing(
        tuple(replace(tool, place=place, defaults=_own(tool, server, defaults or {})) for tool in listing.tools),
        listing.rejected,
    )


def _own(tool: Tool, server: ToolServer, patterned: Patterned) -> dict[str, JSON]:
    """Return the arguments that nobody must give: required values that the schema fixes, and values from the settings.

    A longer pattern wins over a shorter one, and the server's own settings win over both.
    """
    fixed = {name: tool.properties[name]["const"] for name in tool.required if "const" in tool.properties.get(name, {})}
    given: dict[str, JSON] = {}
    for pattern in sorted(patterned, key=len):
        if fnmatchcase(tool.qualified, pattern):
            given.update(patterned[pattern])
    given.update(server.defaults)
    return {**fixed, **{name: value for name, value in given.items() if name in tool.properties}}
