"""Transitions for what happens without the driver: playback ends, calls end, deliveries, timers, network, vehicle."""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue import questions
from assistant.dialogue.events import (
    CallEnded,
    CatalogChanged,
    Delivered,
    DrivingChanged,
    Event,
    NetworkChanged,
    Progressed,
    SpeechEnded,
    TakenBack,
)
from assistant.dialogue.kept_without_words import ask_for_words, by_driving, heard_about
from assistant.dialogue.plans import found_out
from assistant.dialogue.requests import (
    confirm,
    elicit,
    next_request,
    proceed,
    without_consents,
)
from assistant.dialogue.respelling_calls import respelled
from assistant.dialogue.speaking import (
    Step,
    join,
    listen,
    question_ended,
    say,
    tell_notices,
)
from assistant.dialogue.state import Mode, PastCall, Request, State
from assistant.dialogue.table_effects import Earcon, Purpose, Show, StartTimer
from assistant.policy.consequences import checking_call
from assistant.policy.driving import DrivingState
from assistant.policy.results import items_of
from assistant.policy.timing import (
    BUSY_AGAIN_SECONDS,
    FOLLOW_UP_SECONDS,
    MOST_FAILED_LOOK_UPS,
    OFFER_SECONDS,
    REOPEN_SECONDS,
    REPLY_SECONDS,
)
from assistant.wording.prompts import prompt
from assistant.wording.replies import (
    answer_parts,
    delivered_text,
    in_breaths,
    progress_text,
    refused,
    report,
    sentence,
    shown_only,
    tool_title,
)
from assistant.wording.results.failures import cause
from assistant.wording.spoken_values import SpokenClock
from client.call import CallError, Deferred, Failed, Need, Outcome, Sent, Succeeded, Unknown
from client.calls.call_effects import has_effects
from client.catalog import Catalog, Tool
from client.schemas.tool_names import parted_name

_REFUSED_BY_TOOL = ("tool_error", "invalid_arguments")


def nothing(state: State, event: Event) -> Step:
    """Leave everything as it is: the event belongs to something that is over, or concerns nobody now."""
    return state, ()


# -- playback --------------------------------------------------------------------------------------------------------


def asked(state: State, event: Event) -> Step:
    """A question was heard to its end: wait for the answer."""
    return question_ended(heard_about(state), event.at)


def ready_to_listen(state: State, event: Event) -> Step:
    """A prompt that invites a request was heard: listen."""
    return listen(state.silenced(), REPLY_SECONDS, pause=REOPEN_SECONDS)


def cut_short(state: State, event: Event) -> Step:
    """Playback broke off: what was not heard does not count as asked, and the driver may speak."""
    assert isinstance(event, SpeechEnded)
    silent = replace(state, said=replace(state.said, playing=0, heard=False, reading_back=False))
    if state.mode in (Mode.IDLE, Mode.CALLING):
        return silent, ()
    if state.mode is Mode.REPORTING:
        return told(silent, event)
    return listen(silent, REPLY_SECONDS, pause=REOPEN_SECONDS)


def spoken_while_calling(state: State, event: Event) -> Step:
    """A word on the side was heard while a call is under way."""
    return state.silenced(), ()


def told(state: State, event: Event) -> Step:
    """A report was heard: wait for the answer to its offer, take up what waits, or leave a moment to go on."""
    silent = state.silenced()
    if silent.offer:
        return listen(silent, OFFER_SECONDS, pause=REOPEN_SECONDS, follow_up=True)
    if silent.waiting:
        return next_request(silent, event.at)
    open_moment = replace(silent, mode=Mode.LISTENING)
    return listen(open_moment, FOLLOW_UP_SECONDS, pause=REOPEN_SECONDS, follow_up=True)


def notice_told(state: State, event: Event) -> Step:
    """A notice was heard: tell the next one, if any."""
    return tell_notices(state.silenced(), event.at)


# -- outcomes --------------------------------------------------------------------------------------------------------


