"""Transitions for what the driver does: presses, speaks, stays silent, steers."""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.effects import Approve, Earcon, EndTurn, Purpose, StopSpeaking
from assistant.dialogue.events import Event, Heard
from assistant.dialogue.reports import ask_next_answer, continue_report, say_part
from assistant.dialogue.requests import begin, change, confirm, confirmed, elicit, next_request, park, proceed
from assistant.dialogue.speaking import (
    NO_SPEECH_SECONDS,
    WAITING,
    Step,
    join,
    listen,
    say,
    settle,
)
from assistant.dialogue.state import Mode, Request, State
from assistant.policy.consequences import inverse_call
from assistant.policy.driving import LIMITS, MOST_FAILED_TRIES, REPLY_SECONDS
from assistant.replies import (
    PROMPTS,
    asking,
    described_arguments,
    help_text,
    prompt,
    question_for,
    report,
    sentence,
    tool_title,
    which_tool,
)
from assistant.understanding.reading import Reading
from client.call import Need, Succeeded
from client.catalog import Tool


def reading_of(event: Event) -> Reading:
    """Return the reading of a `Heard`."""
    assert isinstance(event, Heard)
    return event.reading


# -- the key ---------------------------------------------------------------------------------------------------------


def press(state: State, event: Event) -> Step:
    """Push-to-talk: speaking or working -> interrupt and listen; listening -> end the turn; idle -> listen (V12)."""
    if state.listening:
        return state, (EndTurn(),)
    seconds = REPLY_SECONDS if state.mode in WAITING else NO_SPEECH_SECONDS
    mode = Mode.LISTENING if state.mode in (Mode.IDLE, Mode.REPORTING) else state.mode
    if state.speech:
        interrupted = replace(state, mode=mode, speech=0, rest=(), offer="")
        return join(listen(interrupted, seconds), StopSpeaking(), Earcon("barge_in"))
    return join(listen(replace(state, mode=mode), seconds), Earcon("listening"))


# -- requests --------------------------------------------------------------------------------------------------------


def new_request(state: State, event: Event) -> Step:
    """A fresh request."""
    return begin(replace(state, request=None), reading_of(event).interpretations, event.at)


def other_subject(state: State, event: Event) -> Step:
    """A new request while another waits for an answer: the other is put aside and offered afterwards."""
    return begin(park(state), reading_of(event).interpretations, event.at)


def queue_request(state: State, event: Event) -> Step:
    """A new request while a call is under way: it comes next."""
    best = reading_of(event).interpretations[0]
    waiting = (*state.waiting, Request(best.tool, best.arguments))
    return say(replace(state, waiting=waiting), prompt("queued"), Purpose.NOTICE)


def new_values(state: State, event: Event) -> Step:
    """New values for the request in hand: while confirming it is read back again before anything happens."""
    return change(state, reading_of(event).changes, event.at)


def choose(state: State, event: Event) -> Step:
    """One of the options, by position or name, or a yes to the only one."""
    choice = reading_of(event).choice
    index = choice if choice is not None else 0
    if not 0 <= index < len(state.options):
        return not_understood(state, event)
    option = state.options[index]
    if option.request is not None:
        return proceed(replace(state, request=option.request, options=()), event.at)
    if state.mode is Mode.ANSWERING:
        return ask_next_answer(replace(state, answers={**state.answers, state.asked: option.value}), event.at)
    return change(state, {state.asked: option.value}, event.at)


def answer_server(state: State, event: Event) -> Step:
    """Values for what the server asked."""
    return ask_next_answer(replace(state, answers={**state.answers, **reading_of(event).changes}), event.at)


# -- yes and no ------------------------------------------------------------------------------------------------------


def agree(state: State, event: Event) -> Step:
    """The yes that counts."""
    return confirmed(state, event.at)


def agree_too_early(state: State, event: Event) -> Step:
    """A yes before the read-back ended does not count: it is read back from the start."""
    tool = _tool(state)
    if tool is None:
        return proceed(state, event.at)
    return confirm(state, tool, event.at, prompt("too_early"))


def agree_to_server(state: State, event: Event) -> Step:
    """A yes to a changed tool: it is taken as it is now, and the call goes on from there."""
    assert state.wanted is not None
    if state.wanted.need is not Need.APPROVAL or state.request is None:
        return not_understood(state, event)
    tool = state.request.tool
    return join(proceed(replace(state, wanted=None), event.at), Approve(tool))


