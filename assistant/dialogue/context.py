"""The context of the conversation that understanding and the recognizer's grammar receive. Pure."""

from __future__ import annotations

from assistant.dialogue.forms import open_form
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode, Request
from assistant.understanding.answers.dictated_words import blank_of
from assistant.understanding.reading import Context, Profile


def context_of(state: State, now: float, profile: Profile, here: str = "") -> Context:
    """Return the context in which the next utterance is understood."""
    request = state.request
    past = state.memory.past if request is None else None
    asking = open_form(state) if state.asked or state.mode is Mode.CONFIRMING else None
    form = asking.needs.schema if asking is not None else {}
    return Context(
        now=now,
        utc_offset=state.utc_offset,
        pending_tool=request.tool if request else "",
        pending_arguments=request.arguments if request else {},
        asked=state.asked,
        confirming=state.mode is Mode.CONFIRMING or bool(state.offer) or state.offers_ways_out,
        options=tuple(option.label for option in state.options),
        here=here,
        profile=profile,
        previous_tool=past.call.qualified if past is not None else "",
        previous_arguments=past.call.arguments if past is not None else {},
        results=tuple(item.name for item in state.memory.results),
        result_properties=tuple(item.properties for item in state.memory.results),
        codes=state.memory.facts.codes,
        recent=state.memory.sent,
        blank=blank_of(request.sentence) if request is not None else "",
        form=form,
        goal_tool=_goal(request),
    )


def _goal(request: Request | None) -> str:
    """Return the tool that the driver wants in the end: the current request's, or that of the request it is a look-up
    for."""
    while request is not None and request.goal is not None:
        request = request.goal
    return request.tool if request is not None else ""