def succeeded(state: State, event: Event) -> Step:
    """Report what came back, one breath at a time."""
    tool, outcome, remembered = _ended(state, event)
    if tool is None:
        return say(remembered, prompt("done"), Purpose.STATEMENT, mode=Mode.REPORTING)
    assert isinstance(outcome, Succeeded)
    clock = SpokenClock(event.at, state.utc_offset)
    if refusal := refused(tool, outcome, clock):
        failure = Failed(CallError("tool_error", refusal, Sent.YES))
        again = respelled(remembered, tool, str(outcome.result), event.at)
        again = again or _look_up_failed(remembered, tool, failure)
        if again is not None:
            return again
        kept = _open_again(remembered)
        return join(say_part(kept, in_breaths(refusal, state.driving)), Earcon("error"))
    remembered = found_out(remembered, tool, outcome.result)
    if remembered.request is not None and remembered.request.goal is not None:
        return _towards_goal(remembered, tool, outcome, event.at)
    listed = items_of(outcome.result) or remembered.memory.results
    done = replace(
        remembered, request=None, server_asks=None, earlier=(), memory=replace(remembered.memory, results=listed)
    )
    if tool.trusted and isinstance(outcome.result, dict) and outcome.result.get("visible") is True:
        # The driver sees it happen and hears no words; a face without sound still has them to show.
        shown = in_breaths(report(tool, outcome, state.utc_offset, event.at), state.driving)[0]
        return join(next_request(done, event.at), Show(shown), Earcon("done"))
    telling = say_part(done, answer_parts(tool, outcome, clock, state.driving))
    seen = shown_only(tool, outcome, clock) if state.driving is DrivingState.PARKED else ""
    return join(telling, Earcon("done"), *((Show(seen),) if seen else ()))


def _open_again(state: State) -> State:
    """Keep the request of a call that did not work, so that it can be changed or tried again."""
    request = replace(state.request, call_id="") if state.request else None
    return replace(state, request=request, server_asks=None, waiting=without_consents(state.waiting))


def _towards_goal(state: State, tool: Tool, outcome: Succeeded, at: float) -> Step:
    """Go on with what was looked up for, and say what was found where it is one thing; several are asked about."""
    assert state.request is not None
    goal = state.request.goal
    assert goal is not None
    several = len(items_of(outcome.result) or ()) > 1
    found = "" if several else in_breaths(report(tool, outcome, state.utc_offset, at), state.driving)[0]
    return proceed(replace(state, request=goal, server_asks=None), at, found)


def _look_up_failed(state: State, tool: Tool, outcome: Failed) -> Step | None:
    """Ask again for what a look-up was given, where its server did not know it; None where that is no use."""
    request = state.request
    if request is None or request.goal is None or outcome.error.code not in _REFUSED_BY_TOOL:
        return None
    told = next((name for name in reversed(tool.required) if name in request.arguments), "")
    if not told or request.failures >= MOST_FAILED_LOOK_UPS:
        return None
    arguments = {name: value for name, value in request.arguments.items() if name != told}
    given = {name: values for name, values in request.goal.given.items() if name != request.tool}
    again = replace(
        request, arguments=arguments, call_id="", failures=request.failures + 1, goal=replace(request.goal, given=given)
    )
    asking = elicit(replace(state, request=again), tool, told, cause(outcome.error.message, tool))
    return join(asking, Earcon("error"))


def failed(state: State, event: Event) -> Step:
    """Say what went wrong; ask again for values that the server did not take; keep the request open for a change."""
    tool, outcome, remembered = _ended(state, event)
    assert isinstance(outcome, Failed)
    remembered = replace(remembered, waiting=without_consents(remembered.waiting))
    if tool is None:
        return say(remembered, sentence(outcome.error.message), Purpose.STATEMENT, mode=Mode.REPORTING)
    code = outcome.error.code
    again = respelled(remembered, tool, outcome.error.message, event.at) if code in _REFUSED_BY_TOOL else None
    again = again or _look_up_failed(remembered, tool, outcome)
    if again is not None:
        return again
    request = remembered.request
    names = [name for name in outcome.error.names if name in tool.properties]
    if outcome.error.code == "invalid_arguments" and names and request is not None:
        arguments = {name: value for name, value in request.arguments.items() if name not in names}
        open_again = replace(remembered, request=replace(request, arguments=arguments, call_id=""))
        return join(elicit(open_again, tool, names[0], cause(outcome.error.message, tool)), Earcon("error"))
    kept = _open_again(remembered)
    return join(say_part(kept, in_breaths(report(tool, outcome, state.utc_offset), state.driving)), Earcon("error"))


def deferred(state: State, event: Event) -> Step:
    """Say that it is kept and will be done."""
    tool, outcome, remembered = _ended(state, event)
    text = report(tool, outcome, state.utc_offset) if tool else prompt("kept")
    kept = replace(remembered, request=None, earlier=())
    return join(say(kept, text, Purpose.STATEMENT, mode=Mode.REPORTING), Earcon("done"))


