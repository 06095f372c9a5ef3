"""Applies the driver's permissions to the listed tools: a permitted tool needs no question, unless it has changed.

It stores and marks; policy decides whether a mark lowers anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from client.catalog import Tool
from client.clock import Clock
from client.records import permissions
from client.records.permissions import ToolPermission
from client.records.storage import Storage
from client.servers.tool_server import Listing


class Permissions:
    """The permissions of one installation."""

    def __init__(self, storage: Storage, clock: Clock, changed: Callable[[Tool], None]) -> None:
        """`changed` is called with each tool whose permission changed, with its new marks."""
        self._storage = storage
        self._clock = clock
        self._changed = changed

    async def given(self) -> list[ToolPermission]:
        """Return every stored permission, including those for tools that no longer exist."""
        with self._clock.working():
            return await self._storage.run(permissions.given)

    async def arrange(self, listing: Listing) -> Listing:
        """Return the listing, with a mark on each tool that has a permission in its present form."""
        known = {(one.server, one.tool): one.fingerprint for one in await self.given()}
        tools = [
            replace(tool, allowed=known.get((tool.server, tool.name)) == tool.fingerprint) for tool in listing.tools
        ]
        return Listing(tools, listing.rejected)

    async def give(self, tool: Tool) -> None:
        """Store that the driver need not be asked about the tool in its present form."""
        await self._storage.run(lambda db: permissions.give(db, self._clock.now(), tool))
        self._changed(replace(tool, allowed=True))

    async def take_back(self, tool: Tool) -> bool:
        """Ask about the tool again; False if it had no permission."""
        gone = await self._storage.run(lambda db: permissions.take_back(db, self._clock.now(), tool.server, tool.name))
        self._changed(replace(tool, allowed=False))
        return gone

    async def forget(self, server: str, tool: str) -> bool:
        """Delete a permission, even if its tool no longer exists; False if there was none."""
        return await self._storage.run(lambda db: permissions.take_back(db, self._clock.now(), server, tool))
