"""The base of every server module: `ToolServer`, and the answers that it may give.

A server module maps its dialect to these answers and stops there: it never retries, asks for consent or caches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from client.call import CallError, Need, ToolCall
from client.catalog import RejectedTool, Tool
from client.servers.readable import Readable
from client.values import JSON

TRY_LATER = "try_later"
"""Error code of a tool that did nothing now and may succeed later."""


class FailureKind(StrEnum):
    """Rows of the retry table (docs/design.md). A dialect maps its own signs of failure to exactly one of them."""

    NOT_SENT = "not_sent"
    """DNS, refused, TLS, pool or circuit: the server cannot have seen the request."""
    REFUSED_FOR_NOW = "refused_for_now"
    """429 or 503 that counts as not executed, or a trusted tool's own word that it did nothing now (`TRY_LATER`)."""
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
    """Seconds for which the server calls its answer fresh (`ttlMs`); None if it does not say."""
    content: tuple[Mapping[str, JSON], ...] = field(default=(), compare=False, repr=False)
    """As in `Succeeded`."""


@dataclass(frozen=True)
class Faulted:
    """The tool did not do its work, or nobody knows whether it did."""

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
    """A server's listing: usable tools, and tools that were left out with the reason."""

    tools: Sequence[Tool]
    rejected: Sequence[RejectedTool] = ()


@dataclass(frozen=True)
class Health:
    """The result of one health check."""

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


Progress = Callable[[ToolCall, float, float | None, str], None]
"""Receives a call's progress: the amount done, the total (None if unknown), and the server's own words."""


class Configurable(Protocol):
    """A server that keeps settings of its own for its users' tools."""

    async def configure(
        self, tool: str, *, enabled: bool, priority: int = 5, custom_settings: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Set whether and how this user has the tool."""
        ...


class ToolServer(ABC):
    """One configured server, however it is reached. Connections are made and ended in one owner task.

    This class declares everything that the client asks of a server. For an optional feature the base class answers
    "none", and servers with the feature override it, so that no caller has to test for a missing attribute.
    """

    address: str = ""
    """The address of its calls: a URL, or a command line with its folder; "" if it is part of this program."""
    local: bool = False
    """Whether it is reached without the network, and so says nothing about connectivity."""
    built_in: bool = False
    """Whether it is part of this program, so that its tools change only with it."""
    agrees: bool = False
    """Whether it agrees on something once that is stored for later starts (for MCP the revision) and reports progress.
    Only then are `on_agreed`, `on_progress` and `remember` used."""
    defaults: Mapping[str, JSON] = MappingProxyType({})
    """Fixed arguments by name from its settings: an account, a folder, a time zone."""
    on_tools_changed: Callable[[], None] | None = None
    """Called when the server says that its tools changed, or that it came or went."""
    on_agreed: Callable[[str], None] | None = None
    """Called with the new agreement as text to store; give it to `remember` at the next start."""
    on_progress: Progress | None = None
    """Called with the progress of calls; set it before the first call."""

    def __init__(self, name: str, *, trusted: bool = False) -> None:
        self.name = name
        self.trusted = trusted
        """Whether the settings trust its hints that lower the level of care."""

    @property
    def healthy(self) -> tuple[bool, ...]:
        """Which endpoints are connected, in the order of its entry; empty for a server with one address."""
        return ()

    def late(self) -> str:
        """Return a sentence while the server is being started and has not answered yet; empty otherwise."""
        return ""

    @property
    def session_words(self) -> str:
        """The session in words for people; empty without one."""
        return ""

    @property
    def process_id(self) -> int | None:
        """Id of the process that runs it on this machine; None without one."""
        return None

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Ids of all its processes on this machine, if it has copies; `process_id` is the first."""
        return () if self.process_id is None else (self.process_id,)

    @property
    def user_id(self) -> str:
        """The user of its tools; empty if the server knows no users, or without a login."""
        return ""

    @property
    def readable(self) -> Readable | None:
        """The reader of its resources and prompts; None if it has none, or its dialect is not known yet."""
        return None

    @property
    def configurable(self) -> Configurable | None:
        """The part that accepts settings of its tools; None if it stores none."""
        return None

    def remember(self, kept: str) -> None:
        """Use the agreement that `on_agreed` reported at an earlier start."""
        return

    @abstractmethod
    async def connect(self) -> None:
        """Make the server usable. Raises `ServerUnavailableError`; calling it again after that tries anew."""

    @abstractmethod
    async def list_tools(self) -> Listing:
        """Return everything the server lists, all pages. Raises `ServerUnavailableError`."""

    @abstractmethod
    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once and wait at most `seconds`.

        `confirmed` says that consent was given (McQueen REST then sends `voice_confirmations`). `answers` continue an
        `InputWanted` of this call.
        """

    def decline(self, call: ToolCall) -> None:
        """Decline the question that a call left open; a server that waits for no answer has nothing to do."""
        return

    @abstractmethod
    async def health(self) -> Health:
        """Check health once, cheaply; never raises."""

    @abstractmethod
    async def close(self) -> None:
        """End the connection; never raises; idempotent."""
