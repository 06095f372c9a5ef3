"""What an event means in a state: which of the table's triggers it is. Pure; it changes nothing.

Decisions that do not fit a table are made in this module, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

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
    Progressed,
    PushToTalk,
    SpeechEnded,
    TakenBack,
    TimerFired,
    UnfinishedFound,
    UnwordedFound,
)
from assistant.dialogue.plans import names_results
from assistant.dialogue.state import State
from assistant.dialogue.turns import Answering, Calling, Mode
from assistant.policy.timing import YES_SECONDS
from assistant.understanding.answers.readings_of_answers import MAY_BE_SENTENCES
from assistant.understanding.answers.sentence_lists import sentence_list
from assistant.understanding.beyond import is_vague
from assistant.understanding.mood import Mood
from assistant.understanding.reading import Control, Reading
from assistant.wording.spoken_values import label
from client.call import Deferred, Failed, Need, NeedsInput, Succeeded, Unknown


class Trigger(StrEnum):
    """The meaning of an event in a state."""

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
    LOUDER = "louder"
    QUIETER = "quieter"
    HELP = "help"
    GO_BACK = "go back"
    UNDO = "undo"
    WHAT_HAPPENED = "what happened"
    DONE_THEN = "done that day"
    MORE = "more"
    HUSH = "no announcements"
    ANNOUNCE = "announcements"
    STOP_ASKING = "need not ask"
    ASK_IN_FUTURE = "ask first"
    REFUSAL = "refusal"
    CANNOT_TELL = "cannot tell"
    ONE_HALF = "one half"
    BEYOND = "beyond"
    THANKS = "thanks"
    GREETING = "greeting"
    SENTENCE = "sentence"
    NO_SENTENCE = "no sentence"
    NO_MORE = "no more"
    UNDO_NAMED = "undo that one"
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
    PROGRESS = "progress"
    TAKEN_BACK = "taken back"
    UNWORDED = "words missing"
    UNFINISHED = "unfinished"
    QUIET_OVER = "quiet over"
    DELIVERED = "delivered"
    CATALOG = "catalog"
    NETWORK = "network"
    DRIVING = "driving"
    NOTICED = "noticed"
    STALE = "stale"


_CONTROLS: Mapping[Control, Trigger] = {
    Control.NEVER_MIND: Trigger.NEVER_MIND,
    Control.STOP: Trigger.STOP,
    Control.REPEAT: Trigger.REPEAT,
    Control.SLOWER: Trigger.SLOWER,
    Control.FASTER: Trigger.FASTER,
    Control.LOUDER: Trigger.LOUDER,
    Control.QUIETER: Trigger.QUIETER,
    Control.HUSH: Trigger.HUSH,
    Control.ANNOUNCE: Trigger.ANNOUNCE,
    Control.STOP_ASKING: Trigger.STOP_ASKING,
    Control.ASK_IN_FUTURE: Trigger.ASK_IN_FUTURE,
    Control.HELP: Trigger.HELP,
    Control.GO_BACK: Trigger.GO_BACK,
    Control.UNDO: Trigger.UNDO,
    Control.WHAT_HAPPENED: Trigger.WHAT_HAPPENED,
    Control.DONE_TODAY: Trigger.DONE_THEN,
    Control.DONE_YESTERDAY: Trigger.DONE_THEN,
    Control.MORE: Trigger.MORE,
    Control.THANKS: Trigger.THANKS,
    Control.GREETING: Trigger.GREETING,
}


VOIDING = frozenset({Control.NO, Control.NEVER_MIND, Control.STOP})
"""If the driver says any of these beside something else, an approved call that has not begun is confirmed again
(promise 1)."""
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
            if event.speech != state.said.playing:
                return Trigger.STALE
            return Trigger.SPOKEN if event.complete else Trigger.CUT_SHORT
        case CallEnded():
            return _classify_outcome(state, event)
        case TimerFired():
            if event.name == "busy":
                silent = not state.said.playing and not state.listening
                current = isinstance(state.turn, Calling) and silent and event.number == state.turn.busy
                return Trigger.SLOW if current else Trigger.STALE
            return Trigger.QUIET_OVER
        case Progressed():
            current = isinstance(state.turn, Calling) and state.turn.call.call_id == event.call_id
            return Trigger.PROGRESS if current else Trigger.STALE
        case TakenBack():
            return Trigger.TAKEN_BACK
        case UnwordedFound():
            return Trigger.UNWORDED
        case UnfinishedFound():
            return Trigger.UNFINISHED
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
    if not isinstance(state.turn, Calling) or state.turn.call.call_id != event.call_id:
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
    """Check for a control word first. Then, depending on the mode, check new values before yes and no, or an answer
    before a new subject."""
    reading = event.reading
    if is_vague(reading.interpretations):
        reading = replace(reading, interpretations=())
    if (told := _next_sentence(state, reading)) is not None:
        return told
    if reading.control is not None and reading.control in _CONTROLS:
        return _CONTROLS[reading.control]
    pending = state.request is not None
    if (wanted := _wants_nothing(state, reading)) is not None:
        return wanted
    if _begins_anew(state, reading):
        return Trigger.REQUEST
    if reading.choice is not None and state.mode is Mode.ELICITING and names_results(state):
        return Trigger.CHOICE
    if pending and _says_more(state, reading):
        return Trigger.CHANGE
    if reading.changes and pending and _answers_something(state, reading):
        return Trigger.CHANGE
    if reading.choice is not None and state.options:
        return Trigger.CHOICE
    if reading.control is Control.NO:
        return Trigger.NO
    if reading.control is Control.YES:
        return Trigger.YES if _may_agree(state, event.at) else Trigger.EARLY_YES
    if reading.interpretations and not _beyond_limits(state, reading):
        return Trigger.REQUEST
    return Trigger.NOT_UNDERSTOOD


def _next_sentence(state: State, reading: Reading) -> Trigger | None:
    """While the driver dictates one sentence after another, return what the words mean there; else None."""
    said, request = reading.next_sentence, state.request
    if said is None or state.mode is not Mode.ELICITING or request is None:
        return None
    if state.asked != sentence_list(state.catalog.find(request.tool)):
        return None
    if not said.text:
        return Trigger.NO_MORE
    return Trigger.NO_SENTENCE if said.problem else Trigger.SENTENCE


def _wants_nothing(state: State, reading: Reading) -> Trigger | None:
    """Return the trigger for words that ask for no action; None if they ask for one, or answer the question."""
    if reading.interpretations or reading.control is not None or _answers_in_words(state, reading):
        return None
    match reading.mood:
        case Mood.DO_NOT:
            return Trigger.REFUSAL if reading.choice is None or not state.options else None
        case Mood.UNDO:
            return Trigger.UNDO_NAMED
        case Mood.WAIT:
            return Trigger.CANNOT_TELL
        case Mood.TELL:
            return Trigger.CANNOT_TELL if reading.choice is None else None
        case Mood.DO | Mood.DROP:
            if reading.changes or reading.choice is not None:
                return None
            beyond = reading.beyond or reading.obstacle is not None
            return Trigger.ONE_HALF if reading.half is not None else Trigger.BEYOND if beyond else None


def _answers_in_words(state: State, reading: Reading) -> bool:
    """Return whether words that look like a refusal or a question are an answer: message text, or a new value."""
    if state.mode is Mode.CONFIRMING:
        return bool(reading.changes)
    if state.mode not in (Mode.ELICITING, Mode.ANSWERING) or state.asked not in reading.changes:
        return False
    value = reading.changes[state.asked]
    whole = isinstance(value, str) and _bare(value) == _bare(reading.text)
    return bool(MAY_BE_SENTENCES & set(label(state.asked).split())) or not (whole or reading.mood is Mood.DO_NOT)


def _says_more(state: State, reading: Reading) -> bool:
    """While we ask for a look-up's argument: do the words fill an argument of the goal, or of another look-up?"""
    request = state.request
    if request is None or request.goal is None or state.mode is not Mode.ELICITING:
        return False
    best = reading.interpretations[0] if reading.interpretations else None
    said = any(values for tool, values in reading.beside.items() if tool != request.tool)
    return said and (best is None or best.tool in reading.beside or best.score < ANOTHER_SUBJECT)


