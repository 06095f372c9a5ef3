"""The host protocol: something that lists tools and calls them, and the two answers that a call may get.

Serving faces and hosts both import it, so that they need not know each other. It holds no tool itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


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
