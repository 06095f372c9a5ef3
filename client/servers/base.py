"""What every way to reach a server has in common: the `ToolServer` protocol and the answers it may give.

A server module maps its dialect to these answers and stops there: it never retries, asks for consent or caches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from client.call import CallError, Need, ToolCall
from client.catalog import RejectedTool, Tool
from client.values import JSON


class FailureKind(StrEnum):
    """Rows of the retry table (DESIGN section 5). A dialect maps its own signs of failure to exactly one of them."""

    NOT_SENT = "not_sent"
    """DNS, refused, TLS, pool or circuit: the server cannot have seen the request."""
    REFUSED_FOR_NOW = "refused_for_now"
    """429 or 503 that counts as not executed."""
    SESSION_LOST = "session_lost"
    """401, an expired session, or an MCP 404 on a request that carried a session id."""
    ANSWER_LOST = "answer_lost"
    """Reset, timeout, truncated, 500, 502, 504, a portal's HTML: it may have been executed."""
    TOOL_ERROR = "tool_error"
    """The server executed or refused the call and said so."""


@dataclass(frozen=True)
class Answered:
    """The tool did its work."""

    result: JSON
    fresh_for: float | None = None
    """Seconds for which the server calls its answer fresh (`ttlMs`), where it said so."""
    content: tuple[Mapping[str, JSON], ...] = field(default=(), compare=False, repr=False)
    """As in `Succeeded`."""


@dataclass(frozen=True)
class Faulted:
    """It did not, or nobody knows."""

    kind: FailureKind
    error: CallError


@dataclass(frozen=True)
class InputWanted:
    """The server asks for something first (McQueen REST `requires_*`, MCP elicitation)."""

    need: Need
    error: CallError
    schema: Mapping[str, JSON] = field(default_factory=dict)
    service: str = ""
    request_state: str = ""
    asked_as: str = ""
    """As in `NeedsInput`."""


Answer = Answered | Faulted | InputWanted


@dataclass(frozen=True)
class Listing:
    """What a server lists: usable tools, and those left out with the reason."""

    tools: Sequence[Tool]
    rejected: Sequence[RejectedTool] = ()


@dataclass(frozen=True)
class Health:
    """One look at a server."""

    healthy: bool
    seconds: float
    detail: str = ""


class ServerUnavailableError(Exception):
    """Connecting or listing failed; `kind` and `code` say how. Calls never raise it: they answer `Faulted`."""

    def __init__(self, server: str, kind: FailureKind, message: str, code: str = "") -> None:
        super().__init__(message)
        self.server = server
        self.kind = kind
        self.code = code


class ToolServer(Protocol):
    """One configured server, however it is reached. Connections are made and ended in one owner task."""

    name: str

    async def connect(self) -> None:
        """Make the server usable. Raises `ServerUnavailableError`; calling it again after that tries anew."""
        ...

    async def list_tools(self) -> Listing:
        """Return everything the server lists, all pages. Raises `ServerUnavailableError`."""
        ...

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once and wait at most `seconds`.

        `confirmed` says that consent was given (McQueen REST then sends `voice_confirmations`). `answers` continue an
        `InputWanted` of this call.
        """
        ...

    async def health(self) -> Health:
        """Look once, cheaply; never raises."""
        ...

    async def close(self) -> None:
        """End the connection; never raises; idempotent."""
        ...


@runtime_checkable
class Addressed(Protocol):
    """A server that says where calls to it go."""

    address: str
    """URL, or command line with its folder; "" for what is part of this program."""


def address_of(server: ToolServer) -> str:
    """Return where calls to a server go; "" if it does not say."""
    return server.address if isinstance(server, Addressed) else ""


@runtime_checkable
class Declining(Protocol):
    """A server whose questions in the middle of a call can be declined."""

    def decline(self, call: ToolCall) -> None:
        """Decline the question that the call left open; nothing if there is none."""
        ...


def decline(server: ToolServer, call: ToolCall) -> None:
    """Decline what a server asked of a call; a server that waits for no answer needs none."""
    if isinstance(server, Declining):
        server.decline(call)
