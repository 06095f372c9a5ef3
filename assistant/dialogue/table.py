"""The turn as a table: every mode, everything that can happen in it, what is done, and where it may lead.

`step` is pure and total: the same state and event give the same answer, no event raises, and what is not for this state
leaves it as it was. The tests, the error messages and the diagram in the docs read the same table. What does not fit a
table (which of several triggers an utterance is) stands in `classify`, and only there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from assistant.dialogue import answers, asides, reports
from assistant.dialogue.effects import Earcon, Effect
from assistant.dialogue.events import (
    CallEnded,
    CatalogChanged,
    Delivered,
    DrivingChanged,
    Event,
    Heard,
    NetworkChanged,
    NothingHeard,
    Noticed,
    PushToTalk,
    SpeechEnded,
    TimerFired,
)
from assistant.dialogue.requests import without_consents
from assistant.dialogue.speaking import Step
from assistant.dialogue.state import Mode, State
from assistant.understanding.reading import Control, Reading
from client.call import Deferred, Failed, Need, NeedsInput, Succeeded, Unknown


class Trigger(StrEnum):
    """What an event means in a state."""

    PRESS = "press"
    REQUEST = "request"
    CHANGE = "change"
    CHOICE = "choice"
    YES = "yes"
    EARLY_YES = "early yes"
    NO = "no"
    NEVER_MIND = "never mind"
    STOP = "stop"
    REPEAT = "repeat"
    SLOWER = "slower"
    FASTER = "faster"
    HELP = "help"
    GO_BACK = "go back"
    UNDO = "undo"
    WHAT_HAPPENED = "what happened"
    MORE = "more"
    HUSH = "no announcements"
    ANNOUNCE = "announcements"
    NOT_UNDERSTOOD = "not understood"
    SILENCE = "silence"
    SPOKEN = "spoken"
    CUT_SHORT = "cut short"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NEEDS_INPUT = "needs input"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    HELD = "held"
    SLOW = "slow"
    QUIET_OVER = "quiet over"
    DELIVERED = "delivered"
    CATALOG = "catalog"
    NETWORK = "network"
    DRIVING = "driving"
    NOTICED = "noticed"
    STALE = "stale"


class Transition(NamedTuple):
    """What is done, and every mode that it may lead to."""

    do: Callable[[State, Event], Step]
    to: frozenset[Mode]


_WORK = (Mode.CHOOSING, Mode.ELICITING, Mode.CONFIRMING, Mode.CALLING, Mode.LISTENING, Mode.REPORTING)
"""Where taking up a request may lead."""
_NEXT = (*_WORK, Mode.IDLE)
"""Where ending one may lead: the next one, or none."""


def _to(do: Callable[[State, Event], Step], *modes: Mode) -> Transition:
    return Transition(do, frozenset(modes))


def _everywhere(mode: Mode) -> dict[Trigger, Transition]:
    """What happens the same way in every mode, unless its own rows say otherwise."""
    return {
        Trigger.PRESS: _to(answers.press, mode, *((Mode.LISTENING,) if mode in (Mode.IDLE, Mode.REPORTING) else ())),
        Trigger.REQUEST: _to(answers.new_request, *_WORK),
        Trigger.CHANGE: _to(answers.not_understood, *_NEXT),
        Trigger.CHOICE: _to(answers.not_understood, *_NEXT),
        Trigger.YES: _to(answers.not_understood, *_NEXT),
        Trigger.EARLY_YES: _to(reports.nothing, mode),
        Trigger.NO: _to(answers.decline_offer, *_NEXT),
        Trigger.NEVER_MIND: _to(asides.nothing_to_drop, Mode.IDLE, Mode.REPORTING),
        Trigger.STOP: _to(asides.stop, Mode.IDLE),
        Trigger.REPEAT: _to(asides.repeat, Mode.LISTENING, Mode.REPORTING),
        Trigger.SLOWER: _to(asides.slower, Mode.LISTENING, Mode.REPORTING),
        Trigger.FASTER: _to(asides.faster, Mode.LISTENING, Mode.REPORTING),
        Trigger.HELP: _to(asides.help_me, Mode.LISTENING),
        Trigger.GO_BACK: _to(asides.go_back, *_WORK),
        Trigger.UNDO: _to(asides.undo, *_WORK),
        Trigger.WHAT_HAPPENED: _to(asides.what_happened, Mode.REPORTING),
        Trigger.MORE: _to(asides.more, Mode.REPORTING),
        Trigger.HUSH: _to(asides.hush_announcements, Mode.REPORTING),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, Mode.REPORTING),
        Trigger.NOT_UNDERSTOOD: _to(answers.not_understood, *_NEXT),
        Trigger.SILENCE: _to(answers.nobody_spoke, *_NEXT),
        Trigger.SPOKEN: _to(reports.notice_told, mode),
        Trigger.CUT_SHORT: _to(reports.cut_short, mode, *(_NEXT if mode is Mode.REPORTING else ())),
        Trigger.SUCCEEDED: _to(reports.nothing, mode),
        Trigger.FAILED: _to(reports.nothing, mode),
        Trigger.NEEDS_INPUT: _to(reports.nothing, mode),
        Trigger.DEFERRED: _to(reports.nothing, mode),
        Trigger.UNKNOWN: _to(reports.nothing, mode),
        Trigger.HELD: _to(reports.nothing, mode),
        Trigger.SLOW: _to(reports.nothing, mode),
        Trigger.QUIET_OVER: _to(reports.quiet_time_over, mode),
        Trigger.DELIVERED: _to(reports.delivered, mode),
        Trigger.CATALOG: _to(reports.catalog_changed, mode),
        Trigger.NETWORK: _to(reports.network_changed, mode),
        Trigger.DRIVING: _to(reports.driving_changed, mode),
        Trigger.NOTICED: _to(asides.noticed, mode, *(() if mode is Mode.IDLE else (Mode.REPORTING,))),
        Trigger.STALE: _to(reports.nothing, mode),
    }


def _question(mode: Mode) -> dict[Trigger, Transition]:
    """What happens the same way wherever a question of ours waits for its answer."""
    return {
        Trigger.REQUEST: _to(answers.other_subject, *_WORK),
        Trigger.CHANGE: _to(answers.new_values, *_WORK),
        Trigger.CHOICE: _to(answers.choose, *_WORK, Mode.ANSWERING),
        Trigger.YES: _to(answers.not_understood, mode, Mode.REPORTING),
        Trigger.NO: _to(answers.refuse, Mode.REPORTING),
        Trigger.NEVER_MIND: _to(asides.never_mind, Mode.REPORTING),
        Trigger.REPEAT: _to(asides.repeat, mode),
        Trigger.SLOWER: _to(asides.slower, mode),
        Trigger.FASTER: _to(asides.faster, mode),
        Trigger.HELP: _to(asides.help_me, mode),
        Trigger.UNDO: _to(asides.undo, mode, *_WORK),
        Trigger.WHAT_HAPPENED: _to(asides.what_happened, mode),
        Trigger.MORE: _to(asides.more, mode),
        Trigger.HUSH: _to(asides.hush_announcements, mode),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, mode),
        Trigger.NOTICED: _to(asides.noticed, mode),
        Trigger.GO_BACK: _to(asides.go_back, mode, *_WORK),
        Trigger.NOT_UNDERSTOOD: _to(answers.not_understood, mode, Mode.REPORTING),
        Trigger.SILENCE: _to(answers.silence, mode, Mode.REPORTING),
        Trigger.SPOKEN: _to(reports.asked, mode),
        Trigger.CATALOG: _to(reports.catalog_changed, mode, *_WORK),
    }


_OWN: Mapping[Mode, Mapping[Trigger, Transition]] = {
    Mode.IDLE: {
        Trigger.SILENCE: _to(reports.nothing, Mode.IDLE),
    },
    Mode.LISTENING: {
        Trigger.CHANGE: _to(answers.new_values, *_WORK),
        Trigger.YES: _to(answers.accept_offer, *_NEXT),
        Trigger.SPOKEN: _to(reports.ready_to_listen, Mode.LISTENING),
    },
    Mode.CHOOSING: {
        **_question(Mode.CHOOSING),
        Trigger.CHANGE: _to(answers.not_understood, Mode.CHOOSING, Mode.REPORTING),
        Trigger.YES: _to(answers.choose, *_WORK),
    },
    Mode.ELICITING: {
        **_question(Mode.ELICITING),
    },
    Mode.CONFIRMING: {
        **_question(Mode.CONFIRMING),
        Trigger.CHOICE: _to(answers.choose_in_plan, *_WORK),
        Trigger.YES: _to(answers.agree, Mode.CALLING, Mode.REPORTING),
        Trigger.EARLY_YES: _to(answers.agree_too_early, Mode.CONFIRMING, Mode.REPORTING),
    },
    Mode.CALLING: {
        Trigger.REQUEST: _to(answers.queue_request, Mode.CALLING),
        Trigger.CHANGE: _to(asides.still_calling, Mode.CALLING),
        Trigger.CHOICE: _to(answers.not_understood_quietly, Mode.CALLING),
        Trigger.YES: _to(answers.not_understood_quietly, Mode.CALLING),
        Trigger.NO: _to(asides.leave_call, Mode.CALLING),
        Trigger.NEVER_MIND: _to(asides.leave_call, Mode.CALLING),
        Trigger.STOP: _to(asides.hush_call, Mode.CALLING),
        Trigger.REPEAT: _to(asides.repeat, Mode.CALLING),
        Trigger.SLOWER: _to(asides.slower, Mode.CALLING),
        Trigger.FASTER: _to(asides.faster, Mode.CALLING),
        Trigger.HELP: _to(asides.still_calling, Mode.CALLING),
        Trigger.GO_BACK: _to(asides.still_calling, Mode.CALLING),
        Trigger.UNDO: _to(asides.leave_call, Mode.CALLING),
        Trigger.WHAT_HAPPENED: _to(asides.still_calling, Mode.CALLING),
        Trigger.MORE: _to(asides.still_calling, Mode.CALLING),
        Trigger.HUSH: _to(asides.hush_announcements, Mode.CALLING),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, Mode.CALLING),
        Trigger.NOTICED: _to(asides.noticed, Mode.CALLING),
        Trigger.NOT_UNDERSTOOD: _to(answers.not_understood_quietly, Mode.CALLING),
        Trigger.SILENCE: _to(reports.nothing, Mode.CALLING),
        Trigger.SPOKEN: _to(reports.spoken_while_calling, Mode.CALLING),
        Trigger.HELD: _to(reports.hold_outcome, Mode.CALLING),
        Trigger.SUCCEEDED: _to(reports.succeeded, *_NEXT),
        Trigger.FAILED: _to(reports.failed, Mode.REPORTING, Mode.ELICITING),
        Trigger.NEEDS_INPUT: _to(reports.input_wanted, Mode.CONFIRMING, Mode.ANSWERING, Mode.REPORTING, *_WORK),
        Trigger.DEFERRED: _to(reports.deferred, Mode.REPORTING),
        Trigger.UNKNOWN: _to(reports.unknown, Mode.REPORTING),
        Trigger.SLOW: _to(reports.still_working, Mode.CALLING),
    },
    Mode.ANSWERING: {
        **_question(Mode.ANSWERING),
        Trigger.CHANGE: _to(answers.answer_server, *_WORK, Mode.ANSWERING),
        Trigger.YES: _to(answers.agree_to_server, *_WORK, Mode.ANSWERING),
        Trigger.EARLY_YES: _to(answers.agree_too_early, Mode.ANSWERING),
    },
    Mode.REPORTING: {
        Trigger.CHANGE: _to(answers.new_values, *_WORK),
        Trigger.YES: _to(answers.accept_offer, *_NEXT),
        Trigger.SPOKEN: _to(reports.told, *_NEXT),
    },
}

TABLE: Mapping[Mode, Mapping[Trigger, Transition]] = {mode: {**_everywhere(mode), **_OWN[mode]} for mode in Mode}
"""Mode x trigger -> transition; complete, which a test checks."""


_CONTROLS: Mapping[Control, Trigger] = {
    Control.NEVER_MIND: Trigger.NEVER_MIND,
    Control.STOP: Trigger.STOP,
    Control.REPEAT: Trigger.REPEAT,
    Control.SLOWER: Trigger.SLOWER,
    Control.FASTER: Trigger.FASTER,
    Control.HUSH: Trigger.HUSH,
    Control.ANNOUNCE: Trigger.ANNOUNCE,
    Control.HELP: Trigger.HELP,
    Control.GO_BACK: Trigger.GO_BACK,
    Control.UNDO: Trigger.UNDO,
    Control.WHAT_HAPPENED: Trigger.WHAT_HAPPENED,
    Control.MORE: Trigger.MORE,
}


_VOIDING = frozenset({Control.NO, Control.NEVER_MIND, Control.STOP})
"""Whatever else is said beside them, what was agreed to and has not begun is asked about again (promise 1)."""
CLEAR_SUBJECT = 0.5
"""A request for another tool that scores this much, while a read-back waits, is a change of subject."""


def classify(state: State, event: Event) -> Trigger:
    """Return what the event means in this state."""
    match event:
        case PushToTalk():
            return Trigger.PRESS
        case Heard():
            return _classify_heard(state, event)
        case NothingHeard():
            return Trigger.SILENCE
        case SpeechEnded():
            if event.speech != state.speech:
                return Trigger.STALE
            return Trigger.SPOKEN if event.complete else Trigger.CUT_SHORT
        case CallEnded():
            return _classify_outcome(state, event)
        case TimerFired():
            if event.name == "busy":
                silent = not state.speech and not state.listening
                current = state.mode is Mode.CALLING and silent and event.number == state.busy
                return Trigger.SLOW if current else Trigger.STALE
            return Trigger.QUIET_OVER
        case Delivered():
            return Trigger.DELIVERED
        case CatalogChanged():
            return Trigger.CATALOG
        case NetworkChanged():
            return Trigger.NETWORK
        case DrivingChanged():
            return Trigger.DRIVING
        case Noticed():
            return Trigger.NOTICED


def _classify_outcome(state: State, event: CallEnded) -> Trigger:
    if state.mode is not Mode.CALLING or state.past is None or state.past.call.call_id != event.call_id:
        return Trigger.STALE
    if state.listening:
        return Trigger.HELD
    match event.outcome:
        case Succeeded():
            return Trigger.SUCCEEDED
        case Failed():
            return Trigger.FAILED
        case NeedsInput():
            return Trigger.NEEDS_INPUT
        case Deferred():
            return Trigger.DEFERRED
        case Unknown():
            return Trigger.UNKNOWN


def _classify_heard(state: State, event: Heard) -> Trigger:
    """A control word first; then, by mode: new values before yes and no, an answer before a new subject."""
    reading = event.reading
    if reading.control is not None and reading.control in _CONTROLS:
        return _CONTROLS[reading.control]
    pending = state.request is not None
    if reading.changes and pending and _answers_something(state, reading):
        return Trigger.CHANGE
    if reading.choice is not None and state.options:
        return Trigger.CHOICE
    if reading.control is Control.NO:
        return Trigger.NO
    if reading.control is Control.YES:
        return Trigger.YES if _may_agree(state, event.at) else Trigger.EARLY_YES
    if reading.interpretations:
        return Trigger.REQUEST
    return Trigger.NOT_UNDERSTOOD


YES_SECONDS = 60.0
"""A yes that comes later than this after its question (the car slept meanwhile) is no answer to it."""


def _may_agree(state: State, at: float) -> bool:
    """Whether a yes now answers a question that was heard to its end, and not long ago."""
    heard = state.question_heard and 0 <= at - state.heard_at <= YES_SECONDS
    if state.mode is Mode.CONFIRMING:
        return heard and state.read_back_heard
    if state.mode is Mode.ANSWERING and state.wanted is not None and state.wanted.need is Need.APPROVAL:
        return heard
    return True


def _answers_something(state: State, reading: Reading) -> bool:
    """Whether new values belong to the request in hand rather than to a new subject."""
    if state.mode in (Mode.ELICITING, Mode.ANSWERING):
        return state.asked in reading.changes or not reading.interpretations
    best = reading.interpretations[0] if reading.interpretations else None
    if state.mode is Mode.CONFIRMING and state.request is not None:
        other_subject = best is not None and best.tool != state.request.tool and best.score >= CLEAR_SUBJECT
        return reading.control is not None or not other_subject
    return best is None


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return the next state and what is to be done. Pure and total: no event raises."""
    trigger = classify(state, event)
    transition = TABLE[state.mode][trigger]
    before = state
    acknowledgement: tuple[Effect, ...] = ()
    if isinstance(event, Heard | NothingHeard):
        before = replace(state, listening=False)
    if isinstance(event, Heard) and event.reading.control in _VOIDING:
        before = replace(before, waiting=without_consents(before.waiting))
    if isinstance(event, Heard) and not event.typed:
        acknowledgement = (Earcon("heard"),)
    after, done = transition.do(before, event)
    assert after.mode in transition.to, f"{trigger} in {state.mode} led to {after.mode}, which its row does not allow"
    effects = (*acknowledgement, *done)
    if after.held is not None and after.mode is Mode.CALLING and not after.listening:
        after, told = step(replace(after, held=None), replace(after.held, at=event.at))
        effects = (*effects, *told)
    return after, effects
