"""What every way to reach a server has in common: the base `ToolServer` and the answers it may give.

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
"""The code of an error of a tool that did nothing now, and may do the same later."""


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


Progress = Callable[[ToolCall, float, float | None, str], None]
"""Told how far a call is: what is done, of how much (None if unknown), and the server's own words."""


class Configurable(Protocol):
    """A server that keeps settings of its own for its users' tools."""

    async def configure(
        self, tool: str, *, enabled: bool, priority: int = 5, custom_settings: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Set whether and how this user has the tool."""
        ...


class ToolServer(ABC):
    """One configured server, however it is reached. Connections are made and ended in one owner task.

    All that is asked of a server stands here. What only some have is declared with the answer "it has none", and those
    that have it answer otherwise; nobody looks for an attribute that may be missing.
    """

    address: str = ""
    """Where calls go: a URL, or a command line with its folder; "" if it is part of this program."""
    local: bool = False
    """Whether it is reached without the network, and so says nothing about connectivity."""
    built_in: bool = False
    """Whether it is part of this program, so that its tools change only with it."""
    agrees: bool = False
    """Whether something is agreed on once and kept for later (for MCP the revision), and whether it tells of progress:
    `on_agreed`, `on_progress` and `remember` are used only then."""
    defaults: Mapping[str, JSON] = MappingProxyType({})
    """Arguments that never change, by name, as its settings say: an account, a folder, a time zone."""
    on_tools_changed: Callable[[], None] | None = None
    """Called when the server says that its tools are others now, or that it came or went."""
    on_agreed: Callable[[str], None] | None = None
    """Told what was agreed on, as text to keep; give it to `remember` at the next start."""
    on_progress: Progress | None = None
    """Told how far a call is; set before the first call."""

    def __init__(self, name: str, *, trusted: bool = False) -> None:
        self.name = name
        self.trusted = trusted
        """Whether settings trust its hints that relax."""

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
        """Of the process that runs it here; None without one."""
        return None

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of all its processes here, if it has copies; `process_id` is the first."""
        return () if self.process_id is None else (self.process_id,)

    @property
    def user_id(self) -> str:
        """Whose tools these are; empty if the server knows no users, or without a login."""
        return ""

    @property
    def readable(self) -> Readable | None:
        """What reads its resources and prompts; None if it has none, or its dialect is not known yet."""
        return None

    @property
    def configurable(self) -> Configurable | None:
        """What takes settings of its tools; None if it keeps none."""
        return None

    def remember(self, kept: str) -> None:
        """Take what `on_agreed` was told at an earlier start."""
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
        """Look once, cheaply; never raises."""

    @abstractmethod
    async def close(self) -> None:
        """End the connection; never raises; idempotent."""
