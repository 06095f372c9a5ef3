"""The turn as a table: every mode, every trigger in it, the transition, and the modes that may follow.

`step` is pure and total: the same state and event give the same answer, no event raises, and an event that does not fit
the state changes nothing. The tests, the error messages and the diagram in the docs read the same table. The one
decision that does not fit a table, which trigger an utterance is, is made in `classify`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from assistant.dialogue import (
    asides,
    call_outcomes,
    days_done,
    driver_answers,
    kept_without_words,
    moods,
    questions,
    reports,
    sentences,
    standing_permissions,
    unfinished_requests,
)
from assistant.dialogue.classify import VOIDING, Trigger, classify
from assistant.dialogue.events import Event, Heard, NothingHeard
from assistant.dialogue.requests import without_consents
from assistant.dialogue.speaking import Step
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Earcon, Effect
from assistant.dialogue.turns import Calling, Mode
from assistant.wording.languages import speaking


class Transition(NamedTuple):
    """The transition, and every mode that may follow it."""

    do: Callable[[State, Event], Step]
    to: frozenset[Mode]


_WORK = (Mode.CHOOSING, Mode.ELICITING, Mode.CONFIRMING, Mode.CALLING, Mode.LISTENING, Mode.REPORTING)
"""The modes that may follow when a request is taken up."""
_NEXT = (*_WORK, Mode.IDLE)
"""The modes that may follow when a request ends: those of the next request, or idle."""


def _to(do: Callable[[State, Event], Step], *modes: Mode) -> Transition:
    return Transition(do, frozenset(modes))


def _everywhere(mode: Mode) -> dict[Trigger, Transition]:
    """Rows that hold in every mode, unless the mode has its own."""
    return _the_driver_anywhere(mode) | _the_world_anywhere(mode)


def _the_driver_anywhere(mode: Mode) -> dict[Trigger, Transition]:
    """Rows for what the driver does."""
    return {
        Trigger.PRESS: _to(
            driver_answers.press, mode, *((Mode.LISTENING,) if mode in (Mode.IDLE, Mode.REPORTING) else ())
        ),
        Trigger.REQUEST: _to(driver_answers.new_request, *_WORK),
        Trigger.CHANGE: _to(driver_answers.not_understood, *_NEXT),
        Trigger.CHOICE: _to(driver_answers.not_understood, *_NEXT),
        Trigger.YES: _to(driver_answers.not_understood, *_NEXT),
        Trigger.EARLY_YES: _to(reports.nothing, mode),
        Trigger.NO: _to(driver_answers.decline_offer, *_NEXT),
        Trigger.NEVER_MIND: _to(asides.nothing_to_drop, Mode.IDLE, Mode.REPORTING),
        Trigger.STOP: _to(asides.stop, Mode.IDLE),
        Trigger.REPEAT: _to(asides.repeat, Mode.LISTENING, Mode.REPORTING),
        Trigger.SLOWER: _to(asides.slower, Mode.LISTENING, Mode.REPORTING),
        Trigger.FASTER: _to(asides.faster, Mode.LISTENING, Mode.REPORTING),
        Trigger.LOUDER: _to(asides.louder, Mode.LISTENING, Mode.REPORTING),
        Trigger.QUIETER: _to(asides.quieter, Mode.LISTENING, Mode.REPORTING),
        Trigger.HELP: _to(asides.help_me, Mode.LISTENING, Mode.REPORTING),
        Trigger.GO_BACK: _to(asides.go_back, *_WORK),
        Trigger.UNDO: _to(asides.undo, *_WORK),
        Trigger.WHAT_HAPPENED: _to(asides.what_happened, Mode.REPORTING),
        Trigger.DONE_THEN: _to(days_done.tell_deeds, Mode.REPORTING),
        Trigger.MORE: _to(asides.more, *_WORK),
        Trigger.HUSH: _to(asides.hush_announcements, Mode.REPORTING),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, Mode.REPORTING),
        Trigger.STOP_ASKING: _to(standing_permissions.stop_asking, Mode.REPORTING),
        Trigger.ASK_IN_FUTURE: _to(standing_permissions.ask_in_future, Mode.REPORTING),
        Trigger.REFUSAL: _to(moods.refused_deed, Mode.REPORTING),
        Trigger.CANNOT_TELL: _to(moods.cannot_tell, Mode.REPORTING),
        Trigger.ONE_HALF: _to(moods.only_one_half, Mode.REPORTING),
        Trigger.BEYOND: _to(moods.beyond, Mode.REPORTING),
        Trigger.THANKS: _to(moods.thanked, Mode.REPORTING),
        Trigger.GREETING: _to(moods.greeted, Mode.LISTENING),
        Trigger.UNDO_NAMED: _to(moods.undo_named, *_WORK),
        Trigger.SENTENCE: _to(reports.nothing, mode),
        Trigger.NO_SENTENCE: _to(reports.nothing, mode),
        Trigger.NO_MORE: _to(reports.nothing, mode),
        Trigger.NOT_UNDERSTOOD: _to(driver_answers.not_understood, *_NEXT),
        Trigger.SILENCE: _to(driver_answers.nobody_spoke, *_NEXT),
    }


def _the_world_anywhere(mode: Mode) -> dict[Trigger, Transition]:
    """Rows for playback, calls, the vehicle and the network."""
    offered = (Mode.REPORTING,) if mode is Mode.IDLE else ()
    return {
        Trigger.SPOKEN: _to(reports.notice_told, mode),
        Trigger.CUT_SHORT: _to(reports.cut_short, mode, *(_NEXT if mode is Mode.REPORTING else ())),
        Trigger.SUCCEEDED: _to(reports.nothing, mode),
        Trigger.FAILED: _to(reports.nothing, mode),
        Trigger.NEEDS_INPUT: _to(reports.nothing, mode),
        Trigger.DEFERRED: _to(reports.nothing, mode),
        Trigger.UNKNOWN: _to(reports.nothing, mode),
        Trigger.HELD: _to(reports.nothing, mode),
        Trigger.SLOW: _to(reports.nothing, mode),
        Trigger.PROGRESS: _to(reports.nothing, mode),
        Trigger.TAKEN_BACK: _to(reports.taken_back, mode),
        Trigger.UNWORDED: _to(kept_without_words.unworded_found, mode),
        Trigger.UNFINISHED: _to(unfinished_requests.unfinished_found, mode, *offered),
        Trigger.QUIET_OVER: _to(reports.quiet_time_over, mode),
        Trigger.DELIVERED: _to(reports.delivered, mode),
        Trigger.CATALOG: _to(reports.catalog_changed, mode, *offered),
        Trigger.NETWORK: _to(reports.network_changed, mode),
        Trigger.DRIVING: _to(reports.driving_changed, mode),
        Trigger.NOTICED: _to(asides.noticed, mode, *(() if mode is Mode.IDLE else (Mode.REPORTING,))),
        Trigger.STALE: _to(reports.nothing, mode),
    }


def _question(mode: Mode) -> dict[Trigger, Transition]:
    """Rows that hold in every mode in which McQueen's question waits for an answer."""
    return {
        Trigger.REQUEST: _to(driver_answers.other_subject, *_WORK),
        Trigger.CHANGE: _to(driver_answers.new_values, *_WORK, Mode.ANSWERING),
        Trigger.CHOICE: _to(driver_answers.choose, *_WORK, Mode.ANSWERING),
        Trigger.YES: _to(driver_answers.not_understood, mode, Mode.REPORTING, Mode.CHOOSING),
        Trigger.NO: _to(driver_answers.refuse, Mode.REPORTING, Mode.CHOOSING),
        Trigger.NEVER_MIND: _to(asides.never_mind, Mode.REPORTING),
        Trigger.REPEAT: _to(asides.repeat, mode),
        Trigger.SLOWER: _to(asides.slower, mode),
        Trigger.FASTER: _to(asides.faster, mode),
        Trigger.LOUDER: _to(asides.louder, mode),
        Trigger.QUIETER: _to(asides.quieter, mode),
        Trigger.HELP: _to(asides.help_me, mode),
        Trigger.UNDO: _to(asides.undo, mode, *_WORK),
        Trigger.WHAT_HAPPENED: _to(asides.what_happened, mode),
        Trigger.DONE_THEN: _to(days_done.tell_deeds, mode),
        Trigger.MORE: _to(asides.more, mode),
        Trigger.HUSH: _to(asides.hush_announcements, mode),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, mode),
        Trigger.STOP_ASKING: _to(standing_permissions.stop_asking, mode),
        Trigger.ASK_IN_FUTURE: _to(standing_permissions.ask_in_future, mode),
        Trigger.NOTICED: _to(asides.noticed, mode),
        Trigger.GO_BACK: _to(asides.go_back, mode, *_WORK),
        Trigger.REFUSAL: _to(moods.refused_deed, mode, Mode.REPORTING, Mode.CHOOSING),
        Trigger.CANNOT_TELL: _to(moods.cannot_tell, mode),
        Trigger.ONE_HALF: _to(moods.only_one_half, mode),
        Trigger.BEYOND: _to(moods.beyond, mode),
        Trigger.THANKS: _to(moods.thanked, mode),
        Trigger.GREETING: _to(moods.greeted, mode),
        Trigger.UNDO_NAMED: _to(moods.undo_named, mode, *_WORK),
        Trigger.NOT_UNDERSTOOD: _to(driver_answers.not_understood, mode, Mode.REPORTING, Mode.CHOOSING),
        Trigger.SILENCE: _to(driver_answers.silence, *_NEXT, Mode.ANSWERING),
        Trigger.SPOKEN: _to(reports.asked, mode),
        Trigger.CATALOG: _to(reports.catalog_changed, mode, *_WORK),
    }


