"""Errors of a host that does not run a tool as asked, as one tree.

    HostError             the tool did not run; the text is one sentence that a driver can hear
      RefusedError        the tool could not run: full, unknown, closed; `alternatives` says what would work
        TryLaterError     the tool could not run now: the same call may work later, unchanged
        LostOutcomeError  the tool began, and the outcome is not known
      ArgumentsError      the arguments break the tool's definition; `names` says which
      UnknownToolError    there is no such tool

Nothing has changed if one of these errors is raised, except after `LostOutcomeError`.
"""

from __future__ import annotations

from collections.abc import Sequence


class HostError(Exception):
    """Base of the tree; its text is one sentence for people, with the cure."""

    code = "refused"
    names: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


class RefusedError(HostError):
    """The tool could not run."""

    def __init__(self, message: str, alternatives: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.alternatives = tuple(alternatives)
        self.names = tuple(names)


class TryLaterError(RefusedError):
    """The tool could not run now; a confirmed call may wait and be sent again unchanged."""

    code = "try_later"

    def __init__(self, message: str, seconds: float) -> None:
        """`seconds` is the least time before the next try."""
        super().__init__(message)
        self.seconds = seconds


class LostOutcomeError(RefusedError):
    """The outcome is not known; nobody may send the call again unasked."""

    code = "outcome_unknown"


class ArgumentsError(HostError):
    """The arguments break the tool's definition."""

    code = "invalid_arguments"

    def __init__(self, problems: Sequence[str], names: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.names = tuple(names)


class UnknownToolError(HostError):
    """There is no tool of that name."""

    code = "unknown_tool"