def _beyond_limits(state: State, reading: Reading) -> bool:
    """Whether the words answer the question, or give a value that is impossible for the request being confirmed."""
    if state.mode in (Mode.ELICITING, Mode.ANSWERING):
        return state.asked in reading.invalid
    same = state.request is not None and reading.interpretations[0].tool == state.request.tool
    return state.mode is Mode.CONFIRMING and same and bool(reading.invalid)


def _may_agree(state: State, at: float) -> bool:
    """Whether a yes now answers a question that was played to its end a short time ago."""
    heard = state.said.heard and 0 <= at - state.said.heard_at <= YES_SECONDS
    if state.mode is Mode.CONFIRMING:
        return heard and state.said.read_back_heard
    if isinstance(state.turn, Answering) and state.turn.question.needs.need is Need.APPROVAL:
        return heard
    return True


ANOTHER_SUBJECT = 0.8
"""A request for another tool that scores this much, and begins like a request, is no answer to a question."""


ORDERED_SUBJECT = 0.25
"""Like `ANOTHER_SUBJECT`, but for words that name things of that tool and none of the tool that asks
(`orders_another`)."""


MOST_ANSWER_WORDS = 2
"""Most words of an answer to a repeated offer. More words that begin like a request are a request."""


def _begins_anew(state: State, reading: Reading) -> bool:
    """Whether the words plainly ask for something other than the question does: a change of subject."""
    best = reading.interpretations[0] if reading.interpretations else None
    if best is None or state.mode not in (Mode.CHOOSING, Mode.ELICITING, Mode.ANSWERING):
        return False
    if not (reading.opens_request or reading.orders_another):
        return False
    if state.request is not None and state.request.offered and len(reading.text.split()) > MOST_ANSWER_WORDS:
        return best.score >= min(CLEAR_SUBJECT, _least(reading))  # asked out of turn: no request is an answer to it
    if MAY_BE_SENTENCES & set(label(state.asked).split()) or best.score < _least(reading):
        return False
    if state.request is not None and best.tool == state.request.tool:  # a repeated request is no value for it
        value = reading.changes.get(state.asked)
        return bool(reading.text) and isinstance(value, str) and _bare(value) == _bare(reading.text)
    return best.tool not in {option.request.tool for option in state.options if option.request is not None}


def _least(reading: Reading) -> float:
    """Return the score from which words that begin like a request are one. It is lower if they name a thing of its
    tool."""
    return ORDERED_SUBJECT if reading.orders_another else ANOTHER_SUBJECT


def _bare(text: str) -> str:
    return text.casefold().strip(" .!?")


def _renews(state: State, reading: Reading) -> bool:
    """Return whether the words give a new value for the current request ("make the message ...") and nothing else."""
    return state.request is not None and set(reading.changes) <= set(state.request.arguments)


def _answers_something(state: State, reading: Reading) -> bool:
    """Whether new values belong to the current request rather than to a new subject."""
    if state.mode in (Mode.ELICITING, Mode.ANSWERING):
        if names_results(state):
            return bool(set(reading.changes) - {state.asked})
        best = reading.interpretations[0] if reading.interpretations else None
        same = best is not None and state.request is not None and best.tool == state.request.tool
        return state.asked in reading.changes or best is None or (same and _renews(state, reading))
    best = reading.interpretations[0] if reading.interpretations else None
    if state.mode is Mode.CONFIRMING and state.request is not None:
        other_subject = best is not None and best.tool != state.request.tool and best.score >= CLEAR_SUBJECT
        return reading.control is not None or not other_subject
    return best is None
