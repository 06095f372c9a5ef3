"""What is answered to refusals, questions and halves of a pair, and that nothing is called for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.events import Heard
from assistant.dialogue.state import PastCall, State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Call, Effect, Say, TakeBack
from assistant.dialogue.turns import Confirming, Eliciting, Mode, Request
from assistant.understanding.mood import Mood as Wanted
from assistant.understanding.reading import Half, Interpretation, Reading
from client.call import CallError, Deferred, Sent, Succeeded, ToolCall
from tests.assistant.dialogue.conversation import BOOK, CATALOG, DINNER, NOW, TURNS, WEATHER

IDLE = State("test", catalog=CATALOG)
CONFIRMING = replace(
    IDLE,
    turn=Confirming(Request(BOOK.qualified, DINNER)),
    said=replace(IDLE.said, heard=True, read_back_heard=True),
)
REFUSAL = Reading(mood=Wanted.DO_NOT, refuses=True, about=(BOOK.qualified,), text="don't book a table")
QUESTION = Reading(mood=Wanted.TELL, text="is the shop open")


def hear(state: State, reading: Reading) -> tuple[State, tuple[Effect, ...]]:
    return step(state, Heard(NOW, reading))


def said(effects: tuple[Effect, ...]) -> str:
    return " ".join(effect.text for effect in effects if isinstance(effect, Say))


def calls(effects: tuple[Effect, ...]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, Call)]


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("reading", [REFUSAL, QUESTION])
@pytest.mark.parametrize("mode", list(Mode))
def test_neither_a_refusal_nor_a_question_calls_anything_in_any_mode(mode: Mode, reading: Reading) -> None:
    _, effects = hear(replace(IDLE, turn=TURNS[mode]), reading)
    assert calls(effects) == []
    assert said(effects)


@pytest.mark.proves("P1.mood")
def test_a_refusal_while_nothing_waits_is_answered_in_one_sentence_and_ends_the_turn() -> None:
    state, effects = hear(IDLE, REFUSAL)
    assert "Nothing was done" in said(effects)
    assert (state.mode, state.request) == (Mode.REPORTING, None)


@pytest.mark.proves("P1.mood")
def test_a_refusal_refuses_what_waits_for_its_yes() -> None:
    state, effects = hear(CONFIRMING, REFUSAL)
    assert state.request is None
    assert "Nothing was done" in said(effects)


@pytest.mark.proves("P1.mood")
def test_a_refusal_takes_back_what_waits_in_the_outbox_only_if_it_speaks_of_that() -> None:
    kept = PastCall(
        ToolCall("c1", BOOK.server, BOOK.name, dict(DINNER), "k1"),
        Deferred(CallError("offline", "no network", Sent.NO), NOW + 60.0),
    )
    _, effects = hear(replace(IDLE, memory=replace(IDLE.memory, done=kept)), REFUSAL)
    assert TakeBack("c1") in effects
    _, others = hear(
        replace(IDLE, memory=replace(IDLE.memory, done=kept)), replace(REFUSAL, about=(WEATHER.qualified,))
    )
    assert TakeBack("c1") not in others


@pytest.mark.proves("P1.mood")
def test_a_question_that_nothing_answers_is_told_so_and_what_waits_is_asked_again() -> None:
    state, effects = hear(CONFIRMING, QUESTION)
    assert "I can't tell" in said(effects)
    assert (state.mode, state.request) == (Mode.CONFIRMING, CONFIRMING.request)


@pytest.mark.proves("P1.mood")
def test_a_deed_that_waits_for_something_is_told_and_not_done() -> None:
    waits = Reading(mood=Wanted.WAIT, text="if it rains close the windows")
    _, effects = hear(IDLE, waits)
    assert "Nothing was done" in said(effects) or "did nothing" in said(effects)
    assert calls(effects) == []


@pytest.mark.proves("P1.mood")
def test_something_else_asked_for_beside_a_refusal_leaves_what_waited() -> None:
    wanted = Interpretation(WEATHER.qualified, {"place": "Ulm"}, (), 0.9)
    state, effects = hear(
        CONFIRMING, Reading(interpretations=(wanted,), refuses=True, text="don't, tell me the weather")
    )
    assert [request.tool for request in (state.request, *state.waiting) if request] == [WEATHER.qualified]
    assert len(calls(effects)) == 1


@pytest.mark.proves("P1.mood")
def test_a_message_may_read_like_a_refusal_but_a_name_may_not() -> None:
    asked = replace(
        IDLE,
        turn=Eliciting(Request(BOOK.qualified), "restaurant"),
        said=replace(IDLE.said, heard=True),
    )
    text = "don't book it"
    state, _ = hear(asked, replace(REFUSAL, changes={"restaurant": text}, text=text))
    assert state.request is None


@pytest.mark.proves("P1.opposite")
def test_the_half_that_a_tool_lacks_is_told_plainly() -> None:
    _, effects = hear(IDLE, Reading(half=Half("open", "close"), text="close the gate"))
    assert (said(effects), calls(effects)) == ("I can open that, but not close it.", [])
    _, effects = hear(IDLE, Reading(half=Half("", "turn off"), text="turn off the radio"))
    assert said(effects) == "I have nothing to turn off that with."


@pytest.mark.proves("P1.mood")
def test_a_sentence_that_takes_itself_back_is_told_as_dropped() -> None:
    from assistant.understanding.reading import Control

    _, effects = hear(IDLE, Reading(control=Control.NEVER_MIND, mood=Wanted.DROP, text="book a table never mind"))
    assert "Nothing was done" in said(effects)


@pytest.mark.proves("P1.mood")
def test_a_named_deed_is_taken_back_only_if_it_was_the_last() -> None:
    done = PastCall(ToolCall("c1", BOOK.server, BOOK.name, dict(DINNER), "k1"), Succeeded({"booking": "b1"}))
    undoing = Reading(mood=Wanted.UNDO, about=(BOOK.qualified,), text="undo the booking")
    state, _ = hear(replace(IDLE, memory=replace(IDLE.memory, done=done)), undoing)
    assert state.request is not None
    assert state.request.tool == "town.cancel_table"
    state, effects = hear(
        replace(IDLE, memory=replace(IDLE.memory, done=done)), replace(undoing, about=(WEATHER.qualified,))
    )
    assert (state.request, calls(effects)) == (None, [])
    assert "can't reverse" in said(effects)
