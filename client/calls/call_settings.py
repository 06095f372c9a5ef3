"""The times and limits of calls, with their defaults. Data only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from client.connections.links import LinkSettings
from client.resilience.retry import RetrySettings
from client.values import JSON


@dataclass(frozen=True)
class CallSettings:
    """All times are in seconds."""

    consent_age: float = 60.0
    """How old a yes may be when it is used (docs/design.md)."""
    deferred_for: float = 4 * 3600.0
    """How long a confirmed call waits in the outbox before the driver is asked again."""
    attempt: float = 5.0
    """Longest attempt of a call that may be tried again."""
    delivery: float = 20.0
    """Longest attempt of a delivery from the outbox, for which nobody waits."""
    fresh_for: Mapping[str, float] = field(default_factory=dict)
    """How long an answer of a read-only tool is fresh, by `server.tool`; a tool that is not named has none."""
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The tools that replace an unreachable `server.tool`, in order: servers or `server.tool` names."""
    defaults: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """Fixed arguments by pattern of `server.tool`. The driver is not asked for them; they are read back with
    the rest.
    """
    stale_for: float = 24 * 3600.0
    """Greatest age of an answer that is still given, with its age, if a read-only tool cannot be reached."""
    patience: float = 4.0
    """How long a server that has just become unreachable is tried before the call counts as not sent."""
    patience_with_other_ways: float = 1.0
    """Like `patience`, if there is an alternative at once: the outbox, an earlier answer, another server."""
    goodbye: float = 5.0
    """How long closing waits for calls with effects to finish."""
    retry: RetrySettings = field(default_factory=RetrySettings)
    link: LinkSettings = field(default_factory=LinkSettings)
