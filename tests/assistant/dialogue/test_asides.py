"""Words on the side, several effects at once, and speech that nobody asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.events import CallEnded, CatalogChanged, Delivered, DrivingChanged, Heard, Noticed, SpeechEnded
from assistant.dialogue.table_effects import Approve, Earcon, Say, SetPace, Show
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control, Reading
from client.call import CallError, Deferred, Need, NeedsInput, Succeeded
from client.catalog import Catalog, Hints, Tool
from tests.assistant.dialogue.conversation import (
    BOOK,
    BOOKED,
    CATALOG,
    DINNER,
    LOST,
    NOW,
    WEATHER,
    Conversation,
    asked_to_confirm,
    wants,
    word,
)

WINDOW = Tool(
    "car", "set_window", "Open or close a window", "Window",
    {"type": "object", "properties": {"position": {"type": "integer"}}, "required": ["position"]},
    hints=Hints(read_only=False, destructive=False, idempotent=True, open_world=False), trusted=True,
)  # fmt: skip
CUISINES = ["italian", "greek", "thai", "indian", "french"]
FIND = Tool(
    "town", "find_food", "Find food", "Food",
    {"type": "object", "properties": {"cuisine": {"enum": CUISINES}}, "required": ["cuisine"]},  # type: ignore[dict-item]  # plain JSON
    hints=Hints(read_only=True), trusted=True,
)  # fmt: skip


ASIDES = [
    Control.WHAT_HAPPENED, Control.UNDO, Control.MORE, Control.HELP, Control.REPEAT, Control.SLOWER, Control.FASTER,
    Control.GO_BACK, Control.HUSH, Control.ANNOUNCE,
]  # fmt: skip


@pytest.mark.proves("D.asides", "P1.read-back")
@pytest.mark.parametrize("control", ASIDES)
def test_an_aside_while_confirming_keeps_the_request_and_reads_it_back_again(control: Control) -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(control))
    assert conversation.mode is Mode.CONFIRMING
    assert "Luigi's" in conversation.said
    conversation.hear(word(Control.YES))
    assert conversation.calls == [], "the aside is no read-back"
    conversation.played()
    conversation.hear(word(Control.YES))
    assert len(conversation.calls) == 1


@pytest.mark.proves("D.asides")
@pytest.mark.parametrize("control", ASIDES)
def test_an_aside_while_a_value_is_asked_for_asks_for_it_again(control: Control) -> None:
    conversation = Conversation()
    conversation.hear(wants(BOOK, {"restaurant": "Luigi's"}))
    conversation.played()
    conversation.hear(word(control))
    assert conversation.mode is Mode.ELICITING
    assert conversation.said.endswith("For which day?")


@pytest.mark.proves("D.asides")
@pytest.mark.parametrize("what", ["safety", "delivery", "driving"])
def test_news_while_confirming_keeps_the_request(what: str) -> None:
    conversation = asked_to_confirm()
    if what == "safety":
        conversation.send(Noticed(0, "brake", "Brake fluid is low", safety=True))
        assert conversation.said.startswith("Brake fluid is low.")
        assert "Luigi's" in conversation.said
        conversation.hear(word(Control.YES))
        assert conversation.calls == [], "read back anew after the warning"
    elif what == "delivery":
        conversation.send(Delivered(0, WEATHER.qualified))
    else:
        conversation.send(DrivingChanged(0, DrivingState.MOVING))
    assert conversation.mode is Mode.CONFIRMING
    assert conversation.state.request is not None


def test_undo_while_something_waits_parks_it_and_offers_it_again() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.hear(wants(BOOK, {"restaurant": "Roma"}))
    conversation.hear(word(Control.UNDO))
    assert conversation.said.startswith("To reverse:")
    conversation.played()
    conversation.hear(word(Control.NO))
    conversation.played()
    assert conversation.said.startswith("Now the earlier request: Book a table.")


@pytest.mark.proves("D.undo")
def test_undo_means_the_last_effect_whatever_was_looked_up_since() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(Succeeded({"summary": "Sunny."}))
    conversation.hear(word(Control.WHAT_HAPPENED))
    assert conversation.said.startswith("Book a table, Luigi's")
    conversation.hear(word(Control.UNDO))
    assert "Cancel a booking: B 1" in conversation.said


@pytest.mark.proves("D.visible")
def test_what_the_driver_sees_is_acknowledged_by_an_earcon_alone() -> None:
    conversation = Conversation(Catalog((WINDOW,)))
    before = len([effect for effect in conversation.all if isinstance(effect, Say)])
    conversation.hear(wants(WINDOW, {"position": 50}))
    conversation.end_call(Succeeded({"summary": "The window is half open.", "visible": True}))
    assert Earcon("done") in conversation.effects
    assert Show("The window is half open.") in conversation.effects  # whoever has no sound still sees it
    assert len([effect for effect in conversation.all if isinstance(effect, Say)]) == before
    conversation.hear(word(Control.WHAT_HAPPENED))
    assert "The window is half open." in conversation.said


@pytest.mark.proves("D.visible")
def test_a_server_that_is_not_trusted_cannot_keep_an_effect_quiet() -> None:
    conversation = Conversation(Catalog((replace(WINDOW, trusted=False),)))
    conversation.hear(wants(WINDOW, {"position": 50}))
    if conversation.mode is Mode.CONFIRMING:
        conversation.played()
        conversation.hear(word(Control.YES))
    conversation.end_call(Succeeded({"summary": "The window is half open.", "visible": True}))
    assert conversation.said == "The window is half open."


def test_the_same_request_again_is_not_asked_about_twice() -> None:
    conversation = asked_to_confirm()
    conversation.hear(wants(BOOK, DINNER))
    conversation.played()
    conversation.hear(word(Control.YES))
    conversation.hear(wants(BOOK, DINNER))
    assert conversation.said == "It is already on its way. I will tell you how it went."
    conversation.end_call(BOOKED)
    conversation.played()
    conversation.silence()
    assert len(conversation.calls) == 1
    assert conversation.mode is Mode.IDLE


@pytest.mark.proves("D.more", "V2")
def test_options_come_three_at_a_time_and_more_tells_the_next() -> None:
    conversation = Conversation(Catalog((FIND,)))
    conversation.hear(wants(FIND))
    assert conversation.said == "Which cuisine: italian, greek, thai, or another?"
    conversation.hear(word(Control.MORE))
    assert conversation.said == "Which do you mean: italian, greek or thai?"
    conversation.hear(word(Control.MORE))
    assert conversation.said == "Which do you mean: indian or french?"
    conversation.hear(Reading(choice=1))
    assert conversation.calls[0].call.arguments == {"cuisine": "french"}


@pytest.mark.proves("D.held", "V13")
def test_an_outcome_waits_until_the_driver_has_finished_speaking() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.press()
    conversation.end_call(BOOKED)
    assert conversation.said != "Your table is booked."
    conversation.silence()
    assert conversation.said == "Your table is booked."


@pytest.mark.proves("D.suspend")
def test_a_yes_long_after_its_question_is_read_back_again() -> None:
    conversation = asked_to_confirm()
    conversation.at += 3600
    conversation.hear(word(Control.YES))
    assert conversation.calls == []
    assert conversation.said.startswith("That was a while ago, so I ask afresh. Book a table: Luigi's")


def test_a_changed_tool_is_taken_as_it_is_only_after_the_question_was_heard() -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed")))
    conversation.hear(word(Control.YES))
    assert [type(effect).__name__ for effect in conversation.all].count("Approve") == 0
    conversation.played()
    conversation.hear(word(Control.YES))
    assert [type(effect).__name__ for effect in conversation.all].count("Approve") == 1


@pytest.mark.proves("P6.changed")
def test_a_tool_that_changes_again_before_the_yes_is_asked_about_again() -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed")))
    conversation.played()
    changed = replace(WEATHER, description="Sell the car, and tell the weather.")
    conversation.send(CatalogChanged(0, Catalog((BOOK, changed))))
    conversation.hear(word(Control.YES))
    assert [effect for effect in conversation.all if isinstance(effect, Approve)] == []
    assert conversation.said.startswith("Sell") or "Shall I" in conversation.said


@pytest.mark.proves("T4")
@pytest.mark.parametrize("mode", ["asked", "reporting", "listening"])
def test_playback_that_breaks_off_leaves_the_driver_the_word(mode: str) -> None:
    conversation = Conversation()
    if mode == "listening":
        conversation.press()
        conversation.hear(Reading())
    else:
        conversation.hear(wants(BOOK, {}) if mode == "asked" else wants(WEATHER, {"place": "Rome"}))
    if mode == "reporting":
        conversation.end_call(Succeeded({"summary": "Sunny."}))
    conversation.send(SpeechEnded(0, conversation.state.said.playing, complete=False))
    assert conversation.listens


def test_a_parked_request_survives_a_press_and_silence() -> None:
    conversation = asked_to_confirm()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(Succeeded({"summary": "Sunny."}))
    conversation.press()
    conversation.silence()
    assert conversation.said.startswith("Now the earlier request: Book a table.")


def test_pressing_the_key_during_a_long_answer_keeps_its_rest() -> None:
    conversation = Conversation()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    sentences = " ".join(f"Sentence number {n} has exactly eight words here." for n in range(6))
    conversation.end_call(Succeeded({"summary": sentences}))
    conversation.press()
    conversation.hear(word(Control.MORE))
    assert "Sentence number 3" in conversation.said


def test_slower_says_it_again_more_slowly_and_has_an_end() -> None:
    conversation = asked_to_confirm()
    for _ in range(6):
        conversation.hear(word(Control.SLOWER))
    paces = [effect.pace for effect in conversation.all if isinstance(effect, SetPace)]
    assert paces[0] == pytest.approx(0.85)
    assert paces[-1] == pytest.approx(0.6)


@pytest.mark.proves("D.unasked")
def test_unasked_speech_is_silenced_by_voice_but_safety_and_deliveries_are_told() -> None:
    conversation = Conversation()
    conversation.send(Noticed(0, "range", "Range is down to 40 kilometers"))
    assert conversation.said == "Range is down to 40 kilometers."
    conversation.played()
    conversation.hear(word(Control.HUSH))
    conversation.played()
    conversation.silence()
    conversation.send(Noticed(0, "calendar", "Your meeting is in ten minutes"))
    assert "meeting" not in conversation.said
    conversation.send(Noticed(0, "brake", "Brake fluid is low", safety=True))
    assert conversation.said == "Brake fluid is low."
    conversation.played()
    conversation.send(Delivered(0, BOOK.qualified, DINNER))
    assert "has gone through" in conversation.said


@pytest.mark.proves("V6")
def test_while_moving_unasked_news_waits_for_quiet_and_safety_does_not() -> None:
    conversation = asked_to_confirm()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    conversation.send(Noticed(0, "range", "Range is down to 40 kilometers"))
    assert "Range" not in conversation.said
    conversation.send(Noticed(0, "brake", "Brake fluid is low", safety=True))
    assert conversation.said == "Brake fluid is low."


def test_did_it_go_through_is_answered_after_the_delivery() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(Deferred(CallError("not_sent", "offline"), NOW + 3600))
    conversation.hear(word(Control.WHAT_HAPPENED))
    assert conversation.said == "It still waits for the network: Book a table."
    conversation.send(Delivered(0, BOOK.qualified, DINNER))
    conversation.hear(word(Control.WHAT_HAPPENED))
    assert "Done: Book a table." in conversation.said


def test_did_it_go_through_offers_to_look_where_nobody_knows() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(LOST)
    conversation.played()
    conversation.silence()
    conversation.hear(word(Control.WHAT_HAPPENED))
    assert conversation.said.endswith("Shall I look whether it went through?")
    conversation.hear(word(Control.YES))
    assert conversation.calls[-1].call.tool == "list_tables"


def test_a_login_is_put_off_until_the_vehicle_is_parked() -> None:
    conversation = Conversation()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(NeedsInput(Need.LOGIN, CallError("login", "Log in"), service="gmail"))
    conversation.played()
    conversation.silence()
    conversation.send(DrivingChanged(0, DrivingState.PARKED))
    assert conversation.said == "Now that you are parked: Weather still needs a login to gmail."


def test_a_long_answer_gets_shorter_breaths_when_the_vehicle_moves_off() -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    sentences = " ".join(f"Sentence number {n} has exactly eight words here." for n in range(20))
    conversation.end_call(Succeeded({"summary": sentences}))
    conversation.played()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(word(Control.MORE))
    assert len(conversation.said.split()) <= 25 + 4


def test_every_mode_takes_what_it_hears_typed_or_spoken_with_a_sign() -> None:
    conversation = Conversation(CATALOG)
    conversation.send(Heard(0, Reading()))
    assert Earcon("heard") in conversation.effects
    conversation.send(CallEnded(0, "nobody's", BOOKED))
    assert conversation.effects == ()