_OWN: Mapping[Mode, Mapping[Trigger, Transition]] = {
    Mode.IDLE: {
        Trigger.SILENCE: _to(reports.nothing, Mode.IDLE),
        Trigger.QUIET_OVER: _to(reports.quiet_time_over, Mode.IDLE, Mode.CONFIRMING, Mode.ELICITING),
    },
    Mode.LISTENING: {
        Trigger.CHANGE: _to(driver_answers.new_values, *_WORK),
        Trigger.YES: _to(driver_answers.accept_offer, *_NEXT),
        Trigger.SPOKEN: _to(reports.ready_to_listen, Mode.LISTENING),
    },
    Mode.CHOOSING: {
        **_question(Mode.CHOOSING),
        Trigger.CHANGE: _to(driver_answers.words_after_all, *_WORK),
        Trigger.YES: _to(driver_answers.yes_to_a_choice, Mode.CHOOSING, *_WORK),
    },
    Mode.ELICITING: {
        **_question(Mode.ELICITING),
        Trigger.SENTENCE: _to(sentences.taken, *_WORK),
        Trigger.NO_SENTENCE: _to(sentences.not_taken, Mode.ELICITING, Mode.REPORTING),
        Trigger.NO_MORE: _to(sentences.no_more, *_WORK),
    },
    Mode.CONFIRMING: {
        **_question(Mode.CONFIRMING),
        Trigger.CHOICE: _to(driver_answers.choose_in_plan, *_WORK),
        Trigger.YES: _to(driver_answers.agree, Mode.CALLING, Mode.REPORTING),
        Trigger.EARLY_YES: _to(driver_answers.agree_too_early, Mode.CONFIRMING, Mode.REPORTING),
    },
    Mode.CALLING: {
        Trigger.REQUEST: _to(driver_answers.queue_request, Mode.CALLING),
        Trigger.CHANGE: _to(asides.still_calling, Mode.CALLING),
        Trigger.CHOICE: _to(driver_answers.not_understood_quietly, Mode.CALLING),
        Trigger.YES: _to(driver_answers.not_understood_quietly, Mode.CALLING),
        Trigger.NO: _to(asides.leave_call, Mode.CALLING),
        Trigger.NEVER_MIND: _to(asides.leave_call, Mode.CALLING),
        Trigger.STOP: _to(asides.hush_call, Mode.CALLING),
        Trigger.REPEAT: _to(asides.repeat, Mode.CALLING),
        Trigger.SLOWER: _to(asides.slower, Mode.CALLING),
        Trigger.FASTER: _to(asides.faster, Mode.CALLING),
        Trigger.LOUDER: _to(asides.louder, Mode.CALLING),
        Trigger.QUIETER: _to(asides.quieter, Mode.CALLING),
        Trigger.HELP: _to(asides.still_calling, Mode.CALLING),
        Trigger.GO_BACK: _to(asides.still_calling, Mode.CALLING),
        Trigger.UNDO: _to(asides.leave_call, Mode.CALLING),
        Trigger.WHAT_HAPPENED: _to(asides.still_calling, Mode.CALLING),
        Trigger.DONE_THEN: _to(days_done.tell_deeds, Mode.CALLING),
        Trigger.MORE: _to(asides.still_calling, Mode.CALLING),
        Trigger.HUSH: _to(asides.hush_announcements, Mode.CALLING),
        Trigger.ANNOUNCE: _to(asides.allow_announcements, Mode.CALLING),
        Trigger.STOP_ASKING: _to(standing_permissions.stop_asking, Mode.CALLING),
        Trigger.ASK_IN_FUTURE: _to(standing_permissions.ask_in_future, Mode.CALLING),
        Trigger.NOTICED: _to(asides.noticed, Mode.CALLING),
        Trigger.REFUSAL: _to(moods.refused_deed, Mode.CALLING),
        Trigger.CANNOT_TELL: _to(moods.cannot_tell, Mode.CALLING),
        Trigger.ONE_HALF: _to(moods.only_one_half, Mode.CALLING),
        Trigger.BEYOND: _to(moods.beyond, Mode.CALLING),
        Trigger.THANKS: _to(driver_answers.not_understood_quietly, Mode.CALLING),
        Trigger.GREETING: _to(asides.still_calling, Mode.CALLING),
        Trigger.UNDO_NAMED: _to(asides.leave_call, Mode.CALLING),
        Trigger.NOT_UNDERSTOOD: _to(driver_answers.not_understood_quietly, Mode.CALLING),
        Trigger.SILENCE: _to(reports.nothing, Mode.CALLING),
        Trigger.SPOKEN: _to(reports.spoken_while_calling, Mode.CALLING),
        Trigger.HELD: _to(call_outcomes.hold_outcome, Mode.CALLING),
        Trigger.SUCCEEDED: _to(call_outcomes.succeeded, *_NEXT),
        Trigger.FAILED: _to(call_outcomes.failed, Mode.REPORTING, Mode.ELICITING, Mode.CALLING),
        Trigger.NEEDS_INPUT: _to(call_outcomes.input_wanted, Mode.CONFIRMING, Mode.ANSWERING, Mode.REPORTING, *_WORK),
        Trigger.DEFERRED: _to(call_outcomes.deferred, Mode.REPORTING),
        Trigger.UNKNOWN: _to(call_outcomes.unknown, Mode.REPORTING),
        Trigger.SLOW: _to(reports.still_working, Mode.CALLING),
        Trigger.PROGRESS: _to(reports.progressed, Mode.CALLING),
    },
    Mode.ANSWERING: {
        **_question(Mode.ANSWERING),
        Trigger.CHANGE: _to(driver_answers.answer_server, *_WORK, Mode.ANSWERING),
        Trigger.YES: _to(driver_answers.agree_to_server, *_WORK, Mode.ANSWERING),
        Trigger.EARLY_YES: _to(driver_answers.agree_too_early, Mode.ANSWERING),
    },
    Mode.REPORTING: {
        Trigger.CHANGE: _to(driver_answers.new_values, *_WORK),
        Trigger.YES: _to(driver_answers.accept_offer, *_NEXT),
        Trigger.SPOKEN: _to(reports.told, *_NEXT),
    },
}

