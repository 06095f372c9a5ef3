"""Transitions for clauses that ask for no action: refusals, questions that no tool answers, and "undo" with a named
act.

None of them calls a tool with effects. Afterwards the pending question is asked again, unless the driver refused it.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.asides import aside, ask_again, close, leave_call, undo
from assistant.dialogue.driver_answers import reading_of, refuse
from assistant.dialogue.events import Event
from assistant.dialogue.speaking import WAITING, Step, join, say
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Purpose, TakeBack
from assistant.dialogue.turns import Mode
from assistant.understanding.mood_words import Mood
from assistant.wording.languages import wording
from assistant.wording.prompts import prompt
from client.call import Deferred


def refused_deed(state: State, event: Event) -> Step:
    """The driver does not want something done. Drop what waits for a yes, a value or the network; otherwise only
    acknowledge it."""
    about = set(reading_of(event).about)
    if state.mode in WAITING:
        return refuse(state, event)
    waiting = tuple(request for request in state.waiting if request.tool not in about)
    left = replace(state.without_offer(), waiting=waiting)
    if state.mode is Mode.CALLING:
        return leave_call(left, event)
    done = state.memory.done
    if done is not None and isinstance(done.outcome, Deferred) and f"{done.call.server}.{done.call.tool}" in about:
        return join(aside(left, prompt("taking_back"), event.at), TakeBack(done.call.call_id))
    return close(left, prompt("refused", state.counter), kept=state.request)


def cannot_tell(state: State, event: Event) -> Step:
    """A question that no tool can answer, or an action that should wait for something else: say so and do nothing."""
    name = "cannot_wait" if reading_of(event).mood is Mood.WAIT else "cannot_tell"
    return aside(state, prompt(name, state.counter), event.at)


def only_one_half(state: State, event: Event) -> Step:
    """The tool only does the opposite, or cannot use something that the driver said: say so and call
    nothing.
    """
    half = reading_of(event).half
    if half is None:
        return cannot_tell(state, event)
    name = "one_half" if half.can else "no_half"
    return aside(state, wording().text("told", name, can=half.can, cannot=half.cannot), event.at)


def beyond(state: State, event: Event) -> Step:
    """No tool does what the driver asked for: say so, and offer nothing instead."""
    reading = reading_of(event)
    if (why := reading.obstacle) is not None:
        return aside(state, wording().text("told", why.sentence, **why.names), event.at)
    return aside(state, wording().text("told", "beyond", deed=reading.beyond), event.at)


def thanked(state: State, event: Event) -> Step:
    """Answer the driver's thanks. Ask the pending question again, because thanks are no yes."""
    if state.mode in WAITING:
        return ask_again(state, "", event.at)
    return aside(state, prompt("thanked", state.counter), event.at)


def greeted(state: State, event: Event) -> Step:
    """Answer a greeting with a question, and ask the pending question again."""
    if state.mode in WAITING:
        return ask_again(state, "", event.at)
    return say(state, prompt("greeted", state.counter), Purpose.QUESTION, turn=state.still_listening())


def undo_named(state: State, event: Event) -> Step:
    """The driver names an action to undo: undo it only if it was the last one."""
    done = state.memory.done
    if done is not None and f"{done.call.server}.{done.call.tool}" in reading_of(event).about:
        return undo(state, event)
    return aside(state, prompt("no_inverse" if done is not None else "nothing_to_undo"), event.at)
