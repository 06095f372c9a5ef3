"""Tries a look-up once more if its server refused how a value was written.

Only read-only tools are tried again, and only once: a refused call with effects may have done something already.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.requests import proceed
from assistant.dialogue.speaking import Step
from assistant.dialogue.state import State
from assistant.dialogue.turns import Calling
from assistant.policy.sensitivity import assess
from assistant.understanding.slots.respelling import other_spelling
from client.calls.call_effects import has_effects
from client.catalog import Tool


def respelled(state: State, under_way: Calling, tool: Tool, complaint: str, at: float) -> Step | None:
    """Call again with the spelling that the refusal shows, and remember it for the tool; None if it shows none."""
    request, past = under_way.request, state.memory.past
    if request.respelled or (past is not None and past.agreed):
        return None
    if has_effects(tool) or assess(tool, request.arguments).sensitive:
        return None
    shown = other_spelling(tool, request.arguments, under_way.call.arguments, complaint, state.utc_offset)
    if not shown:
        return None
    known = {**state.memory.shown, tool.qualified: {**state.memory.shown.get(tool.qualified, {}), **shown}}
    again = replace(request, respelled=True, call_id="")
    return proceed(replace(state, memory=replace(state.memory, shown=known)), again, at)
