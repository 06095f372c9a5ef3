"""Transitions for the driver's actions: pressing the key, speaking, staying silent, and control words."""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue import dictation_turns
from assistant.dialogue.asides import ask_again, close, pending_tool
from assistant.dialogue.events import Event, Heard
from assistant.dialogue.forms import open_form
from assistant.dialogue.plans import names_results
from assistant.dialogue.questions import ask_next_answer, refusal
from assistant.dialogue.reports import continue_report
from assistant.dialogue.requests import (
    begin,
    change,
    confirm,
    confirmed,
    next_request,
    park,
    proceed,
    request_of,
)
from assistant.dialogue.speaking import WAITING, Step, join, listen, say, settle
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Approve, Earcon, EndTurn, Purpose, StopSpeaking
from assistant.dialogue.turns import Answering, Confirming, Mode, Request
from assistant.policy.timing import MOST_FAILED_TRIES, MOST_MISSED_WORDS, NO_SPEECH_SECONDS, REPLY_SECONDS
from assistant.understanding.answers.dictated_words import free_words
from assistant.understanding.reading import Control, Reading
from assistant.wording.prompts import LAST, prompt
from assistant.wording.replies import no_services, which_place, why_not
from client.call import Need
from client.calls.server_forms import form_fields


def reading_of(event: Event) -> Reading:
    """Return the reading of a `Heard`; that of any other event is empty."""
    return event.reading if isinstance(event, Heard) else Reading()


# -- the key ---------------------------------------------------------------------------------------------------------


def press(state: State, event: Event) -> Step:
    """Push-to-talk: speaking or working -> interrupt and listen; listening -> end the turn; idle -> listen (V12)."""
    if state.listening:
        return state, (EndTurn(),)
    seconds = REPLY_SECONDS if state.mode in WAITING else NO_SPEECH_SECONDS
    turn = state.still_listening() if state.mode in (Mode.IDLE, Mode.REPORTING) else state.turn
    if state.said.playing:
        interrupted = replace(state.silenced(), turn=turn)
        return join(listen(interrupted, seconds), StopSpeaking(), Earcon("barge_in"))
    return join(listen(replace(state, turn=turn), seconds), Earcon("listening"))


# -- requests --------------------------------------------------------------------------------------------------------


def new_request(state: State, event: Event) -> Step:
    """A fresh request."""
    return begin(state, reading_of(event).interpretations, event.at)


def other_subject(state: State, event: Event) -> Step:
    """A new request while another waits for an answer: the earlier one is put aside and offered afterwards."""
    best = reading_of(event).interpretations[0]
    request = state.request
    if request is not None and best.tool == request.tool and request.goal is not None:  # the whole look-up
        return change(state, request, best.arguments, event.at, reading_of(event).beside)
    if request is not None and best.tool == request.tool:  # the same request again: not asked twice
        return begin(dictation_turns.turned_down(state), reading_of(event).interpretations, event.at)
    if reading_of(event).refuses:  # "don't send it, call her": the waiting request is refused, not put aside
        return begin(state, reading_of(event).interpretations, event.at)
    return begin(park(state), reading_of(event).interpretations, event.at)


def queue_request(state: State, event: Event) -> Step:
    """A new request while a call is running: it comes next."""
    best = reading_of(event).interpretations[0]
    wanted = request_of(state, best)
    if any(_same(wanted, other) for other in (state.request, *state.waiting)):
        return say(state, prompt("on_its_way"), Purpose.NOTICE)
    waiting = (*state.waiting, wanted)
    return say(replace(state, waiting=waiting), prompt("queued"), Purpose.NOTICE)


def _same(one: Request, other: Request | None) -> bool:
    return other is not None and one.tool == other.tool and dict(one.arguments) == dict(other.arguments)


def new_values(state: State, event: Event) -> Step:
    """New values for the current request. If it is being confirmed, it is read back again before anything happens."""
    request = state.request
    if open_form(state) is not None:
        return answer_server(state, event)
    if request is None or not isinstance(event, Heard):
        return not_understood(state, event)
    reading = event.reading
    changes = reading.changes
    if names_results(state):  # the id behind a name comes from the results, never from words
        changes = {name: value for name, value in changes.items() if name != state.asked}
    request, changes = dictation_turns.corrected(state, request, event, dict(changes))
    lead = prompt("near_message") if reading.near else ""
    return change(state, request, changes, event.at, reading.beside, lead=lead)


