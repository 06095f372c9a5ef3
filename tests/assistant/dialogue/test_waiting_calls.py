"""What waits for the network: kept, told once it went through, taken back by voice, read back anew where it is old."""

from __future__ import annotations

import pytest

from assistant.dialogue.events import Delivered, DrivingChanged, TakenBack, TimerFired
from assistant.dialogue.table_effects import TakeBack
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control
from client.call import CallError, Deferred
from tests.assistant.dialogue.conversation import (
    BOOK,
    DINNER,
    NOW,
    WEATHER,
    Conversation,
    asked_to_confirm,
    word,
)


def test_a_confirmed_call_without_network_is_kept_and_its_delivery_is_told() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(Deferred(CallError("not_sent", "offline"), NOW + 3600))
    assert conversation.said.startswith("There is no network. I keep this")
    conversation.played()
    conversation.silence()
    assert conversation.mode is Mode.IDLE
    conversation.send(Delivered(0, BOOK.qualified, DINNER))
    assert conversation.said == "What you confirmed before has gone through: Book a table."


@pytest.mark.proves("P3.reported")
def test_a_delivery_is_not_told_in_the_middle_of_a_turn_but_after_it() -> None:
    conversation = asked_to_confirm()
    conversation.send(Delivered(0, WEATHER.qualified))
    assert "has gone through" not in conversation.said
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    assert "has gone through" in conversation.said


def test_while_moving_a_notice_waits_until_the_driver_has_had_quiet_after_the_last_task() -> None:
    conversation = asked_to_confirm()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    conversation.send(Delivered(0, WEATHER.qualified))
    assert "has gone through" not in conversation.said
    conversation.at += 30
    conversation.send(TimerFired(0, "notices", 0))
    assert "has gone through" in conversation.said


@pytest.mark.proves("P3.take-back")
@pytest.mark.parametrize(
    ("done", "told"), [(True, "It is dropped and will not be sent."), (False, "It is already on its way.")]
)
def test_what_waits_for_the_network_is_taken_back_by_voice_and_whether_that_worked_is_said(
    done: bool, told: str
) -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(Deferred(CallError("not_sent", "offline"), NOW + 3600))
    conversation.played()
    conversation.hear(word(Control.UNDO))
    (effect,) = [effect for effect in conversation.effects if isinstance(effect, TakeBack)]
    assert conversation.said == "If it still waits, I drop it."
    conversation.send(TakenBack(0, effect.call_id, done))
    conversation.played()
    conversation.silence()
    assert conversation.said.startswith(told)


def stale_dinner() -> Conversation:
    conversation = Conversation()
    conversation.send(Delivered(0, BOOK.qualified, DINNER, succeeded=False, reason="too late", stale=True))
    return conversation


@pytest.mark.proves("P3.stale")
def test_what_waited_too_long_for_the_network_is_read_back_and_made_only_after_a_new_yes() -> None:
    conversation = stale_dinner()
    assert conversation.calls == []
    conversation.send(TimerFired(0, "notices", conversation.state.counter))
    assert conversation.mode is Mode.CONFIRMING
    assert conversation.said.startswith("This waited too long for the network and was not sent. Book a table: Luigi's")
    conversation.played()
    conversation.hear(word(Control.YES))
    assert [dict(call.call.arguments) for call in conversation.calls] == [DINNER]
    assert conversation.calls[0].consent is not None


@pytest.mark.proves("P3.stale")
def test_what_waited_too_long_is_not_asked_about_in_the_middle_of_a_turn_nor_in_quiet_time() -> None:
    conversation = asked_to_confirm()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.send(Delivered(0, BOOK.qualified, DINNER, succeeded=False, reason="too late", stale=True))
    assert "too long" not in conversation.said
    conversation.hear(word(Control.STOP))
    conversation.played()
    conversation.silence()
    conversation.send(TimerFired(0, "notices", conversation.state.counter))
    assert "too long" not in conversation.said
    conversation.at += 30
    conversation.send(TimerFired(0, "notices", conversation.state.counter))
    assert "too long" in conversation.said
    conversation.played()
    conversation.hear(word(Control.NO))
    assert conversation.calls == []
