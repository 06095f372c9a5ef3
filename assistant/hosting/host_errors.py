"""What a host of tools raises if it does not do what it was asked, as one tree.

    HostError             the tool did not run; the text is one sentence that a driver can hear
      RefusedError        it could not: full, unknown, closed; `alternatives` says what would work
        TryLaterError     it could not now: the same call may work later, unchanged
        LostOutcomeError  it began, and does not know whether it happened
      ArgumentsError      the arguments break the tool's definition; `names` says which
      UnknownToolError    there is no such tool

Nothing has changed if one of these is raised, except after `LostOutcomeError`.
"""

from __future__ import annotations

from collections.abc import Sequence


class HostError(Exception):
    """Base of the tree; its text is one sentence for people, with the cure."""

    code = "refused"
    names: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


class RefusedError(HostError):
    """The tool could not do it."""

    def __init__(self, message: str, alternatives: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.alternatives = tuple(alternatives)
        self.names = tuple(names)


class TryLaterError(RefusedError):
    """The tool could not do it now; a confirmed call may wait and be sent again as it is."""

    code = "try_later"

    def __init__(self, message: str, seconds: float) -> None:
        """`seconds` is how long to wait before the next try, at least."""
        super().__init__(message)
        self.seconds = seconds


class LostOutcomeError(RefusedError):
    """Whether it happened is not known; nobody may send it again unasked."""

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