def words_after_all(state: State, event: Event) -> Step:
    """The driver dictates the message after all. While choosing between tools, a bare value picks nothing."""
    if state.offers_ways_out:
        return new_values(state, event)
    return not_understood(state, event)


def choose(state: State, event: Event) -> Step:
    """One of the options, by position or name, or a yes to the only one."""
    choice = reading_of(event).choice
    index = choice if choice is not None else 0
    if not 0 <= index < len(state.options):
        return not_understood(state, event)
    option, request, turn = state.options[index], state.request, state.turn
    if option.request is not None:
        return proceed(state, option.request, event.at)
    if request is None:
        return not_understood(state, event)
    if option.way is not None:
        return dictation_turns.take(state, request, option.way)
    if isinstance(turn, Answering):
        return ask_next_answer(state, request, turn.question.with_answers({turn.asked: option.value}), event.at)
    named = {state.asked: option.label} if names_results(state) else {}
    return change(state, request, {state.asked: option.value}, event.at, named=named)


def yes_to_a_choice(state: State, event: Event) -> Step:
    """A yes takes the only option, or the first alternative to a message text.

    If there are several other options, it takes none; they are repeated with their numbers.
    """
    options = state.options
    if len(options) == 1 or reading_of(event).choice is not None or state.offers_ways_out:
        return choose(state, event)
    tries = state.tries + 1
    if tries >= MOST_FAILED_TRIES:
        return not_understood(state, event)
    return say(replace(state, tries=tries), which_place([option.label for option in options]), Purpose.QUESTION)


def choose_in_plan(state: State, event: Event) -> Step:
    """Several requests were read back together: "not the second" leaves it out; "the second" takes it alone first."""
    reading = reading_of(event)
    index = reading.choice if reading.choice is not None else 0
    turn = state.turn
    if not isinstance(turn, Confirming) or not turn.plan or not 0 <= index <= turn.plan:
        return not_understood(state, event)
    planned = [turn.request, *state.waiting[: turn.plan]]
    rest = state.waiting[turn.plan :]
    chosen = planned.pop(index)
    if reading.control is Control.NO:
        following = (*planned[1:], *rest)
        return proceed(replace(state, waiting=following), planned[0], event.at)
    alone = replace(chosen, alone=True)
    others = tuple(replace(request, alone=True) for request in planned)
    return proceed(replace(state, waiting=(*others, *rest)), alone, event.at)


def answer_server(state: State, event: Event) -> Step:
    """Values for the server's question."""
    turn = state.turn
    if not isinstance(turn, Confirming | Answering) or turn.question is None:
        return not_understood(state, event)
    return ask_next_answer(state, turn.request, turn.question.with_answers(reading_of(event).changes), event.at)


# -- yes and no ------------------------------------------------------------------------------------------------------


def agree(state: State, event: Event) -> Step:
    """The yes that counts."""
    return confirmed(state, state.turn, event.at) if isinstance(state.turn, Confirming) else (state, ())


def agree_too_early(state: State, event: Event) -> Step:
    """A yes before the end of the read-back does not count: the read-back starts again."""
    turn, tool = state.turn, pending_tool(state)
    if not isinstance(turn, Confirming):
        return ask_again(state, "", event.at)
    if tool is None:
        return proceed(state, turn.request, event.at)
    late = state.said.heard and state.said.read_back_heard
    return confirm(state, turn.request, tool, event.at, prompt("too_late" if late else "too_early"), turn.question)


def agree_to_server(state: State, event: Event) -> Step:
    """A yes to a changed tool: approve exactly the version that was asked about, and go on with the call."""
    turn, tool = state.turn, pending_tool(state)
    if not isinstance(turn, Answering) or turn.question.needs.need is not Need.APPROVAL:
        return not_understood(state, event)
    approved = () if tool is None else (Approve(tool.qualified, tool.fingerprint),)
    return join(proceed(state, turn.request, event.at), *approved)