def refuse(state: State, event: Event) -> Step:
    """A no: nothing happens, and what was to follow is taken up."""
    return _close(replace(state, request=None), prompt("refused"))


def accept_offer(state: State, event: Event) -> Step:
    """A yes to "shall I go on?" or "shall I look?"."""
    return continue_report(state, event.at)


def decline_offer(state: State, event: Event) -> Step:
    """A no to an offer."""
    return join(next_request(replace(state, rest=(), offer="", listening=False), event.at), Earcon("done"))


# -- control words ---------------------------------------------------------------------------------------------------


def never_mind(state: State, event: Event) -> Step:
    """Drop everything that is pending."""
    return _close(replace(state, request=None, waiting=()), prompt("left"))


def nothing_to_drop(state: State, event: Event) -> Step:
    """Nothing is pending: be quiet."""
    return _quiet(state, event)


def stop(state: State, event: Event) -> Step:
    """Be quiet at once and drop everything that is pending."""
    return _quiet(state, event)


def _quiet(state: State, event: Event) -> Step:
    effects = (StopSpeaking(),) if state.speech else ()
    silent = replace(state, speech=0)
    return join(settle(silent, event.at, quietly=True), *effects, Earcon("done"))


def leave_call(state: State, event: Event) -> Step:
    """A call that is under way is not taken back: it ends and is reported."""
    return say(replace(state, waiting=()), prompt("on_its_way"), Purpose.NOTICE)


def hush_call(state: State, event: Event) -> Step:
    """Stop speaking while a call is under way; it ends and is reported."""
    return replace(state, speech=0, waiting=()), (StopSpeaking(), Earcon("done"))


def repeat(state: State, event: Event) -> Step:
    """Say the last thing again; a read-back counts as heard only when it has been played again."""
    if not state.last_said:
        return say(state, prompt("nothing_to_repeat"), Purpose.STATEMENT, mode=_after(state))
    if state.mode is Mode.CONFIRMING:
        return _ask_again(state, "", event.at)
    return say(state, state.last_said, Purpose.QUESTION, mode=_after(state))


def help_me(state: State, event: Event) -> Step:
    """Say what can be said here."""
    tool = _tool(state)
    if state.mode is Mode.CONFIRMING and tool is not None:
        return confirm(state, tool, event.at)
    if state.mode in (Mode.ELICITING, Mode.CHOOSING, Mode.ANSWERING):
        return say(state, _question_again(state), Purpose.QUESTION)
    most = LIMITS[state.driving].options
    titles = list(dict.fromkeys(tool_title(tool) for tool in state.catalog))[:most]
    return say(state, help_text(titles), Purpose.QUESTION, mode=_after(state))


def go_back(state: State, event: Event) -> Step:
    """Take back the last value given, or say that there is nothing before this."""
    if not state.earlier:
        if state.mode is Mode.CONFIRMING:
            return _ask_again(state, prompt("nothing_back"), event.at)
        return say(state, prompt("nothing_back"), Purpose.QUESTION, mode=_after(state))
    back = replace(state, request=replace(state.earlier[-1], call_id=""), earlier=state.earlier[:-1])
    if state.mode is Mode.CONFIRMING and (tool := _tool(back)) is not None:
        changed = [name for name in tool.properties if _differs(state, back, name)]
        if changed:
            return elicit(back, tool, changed[0])
    return proceed(back, event.at)


def _differs(state: State, back: State, name: str) -> bool:
    assert state.request is not None
    assert back.request is not None
    return state.request.arguments.get(name) != back.request.arguments.get(name)


def undo(state: State, event: Event) -> Step:
    """Take back the last call where its tool has an inverse; the inverse is confirmed like any other."""
    past = state.past
    if past is None or not isinstance(past.outcome, Succeeded):
        return say(state, prompt("nothing_to_undo"), Purpose.STATEMENT, mode=Mode.REPORTING)
    tool = state.catalog.find(f"{past.call.server}.{past.call.tool}")
    inverse = inverse_call(tool, past.call.arguments, past.outcome.result) if tool else None
    if inverse is None or state.catalog.find(inverse[0]) is None:
        return say(state, prompt("no_inverse"), Purpose.STATEMENT, mode=Mode.REPORTING)
    fresh = replace(state, request=Request(*inverse), earlier=(), asked="", options=(), tries=0)
    done = (
        f"{tool_title(tool)}, {described_arguments(tool, past.call.arguments, event.at, state.utc_offset)}"
        if tool
        else ""
    )
    return proceed(fresh, event.at, sentence(f"To reverse: {done}"))


