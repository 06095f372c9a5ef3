"""Requests that were open when McQueen ended: each is offered once after the next start, and read back anew.

A yes to the offer is no consent. If the driver asks for something else first, the old request is not offered.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.events import UnfinishedFound
from assistant.dialogue.speaking import Step, on, say
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Purpose
from assistant.dialogue.turns import Mode, Reporting, Request
from assistant.wording.replies import wish_unfinished

UNFINISHED = "unfinished"
"""The meaning of a yes while a request is offered again."""


@on(UnfinishedFound)
def unfinished_found(state: State, event: UnfinishedFound) -> Step:
    """This request was open when McQueen ended: offer to continue it as soon as its tool is known."""
    if state.mode is not Mode.IDLE:
        return state, ()  # the driver has begun something else
    requests = tuple(Request(one.tool, one.arguments, named=one.named) for one in event.requests)
    known = replace(state, backlog=replace(state.backlog, unfinished=requests))
    return offer_to_go_on(known) if may_offer(known) else (known, ())


def may_offer(state: State) -> bool:
    """Return whether a request can be offered now: nothing else is going on, and its tool is known."""
    unfinished = state.backlog.unfinished
    if not unfinished or state.mode is not Mode.IDLE or state.said.playing:
        return False
    return state.catalog.find(unfinished[0].tool) is not None


def offer_to_go_on(state: State) -> Step:
    """Ask whether to continue the first request."""
    first, *following = state.backlog.unfinished
    tool = state.catalog.find(first.tool)
    if tool is None:
        return state, ()
    offered = replace(state, backlog=replace(state.backlog, unfinished=tuple(following)))
    return say(offered, wish_unfinished(tool), Purpose.QUESTION, turn=Reporting(first, (), UNFINISHED))
