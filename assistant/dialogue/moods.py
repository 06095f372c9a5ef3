"""Transitions for clauses that want nothing done: refusals, questions that nothing answers, and the taking back of a
deed that is named.

None of them calls a tool that changes something. What waits for an answer is asked again afterwards, unless refused.
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
    """Something is not to be done: what waits for a yes or a value, or for the network, is left; else that is said."""
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
    """A question that no tool answers by looking, or a deed that would have to wait for something: nothing is done."""
    name = "cannot_wait" if reading_of(event).mood is Mood.WAIT else "cannot_tell"
    return aside(state, prompt(name, state.counter), event.at)


def only_one_half(state: State, event: Event) -> Step:
    """A tool does the opposite of what was asked, or cannot take up what was said: that is told, and nothing called."""
    half = reading_of(event).half
    if half is None:
        return cannot_tell(state, event)
    name = "one_half" if half.can else "no_half"
    return aside(state, wording().text("told", name, can=half.can, cannot=half.cannot), event.at)


def beyond(state: State, event: Event) -> Step:
    """Something is asked for that no tool does: that is told, and nothing is offered in its place."""
    reading = reading_of(event)
    if (why := reading.obstacle) is not None:
        return aside(state, wording().text("told", why.sentence, **why.names), event.at)
    return aside(state, wording().text("told", "beyond", deed=reading.beyond), event.at)


def thanked(state: State, event: Event) -> Step:
    """Thanks are answered; what waits is asked again, for thanks are no yes."""
    if state.mode in WAITING:
        return ask_again(state, "", event.at)
    return aside(state, prompt("thanked", state.counter), event.at)


def greeted(state: State, event: Event) -> Step:
    """A greeting is answered with a question, and what waits is asked again."""
    if state.mode in WAITING:
        return ask_again(state, "", event.at)
    return say(state, prompt("greeted", state.counter), Purpose.QUESTION, turn=state.still_listening())


def undo_named(state: State, event: Event) -> Step:
    """A deed that is named is to be taken back: only if it was the last one."""
    done = state.memory.done
    if done is not None and f"{done.call.server}.{done.call.tool}" in reading_of(event).about:
        return undo(state, event)
    return aside(state, prompt("no_inverse" if done is not None else "nothing_to_undo"), event.at)
