"""Transitions for "you need not ask for that" and "ask me again before that".

The words mean the tool of the current request, else the tool called last. Policy decides whether a permission counts;
this module only asks to store it and says so.
"""

from __future__ import annotations

from dataclasses import replace

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
    """Stop asking about the tool, and say so. If a question about it is waiting, that question is still asked this
    once."""
    tool = _meant(state)
    if tool is None:
        return aside(state, prompt("nothing_meant"), event.at)
    if not assess(tool).sensitive:
        return aside(state, permission_told("not_asked", tool), event.at)
    if why_not_allowed(tool) or assess(replace(tool, allowed=True)).sensitive:
        return aside(state, permission_told("never_allowed", tool), event.at)
    return join(aside(state, permission_told("allowed", tool), event.at), Allow(tool.qualified, True))


def ask_in_future(state: State, event: Event) -> Step:
    """Remove the permission, and say so."""
    tool = _meant(state)
    if tool is None:
        return aside(state, prompt("nothing_meant"), event.at)
    if not assess(replace(tool, allowed=False)).sensitive:
        return aside(state, permission_told("not_asked", tool), event.at)
    return join(aside(state, permission_told("asks_first", tool), event.at), Allow(tool.qualified, False))


def _meant(state: State) -> Tool | None:
    """Return the tool of the current request, else the last tool that may have changed something, else the last tool
    called."""
    if (tool := pending_tool(state)) is not None:
        return tool
    past = state.memory.done or state.memory.past
    return state.catalog.find(f"{past.call.server}.{past.call.tool}") if past is not None else None
