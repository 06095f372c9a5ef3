"""Transitions for a tool that takes one sentence after another: each is repeated back, and "that's all" ends them.

If no tool serves a sentence, McQueen says so at once and does not take it. Nothing is done yet: the whole list is read
back like any request.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.asides import ask_again, close, pending_tool
from assistant.dialogue.events import Event, Heard
from assistant.dialogue.requests import proceed
from assistant.dialogue.speaking import Step, join
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Earcon
from assistant.policy.driving import DrivingState
from assistant.policy.timing import MOST_FAILED_TRIES, SENTENCES_ON_THE_ROAD
from assistant.understanding.answers.sentence_lists import most_sentences, told_sentences
from assistant.wording.languages import wording
from assistant.wording.prompts import prompt
from assistant.wording.replies import sentence
from client.values import JSON


def taken(state: State, event: Event) -> Step:
    """Take the sentence, repeat it, and ask for the next one. When the list is full, it ends."""
    request, tool = state.request, pending_tool(state)
    if request is None or tool is None:
        return state, ()
    told = (*told_sentences(tool, request.arguments), _said(event))
    arguments: dict[str, JSON] = {**request.arguments, state.asked: [*told]}
    parked = state.driving is DrivingState.PARKED
    whole = len(told) >= (most_sentences(tool) if parked else SENTENCES_ON_THE_ROAD)
    changed = replace(request, arguments=arguments, whole=whole, call_id="", consent=None)
    noted = replace(state, earlier=(*state.earlier, request), tries=0)
    lead = sentence(_said(event))
    if whole and not parked:
        lead = f"{lead} {prompt('enough_on_the_road')}"
    return proceed(noted, changed, event.at, lead)


def not_taken(state: State, event: Event) -> Step:
    """Say that no tool does that, or that a value is missing, and ask for another sentence; at most three times
    (T6).
    """
    problem = event.reading.next_sentence.problem if isinstance(event, Heard) and event.reading.next_sentence else ""
    tries = state.tries + 1
    if tries >= MOST_FAILED_TRIES:
        return close(replace(state, waiting=()), prompt("not_understood_answer", tries - 1), "error")
    why = wording().text("told", f"sentence_{problem}", said=_said(event))
    again = ask_again(state, sentence(why), event.at)
    return join((replace(again[0], tries=tries), again[1]), Earcon("error"))


def no_more(state: State, event: Event) -> Step:
    """Go on with the sentences so far; without any sentence there is nothing to go on with."""
    request = state.request
    if request is None or not told_sentences(pending_tool(state), request.arguments):
        return ask_again(state, "", event.at)
    return proceed(state, replace(request, whole=True), event.at)


def _said(event: Event) -> str:
    return event.reading.next_sentence.text if isinstance(event, Heard) and event.reading.next_sentence else ""
