"""The base of all hosts, which list tools and call them, and the three answers that a call may get.

The served APIs and the hosts both import it, so that they need not know each other. It holds no tool itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Done:
    """The answer if the tool did its work."""

    result: Mapping[str, Any]
    text: str
    """One sentence for speech."""


@dataclass(frozen=True)
class Refused:
    """The answer if the tool failed and nothing changed; with the code `outcome_unknown` the outcome is not known."""

    code: str
    """`refused`, `try_later`, `outcome_unknown`, `invalid_arguments` or `unknown_tool`."""
    message: str
    names: tuple[str, ...] = ()
    """The parameters that are wrong."""
    alternatives: tuple[str, ...] = ()
    """Values that would work instead."""
    retry_after: float | None = None
    """With `try_later`, the seconds after which the same call may work."""


@dataclass(frozen=True)
class Asks:
    """The answer if the tool asks the driver first. Nothing changed; after a yes the same call continues, with
    `agreed`."""

    question: str

    @property
    def refusal(self) -> Refused:
        """The same answer for an API on which no driver can be asked."""
        return Refused("needs_input", self.question)


class ToolHost(ABC):
    """A host, whose tools can be served."""

    name: str

    @property
    @abstractmethod
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """Entries of an MCP `tools/list` result, by name. Read and never changed."""

    def definition(self, tool: str) -> Mapping[str, Any] | None:
        """Return the entry of one tool; None if there is no such tool."""
        return self.definitions.get(tool)

    def for_user(self, user_id: str | None) -> ToolHost:
        """Return the host as that user has it; None is whoever uses it without a login.

        A host that keeps what is a user's own returns one with that user's alone. Others return themselves.
        """
        return self

    async def admits(self, service: str, credentials: Mapping[str, Any]) -> bool:
        """Return whether a service of this host takes a user's credentials now; asked each time before they count."""
        return bool(credentials)

    async def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return all entries."""
        return tuple(self.definitions.values())

    @abstractmethod
    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused | Asks:
        """Call a tool once. `agreed`: the driver said yes to the question of `Asks`.

        A host that never asks ignores `agreed`, and never answers `Asks`.
        """
