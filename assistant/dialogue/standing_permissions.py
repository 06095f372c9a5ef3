"""Transitions for "you need not ask for that" and "ask me again before that".

Which tool is meant is the one in hand, else the last one that was called. Whether a permission counts is policy's
word; here it is only asked for and told.
"""

from __future__ import annotations

from assistant.dialogue.asides import aside, pending_tool
from assistant.dialogue.events import Event
from assistant.dialogue.speaking import Step, join
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Allow
from assistant.policy.sensitivity import assess, why_not_allowed
from assistant.wording.prompts import prompt
from assistant.wording.replies import permission_told
from client.catalog import Tool


def stop_asking(state: State, event: Event) -> Step:
    """Ask about the tool no more, and say so; a question about it that waits is still asked this once."""
    tool = _meant(state)
    if tool is None:
        return aside(state, prompt("nothing_meant"), event.at)
    if why_not_allowed(tool):
        return aside(state, permission_told("never_allowed", tool), event.at)
    if not assess(tool).sensitive:
        return aside(state, permission_told("not_asked", tool), event.at)
    return join(aside(state, permission_told("allowed", tool), event.at), Allow(tool.qualified, True))


def ask_in_future(state: State, event: Event) -> Step:
    """Take a permission back, and say so."""
    tool = _meant(state)
    if tool is None:
        return aside(state, prompt("nothing_meant"), event.at)
    return join(aside(state, permission_told("asks_first", tool), event.at), Allow(tool.qualified, False))


def _meant(state: State) -> Tool | None:
    """Return the tool in hand, else the last one that may have changed something, else the last one called."""
    if (tool := pending_tool(state)) is not None:
        return tool
    past = state.memory.done or state.memory.past
    return state.catalog.find(f"{past.call.server}.{past.call.tool}") if past is not None else None
