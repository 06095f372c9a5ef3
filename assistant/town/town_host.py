"""The simulated town as a host of tools: one world for whoever needs no login, one more for each user who logged in.

Users never meet: what one writes, books or pays stands in their own world. Speaks no protocol.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.town import town_tools
from assistant.town.world import World

MOST_USERS = 1000
"""Users whose worlds are kept; beyond that the world unused for longest goes, and its user begins anew. A world takes
about 100 KB (measured with tracemalloc)."""


class TownHost(ToolHost):
    """The town as a host."""

    name = "town"

    def __init__(self, world: World) -> None:
        self.world = world
        self._of_users: OrderedDict[str, TownHost] = OrderedDict()
        # Once: copying them takes three quarters of the time of a call over REST.
        self._definitions = {entry["name"]: entry for entry in town_tools.tool_definitions()}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The town's tools."""
        return self._definitions

    def for_user(self, user_id: str | None) -> TownHost:
        """Return the town with that user's world, which is made at its first use; None has the first world."""
        if user_id is None:
            return self
        host = self._of_users.get(user_id)
        if host is None:
            host = self._of_users[user_id] = copy.copy(self)
            host.world = self.world.another()
            host._of_users = OrderedDict()
            while len(self._of_users) > MOST_USERS:
                self._of_users.popitem(last=False)
        self._of_users.move_to_end(user_id)
        return host

    async def admits(self, service: str, credentials: Mapping[str, Any]) -> bool:
        """Return whether a service of the town takes credentials: any that are not over (`expires_at`, in seconds since
        the epoch), as there is nobody in the town who could have given them out.
        """
        ends = credentials.get("expires_at")
        if ends is not None and (isinstance(ends, bool) or not isinstance(ends, int | float)):
            return False
        return bool(credentials) and (ends is None or ends > self.world.now().timestamp())

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool of the town."""
        try:
            result = town_tools.call(self.world, tool, arguments, idempotency_key=idempotency_key)
        except HostError as error:
            return Refused(error.code, str(error), error.names, error.alternatives)
        return Done(result, str(result["summary"]))
