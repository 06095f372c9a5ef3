"""Requests that were asked about when McQueen ended: offered once after the next start, and read back anew.

A yes to the offer is no consent. Whoever asks for something else first is not asked about the old request any more.
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
"""What a yes means where a request is offered so."""


@on(UnfinishedFound)
def unfinished_found(state: State, event: UnfinishedFound) -> Step:
    """This was being asked when McQueen ended: offer to go on, as soon as the tool for it is known."""
    if state.mode is not Mode.IDLE:
        return state, ()  # the driver is at something else already
    requests = tuple(Request(one.tool, one.arguments, named=one.named) for one in event.requests)
    known = replace(state, backlog=replace(state.backlog, unfinished=requests))
    return offer_to_go_on(known) if may_offer(known) else (known, ())


def may_offer(state: State) -> bool:
    """Return whether there is a request to offer now: nothing else is going on, and its tool is known."""
    unfinished = state.backlog.unfinished
    if not unfinished or state.mode is not Mode.IDLE or state.said.playing:
        return False
    return state.catalog.find(unfinished[0].tool) is not None


def offer_to_go_on(state: State) -> Step:
    """Ask whether to go on with the first one."""
    first, *following = state.backlog.unfinished
    tool = state.catalog.find(first.tool)
    if tool is None:
        return state, ()
    offered = replace(state, backlog=replace(state.backlog, unfinished=tuple(following)))
    return say(offered, wish_unfinished(tool), Purpose.QUESTION, turn=Reporting(first, (), UNFINISHED))
