"""The simulated town as a host of tools. Speaks no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.town import town_tools
from assistant.town.world import World


class TownHost(ToolHost):
    """The town as a host."""

    name = "town"

    def __init__(self, world: World) -> None:
        self.world = world
        # Once: copying them takes three quarters of the time of a call over REST.
        self._definitions = {entry["name"]: entry for entry in town_tools.tool_definitions()}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The town's tools."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool of the town."""
        try:
            result = town_tools.call(self.world, tool, arguments, idempotency_key=idempotency_key)
        except HostError as error:
            return Refused(error.code, str(error), error.names, error.alternatives)
        return Done(result, str(result["summary"]))