def unknown(state: State, event: Event) -> Step:
    """Say that nobody knows, and offer to look where a tool of the same server can tell (promise 2)."""
    tool, outcome, remembered = _ended(state, event)
    assert isinstance(outcome, Unknown)
    lost = replace(remembered, request=None, earlier=(), waiting=without_consents(remembered.waiting))
    if tool is None:
        return say(lost, prompt("lost"), Purpose.STATEMENT, mode=Mode.REPORTING)
    text = report(tool, outcome, state.utc_offset)
    assert lost.memory.past is not None
    if checking_call(state.catalog, tool, lost.memory.past.call.arguments) is None:
        return join(say(lost, text, Purpose.STATEMENT, mode=Mode.REPORTING), Earcon("error"))
    offering = replace(lost, offer="check")
    return join(say(offering, f"{text} {prompt('check')}", Purpose.STATEMENT, mode=Mode.REPORTING), Earcon("error"))


def input_wanted(state: State, event: Event) -> Step:
    """The server asks for something first."""
    tool, _, remembered = _ended(state, event)
    return questions.input_wanted(remembered, event, tool)


def _ended(state: State, event: Event) -> tuple[Tool | None, Outcome, State]:
    assert isinstance(event, CallEnded)
    past = replace(state.memory.past, outcome=event.outcome) if state.memory.past else None
    tool = state.catalog.find(state.request.tool) if state.request else None
    done = past if past is not None and (tool is None or has_effects(tool)) else state.memory.done
    return tool, event.outcome, replace(state, memory=replace(state.memory, past=past, done=done), tries=0)


def hold_outcome(state: State, event: Event) -> Step:
    """The driver is speaking: what came of the call is told when they have finished (V13)."""
    assert isinstance(event, CallEnded)
    return replace(state, held=event), ()


def say_part(state: State, parts: tuple[str, ...]) -> Step:
    """Say the first part of a long answer, and offer the rest."""
    first, rest = parts[0], parts[1:]
    if not rest:
        return say(replace(state, rest=(), offer=""), first, Purpose.STATEMENT, mode=Mode.REPORTING)
    offering = replace(state, rest=rest, offer="more")
    return say(offering, f"{first} {prompt('go_on')}", Purpose.STATEMENT, mode=Mode.REPORTING)


def continue_report(state: State, at: float) -> Step:
    """Do what was offered."""
    if state.offer == "more" and state.rest:
        return say_part(replace(state, offer="", rest=()), state.rest)
    if state.offer == "check" and state.memory.done is not None:
        tool = state.catalog.of(state.memory.done.call.server, state.memory.done.call.tool)
        check = checking_call(state.catalog, tool, state.memory.done.call.arguments) if tool else None
        if check is not None:
            return proceed(replace(state, offer="", request=Request(*check)), at)
    return next_request(replace(state, offer="", rest=()), at)


# -- time, network, vehicle, services --------------------------------------------------------------------------------


def still_working(state: State, event: Event) -> Step:
    """The call takes long: say so before two seconds are over (T2, promise 4), and later how far it is."""
    text = prompt("working", state.counter)
    if state.progress is not None:
        text = f"{text} {progress_text(state.progress)}"
    again = StartTimer("busy", state.busy, BUSY_AGAIN_SECONDS)
    return join(say(state, text, Purpose.NOTICE), Earcon("working"), again)


def progressed(state: State, event: Event) -> Step:
    """Note how far the call is, for whoever looks and for the next word about it."""
    assert isinstance(event, Progressed)
    return replace(state, progress=event.share), ()


def quiet_time_over(state: State, event: Event) -> Step:
    """Tell what was kept back; then ask again about what waited too long for the network."""
    ready = state.mode is Mode.IDLE and not (state.said.playing or state.backlog.due or state.backlog.notices)
    if ready and not state.backlog.stale and state.backlog.owed:
        return ask_for_words(state)
    quiet = state.driving is DrivingState.MOVING and event.at < state.backlog.quiet_until
    if not ready or not state.backlog.stale or quiet:
        return tell_notices(state, event.at)
    first, *others = state.backlog.stale
    tool = state.catalog.find(first.tool)
    asking = replace(state, request=first, backlog=replace(state.backlog, stale=tuple(others)))
    if tool is None:
        return tell_notices(replace(asking, request=None), event.at)
    return join(confirm(asking, tool, event.at, first.doubt or prompt("went_stale")), Earcon("done"))


