"""The simulated town as a host of tools. Speaks no protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        # Once: copying them is three quarters of what a call over REST would take.
        self._definitions = tuple(town_tools.tool_definitions())

    async def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return the town's definitions; they are read and never changed."""
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
