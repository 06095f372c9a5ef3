"""The data types of calls: the request, the proof of consent, and the outcome.

Pure data. Nothing here reaches a network, a clock or a disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal

from client.schemas.tool_names import qualified_name
from client.values import JSON, digest


@dataclass(frozen=True)
class ToolCall:
    """One logical call. Every attempt uses the same object, and therefore the same keys."""

    call_id: str
    """Unique for the logical call; a retry keeps it."""
    server: str
    """Configured name of the server, as in `Tool.server`."""
    tool: str
    """Name as that server lists it."""
    arguments: Mapping[str, JSON]
    idempotency_key: str
    """A UUID in text form, one for each logical call, stored before the first send."""

    @property
    def qualified(self) -> str:
        """The tool's name in a catalog."""
        return qualified_name(self.server, self.tool)

    def at(self, server: str, tool: str) -> ToolCall:
        """Return the same call for that tool of that server; the call itself if it already goes there."""
        return self if (self.server, self.tool) == (server, tool) else replace(self, server=server, tool=tool)

    @cached_property
    def digest(self) -> str:
        """Digest of what the driver consents to: server, tool and arguments, without keys that transport adds. Computed
        once."""
        return self.digest_now()

    def digest_now(self) -> str:
        """Return the digest of the present arguments, to check that they are still the ones that a yes was given to."""
        return digest({"server": self.server, "tool": self.tool, "arguments": dict(self.arguments)})


class ConsentSource(StrEnum):
    """Who said yes."""

    DRIVER = "driver"
    OPERATOR = "operator"
    REMOTE = "remote"


@dataclass(frozen=True)
class Consent:
    """Proof of a yes to exactly one call. Only the dialogue table, `--yes` or a serving API may create one."""

    consent_id: str
    """Unique; it is spent, durably, when the call is sent or enqueued."""
    digest: str
    """`ToolCall.digest` of what was read back."""
    source: ConsentSource
    given_at: float
    """Seconds since the epoch; `ToolClient` refuses it when it is older than its limit (60 s)."""
    fallback_servers: tuple[str, ...] = ()
    """Other servers that the read-back named; a sensitive call may fall back to these only."""


class Sent(StrEnum):
    """What is known about whether a request reached the server."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True)
class CallError:
    """Why a call did not succeed, in a form that both people and programs can use."""

    code: str
    """Stable snake_case word, for example `not_sent`, `tool_error`, `invalid_arguments`, `consent_missing`."""
    message: str
    """One short sentence that can be spoken; never a secret, never a stack trace."""
    sent: Sent = Sent.NO
    names: tuple[str, ...] = ()
    """Parameters concerned, for `invalid_arguments` and for what a server wants confirmed."""
    retry_after: float | None = None
    """Seconds that the server asked us to wait; None if it did not ask."""


@dataclass(frozen=True)
class Succeeded:
    """The server answered and the tool did its work."""

    result: JSON
    """The structured content if the tool returned any, else `{"text": ...}`."""
    attempts: int = 1
    seconds: float = 0.0
    served_by: str = ""
    """The server that answered; after a fallback, not the one that was asked first."""
    age: float | None = None
    """Seconds since a cached answer was fetched; None when it is fresh."""
    content: tuple[Mapping[str, JSON], ...] = field(default=(), compare=False, repr=False)
    """All blocks of an MCP answer unchanged, if some are not text (pictures, sound, resources). They are never
    stored.
    """
    kind: Literal["succeeded"] = "succeeded"


@dataclass(frozen=True)
class Failed:
    """Nothing happened, or the tool said that it could not."""

    error: CallError
    attempts: int = 0
    seconds: float = 0.0
    kind: Literal["failed"] = "failed"


class Need(StrEnum):
    """What a call is waiting for."""

    CONSENT = "consent"
    ARGUMENTS = "arguments"
    LOGIN = "login"
    APPROVAL = "approval"


@dataclass(frozen=True)
class NeedsInput:
    """Nothing happened yet: the call first needs a yes, a value, a login or the approval of a changed tool."""

    need: Need
    error: CallError
    schema: Mapping[str, JSON] = field(default_factory=dict)
    """For `ARGUMENTS` asked by a server: JSON Schema of the form (MCP elicitation)."""
    service: str = ""
    """For `LOGIN`: the service to log in to."""
    request_state: str = ""
    """Opaque handle of the server's own request, given back unchanged with the answer."""
    asked_as: str = ""
    """The name that the server gave its question, for a program that passes the question on."""
    attempts: int = 0
    seconds: float = 0.0
    kind: Literal["needs_input"] = "needs_input"


@dataclass(frozen=True)
class Deferred:
    """Confirmed, stored in the outbox, and not sent: it will be delivered or reported."""

    error: CallError
    expires_at: float
    """Seconds since the epoch; afterwards the driver is asked again."""
    attempts: int = 0
    seconds: float = 0.0
    kind: Literal["deferred"] = "deferred"


@dataclass(frozen=True)
class Unknown:
    """The request may have reached the server and the answer was lost: it may or may not have happened."""

    error: CallError
    attempts: int = 1
    seconds: float = 0.0
    kind: Literal["unknown"] = "unknown"


Outcome = Succeeded | Failed | NeedsInput | Deferred | Unknown
"""The outcome of a call. There are exactly these five, and no exception stands for one."""
