"""A host of tools as the serving faces see it: something that lists tools and calls them. The town is the first one.

It stands here, at the bottom, so that faces and hosts need not know each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.town import tools
from assistant.town.errors import TownError
from assistant.town.world import World


@dataclass(frozen=True)
class Done:
    """The tool did its work."""

    result: Mapping[str, Any]
    text: str
    """One sentence that can be spoken."""


@dataclass(frozen=True)
class Refused:
    """It did not, and nothing changed."""

    code: str
    """`refused`, `invalid_arguments` or `unknown_tool`."""
    message: str
    names: tuple[str, ...] = ()
    """Parameters concerned."""
    alternatives: tuple[str, ...] = ()
    """Values that would work."""


class ToolHost(Protocol):
    """Something whose tools can be served."""

    name: str

    async def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return entries of an MCP `tools/list` result."""
        ...

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Done | Refused:
        """Call a tool once."""
        ...


class TownHost:
    """The town as a host."""

    name = "town"

    def __init__(self, world: World) -> None:
        self.world = world
        # Once: copying them is three quarters of what a call over REST would take.
        self._definitions = tuple(tools.tool_definitions())

    async def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return the town's definitions; they are read and never changed."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Done | Refused:
        """Call a tool of the town."""
        try:
            result = tools.call(self.world, tool, arguments, idempotency_key=idempotency_key)
        except TownError as error:
            return Refused(error.code, str(error), error.names, error.alternatives)
        return Done(result, str(result["summary"]))
