"""Applies the user's settings to the listed tools: a tool that is switched off is not offered.

The settings are stored here for every dialect, and sent to servers that store them too (`configure`). No tool is
called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from client.call import CallError
from client.catalog import RejectedTool, Tool
from client.clock import Clock
from client.connections.links import Link
from client.records import tool_settings
from client.records.storage import Storage
from client.records.tool_settings import ToolSetting
from client.servers.tool_server import Faulted, Listing

SWITCHED_OFF = "you switched it off"


class Preferences:
    """One installation's settings for tools."""

    def __init__(self, links: Mapping[str, Link], storage: Storage, clock: Clock) -> None:
        self._links = links
        self._storage = storage
        self._clock = clock

    async def arrange(self, server: str, listing: Listing) -> Listing:
        """Return the tools to offer, preferred tools first; tools that are switched off are among the rejected."""
        kept = await self.kept(server)
        offered: list[Tool] = []
        rejected = list(listing.rejected)
        for tool in listing.tools:
            setting = kept.get(tool.name) or ToolSetting(tool.enabled, tool.priority)
            if setting.enabled:
                offered.append(replace(tool, enabled=True, priority=setting.priority))
            else:
                rejected.append(RejectedTool(tool.server, tool.name, SWITCHED_OFF))
        return Listing(sorted(offered, key=lambda tool: -tool.priority), rejected)

    async def kept(self, server: str) -> dict[str, ToolSetting]:
        """Return the settings for the tools of a server, by tool."""
        user_id = self._links[server].server.user_id
        with self._clock.working():
            return await self._storage.run(lambda db: tool_settings.kept_settings(db, server, user_id))

    async def keep(self, server: str, tool: str, setting: ToolSetting) -> CallError | None:
        """Store a setting, send it to the server, and list its tools anew. If the server refuses it, return the refusal
        and store nothing."""
        link = self._links[server]
        target = link.server.configurable
        if target is not None:
            answer = await target.configure(
                tool, enabled=setting.enabled, priority=setting.priority, custom_settings=setting.custom_settings
            )
            if isinstance(answer, Faulted):
                return answer.error
        user_id, now = link.server.user_id, self._clock.now()
        await self._storage.run(lambda db: tool_settings.keep_setting(db, now, server, user_id, tool, setting))
        await link.look()
        return None
