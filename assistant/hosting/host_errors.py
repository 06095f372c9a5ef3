"""What a host of tools raises if it does not do what it was asked, as one tree.

    HostError             the tool did not run; the text is one sentence that a driver can hear
      RefusedError        it could not: full, unknown, closed; `alternatives` says what would work
      ArgumentsError      the arguments break the tool's definition; `names` says which
      UnknownToolError    there is no such tool

Nothing has changed if one of these is raised.
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


class ArgumentsError(HostError):
    """The arguments break the tool's definition."""

    code = "invalid_arguments"

    def __init__(self, problems: Sequence[str], names: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.names = tuple(names)


class UnknownToolError(HostError):
    """There is no tool of that name."""

    code = "unknown_tool"
