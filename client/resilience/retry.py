"""The retry table as data, and the waits between attempts. Pure: it names actions and performs none."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from client.calls.call_effects import is_repeatable
from client.catalog import Tool
from client.servers.tool_server import FailureKind


class Safety(StrEnum):
    """The effect of a second send of a call (columns of the table)."""

    REPEATABLE = "read_only_or_idempotent"
    EFFECTS_WITH_KEY = "effects_key"
    EFFECTS = "effects_no_key"


class Action(StrEnum):
    """The action after a failure, while time and attempts remain."""

    RETRY = "retry"
    RETRY_AS_TOLD = "retry_as_told"
    """Wait as long as the server asked; if it did not say, as for RETRY."""
    RENEW_ONCE = "renew_once"
    """Renew session or login once and send again: the server refused before it executed."""
    UNKNOWN = "unknown"
    """Report; never send again."""
    REPORT = "report"


_R, _E, _N = Safety.REPEATABLE, Safety.EFFECTS_WITH_KEY, Safety.EFFECTS

RETRY_TABLE: dict[tuple[FailureKind, Safety], Action] = {
    (FailureKind.NOT_SENT, _R): Action.RETRY,
    (FailureKind.NOT_SENT, _E): Action.RETRY,
    (FailureKind.NOT_SENT, _N): Action.RETRY,
    (FailureKind.REFUSED_FOR_NOW, _R): Action.RETRY_AS_TOLD,
    (FailureKind.REFUSED_FOR_NOW, _E): Action.RETRY_AS_TOLD,
    (FailureKind.REFUSED_FOR_NOW, _N): Action.RETRY_AS_TOLD,
    (FailureKind.SESSION_LOST, _R): Action.RENEW_ONCE,
    (FailureKind.SESSION_LOST, _E): Action.RENEW_ONCE,
    (FailureKind.SESSION_LOST, _N): Action.RENEW_ONCE,
    (FailureKind.ANSWER_LOST, _R): Action.RETRY_AS_TOLD,
    (FailureKind.ANSWER_LOST, _E): Action.RETRY_AS_TOLD,
    (FailureKind.ANSWER_LOST, _N): Action.UNKNOWN,
    (FailureKind.TOOL_ERROR, _R): Action.REPORT,
    (FailureKind.TOOL_ERROR, _E): Action.REPORT,
    (FailureKind.TOOL_ERROR, _N): Action.REPORT,
}
"""The retry table of docs/design.md. A 429 or 503 that may have been executed is ANSWER_LOST and keeps Retry-After."""


def safety_of(tool: Tool) -> Safety:
    """Return the tool's column."""
    if is_repeatable(tool):
        return Safety.REPEATABLE
    return Safety.EFFECTS_WITH_KEY if tool.honours_keys else Safety.EFFECTS


@dataclass(frozen=True)
class RetrySettings:
    """Limits of retries; times in seconds."""

    attempts: int = 6
    """Most sends for one call; `patience` in `client.calls.attempts` limits attempts that send nothing."""
    first_wait: float = 0.1
    """Upper bound of the first wait; doubled after each."""
    longest_wait: float = 2.0


def wait_before(settings: RetrySettings, failures: int, told: float | None, randomness: random.Random) -> float:
    """Return the seconds to wait after that many failures: full jitter, but at least what the server asked for."""
    ceiling = min(settings.longest_wait, settings.first_wait * 2 ** min(failures - 1, 30))
    return max(told or 0.0, randomness.uniform(0.0, ceiling))
