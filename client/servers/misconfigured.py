"""A configured server whose entry cannot be used. It answers every request with the problem, and the other servers
work.

It contacts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.call import CallError, Sent, ToolCall
from client.servers.tool_server import Answer, FailureKind, Faulted, Health, Listing, ServerUnavailableError, ToolServer
from client.values import JSON


class MisconfiguredServer(ToolServer):
    """Holds the name and the problem."""

    local = True

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name)
        self._problem = problem

    async def connect(self) -> None:
        """Raise `ServerUnavailableError` with the problem."""
        raise ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, self._problem, "misconfigured")

    async def list_tools(self) -> Listing:
        """Raise `ServerUnavailableError` with the problem."""
        raise ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, self._problem, "misconfigured")

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Answer with the problem; nothing is sent."""
        return Faulted(FailureKind.TOOL_ERROR, CallError("misconfigured", self._problem, Sent.NO))

    async def health(self) -> Health:
        """Return the problem."""
        return Health(False, 0.0, self._problem)

    async def close(self) -> None:
        """Do nothing: there is no connection."""
