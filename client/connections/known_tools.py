"""The tools that exist now: the servers' listings as offered here, and the tools that changed since their approval.

Stores every listing for the next start, and reports each change. It reaches no server and makes no call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from client.catalog import Catalog, Tool
from client.clock import Clock
from client.configuration.tool_permissions import Permissions
from client.configuration.tool_preferences import Preferences
from client.connections.endpoint_digest import Patterned, placed
from client.connections.links import Link
from client.notices import CatalogNotice, Notice, ToolChanged
from client.records import cache
from client.records.storage import Storage
from client.schemas.tool_names import qualified_name
from client.servers.tool_server import Listing

_MOST_LOOKS = 2
"""How often the tools are read anew before a call, if their server keeps saying that they changed."""


class KnownTools:
    """The catalog of one client, and the tools that wait for approval."""

    def __init__(
        self,
        links: Mapping[str, Link],
        storage: Storage,
        clock: Clock,
        tell: Callable[[Notice], None],
        defaults: Patterned,
    ) -> None:
        """`links` holds the servers by name; `tell` is called for a new catalog and for each tool that changed.

        `defaults` are arguments that never change, by pattern of tools.
        """
        self._defaults = defaults
        self._links = links
        self._storage = storage
        self._clock = clock
        self._tell = tell
        self.catalog = Catalog()
        self.held: dict[str, Tool] = {}
        """Tools that changed and wait for approval, by qualified name."""
        self.preferences = Preferences(links, storage, clock)
        self.permissions = Permissions(storage, clock, self._marked)

    async def recall(self, name: str, *, trusted: bool) -> None:
        """Use the server's stored listing until it connects."""
        kept = await self._storage.run(lambda db: cache.kept_listing(db, name, trusted=trusted))
        if kept is not None:
            await self._take(name, Listing(kept))

    async def listed(self, name: str, listing: Listing) -> None:
        """Use a new listing of a server."""
        tools = tuple(listing.tools)
        known = tuple(tool for tool in self.catalog if tool.server == name)
        rejected = tuple(tool for tool in self.catalog.rejected if tool.server == name)
        offered = await self._arranged(name, listing)
        if (known, rejected) != (tuple(offered.tools), tuple(offered.rejected)):
            await self._storage.run(lambda db: cache.keep_listing(db, self._clock.now(), name, tools))
            await self._take(name, listing)

    async def read_anew(self, server: str) -> None:
        """Read the tools again if the server said that they changed: the tool that was confirmed may be another tool
        now."""
        link = self._links.get(server)
        looks = 0
        while link is not None and link.stale and looks < _MOST_LOOKS:
            looks += 1
            await link.look()

    async def approve(self, server: str, tool: str, fingerprint: str = "") -> bool:
        """Approve a tool in its present form. False if it does not wait for approval, or has another fingerprint by
        now."""
        held = self.held.get(qualified_name(server, tool))
        if held is not None and fingerprint not in ("", held.fingerprint):
            return False
        if held is not None:
            await self._storage.run(lambda db: cache.approve(db, self._clock.now(), held))
            self.held.pop(qualified_name(server, tool), None)
        return held is not None

    def _marked(self, tool: Tool) -> None:
        """The driver gave or withdrew a permission for a tool."""
        tools = tuple(tool if other.qualified == tool.qualified else other for other in self.catalog)
        self.catalog = replace(self.catalog, tools=tools)
        self._tell(CatalogNotice(self.catalog))

    async def _arranged(self, name: str, listing: Listing) -> Listing:
        """Return the listing as it is offered here, after address, preferences and permissions are applied."""
        listing = await self.preferences.arrange(name, placed(listing, self._links[name].server, self._defaults))
        return await self.permissions.arrange(listing)

    async def _take(self, name: str, listing: Listing) -> None:
        listing = await self._arranged(name, listing)
        tools = tuple(listing.tools)
        changed = await self._storage.run(lambda db: cache.changed_tools(db, self._clock.now(), tools))
        # Built-in tools changed with this program, which the user installed.
        if self._links[name].server.built_in:
            for tool in changed:
                await self._storage.run(partial(cache.approve, now=self._clock.now(), tool=tool))
            changed = []
        before = self.held
        self.held = {key: tool for key, tool in before.items() if tool.server != name}
        self.held.update((tool.qualified, tool) for tool in changed)
        self.catalog = self.catalog.with_server(name, tools, listing.rejected)
        self._tell(CatalogNotice(self.catalog))
        for tool in changed:
            known = before.get(tool.qualified)
            if known is None or known.fingerprint != tool.fingerprint:
                self._tell(ToolChanged(tool))
