"""What understanding and the recognizer's grammar are told about the conversation. Pure."""

from __future__ import annotations

from assistant.dialogue.state import Mode, State
from assistant.understanding.reading import Context, Profile


def context_of(state: State, now: float, profile: Profile, here: str = "") -> Context:
    """Return the context in which the next utterance is understood."""
    request = state.request
    return Context(
        now=now,
        utc_offset=state.utc_offset,
        pending_tool=request.tool if request else "",
        pending_arguments=request.arguments if request else {},
        asked=state.asked,
        confirming=state.mode is Mode.CONFIRMING or bool(state.offer),
        options=tuple(option.label for option in state.options),
        here=here,
        profile=profile,
    )
