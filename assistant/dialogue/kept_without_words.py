"""Requests saved without their message text: stored on the device, and asked about once when the vehicle has parked.

Nothing is sent from here. A request that continues is read back and confirmed like any other.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.events import UnwordedFound
from assistant.dialogue.speaking import Step, join, on, say
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Earcon, Effect, Forget, Purpose, StartTimer
from assistant.dialogue.turns import Eliciting, Request
from assistant.policy.driving import DrivingState
from assistant.policy.timing import FOUND_SECONDS
from assistant.understanding.answers.dictated_words import free_words
from assistant.wording.replies import wish_without_words


@on(UnwordedFound)
def unworded_found(state: State, event: UnwordedFound) -> Step:
    """Load requests saved without their text. Ask about them when the car parks, or now if it is parked."""
    found = tuple(Request(one.tool, one.arguments, kept=one.id) for one in event.requests)
    parked = state.driving is DrivingState.PARKED
    number = state.counter + 1
    known = replace(
        state,
        counter=number,
        backlog=replace(state.backlog, unworded=() if parked else found, owed=found if parked else ()),
    )
    return known, (StartTimer("notices", number, FOUND_SECONDS),) if parked else ()


def by_driving(state: State) -> State:
    """Return the state with the saved requests moved to where they belong: they are asked about only while parked."""
    kept = (*state.backlog.owed, *state.backlog.unworded)
    parked = state.driving is DrivingState.PARKED
    return replace(state, backlog=replace(state.backlog, owed=kept if parked else (), unworded=() if parked else kept))


def ask_for_words(state: State) -> Step:
    """Take up the first request that waits for its text. Change nothing if no tool exists for any of them."""
    owed = state.backlog.owed
    for place, request in enumerate(owed):
        tool = state.catalog.find(request.tool)
        name = free_words(tool)
        if tool is None or not name:
            continue
        arguments = {key: value for key, value in request.arguments.items() if key != name}
        backlog = replace(state.backlog, owed=(*owed[:place], *owed[place + 1 :]))
        asking = Eliciting(replace(request, arguments=arguments), name)
        text = wish_without_words(tool, arguments)
        fresh = replace(state, backlog=backlog, tries=0)
        return join(say(fresh, text, Purpose.QUESTION, turn=asking), Earcon("done"))
    return state, ()


def heard_about(state: State) -> State:
    """Return the state after the question about a saved request was heard; the request is then no longer saved."""
    if state.request is None or not state.request.kept:
        return state
    return state.with_request(replace(state.request, kept=""))


def forgotten(before: State, after: State) -> tuple[Effect, ...]:
    """Return the effects that erase saved requests which the state no longer holds."""
    left = _kept_ids(after)
    return tuple(Forget(one) for one in _kept_ids(before) if one not in left)


def _kept_ids(state: State) -> list[str]:
    pending = (
        *state.backlog.unworded,
        *state.backlog.owed,
        *state.waiting,
        *((state.request,) if state.request else ()),
    )
    chosen = (option.request for option in (*state.options, *state.others) if option.request is not None)
    return list(dict.fromkeys(request.kept for request in (*pending, *chosen) if request.kept))
