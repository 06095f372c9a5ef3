"""The questions that servers asked during calls: which call, what for, and whether the call had its yes before.

It holds the newest questions in memory; it answers none and sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.call import Need, NeedsInput, Outcome, ToolCall

_MOST_QUESTIONS = 64


@dataclass(frozen=True)
class Asked:
    """One open question."""

    digest: str
    """Digest of the call during which the server asked."""
    need: Need
    confirmed: bool
    """Whether the call itself had its yes before the server asked."""


class Questions:
    """The open questions of one `ToolClient`, by call id."""

    def __init__(self) -> None:
        self._open: dict[str, Asked] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def of(self, call: ToolCall) -> Asked | None:
        """Return the open question of exactly this call, if any."""
        asked = self._open.get(call.call_id)
        return asked if asked is not None and asked.digest == call.digest else None

    def note(self, call: ToolCall, outcome: Outcome, *, confirmed: bool) -> None:
        """Store the question if the outcome holds one; any other outcome ends the call's earlier question."""
        self.forget(call)
        if isinstance(outcome, NeedsInput):
            while len(self._open) >= _MOST_QUESTIONS:
                self._open.pop(next(iter(self._open)))
            self._open[call.call_id] = Asked(call.digest, outcome.need, confirmed)

    def forget(self, call: ToolCall) -> None:
        """Drop the question of a call."""
        self._open.pop(call.call_id, None)
