"""A server at a URL whose dialect is unknown: each dialect is tried once, then the dialect that answered is used.

It only chooses; the dialects do the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from client.call import Sent, ToolCall
from client.http import Fault
from client.servers.mcp.mcp_server import McpServer
from client.servers.readable import Readable
from client.servers.tool_server import (
    Answer,
    Configurable,
    FailureKind,
    Health,
    Listing,
    ServerUnavailableError,
    ToolServer,
)
from client.values import JSON


class ProbedServer(ToolServer):
    """Tries each candidate until one can list its tools, and uses that candidate from then on."""

    agrees = True

    def __init__(self, name: str, candidates: Sequence[ToolServer], *, trusted: bool = False) -> None:
        super().__init__(name, trusted=trusted)
        self.address = " ".join(sorted(candidate.address for candidate in candidates))
        self._candidates = tuple(candidates)
        self._chosen: ToolServer | None = None

    @property
    def user_id(self) -> str:
        """The user of the dialect that answered."""
        return self._chosen.user_id if self._chosen is not None else ""

    @property
    def readable(self) -> Readable | None:
        """The reader of resources and prompts, in the dialect that answered."""
        return self._chosen.readable if self._chosen is not None else None

    @property
    def configurable(self) -> Configurable | None:
        """The part that accepts settings of tools, in the dialect that answered."""
        return self._chosen.configurable if self._chosen is not None else None

    def remember(self, kept: str) -> None:
        """Use the agreement of an earlier start; its dialect is tried first."""
        for candidate in self._candidates:
            if isinstance(candidate, McpServer):
                candidate.remember(kept)
        known = [one for one in self._candidates if isinstance(one, McpServer) and one.remembers]
        self._candidates = (*known, *(one for one in self._candidates if one not in known))

    async def connect(self) -> None:
        """Connect in the dialect that answers. Raises `ServerUnavailableError` with the most telling failure."""
        if self._chosen is not None:
            await self._chosen.connect()
            return
        failure: ServerUnavailableError | None = None
        for candidate in self._candidates:
            if isinstance(candidate, McpServer):
                candidate.on_agreed, candidate.on_progress = self.on_agreed, self.on_progress
            try:
                await candidate.connect()
                await candidate.list_tools()
            except ServerUnavailableError as error:
                await candidate.close()
                if error.kind is FailureKind.SESSION_LOST:
                    raise  # the server speaks this dialect and wants a login
                if failure is None or error.kind is FailureKind.NOT_SENT:
                    failure = error
            else:
                self._chosen = candidate
                candidate.on_tools_changed = self._tell
                return
        assert failure is not None, "there is at least one candidate"
        raise failure

    def _tell(self) -> None:
        if self.on_tools_changed is not None:
            self.on_tools_changed()

    async def list_tools(self) -> Listing:
        """List in the dialect that answered."""
        if self._chosen is None:
            raise ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{self.name} is not connected.")
        return await self._chosen.list_tools()

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Call in the dialect that answered."""
        if self._chosen is None:
            return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self.name)
        return await self._chosen.call(call, seconds=seconds, confirmed=confirmed, answers=answers)

    def decline(self, call: ToolCall) -> None:
        """Decline the question that the call left open."""
        if self._chosen is not None:
            self._chosen.decline(call)

    async def health(self) -> Health:
        """Check in the dialect that answered."""
        return await self._chosen.health() if self._chosen is not None else Health(False, 0.0, "not connected")

    async def close(self) -> None:
        """End the connection."""
        if self._chosen is not None:
            await self._chosen.close()