TABLE: Mapping[Mode, Mapping[Trigger, Transition]] = {mode: {**_everywhere(mode), **_OWN[mode]} for mode in Mode}
"""The transition for each mode and trigger; a test checks that none is missing."""


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return the next state and the effects to carry out. Pure and total: no event raises."""
    with speaking(state.language):
        return _step(state, event)


def _step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    trigger = classify(state, event)
    transition = TABLE[state.mode][trigger]
    before = state
    acknowledgement: tuple[Effect, ...] = ()
    if isinstance(event, Heard | NothingHeard):
        before = replace(state, listening=False)
        if isinstance(event, Heard) and event.reading.messages:
            before = replace(before, memory=replace(before.memory, messages=event.reading.messages))
    if isinstance(event, Heard) and event.reading.control in VOIDING:
        before = replace(before, waiting=without_consents(before.waiting))
    if isinstance(event, Heard) and not event.typed:
        acknowledgement = (Earcon("heard"),)
    after, done = transition.do(before, event)
    assert after.mode in transition.to, f"{trigger} in {state.mode} led to {after.mode}, which its row does not allow"
    effects = (*acknowledgement, *questions.declined(state, after, done), *kept_without_words.forgotten(state, after))
    if isinstance(after.turn, Calling) and after.turn.held is not None and not after.listening:
        ended = replace(after.turn.held, at=event.at)
        after, told = _step(replace(after, turn=replace(after.turn, held=None)), ended)
        effects = (*effects, *told)
    return after, effects
