"""What is listed and chosen, values that cannot be, forms of servers, loudness, timers, and a world that changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.context import context_of
from assistant.dialogue.events import DrivingChanged, NetworkChanged, Noticed, SpeechEnded
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Call, Purpose, Say, SetLoudness
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Control, Interpretation, Profile, Reading
from client.call import CallError, Need, NeedsInput, Sent, Succeeded
from client.catalog import Catalog, Hints, Tool
from client.values import JSON
from tests.assistant.dialogue.conversation import (
    BOOK,
    BOOKED,
    CATALOG,
    DINNER,
    NOW,
    WEATHER,
    Conversation,
    asked_to_confirm,
    wants,
    word,
)  # fmt: skip

HOTELS = Tool(
    "town", "find_hotels", "Find hotels in a town", "Hotels",
    {"type": "object", "properties": {"town": {"type": "string"}}}, hints=Hints(read_only=True), trusted=True,
)  # fmt: skip
FOUND: list[JSON] = [
    {"name": name, "price": price, "distance_km": away}
    for name, price, away in (("Ritz", 300, 4.0), ("Ibis", 80, 2.5), ("Hilton", 180, 0.4), ("Motel", 95, 9.0))
]
FORM: dict[str, JSON] = {
    "type": "object",
    "properties": {
        "time": {"type": "string", "format": "time"},
        "seats": {"type": "integer", "minimum": 1, "maximum": 6},
        "outside": {"type": "boolean"},
    },
    "required": ["time", "seats", "outside"],
}


def listed() -> Conversation:
    """Four hotels have been found."""
    conversation = Conversation(Catalog((*CATALOG, HOTELS)))
    conversation.hear(wants(HOTELS))
    conversation.end_call(Succeeded({"hotels": FOUND}))
    return conversation


@pytest.mark.proves("D.lists")
def test_a_bare_list_is_told_three_at_a_time_and_more_tells_the_rest() -> None:
    conversation = listed()
    assert conversation.said.startswith("There are 4: Ritz, price 300, distance 4 km; Ibis, price 80,")
    assert "Motel" not in conversation.said
    conversation.hear(word(Control.MORE))
    assert conversation.said.startswith("Motel, price 95")


@pytest.mark.proves("D.choice")
def test_what_was_listed_is_known_to_the_next_sentence_by_name_and_property() -> None:
    context = context_of(listed().state, NOW, Profile())
    assert context.results == ("Ritz", "Ibis", "Hilton", "Motel")
    assert context.result_properties[1]["price"] == 80
    assert context.previous_tool == "town.find_hotels"


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize(
    ("said", "place"),
    [("the cheapest one", "Ibis"), ("the nearest one", "Hilton"), ("the second one", "Ibis"), ("the last one", "Motel"),
     ("the most expensive one", "Ritz"), ("the closest", "Hilton")],
)  # fmt: skip
def test_a_property_an_ordinal_or_a_superlative_picks_one_of_what_was_listed(said: str, place: str) -> None:
    interpreter = Interpreter(Catalog((WEATHER,)))
    context = context_of(listed().state, NOW, Profile())
    reading = interpreter.read([f"what is the weather at {said}"], replace(context, previous_tool=""))
    assert dict(reading.interpretations[0].arguments) == {"place": place}


@pytest.mark.proves("D.choice")
def test_a_superlative_of_something_else_points_to_nothing_that_was_listed() -> None:
    context = context_of(listed().state, NOW, Profile())
    reading = Interpreter(Catalog((WEATHER,))).read(["what is the weather in the nearest town"], context)
    assert "Hilton" not in str([found.arguments for found in reading.interpretations])


@pytest.mark.proves("D.invalid")
def test_a_value_beyond_its_limits_is_asked_again_with_the_reason() -> None:
    size: dict[str, JSON] = {"type": "integer", "minimum": 1, "maximum": 20}
    table: dict[str, JSON] = {"type": "object", "properties": {"party_size": size}, "required": ["party_size"]}
    small = replace(BOOK, input_schema=table)
    conversation = Conversation(Catalog((small,)))
    wanted = Interpretation(small.qualified, {}, ("party_size",), 0.9, invalid={"party_size": 40})
    conversation.hear(Reading(interpretations=(wanted,)))
    assert conversation.said == "40 is too much: 20 is the most. For how many people, from 1 to 20?"
    conversation.played()
    conversation.hear(Reading(invalid={"party_size": 0}))
    assert conversation.said == "0 is too little: 1 is the least. For how many people, from 1 to 20?"
    conversation.played()
    conversation.hear(Reading(changes={"party_size": 4}))
    assert conversation.mode is Mode.CONFIRMING


@pytest.mark.proves("D.form")
def test_a_form_of_the_server_is_heard_field_by_field_and_a_wrong_value_is_asked_again() -> None:
    interpreter = Interpreter(CATALOG)
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    wanted = NeedsInput(Need.ARGUMENTS, CallError("input_wanted", "More, please", Sent.YES), FORM)
    conversation.end_call(wanted)

    def say(text: str) -> None:
        conversation.played()
        conversation.hear(interpreter.read([text], context_of(conversation.state, conversation.at, Profile())))

    assert conversation.said == "More, please. At what time?"
    say("at half past seven in the evening")
    assert conversation.said == "What seats, from 1 to 6?"
    say("for nine people")
    assert conversation.said == "9 is too much: 6 is the most. What seats, from 1 to 6?"
    say("five")
    assert conversation.said == "Outside, or not?"
    say("no")
    assert conversation.mode is Mode.CONFIRMING
    assert conversation.said.startswith("More, please. Book a table: ")
    say("make it six seats")
    conversation.played()
    assert len(conversation.calls) == 1
    conversation.hear(word(Control.YES))
    assert conversation.calls[-1].answers == {"time": "19:30:00", "seats": 6, "outside": False}


@pytest.mark.proves("D.subject")
def test_a_plain_new_request_parks_a_question_and_a_mere_value_does_not() -> None:
    conversation = Conversation()
    conversation.hear(wants(BOOK, {"date": "2026-11-22"}))
    conversation.played()
    other = Interpretation(WEATHER.qualified, {"place": "Rome"}, (), 0.9)
    conversation.hear(Reading(changes={"restaurant": "weather"}, interpretations=(other,), opens_request=True))
    assert [call.call.tool for call in conversation.calls] == ["get_weather"]
    conversation.end_call(Succeeded({"summary": "Sunny."}))
    conversation.played()
    assert conversation.said == "Now the earlier request: Book a table. Which restaurant?"
    conversation.played()
    conversation.hear(Reading(changes={"restaurant": "Weather Inn"}, interpretations=(other,)))
    assert conversation.state.request is not None
    assert conversation.state.request.arguments["restaurant"] == "Weather Inn"


@pytest.mark.proves("D.subject")
def test_a_request_that_is_said_again_is_no_answer_to_what_it_lacks() -> None:
    conversation = Conversation()
    again = Interpretation(WEATHER.qualified, {}, ("place",), 0.98)
    conversation.hear(Reading(interpretations=(again,), opens_request=True))
    conversation.played()
    said = "what's the weather like"
    conversation.hear(Reading(changes={"place": said}, interpretations=(again,), text=said, opens_request=True))
    assert conversation.calls == []
    assert conversation.said == "Which place?"
    conversation.played()
    conversation.hear(Reading(changes={"place": "Rome"}, interpretations=(again,), text="in Rome", opens_request=True))
    assert [dict(call.call.arguments) for call in conversation.calls] == [{"place": "Rome"}]


@pytest.mark.proves("D.subject")
def test_words_for_a_message_are_never_a_new_request() -> None:
    tool = Tool("town", "write_note", "", "Note", {"type": "object", "properties": {"text": {"type": "string"}},
                                                   "required": ["text"]})  # fmt: skip
    conversation = Conversation(Catalog((tool, WEATHER)))
    conversation.hear(wants(tool))
    conversation.played()
    other = Interpretation(WEATHER.qualified, {"place": "Rome"}, (), 0.99)
    conversation.hear(Reading(changes={"text": "look up the weather"}, interpretations=(other,), opens_request=True))
    assert conversation.read_backs == ["Write note: look up the weather. Shall I save this?"]


@pytest.mark.proves("D.louder")
def test_louder_and_quieter_say_the_last_thing_again_and_have_an_end() -> None:
    conversation = asked_to_confirm()
    for _ in range(9):
        conversation.hear(word(Control.LOUDER))
    assert conversation.mode is Mode.CONFIRMING
    assert SetLoudness(4.0) in conversation.effects
    assert conversation.said.startswith("Book a table: Luigi's")
    for _ in range(20):
        conversation.hear(word(Control.QUIETER))
    assert SetLoudness(0.1) in conversation.effects


@pytest.mark.proves("D.timer")
def test_a_timer_is_told_after_the_turn_though_announcements_are_off_and_the_car_moves() -> None:
    conversation = Conversation()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(word(Control.HUSH))
    conversation.played()
    conversation.hear(wants(BOOK, DINNER))
    conversation.send(Noticed(0, "timer", "The egg timer is up", asked=True))
    assert conversation.said.startswith("Book a table")
    conversation.played()
    conversation.hear(word(Control.NEVER_MIND))
    conversation.played()
    conversation.silence()
    assert conversation.said == "The egg timer is up."
    assert conversation.state.backlog.due == ()


def _in(mode: Mode) -> Conversation:
    conversation = Conversation()
    if mode is Mode.LISTENING:
        conversation.press()
    elif mode is Mode.CHOOSING:
        near = tuple(Interpretation(tool.qualified, {}, (), 0.5) for tool in (BOOK, WEATHER))
        conversation.hear(Reading(interpretations=near))
    elif mode is Mode.ELICITING:
        conversation.hear(wants(BOOK))
    elif mode is not Mode.IDLE:
        conversation.hear(wants(BOOK, DINNER))
        conversation.played()
    if mode in (Mode.CALLING, Mode.ANSWERING, Mode.REPORTING):
        conversation.hear(word(Control.YES))
    if mode is Mode.ANSWERING:
        conversation.end_call(NeedsInput(Need.ARGUMENTS, CallError("form", "Which?", Sent.YES), FORM))
    elif mode is Mode.REPORTING:
        conversation.end_call(BOOKED)
    assert conversation.mode is mode
    return conversation


@pytest.mark.proves("D.world")
@pytest.mark.parametrize("mode", list(Mode))
def test_network_and_vehicle_may_change_in_every_state_and_nothing_pending_is_lost(mode: Mode) -> None:
    conversation = _in(mode)
    before: State = conversation.state
    for online in (False, True):
        conversation.send(NetworkChanged(0, online))
        assert conversation.state.online is online
    for driving in (DrivingState.MOVING, DrivingState.IDLING, DrivingState.MOVING, DrivingState.PARKED):
        conversation.send(DrivingChanged(0, driving))
        assert conversation.state.driving is driving
    after = conversation.state
    assert after.mode is mode
    assert (after.request, after.waiting, after.asked) == (before.request, before.waiting, before.asked)
    assert not any(isinstance(effect, Call) for effect in conversation.effects)
    if mode in WAITING:
        conversation.send(SpeechEnded(0, after.said.playing))
        assert conversation.state.said.heard


@pytest.mark.proves("D.world")
def test_what_was_put_off_is_told_once_parked_and_never_in_the_middle_of_a_turn() -> None:
    conversation = Conversation()
    conversation.send(DrivingChanged(0, DrivingState.MOVING))
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(NeedsInput(Need.LOGIN, CallError("login", "Log in"), service="gmail"))
    conversation.hear(wants(BOOK, DINNER))
    conversation.send(DrivingChanged(0, DrivingState.PARKED))
    assert [e.purpose for e in conversation.all if isinstance(e, Say)][-1] is Purpose.READ_BACK
    conversation.played()
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    assert conversation.said.startswith("Now that you are parked: Weather still needs a login to gmail")


def test_a_number_in_a_sentence_of_its_own_is_no_choice_among_options() -> None:
    interpreter = Interpreter(CATALOG)
    context = Context(now=NOW, options=("Navigation", "Maps"))
    assert interpreter.read(["set a timer for 1 minute"], context).choice is None
    assert interpreter.read(["number two"], context).choice == 1


def offered_again() -> Conversation:
    """A weather question was put aside for a booking that was turned down, and is asked once more."""
    conversation = Conversation()
    conversation.hear(wants(WEATHER))
    conversation.played()
    conversation.hear(wants(BOOK, DINNER))
    conversation.played()
    conversation.hear(word(Control.NO))
    conversation.played()
    assert conversation.said.startswith("Now the earlier request: Weather.")
    conversation.played()
    return conversation


@pytest.mark.proves("D.parked")
def test_what_was_put_aside_is_offered_once_and_then_only_on_asking() -> None:
    conversation = offered_again()
    conversation.silence()
    assert conversation.mode is Mode.IDLE, "one silence is enough: it was not asked for"
    conversation.press()
    conversation.hear(wants(BOOK, DINNER))
    conversation.played()
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    assert conversation.mode is Mode.IDLE
    conversation.press()
    conversation.hear(word(Control.GO_BACK))
    assert conversation.said.startswith("Now the earlier request: Weather.")
    assert conversation.state.asked == "place"


@pytest.mark.proves("D.parked")
def test_a_new_request_is_no_answer_to_what_is_offered_again() -> None:
    conversation = offered_again()
    request = wants(BOOK, DINNER, score=0.6)
    conversation.hear(
        replace(
            request,
            changes={"place": "a table near the station"},
            text="book a table near the station",
            opens_request=True,
        )
    )
    assert conversation.said.endswith("Shall I book this?")
    conversation.hear(word(Control.NO))
    conversation.played()
    conversation.silence()
    assert conversation.mode is Mode.IDLE, "put aside twice it is not offered a third time"


@pytest.mark.proves("D.parked")
def test_an_answer_to_what_is_offered_again_is_taken() -> None:
    conversation = offered_again()
    conversation.hear(Reading(changes={"place": "Rome"}, text="rome"))
    assert conversation.calls[-1].call.arguments == {"place": "Rome"}
