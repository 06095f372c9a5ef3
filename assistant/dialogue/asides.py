"""Transitions for the control words: never mind, stop, repeat, slower, help, go back, undo, what happened, more.

After an aside, the pending question is asked again. An aside never drops a request and never replaces a read-back.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.events import Event, Heard, Noticed
from assistant.dialogue.questions import refusal
from assistant.dialogue.reports import say_part
from assistant.dialogue.requests import confirm, elicit, offer_options, park, proceed, question_of
from assistant.dialogue.speaking import WAITING, Step, join, on, say, settle, tell_notices
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Earcon, Purpose, SetLoudness, SetPace, StopSpeaking, TakeBack
from assistant.dialogue.turns import (
    Answering,
    Calling,
    Choosing,
    Confirming,
    Eliciting,
    Idle,
    Listening,
    Mode,
    Reporting,
    Request,
)
from assistant.policy.consequences import checking_call, inverse_call, reverses
from assistant.policy.timing import MOST_OPTIONS
from assistant.understanding.mood import Mood as Wanted
from assistant.wording.closing_questions import asking
from assistant.wording.prompts import prompt
from assistant.wording.replies import (
    asking_all,
    described_arguments,
    help_text,
    in_breaths,
    needs_text,
    no_services,
    question_for,
    report,
    sentence,
    tool_title,
    way_out_question,
    which_tool,
)
from client.call import Deferred, Need, NeedsInput, Succeeded, Unknown
from client.catalog import Tool

LOUDER, LOUDEST, QUIETEST = 1.5, 4.0, 0.1
"""The step and the limits of the loudness, as shares of the volume in the settings."""
SLOWER, SLOWEST, FASTER, FASTEST = 0.85, 0.6, 1.15, 1.3
"""The step and the limits of the speaking rate, as shares of the rate in the settings."""


REMAINING = "remaining"
"""Field of an answer that gives how many items are left; the same call, made again, returns them."""


def aside(state: State, text: str, at: float) -> Step:
    """Say something on the side, then return to the pending question, offer or call."""
    if state.mode in WAITING:
        question = question_again(state) if state.mode is not Mode.CONFIRMING else ""
        return ask_again(state, in_breaths(text, state.driving, beside=question)[0], at)
    if state.mode is Mode.CALLING:
        return say(state, in_breaths(text, state.driving)[0], Purpose.NOTICE)
    if state.offer == "check":
        return _offer_to_check(state, text)
    return say_part(state, (*in_breaths(text, state.driving), *state.rest), state.request)


def _offer_to_check(state: State, text: str) -> Step:
    """Say something, and offer to check how the last call ended."""
    first = in_breaths(text, state.driving)[0]
    offering = replace(state.still_reporting(), offer="check")
    return say(state, f"{first} {prompt('check')}", Purpose.STATEMENT, turn=offering)


def ask_again(state: State, lead: str, at: float, *, short: bool = False) -> Step:
    """Ask the waiting question again; `short` leaves out a read-back that the driver has already heard."""
    tool, turn = pending_tool(state), state.turn
    if isinstance(turn, Confirming) and tool is not None:
        if short and state.said.heard and state.said.read_back_heard:
            text = asking_all(turn.plan + 1) if turn.plan else asking(tool, turn.request.arguments)
            return say(state, text, Purpose.READ_BACK)
        return confirm(state, turn.request, tool, at, lead, turn.question)
    return say(state, " ".join(part for part in (lead, question_again(state)) if part), Purpose.QUESTION)


def question_again(state: State) -> str:
    """Return the waiting question without the sentences before it."""
    tool = pending_tool(state)
    match state.turn:
        case Choosing(options=options):
            if state.offers_ways_out:
                return way_out_question(len(options) > 1)
            return which_tool([option.label for option in options])
        case Answering(question=question, asked=asked) if tool is not None:
            return _server_question(tool, question.needs, asked)
        case Eliciting(request=request, asked=asked) if tool is not None:
            return question_of(request, tool, asked)
        case Idle() | Listening() | Eliciting() | Confirming() | Calling() | Answering() | Reporting():
            return state.said.text


def _server_question(tool: Tool, needs: NeedsInput, asked: str) -> str:
    """Return the question of a server: whether its changed tool may be used, or a field of its form."""
    if needs.need is Need.APPROVAL:
        return needs_text(tool, needs)
    properties = needs.schema.get("properties")
    schema = properties.get(asked) if isinstance(properties, dict) else None
    return question_for(tool, asked, schema) if isinstance(schema, dict) else question_for(tool, asked)


def pending_tool(state: State) -> Tool | None:
    """Return the tool of the current request."""
    return state.catalog.find(state.request.tool) if state.request is not None else None


def close(state: State, text: str, sign: str = "done", *, kept: Request | None = None) -> Step:
    """Say that the request is over; the turn closes after playback. The driver can still change or retry `kept`."""
    return join(say(state.for_another_subject(), text, Purpose.STATEMENT, turn=Reporting(kept)), Earcon(sign))


# -- leaving ---------------------------------------------------------------------------------------------------------


def never_mind(state: State, event: Event) -> Step:
    """Drop everything that is pending."""
    return close(replace(state, waiting=()), refusal(state, "left"))


def nothing_to_drop(state: State, event: Event) -> Step:
    """No question waits, so be quiet. If a request was put aside, or withdrawn in the same sentence, say that it is
    dropped."""
    taken_back = isinstance(event, Heard) and event.reading.mood is Wanted.DROP
    if state.waiting or taken_back:
        return never_mind(state, event)
    return stop(state, event)


def stop(state: State, event: Event) -> Step:
    """Be quiet at once and drop everything that is pending."""
    effects = (StopSpeaking(),) if state.said.playing else ()
    silent = state.silenced()
    return join(settle(silent, event.at, quietly=True), *effects, Earcon("done"))


def leave_call(state: State, event: Event) -> Step:
    """A running call cannot be withdrawn: it ends and is reported. Requests that wait behind it are dropped."""
    return say(replace(state, waiting=()), prompt("on_its_way"), Purpose.NOTICE)


def still_calling(state: State, event: Event) -> Step:
    """While a call is running, answer nothing else before its outcome."""
    return say(state, prompt("on_its_way"), Purpose.NOTICE)


def hush_call(state: State, event: Event) -> Step:
    """Stop speaking while a call is running; the call still ends and is reported."""
    return replace(state, said=replace(state.said, playing=0), waiting=()), (StopSpeaking(), Earcon("done"))


# -- hearing again ---------------------------------------------------------------------------------------------------


def repeat(state: State, event: Event) -> Step:
    """Say the last thing again. A read-back counts as heard only after it has been played again."""
    if not state.said.text:
        return aside(state, prompt("nothing_to_repeat"), event.at)
    if state.mode in WAITING:
        return ask_again(state, "", event.at)
    if state.mode is Mode.CALLING:
        return still_calling(state, event)  # the last thing said is a question that the driver has answered
    if state.offer == "check":
        return say(state, state.said.text, Purpose.STATEMENT, turn=state.still_reporting())
    last = state.said.text.removesuffix(prompt("go_on")).strip()
    return say_part(state, (*in_breaths(last, state.driving), *state.rest), state.request)


def slower(state: State, event: Event) -> Step:
    """Speak more slowly from now on, and repeat the last thing that way."""
    return _at_pace(state, event, max(SLOWEST, state.speaker.pace * SLOWER))


def faster(state: State, event: Event) -> Step:
    """Speak faster from now on, and repeat the last thing that way."""
    return _at_pace(state, event, min(FASTEST, state.speaker.pace * FASTER))


def _at_pace(state: State, event: Event, pace: float) -> Step:
    return join(repeat(replace(state, speaker=replace(state.speaker, pace=pace)), event), SetPace(pace))


def louder(state: State, event: Event) -> Step:
    """Speak louder from now on, and repeat the last thing that way."""
    return _at_loudness(state, event, min(LOUDEST, state.speaker.loudness * LOUDER))


def quieter(state: State, event: Event) -> Step:
    """Speak more quietly from now on, and repeat the last thing that way."""
    return _at_loudness(state, event, max(QUIETEST, state.speaker.loudness / LOUDER))


def _at_loudness(state: State, event: Event, loudness: float) -> Step:
    return join(repeat(replace(state, speaker=replace(state.speaker, loudness=loudness)), event), SetLoudness(loudness))


def help_me(state: State, event: Event) -> Step:
    """Say what the driver can say now."""
    if state.mode in WAITING:
        return ask_again(state, prompt(f"help_{state.mode.value}"), event.at)
    if state.mode is Mode.CALLING:
        return still_calling(state, event)
    if not len(state.catalog):
        return say(state, no_services(), Purpose.STATEMENT, turn=state.still_reporting())
    sayable = event.reading.sayable if isinstance(event, Heard) else ()
    return say(state, help_text(sayable), Purpose.QUESTION, turn=state.still_listening())


def more(state: State, event: Event) -> Step:
    """Go on with a long answer, or with the options of a question."""
    turn, others = state.turn, state.others
    if isinstance(turn, Choosing) and others:
        return offer_options(state, others, turn.request)
    if isinstance(turn, Eliciting | Answering) and others:
        offered = replace(turn, options=others[:MOST_OPTIONS], others=others[MOST_OPTIONS:])
        return say(state, which_tool([option.label for option in offered.options]), Purpose.QUESTION, turn=offered)
    if state.mode in WAITING:
        return aside(state, prompt("more_than_that"), event.at)
    if not state.rest and (again := _asked_for_the_rest(state)) is not None:
        return proceed(state, again, event.at)
    if not state.rest:
        return say(state, prompt("more_than_that"), Purpose.STATEMENT, turn=state.still_reporting())
    return say_part(state, state.rest, state.request)


def _asked_for_the_rest(state: State) -> Request | None:
    """Return the last call, to be made again, if its answer said that items are left; else None.

    Policy decides anew whether the call needs a yes, as for every request.
    """
    past = state.memory.past
    if past is None or not isinstance(past.outcome, Succeeded) or not isinstance(past.outcome.result, dict):
        return None
    remaining = past.outcome.result.get(REMAINING)
    tool = state.catalog.of(past.call.server, past.call.tool)
    if tool is None or not tool.trusted or isinstance(remaining, bool) or not isinstance(remaining, int):
        return None
    return Request(tool.qualified, dict(past.call.arguments)) if remaining > 0 else None


# -- going back ------------------------------------------------------------------------------------------------------


def go_back(state: State, event: Event) -> Step:
    """Take back the last value that the driver gave, or say that there is none."""
    laid_aside = state.memory.laid_aside
    if not state.earlier and laid_aside is not None and state.mode not in WAITING:
        again = replace(state, memory=replace(state.memory, laid_aside=None))
        tool = state.catalog.find(laid_aside.tool)
        lead = f"{prompt('earlier')} {tool_title(tool)}." if tool is not None else ""
        return proceed(again, laid_aside, event.at, lead)
    if not state.earlier:
        return aside(state, prompt("nothing_back"), event.at)
    back = replace(state, earlier=state.earlier[:-1])
    former = replace(state.earlier[-1], call_id="", consent=None)
    tool = state.catalog.find(former.tool)
    if isinstance(state.turn, Confirming) and tool is not None:
        now = state.turn.request.arguments
        changed = [name for name in tool.properties if now.get(name) != former.arguments.get(name)]
        if changed:
            return elicit(back, former, tool, changed[0])
    return proceed(back, former, event.at)


def undo(state: State, event: Event) -> Step:
    """Undo the last effect if its tool names an inverse; the inverse is confirmed like any other call."""
    if state.backlog.unworded and state.said.text == prompt("words_kept"):  # the request was saved a moment ago
        return aside(
            replace(state, backlog=replace(state.backlog, unworded=state.backlog.unworded[:-1])),
            prompt("taken_back"),
            event.at,
        )
    past = state.memory.done
    if past is not None and isinstance(past.outcome, Deferred):
        return join(aside(state, prompt("taking_back"), event.at), TakeBack(past.call.call_id))
    if past is None or not isinstance(past.outcome, Succeeded):
        return aside(state, prompt("nothing_to_undo"), event.at)
    tool = state.catalog.of(past.call.server, past.call.tool)
    inverse = inverse_call(tool, past.call.arguments, past.outcome.result) if tool else None
    reversing = state.catalog.find(inverse[0]) if inverse is not None else None
    if tool is None or inverse is None or reversing is None or not reverses(tool, reversing):
        return aside(state, prompt("no_inverse"), event.at)
    fresh = park(state).for_another_subject()
    done = described_arguments(tool, past.call.arguments, event.at, state.utc_offset)
    what = f"{tool_title(tool)}, {done}" if done else tool_title(tool)
    lead = sentence(f"{prompt('reversing')} {what}")
    return proceed(fresh, Request(*inverse, alone=True), event.at, lead)


def what_happened(state: State, event: Event) -> Step:
    """Say how the last call ended; if nobody knows, offer to check."""
    past = state.memory.done or state.memory.past
    tool = state.catalog.of(past.call.server, past.call.tool) if past else None
    if past is None or past.outcome is None or tool is None:
        return aside(state, prompt("nothing_done"), event.at)
    done = described_arguments(tool, past.call.arguments, event.at, state.utc_offset)
    text = report(tool, past.outcome, state.utc_offset, event.at)
    if isinstance(past.outcome, Deferred):
        text = sentence(f"{prompt('still_kept')} {tool_title(tool)}")
    elif isinstance(past.outcome, Succeeded) and not text.startswith(tool_title(tool)) and done:
        text = f"{sentence(f'{tool_title(tool)}, {done}')} {text}"
    can_check = isinstance(past.outcome, Unknown) and checking_call(state.catalog, tool, past.call.arguments)
    if can_check and state.mode not in WAITING:
        return _offer_to_check(state, text)
    return aside(state, text, event.at)


# -- speaking up unasked ---------------------------------------------------------------------------------------------


def hush_announcements(state: State, event: Event) -> Step:
    """From now on, speak only when asked; safety warnings and the ends of confirmed calls are still reported."""
    return aside(replace(state, speaker=replace(state.speaker, announces=False)), prompt("quiet_from_now"), event.at)


def allow_announcements(state: State, event: Event) -> Step:
    """Speak unasked again."""
    return aside(replace(state, speaker=replace(state.speaker, announces=True)), prompt("announcing"), event.at)


@on(Noticed)
def noticed(state: State, event: Noticed) -> Step:
    """Something that the driver should hear unasked. A safety warning is spoken at once; other news waits until nothing
    else is going on, and is dropped if the driver wants silence."""
    text = sentence(event.text)
    if event.safety:
        return aside(state, text, event.at) if state.mode is not Mode.IDLE else say(state, text, Purpose.NOTICE)
    if event.asked:
        return tell_notices(replace(state, backlog=state.backlog.with_due(text)), event.at)
    if not state.speaker.announces or text in state.backlog.notices:
        return state, ()
    return tell_notices(replace(state, backlog=state.backlog.with_notices(text)), event.at)
