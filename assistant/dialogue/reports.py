"""Transitions for events that the driver does not cause: playback ends, calls end, deliveries, timers, network,
vehicle."""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.events import (
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
from assistant.dialogue.requests import (
    confirm,
    next_request,
    proceed,
)
from assistant.dialogue.speaking import (
    Step,
    join,
    listen,
    on,
    question_ended,
    say,
    tell_notices,
)
from assistant.dialogue.state import PastCall, State
from assistant.dialogue.table_effects import Earcon, Purpose, StartTimer
from assistant.dialogue.turns import Answering, Calling, Confirming, Eliciting, Listening, Mode, Reporting, Request
from assistant.dialogue.unfinished_requests import UNFINISHED, may_offer, offer_to_go_on
from assistant.policy.consequences import checking_call
from assistant.policy.driving import DrivingState
from assistant.policy.timing import (
    BUSY_AGAIN_SECONDS,
    FOLLOW_UP_SECONDS,
    OFFER_SECONDS,
    REOPEN_SECONDS,
    REPLY_SECONDS,
)
from assistant.wording.prompts import prompt
from assistant.wording.replies import (
    delivered_text,
    in_breaths,
    progress_text,
    tool_title,
)
from client.call import CallError, Deferred, Failed, Need, Succeeded
from client.catalog import Catalog
from client.schemas.tool_names import parted_name


def nothing(state: State, event: Event) -> Step:
    """Change nothing: the event belongs to something that has ended, or does not matter in this state."""
    return state, ()


# -- playback --------------------------------------------------------------------------------------------------------


def asked(state: State, event: Event) -> Step:
    """A question was played to its end: wait for the answer."""
    return question_ended(heard_about(state), event.at)


def ready_to_listen(state: State, event: Event) -> Step:
    """A prompt that invites a request was played: listen."""
    return listen(state.silenced(), REPLY_SECONDS, pause=REOPEN_SECONDS)


@on(SpeechEnded)
def cut_short(state: State, event: SpeechEnded) -> Step:
    """Playback was interrupted. The unheard question does not count as asked, and the driver may speak."""
    silent = replace(state, said=replace(state.said, playing=0, heard=False, reading_back=False))
    if state.mode in (Mode.IDLE, Mode.CALLING):
        return silent, ()
    if state.mode is Mode.REPORTING:
        return told(silent, event)
    return listen(silent, REPLY_SECONDS, pause=REOPEN_SECONDS)


def spoken_while_calling(state: State, event: Event) -> Step:
    """A remark was played while a call is running."""
    return state.silenced(), ()


def told(state: State, event: Event) -> Step:
    """A report was played: wait for the answer to its offer, take up the next request, or give the driver a moment to
    go on."""
    silent = state.silenced()
    if silent.offer:
        return listen(silent, OFFER_SECONDS, pause=REOPEN_SECONDS, follow_up=True)
    if silent.waiting:
        return next_request(silent, event.at)
    open_moment = replace(silent, turn=Listening(silent.request))
    return listen(open_moment, FOLLOW_UP_SECONDS, pause=REOPEN_SECONDS, follow_up=True)


def notice_told(state: State, event: Event) -> Step:
    """A notice was played: say the next one, if any."""
    return tell_notices(state.silenced(), event.at)


# -- long answers -----------------------------------------------------------------------------------------------------


def say_part(state: State, parts: tuple[str, ...], kept: Request | None = None) -> Step:
    """Say the first part of a long answer, and offer the rest. The driver can still change or retry `kept`."""
    first, rest = parts[0], parts[1:]
    if not rest:
        return say(state, first, Purpose.STATEMENT, turn=Reporting(kept))
    offering = Reporting(kept, rest, "more")
    return say(state, f"{first} {prompt('go_on')}", Purpose.STATEMENT, turn=offering)


def continue_report(state: State, at: float) -> Step:
    """Do what McQueen offered."""
    if state.offer == "more" and state.rest:
        return say_part(state, state.rest, state.request)
    if state.offer == UNFINISHED and state.request is not None:
        following = state.backlog.unfinished
        begun = replace(state, waiting=following, backlog=replace(state.backlog, unfinished=()))
        return proceed(begun.for_another_subject(), state.request, at)
    if state.offer == "check" and state.memory.done is not None:
        tool = state.catalog.of(state.memory.done.call.server, state.memory.done.call.tool)
        check = checking_call(state.catalog, tool, state.memory.done.call.arguments) if tool else None
        if check is not None:
            return proceed(state, Request(*check), at)
    return next_request(state, at)


# -- time, network, vehicle, services --------------------------------------------------------------------------------


def still_working(state: State, event: Event) -> Step:
    """The call takes long: say so before two seconds are over (T2, promise 4), and later report its progress."""
    under_way, text = state.turn, prompt("working", state.counter)
    if not isinstance(under_way, Calling):
        return state, ()
    if under_way.progress is not None:
        text = f"{text} {progress_text(under_way.progress)}"
    again = StartTimer("busy", under_way.busy, BUSY_AGAIN_SECONDS)
    return join(say(state, text, Purpose.NOTICE), Earcon("working"), again)


def progressed(state: State, event: Event) -> Step:
    """Store the call's progress, for displays and for the next report of it."""
    match state.turn, event:
        case Calling() as under_way, Progressed(share=share):
            return replace(state, turn=replace(under_way, progress=share)), ()
        case _:
            return nothing(state, event)


def quiet_time_over(state: State, event: Event) -> Step:
    """Say the notices that were held back; then ask again about calls that waited too long for the network."""
    ready = state.mode is Mode.IDLE and not (state.said.playing or state.backlog.due or state.backlog.notices)
    if ready and not state.backlog.stale and state.backlog.owed:
        return ask_for_words(state)
    quiet = state.driving is DrivingState.MOVING and event.at < state.backlog.quiet_until
    if not ready or not state.backlog.stale or quiet:
        return tell_notices(state, event.at)
    first, *others = state.backlog.stale
    tool = state.catalog.find(first.tool)
    asking = replace(state, backlog=replace(state.backlog, stale=tuple(others)))
    if tool is None:
        return tell_notices(asking, event.at)
    return join(confirm(asking, first, tool, event.at, first.doubt or prompt("went_stale")), Earcon("done"))


@on(TakenBack)
def taken_back(state: State, event: TakenBack) -> Step:
    """Say whether the waiting call could be taken back. The driver asked, so the quiet time does not delay this."""
    text = prompt("taken_back" if event.done else "on_its_way")
    done = state.memory.done
    if event.done and done is not None and done.call.call_id == event.call_id:
        state = replace(state, memory=replace(state.memory, done=None))
    return tell_notices(replace(state, backlog=state.backlog.with_due(text)), event.at)


@on(Delivered)
def delivered(state: State, event: Delivered) -> Step:
    """A deferred call was sent, or failed: report it now if nothing else is going on, else afterwards."""
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


@on(CatalogChanged)
def catalog_changed(state: State, event: CatalogChanged) -> Step:
    """The tools changed. If the tool of a read-back or of an approval question changed too, read back or ask again."""
    renewed = replace(state, catalog=event.catalog, waiting=_still_agreed(state, event.catalog))
    turn = state.turn
    if renewed.backlog.unfinished and may_offer(renewed):
        return offer_to_go_on(renewed)
    if not isinstance(turn, Confirming | Eliciting | Answering):
        return tell_notices(renewed, event.at) if renewed.backlog.owed else (renewed, ())
    before, after = state.catalog.find(turn.request.tool), event.catalog.find(turn.request.tool)
    if after is None:
        return proceed(replace(renewed, tries=0), turn.request, event.at)  # the read-back says that the service is gone
    approving = isinstance(turn, Answering) and turn.question.needs.need is Need.APPROVAL
    if not isinstance(turn, Confirming) and not approving:
        return renewed, ()
    same = before is not None and before.fingerprint == after.fingerprint
    planned = state.waiting[: state.plan]
    if same and planned == renewed.waiting[: state.plan] and all(event.catalog.find(each.tool) for each in planned):
        return renewed, ()
    return proceed(replace(renewed, tries=0), turn.request, event.at)


def _still_agreed(state: State, catalog: Catalog) -> tuple[Request, ...]:
    """Return the waiting requests; a request whose tool has changed must be confirmed again."""

    def same(name: str) -> bool:
        before, after = state.catalog.find(name), catalog.find(name)
        return before is not None and after is not None and before.fingerprint == after.fingerprint

    return tuple(request if same(request.tool) else replace(request, consent=None) for request in state.waiting)


@on(NetworkChanged)
def network_changed(state: State, event: NetworkChanged) -> Step:
    """The network came or went. Pending requests stay; running calls notice by themselves."""
    return replace(state, online=event.online), ()


@on(DrivingChanged)
def driving_changed(state: State, event: DrivingChanged) -> Step:
    """The vehicle parked, stopped or moved off: apply the new limits at once, and say notices that waited for
    parking.
    """
    changed = by_driving(replace(state, driving=event.driving))
    if isinstance(state.turn, Listening | Reporting) and state.turn.rest:
        rest = in_breaths(" ".join(state.turn.rest), event.driving)
        changed = replace(changed, turn=replace(state.turn, rest=rest))
    if event.driving is DrivingState.PARKED and state.backlog.when_parked:
        told = changed.backlog.with_notices(*state.backlog.when_parked)
        changed = replace(changed, backlog=replace(told, when_parked=()))
    return tell_notices(changed, event.at) if event.driving is DrivingState.PARKED else (changed, ())