def taken_back(state: State, event: Event) -> Step:
    """Tell whether what waited could be taken back; the driver asked, so no quiet time keeps it."""
    assert isinstance(event, TakenBack)
    text = prompt("taken_back" if event.done else "on_its_way")
    done = state.memory.done
    if event.done and done is not None and done.call.call_id == event.call_id:
        state = replace(state, memory=replace(state.memory, done=None))
    return tell_notices(replace(state, backlog=state.backlog.with_due(text)), event.at)


def delivered(state: State, event: Event) -> Step:
    """A deferred call went out, or could not: told at once when nothing else is going on, else afterwards."""
    assert isinstance(event, Delivered)
    tool = state.catalog.find(event.tool)
    title = tool_title(tool) if tool else parted_name(event.tool)[1]
    if event.stale and tool is not None:
        again = Request(event.tool, event.arguments, alone=True, doubt=event.doubt)
        noted = replace(state, backlog=replace(state.backlog, stale=(*state.backlog.stale, again)))
    else:
        told = delivered_text(title, event.succeeded, event.reason)
        noted = replace(state, backlog=state.backlog.with_notices(told))
    done = state.memory.done
    if done is not None and isinstance(done.outcome, Deferred) and _is_call(done, event):
        outcome = Succeeded(None) if event.succeeded else Failed(CallError("not_delivered", event.reason))
        noted = replace(noted, memory=replace(noted.memory, done=PastCall(done.call, outcome)))
    return tell_notices(noted, event.at)


def _is_call(past: PastCall, event: Delivered) -> bool:
    name = past.call.qualified
    return name == event.tool and dict(past.call.arguments) == dict(event.arguments)


def catalog_changed(state: State, event: Event) -> Step:
    """Other tools: a read-back, or a question whether a changed tool may be used, is made again if it changed since."""
    assert isinstance(event, CatalogChanged)
    renewed = replace(state, catalog=event.catalog, waiting=_still_agreed(state, event.catalog))
    if state.request is None or state.mode not in (Mode.CONFIRMING, Mode.ELICITING, Mode.ANSWERING):
        return tell_notices(renewed, event.at) if renewed.backlog.owed else (renewed, ())
    if event.catalog.find(state.request.tool) is None:
        return proceed(replace(renewed, tries=0), event.at)  # it says that the service is gone
    asks = state.server_asks
    approving = state.mode is Mode.ANSWERING and asks is not None and asks.needs.need is Need.APPROVAL
    if state.mode is not Mode.CONFIRMING and not approving:
        return renewed, ()
    before, after = state.catalog.find(state.request.tool), event.catalog.find(state.request.tool)
    same = before is not None and after is not None and before.fingerprint == after.fingerprint
    planned = state.waiting[: state.plan]
    if same and planned == renewed.waiting[: state.plan] and all(event.catalog.find(each.tool) for each in planned):
        return renewed, ()
    return proceed(replace(renewed, tries=0, server_asks=None if approving else renewed.server_asks), event.at)


def _still_agreed(state: State, catalog: Catalog) -> tuple[Request, ...]:
    """Return what waits; a tool that is not the same any more is asked about again."""

    def same(name: str) -> bool:
        before, after = state.catalog.find(name), catalog.find(name)
        return before is not None and after is not None and before.fingerprint == after.fingerprint

    return tuple(request if same(request.tool) else replace(request, consent=None) for request in state.waiting)


def network_changed(state: State, event: Event) -> Step:
    """The network came or went; what is pending stays, and calls find out for themselves."""
    assert isinstance(event, NetworkChanged)
    return replace(state, online=event.online), ()


def driving_changed(state: State, event: Event) -> Step:
    """The vehicle parked, stopped or moved off: limits change at once; notices that waited for parking are told."""
    assert isinstance(event, DrivingChanged)
    changed = by_driving(replace(state, driving=event.driving))
    if state.rest:
        changed = replace(changed, rest=in_breaths(" ".join(state.rest), event.driving))
    if event.driving is DrivingState.PARKED and state.backlog.when_parked:
        told = changed.backlog.with_notices(*state.backlog.when_parked)
        changed = replace(changed, backlog=replace(told, when_parked=()))
    return tell_notices(changed, event.at) if event.driving is DrivingState.PARKED else (changed, ())
