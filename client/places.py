"""Where a server is reached, as a digest: part of what was approved, so that another address is another tool.

Contacts nothing. The digest stands for a URL or a command line, which may hold secrets and so is not kept itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, runtime_checkable

from client.servers.base import Listing, ToolServer
from client.values import digest


@runtime_checkable
class Placed(Protocol):
    """A server that stands at an address or is started by a command."""

    @property
    def place(self) -> str:
        """Digest of the address or command; "" if it is a part of this process."""
        ...


def place_of(address: str) -> str:
    """Return the digest of a URL or command line."""
    return digest([address]) if address else ""


def place_of_all(servers: Iterable[ToolServer]) -> str:
    """Return one digest for several places, whatever their order."""
    places = sorted(server.place for server in servers if isinstance(server, Placed))
    return digest([*places]) if any(places) else ""


def placed(listing: Listing, server: ToolServer) -> Listing:
    """Return the listing with each tool at the place of its server."""
    place = server.place if isinstance(server, Placed) else ""
    return Listing(tuple(replace(tool, place=place) for tool in listing.tools), listing.rejected)