def refuse(state: State, event: Event) -> Step:
    """A no: nothing happens, and the next waiting request is taken up."""
    left = state.waiting[state.plan :]
    if state.mode is Mode.CONFIRMING and not state.plan:
        state = dictation_turns.turned_down(state)
        lost = dictation_turns.at_a_loss(state, state.request.missed if state.request is not None else 0)
        if lost is not None:
            return lost
    return close(replace(state, waiting=left), refusal(state, "refused"))


def accept_offer(state: State, event: Event) -> Step:
    """A yes to "shall I go on?" or "shall I look?"."""
    if not state.offer and state.mode is Mode.LISTENING:
        return not_understood(state, event)
    return continue_report(state, event.at)


def decline_offer(state: State, event: Event) -> Step:
    """A no to an offer, or a no without a question."""
    return join(next_request(replace(state, listening=False), event.at), Earcon("done"))


# -- not understood, and silence -------------------------------------------------------------------------------------


def not_understood(state: State, event: Event) -> Step:
    """Three tries, each worded differently, then a way out (T6)."""
    if state.follow_up and not state.tries:
        return nobody_spoke(state, event)
    if not len(state.catalog) and state.mode not in WAITING:
        return say(state, no_services(), Purpose.STATEMENT, turn=state.still_reporting())
    tries = state.tries + 1
    name = _apology(state)
    lost = _lost_words(state, event, name, tries)
    if lost is not None:
        return join((replace(lost[0], tries=tries), lost[1]), Earcon("error"))
    if tries >= MOST_FAILED_TRIES:
        return close(replace(state, waiting=()), prompt(name, tries - 1), "error")
    if state.mode not in WAITING:
        asked = say(state, prompt(name, tries - 1), Purpose.QUESTION, turn=state.still_listening())
        return join((replace(asked[0], tries=tries), asked[1]), Earcon("error"))
    again = ask_again(state, _reason(state, event) or prompt(name, tries - 1), event.at)
    return join((replace(again[0], tries=tries), again[1]), Earcon("error"))


def _apology(state: State) -> str:
    """Return the prompt that says that nothing was understood; for message text it names the words that were
    recognized."""
    if state.mode not in WAITING:
        return "not_understood"
    free = state.mode is Mode.ELICITING and state.asked == free_words(pending_tool(state)) != ""
    return "words_not_got" if free else "not_understood_answer"


def _lost_words(state: State, event: Event, name: str, tries: int) -> Step | None:
    """Return the alternatives if the message text, or its correction, failed once too often."""
    request = state.request
    if request is None or tries >= MOST_FAILED_TRIES or request.sentence:
        return None
    if name == "words_not_got":
        return dictation_turns.at_a_loss(state, max(tries, request.missed + 1))
    unheard = isinstance(event, Heard) and bool(event.reading.dictated)  # repeated, and not understood
    lost = state.mode is Mode.CONFIRMING and (unheard or (request.dictated and tries > 1))
    return dictation_turns.at_a_loss(state, MOST_MISSED_WORDS) if lost else None


def _reason(state: State, event: Event) -> str:
    """Return why a value that the driver gave cannot be used; "" if none was wrong."""
    wrong = event.reading.invalid if isinstance(event, Heard) else {}
    tool, form = pending_tool(state), open_form(state)
    fields = form_fields(form.needs.schema) if form is not None else tool.properties if tool is not None else {}
    return next((why_not(fields[name], value) for name, value in wrong.items() if name in fields), "")


def not_understood_quietly(state: State, event: Event) -> Step:
    """Noise during a call, or while the microphone is open after a statement: no question waits."""
    return state, ()


def silence(state: State, event: Event) -> Step:
    """Ask once more, shorter; then close the request without acting, and say so (T5)."""
    tries = state.tries + 1
    if state.request is not None and state.request.offered and state.mode is not Mode.CONFIRMING:
        return next_request(park(state), event.at)
    if tries > 1:
        return close(replace(state, waiting=()), prompt("silence", LAST))
    again = ask_again(state, "", event.at, short=True)
    return replace(again[0], tries=tries), again[1]


def nobody_spoke(state: State, event: Event) -> Step:
    """Silence while no question waits: close the turn, or go on with the next waiting request."""
    if state.follow_up or state.waiting or state.mode is Mode.REPORTING:
        return next_request(state, event.at)
    if state.tries:
        return close(state, prompt("silence", LAST), kept=state.request)
    return settle(state, event.at)
