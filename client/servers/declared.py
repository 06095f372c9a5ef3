"""A server of which only the listing is known, for commands that show tools without calling or starting anything."""

from __future__ import annotations

from collections.abc import Mapping

from client.call import CallError, Sent, ToolCall
from client.servers.tool_server import Answer, FailureKind, Faulted, Health, Listing, ToolServer
from client.values import JSON


class DeclaredServer(ToolServer):
    """Lists the tools that it was given. It is always healthy and refuses every call."""

    built_in = True
    local = True

    def __init__(self, name: str, listing: Listing, *, trusted: bool = False) -> None:
        super().__init__(name, trusted=trusted)
        self._listing = listing

    async def connect(self) -> None:
        """Do nothing: there is no connection."""

    async def list_tools(self) -> Listing:
        """Return the tools that it was given."""
        return self._listing

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Refuse the call; nothing is sent."""
        error = CallError("not_sent", f"{self.name} only lists its tools here.", Sent.NO)
        return Faulted(FailureKind.NOT_SENT, error)

    async def health(self) -> Health:
        """Report that it is healthy."""
        return Health(healthy=True, seconds=0.0)

    async def close(self) -> None:
        """Do nothing: there is no connection."""
