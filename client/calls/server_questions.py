"""What servers asked in the middle of calls: of which call, for what, and whether a yes was given before.

Keeps the newest questions in memory; it answers none and sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.call import Need, NeedsInput, Outcome, ToolCall

_MOST_QUESTIONS = 64


@dataclass(frozen=True)
class Asked:
    """One open question."""

    digest: str
    """Of the call that it was asked of."""
    need: Need
    confirmed: bool
    """Whether a yes to the call itself was given before the server asked."""


class Questions:
    """The open questions of one `ToolClient`, by call id."""

    def __init__(self) -> None:
        self._open: dict[str, Asked] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def of(self, call: ToolCall) -> Asked | None:
        """Return what was asked of this very call."""
        asked = self._open.get(call.call_id)
        return asked if asked is not None and asked.digest == call.digest else None

    def note(self, call: ToolCall, outcome: Outcome, *, confirmed: bool) -> None:
        """Keep the question that an outcome is; any other outcome ends the one before."""
        self.forget(call)
        if isinstance(outcome, NeedsInput):
            while len(self._open) >= _MOST_QUESTIONS:
                self._open.pop(next(iter(self._open)))
            self._open[call.call_id] = Asked(call.digest, outcome.need, confirmed)

    def forget(self, call: ToolCall) -> None:
        """Forget what was asked of a call."""
        self._open.pop(call.call_id, None)