def what_happened(state: State, event: Event) -> Step:
    """Say what became of the last call."""
    past = state.past
    tool = state.catalog.find(f"{past.call.server}.{past.call.tool}") if past else None
    if past is None or past.outcome is None or tool is None:
        return say(state, prompt("nothing_done"), Purpose.STATEMENT, mode=Mode.REPORTING)
    return say(state, report(tool, past.outcome, state.utc_offset), Purpose.STATEMENT, mode=Mode.REPORTING)


def more(state: State, event: Event) -> Step:
    """Go on with a long answer."""
    if not state.rest:
        return say(state, prompt("more_than_that"), Purpose.STATEMENT, mode=Mode.REPORTING)
    return say_part(replace(state, rest=()), state.rest)


# -- not understood, and silence -------------------------------------------------------------------------------------


def not_understood(state: State, event: Event) -> Step:
    """Three tries, each worded differently, then a way out (T6)."""
    if state.follow_up:
        return nobody_spoke(state, event)
    if not len(state.catalog) and state.mode not in WAITING:
        return say(state, help_text([]), Purpose.STATEMENT, mode=Mode.REPORTING)
    tries = state.tries + 1
    name = "not_understood" if state.mode not in WAITING else "not_understood_answer"
    if tries >= MOST_FAILED_TRIES:
        return _close(replace(state, request=None, waiting=()), prompt(name, tries - 1), "error")
    if state.mode not in WAITING:
        asked = say(state, prompt(name, tries - 1), Purpose.QUESTION, mode=Mode.LISTENING)
        return join((replace(asked[0], tries=tries), asked[1]), Earcon("error"))
    again = _ask_again(state, prompt(name, tries - 1), event.at)
    return join((replace(again[0], tries=tries), again[1]), Earcon("error"))


def not_understood_quietly(state: State, event: Event) -> Step:
    """Noise while a call is under way, or in the moment left open after a statement: nothing to answer."""
    return state, ()


def silence(state: State, event: Event) -> Step:
    """One shorter re-prompt, then the request is closed without acting, and that is said (T5)."""
    tries = state.tries + 1
    if tries > 1:
        return _close(replace(state, request=None, waiting=()), PROMPTS["silence"][-1])
    again = _ask_again(state, "", event.at, short=True)
    return replace(again[0], tries=tries), again[1]


def nobody_spoke(state: State, event: Event) -> Step:
    """Silence where no question waits: close the turn, or go on with what waits."""
    if state.follow_up or state.mode is Mode.REPORTING:
        return next_request(replace(state, offer="", rest=()), event.at)
    if state.tries:
        return _close(state, PROMPTS["silence"][-1])
    return settle(state, event.at)


def _ask_again(state: State, lead: str, at: float, *, short: bool = False) -> Step:
    tool = _tool(state)
    if state.mode is Mode.CONFIRMING and tool is not None:
        if short and state.question_heard and state.read_back_heard:
            return say(state, asking(tool), Purpose.READ_BACK)
        return confirm(state, tool, at, lead)
    text = " ".join(part for part in (lead, _question_again(state)) if part)
    return say(state, text, Purpose.QUESTION)


def _question_again(state: State) -> str:
    tool = _tool(state)
    if state.mode is Mode.CHOOSING:
        return which_tool([option.label for option in state.options])
    if state.mode is Mode.ANSWERING and state.wanted is not None and tool is not None:
        properties = state.wanted.schema.get("properties")
        schema = properties.get(state.asked) if isinstance(properties, dict) else None
        if isinstance(schema, dict):
            return question_for(tool, state.asked, schema)
    if tool is not None and state.asked:
        return question_for(tool, state.asked)
    return state.last_said


def _close(state: State, text: str, sign: str = "done") -> Step:
    """Say that it is over; the turn settles when that was heard."""
    closed = replace(state, asked="", options=(), wanted=None, answers={}, earlier=(), rest=(), offer="", tries=0)
    return join(say(closed, text, Purpose.STATEMENT, mode=Mode.REPORTING), Earcon(sign))


def _after(state: State) -> Mode:
    """Where a side question leads: a waiting question stays, anything else listens afterwards."""
    return state.mode if state.mode in WAITING or state.mode is Mode.CALLING else Mode.LISTENING


def _tool(state: State) -> Tool | None:
    return state.catalog.find(state.request.tool) if state.request is not None else None
