"""Whether a yes covers a call: it was given, for exactly this call, and not too long ago by any clock.

It spends no yes and asks nobody; the policy decides what needs a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from client.call import Consent, Need, NeedsInput, ToolCall
from client.calls.call_refusals import consent_wanted
from client.calls.server_questions import Asked
from client.catalog import Tool
from client.clock import Clock
from client.values import JSON

_EARLY = 5.0
"""Seconds by which a yes may seem to be in the future."""
_SET_BACK = 1.0
"""Seconds by which the wall clock must fall behind the monotonic one to count as set back."""


class ConsentCheck:
    """Checks the yes of each call of one `ToolClient`."""

    def __init__(self, clock: Clock, needs_consent: Callable[[Tool, Mapping[str, JSON]], bool], longest: float) -> None:
        """`longest` is the greatest age of a yes in seconds."""
        self._clock = clock
        self._needs_consent = needs_consent
        self._longest = longest
        self._ahead = clock.now() - clock.monotonic()

    def problem(self, call: ToolCall, tool: Tool, consent: Consent | None, asked: Asked | None) -> NeedsInput | None:
        """Return the request for a yes; None if the call has the yes that it needs."""
        set_back = self._was_set_back()
        if consent is None:
            if asked is not None and asked.need is not Need.CONSENT and asked.confirmed:
                return None  # the yes was given before the server asked for more
            wanted = asked is not None and asked.need is Need.CONSENT
            if not wanted and not self._needs_consent(tool, call.arguments):
                return None
            return consent_wanted("consent_missing", f"{tool.name} needs a yes first.", tool)
        if consent.digest != call.digest_now():
            return consent_wanted("consent_mismatch", f"The yes was for another call than this {tool.name}.", tool)
        age = self._clock.now() - consent.given_at
        if set_back or not -_EARLY <= age <= self._longest:
            return consent_wanted("consent_expired", f"The yes for {tool.name} is too old.", tool)
        return None

    def _was_set_back(self) -> bool:
        """Return whether the wall clock was set back since the last call: then nobody knows how old a yes is."""
        ahead = self._clock.now() - self._clock.monotonic()
        fell, self._ahead = self._ahead - ahead, ahead
        return fell > _SET_BACK
