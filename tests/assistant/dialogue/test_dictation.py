"""Free words that cannot be taken down: one correction, ways out that work, and words asked for once parked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.events import DrivingChanged, Event, Heard, TimerFired, Unworded, UnwordedFound
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Forget, Keep, StartTimer
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import Succeeded
from client.catalog import Catalog, Hints, Tool
from client.values import JSON
from tests.assistant.dialogue.conversation import WEATHER, Conversation, wants, word
from tests.assistant.dialogue.promises import Watch

MESSAGE = Tool(
    "town",
    "send_message",
    "Send a message",
    "Send a message",
    {
        "type": "object",
        "properties": {"contact": {"type": "string"}, "message": {"type": "string"}},
        "required": ["contact", "message"],
    },
    hints=Hints(read_only=False, open_world=True),
    trusted=True,
)
KEPT = ("I'm on my way", "I'm running {duration} late", "I'm stuck in traffic", "I'll call you later")
GARBLED = "the mating moved to the pick room"


def taken_down(words: str = GARBLED, contact: str = "Anna") -> Reading:
    """A message whose words a recognizer took down."""
    found = Interpretation(
        MESSAGE.qualified, {"contact": contact, "message": words}, (), 0.9, dictated=words not in KEPT
    )
    return Reading(interpretations=(found,), messages=KEPT)


def new_words(words: str) -> Reading:
    """An answer or a correction that gives other words."""
    dictated = () if words in KEPT else ("message",)
    return Reading(changes={"message": words}, dictated=dictated, messages=KEPT)


def messaging(driving: DrivingState = DrivingState.MOVING) -> Conversation:
    """A conversation on the road that can send messages."""
    conversation = Conversation(Catalog((MESSAGE, WEATHER)))
    conversation.send(DrivingChanged(0, driving))
    return conversation


def at_the_ways_out() -> Conversation:
    """A message that was turned down, said again and turned down again."""
    conversation = messaging()
    conversation.hear(taken_down())
    conversation.played()
    conversation.hear(Reading(changes={"message": "the meeting mood"}, dictated=("message",), messages=KEPT))
    conversation.played()
    conversation.hear(word(Control.NO))
    return conversation


def parked_again(conversation: Conversation) -> None:
    """The turn is over and the vehicle parks; what waits for that comes up."""
    while conversation.mode is not Mode.IDLE:
        if conversation.state.said.playing:
            conversation.played()
        else:
            conversation.silence()
    conversation.send(DrivingChanged(0, DrivingState.PARKED))
    timers = [effect for effect in conversation.effects if isinstance(effect, StartTimer)]
    assert timers
    conversation.send(TimerFired(0, timers[-1].name, timers[-1].number))


@pytest.mark.proves("V.dictation")
def test_after_one_failed_correction_it_is_said_honestly_and_two_ways_out_are_offered() -> None:
    conversation = at_the_ways_out()
    assert conversation.mode is Mode.CHOOSING
    assert conversation.said == (
        "I can't take that down here. Shall I send one of your quick messages, or keep it for when you are parked?"
    )
    assert conversation.calls == []


def test_the_first_no_to_taken_down_words_is_simply_a_no() -> None:
    conversation = messaging()
    conversation.hear(taken_down())
    conversation.played()
    conversation.hear(word(Control.NO))
    assert conversation.mode is Mode.REPORTING
    assert "Nothing was done" in conversation.said


@pytest.mark.proves("V.dictation")
def test_a_request_said_again_after_a_no_is_its_one_correction() -> None:
    conversation = messaging()
    for _ in range(2):
        conversation.hear(taken_down())
        conversation.played()
        conversation.hear(word(Control.NO))
    assert "I can't take that down here" in conversation.said


def test_a_no_to_words_that_are_kept_ones_never_leads_to_the_ways_out() -> None:
    conversation = messaging()
    for _ in range(3):
        conversation.hear(taken_down("I'm on my way"))
        conversation.played()
        conversation.hear(word(Control.NO))
        assert "Nothing was done" in conversation.said


def test_what_was_typed_is_as_it_was_meant_however_often_it_changes() -> None:
    conversation = messaging(DrivingState.PARKED)
    conversation.send(Heard(0, taken_down("I'm on my way"), typed=True))
    for number in range(3):
        conversation.send(Heard(0, Reading(changes={"message": f"number {number}"}), typed=True))
        conversation.played()
    conversation.send(Heard(0, word(Control.NO), typed=True))
    assert "Nothing was done" in conversation.said


@pytest.mark.proves("V.dictation")
def test_words_that_were_asked_for_and_not_got_twice_lead_to_the_ways_out() -> None:
    conversation = messaging()
    conversation.hear(replace(wants(MESSAGE, {"contact": "Anna"}), messages=KEPT))
    conversation.hear(Reading())
    assert "Please put them another way" in conversation.said
    conversation.hear(Reading())
    assert "I can't take that down here" in conversation.said
    conversation.hear(Reading())
    assert conversation.mode is Mode.REPORTING  # three failed tries in all
    assert conversation.calls == []


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize("answer", [word(Control.YES), Reading(choice=0)], ids=["yes", "by name"])
def test_kept_messages_are_offered_three_at_a_time_and_the_chosen_one_is_read_back_before_it_goes(
    answer: Reading,
) -> None:
    conversation = at_the_ways_out()
    conversation.played()
    conversation.hear(answer)
    assert conversation.said == (
        "Which do you mean: I'm on my way, I'm running some minutes late or I'm stuck in traffic?"
    )
    conversation.played()
    conversation.hear(Reading(choice=2))
    assert conversation.said == "Send a message: Anna, message I'm stuck in traffic. Shall I send this?"
    assert conversation.calls == []
    conversation.played()
    conversation.hear(word(Control.YES))
    (made,) = conversation.calls
    assert made.call.arguments == {"contact": "Anna", "message": "I'm stuck in traffic"}


@pytest.mark.proves("V.dictation")
@pytest.mark.parametrize("said", ["ten minutes", "I'm running ten minutes late"])
def test_the_blank_of_a_kept_message_is_asked_for(said: str) -> None:
    conversation = at_the_ways_out()
    conversation.hear(Reading(choice=0))
    conversation.hear(Reading(choice=1))
    assert conversation.said == "For how long?"
    conversation.hear(new_words(said))
    assert "I'm running ten minutes late. Shall I send this?" in conversation.said
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[0].call.arguments["message"] == "I'm running ten minutes late"


@pytest.mark.proves("V.dictation")
def test_a_correction_whose_words_were_not_got_leads_to_the_ways_out_at_once() -> None:
    conversation = messaging()
    conversation.hear(taken_down())
    conversation.played()
    conversation.hear(Reading(dictated=("message",)))
    assert "I can't take that down here" in conversation.said


def test_words_that_were_said_and_not_got_at_first_leave_one_try() -> None:
    conversation = messaging()
    found = Interpretation(MESSAGE.qualified, {"contact": "Anna"}, ("message",), 0.9, dictated=True)
    conversation.hear(Reading(interpretations=(found,), messages=KEPT))
    assert conversation.mode is Mode.ELICITING
    conversation.hear(Reading())
    assert "I can't take that down here" in conversation.said


def test_a_bare_yes_where_words_were_asked_for_counts_as_not_got() -> None:
    conversation = messaging()
    found = Interpretation(MESSAGE.qualified, {"contact": "Anna"}, ("message",), 0.9, dictated=True)
    conversation.hear(Reading(interpretations=(found,), messages=KEPT))
    assert conversation.mode is Mode.ELICITING
    conversation.hear(word(Control.YES))
    assert "I can't take that down here" in conversation.said


def test_a_kept_message_said_at_the_ways_out_is_taken_at_once() -> None:
    conversation = at_the_ways_out()
    conversation.hear(new_words("I'm on my way"))
    assert "I'm on my way. Shall I send this?" in conversation.said


@pytest.mark.proves("V.dictation.kept")
def test_a_message_that_is_kept_is_asked_about_once_parked_and_goes_only_after_its_yes() -> None:
    conversation = at_the_ways_out()
    conversation.played()
    conversation.hear(Reading(choice=1))
    (kept,) = [effect for effect in conversation.effects if isinstance(effect, Keep)]
    assert kept.request.arguments == {"contact": "Anna", "message": "the meeting mood"}
    assert "I keep it" in conversation.said
    parked_again(conversation)
    assert conversation.said == "You wanted to write to Anna. What shall I say?"
    assert conversation.state.request is not None
    assert conversation.state.request.arguments == {"contact": "Anna"}  # what was heard for the words is no value
    conversation.played()
    assert Forget(kept.request.id) in conversation.effects  # told once
    conversation.hear(new_words("The meeting moved"))
    assert conversation.calls == []
    conversation.played()
    conversation.hear(word(Control.YES))
    (made,) = conversation.calls
    assert made.call.arguments == {"contact": "Anna", "message": "The meeting moved"}
    conversation.end_call(Succeeded({"summary": "Sent."}))
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.send(DrivingChanged(0, DrivingState.PARKED))
    assert conversation.state.backlog.owed == ()


@pytest.mark.proves("V.dictation.kept")
def test_what_was_kept_before_the_program_ended_is_asked_about_when_parked() -> None:
    conversation = messaging()
    conversation.send(UnwordedFound(0, (Unworded("k1", MESSAGE.qualified, {"contact": "Tom", "message": "x"}),)))
    assert conversation.said == ""
    parked_again(conversation)
    assert "write to Tom" in conversation.said


def test_a_question_about_a_kept_message_that_was_not_heard_to_its_end_keeps_it() -> None:
    conversation = messaging()
    conversation.send(UnwordedFound(0, (Unworded("k1", MESSAGE.qualified, {"contact": "Tom"}),)))
    parked_again(conversation)
    assert not any(isinstance(effect, Forget) for effect in conversation.all)


@pytest.mark.proves("V.dictation.kept")
@pytest.mark.parametrize("control", [Control.NO, Control.NEVER_MIND, Control.STOP])
def test_a_kept_message_that_is_not_wanted_any_more_is_erased(control: Control) -> None:
    conversation = messaging()
    conversation.send(UnwordedFound(0, (Unworded("k1", MESSAGE.qualified, {"contact": "Tom"}),)))
    parked_again(conversation)
    conversation.hear(word(control))
    assert Forget("k1") in conversation.effects
    assert conversation.state.backlog.unworded == conversation.state.backlog.owed == ()


def test_undo_right_after_keeping_erases_it() -> None:
    conversation = at_the_ways_out()
    conversation.hear(Reading(choice=1))
    (kept,) = [effect for effect in conversation.effects if isinstance(effect, Keep)]
    conversation.played()
    conversation.hear(word(Control.UNDO))
    assert Forget(kept.request.id) in conversation.effects


def test_without_kept_messages_only_keeping_is_offered() -> None:
    conversation = messaging()
    for _ in range(2):
        conversation.hear(replace(taken_down(), messages=()))
        conversation.played()
        conversation.hear(word(Control.NO))
    assert conversation.said == "I can't take that down here. Shall I keep it for when you are parked?"
    conversation.played()
    conversation.hear(word(Control.YES))
    assert any(isinstance(effect, Keep) for effect in conversation.effects)


def test_a_kept_sentence_in_place_of_nearly_the_same_words_is_offered_as_that() -> None:
    conversation = messaging()
    found = Interpretation(
        MESSAGE.qualified, {"contact": "Anna", "message": "I'm running ten minutes late"}, (), 0.9, near=True
    )
    conversation.hear(Reading(interpretations=(found,), messages=KEPT))
    assert conversation.said == (
        "That is close to one that you keep. Send a message: Anna, message I'm running ten minutes late. "
        "Shall I send this?"
    )


def test_the_ways_out_are_asked_again_as_they_were() -> None:
    conversation = at_the_ways_out()
    before = conversation.said
    conversation.played()
    conversation.hear(word(Control.REPEAT))
    assert conversation.said == before


_WORDS = st.sampled_from([GARBLED, "it is raining", *KEPT[:1], KEPT[2]])
_EVENTS: st.SearchStrategy[Reading | DrivingState | str] = st.one_of(
    _WORDS.map(taken_down),
    _WORDS.map(new_words),
    st.just(Reading()),
    st.sampled_from([Control.YES, Control.NO, Control.NEVER_MIND, Control.UNDO, Control.GO_BACK]).map(word),
    st.sampled_from([0, 1, 2]).map(lambda index: Reading(choice=index)),
    st.sampled_from(list(DrivingState)),
    st.sampled_from(["played", "silence", "timer", "found", "sent"]),
)


@pytest.mark.proves("V.dictation.kept", "P1.read-back")
@given(happens=st.lists(_EVENTS, min_size=4, max_size=30))
def test_whatever_happens_nothing_kept_is_lost_without_a_word_nor_sent_without_its_yes(
    happens: Sequence[Reading | DrivingState | str],
) -> None:
    conversation, watch = _Watched(), Watch()
    conversation.watch = watch
    kept: set[str] = set()
    for number, one in enumerate(happens):
        _happen(conversation, one, number)
        kept |= {effect.request.id for effect in conversation.effects if isinstance(effect, Keep)}
        kept |= {f"f{number}"} if one == "found" else set()
        kept -= {effect.id for effect in conversation.effects if isinstance(effect, Forget)}
        state = conversation.state
        held = (
            *state.backlog.unworded,
            *state.backlog.owed,
            *state.waiting,
            *((state.request,) if state.request else ()),
        )
        chosen = tuple(option.request for option in (*state.options, *state.others) if option.request)
        assert {request.kept for request in (*held, *chosen) if request.kept} == kept
        for made in conversation.calls:
            assert made.call.tool != "send_message" or made.consent is not None


class _Watched(Conversation):
    """A conversation with the promises watched."""

    watch: Watch | None = None

    def __init__(self) -> None:
        super().__init__(Catalog((MESSAGE, WEATHER)))

    def send(self, event: Event) -> tuple[object, ...]:  # type: ignore[override]  # the same, seen by the watch
        before = self.state
        self.at += 1
        seen = replace(event, at=self.at)
        self.state, self.effects = step(before, seen)
        self.all.extend(self.effects)
        if self.watch is not None:
            self.watch.see(before, seen, self.state, self.effects)
        return self.effects


def _happen(conversation: Conversation, one: Reading | DrivingState | str, number: int) -> None:
    if isinstance(one, Reading):
        conversation.send(Heard(0, one))
    elif isinstance(one, DrivingState):
        conversation.send(DrivingChanged(0, one))
    elif one == "found":
        arguments: Mapping[str, JSON] = {"contact": "Tom", "message": "x"}
        before = conversation.state
        earlier = (*before.backlog.unworded, *before.backlog.owed)
        again = tuple(Unworded(request.kept, request.tool, request.arguments) for request in earlier)
        conversation.send(UnwordedFound(0, (*again, Unworded(f"f{number}", MESSAGE.qualified, arguments))))
    elif one == "timer":
        conversation.send(TimerFired(0, "notices", conversation.state.counter))
    elif one == "sent" and conversation.mode is Mode.CALLING:
        conversation.end_call(Succeeded({"summary": "Sent."}))
    elif one == "played" and conversation.state.said.playing:
        conversation.played()
    elif one == "silence" and conversation.state.listening:
        conversation.silence()
