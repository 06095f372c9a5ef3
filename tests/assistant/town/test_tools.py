"""What a tool did is there afterwards; what it refused changed nothing and says what would work."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assistant.hosting.host_errors import ArgumentsError, HostError, RefusedError, UnknownToolError
from assistant.town.town_tools import call, tool_definitions
from assistant.town.world import World
from tests.assistant.town.clock import MONDAY_AFTERNOON, SetClock

TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00:00", "party_size": 4}
DENTIST = {"service": "dentist", "date": "2026-11-24", "time": "10:00:00"}

GOOD_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_weather", {"location": "Mannheim"}),
    ("get_weather", {"location": "New York", "units": "imperial"}),
    ("web_search", {"query": "winter tyres"}),
    ("web_search", {"query": "xyzzy"}),
    ("maps_hybrid", {"action": "directions", "destination": "Stuttgart"}),
    ("maps_hybrid", {"action": "directions", "origin": "Speyer", "destination": "home"}),
    ("maps_hybrid", {"action": "search_places", "destination": "a pharmacy"}),
    ("maps_hybrid", {"action": "get_saved_places"}),
    ("find_fuel_stations", {}),
    ("find_fuel_stations", {"fuel_type": "diesel", "sort_by": "cheapest", "max_results": 5}),
    ("find_charging_stations", {}),
    ("find_charging_stations", {"max_results": 5}),
    ("find_restaurants", {}),
    ("find_restaurants", {"location": "mannheim", "cuisine": "greek"}),
    ("book_restaurant_public", TABLE),
    ("book_appointment", DENTIST),
    ("find_bookings", {}),
    ("send_message", {"contact": "my wife", "message": "I'm on my way"}),
    ("read_messages", {}),
    ("email_personal", {"action": "send", "to": ["Anna", "x@y.example"], "subject": "dinner"}),
    ("email_personal", {"action": "read"}),
    ("email_personal", {"action": "search", "subject": "invoice"}),
    ("calendar_personal", {"action": "get_events"}),
    ("calendar_personal", {"action": "create_event", "event_title": "Lunch", "start_date": "2026-11-25"}),
    ("calendar_personal", {"action": "update_event", "event_title": "team meeting", "start_date": "2026-11-27"}),
    ("find_contact", {"name": "my boss"}),
    ("find_documents", {"query": "car insurance"}),
    ("write_note", {"text": "the car is on level two"}),
    ("delete_note", {"note_id": "presents"}),
    ("post_update", {"message": "greetings from the road"}),
    ("get_balance", {}),
    ("get_balance", {"account": "savings"}),
    ("list_transactions", {}),
    ("list_transactions", {"account": "savings", "max_results": 10}),
    ("transfer_money", {"recipient": "Tom", "amount": 20}),
    ("shopping_hybrid", {"query": "snow chains"}),
    ("shopping_hybrid", {"action": "track_orders"}),
]


@pytest.mark.parametrize(("name", "arguments"), GOOD_CALLS)
def test_results_keep_their_output_schema_and_say_one_plain_sentence(
    world: World, name: str, arguments: dict[str, Any]
) -> None:
    schema = next(d["outputSchema"] for d in tool_definitions() if d["name"] == name)
    result = call(world, name, arguments)
    Draft202012Validator(schema).validate(result)
    summary = result["summary"]
    assert summary
    assert "\n" not in summary
    assert not {"km", "kph", "approx.", "e.g.", "max."} & set(summary.replace(",", " ").split())


@pytest.mark.proves("G.town")
def test_a_booked_table_is_there_afterwards_in_bookings_and_calendar(world: World) -> None:
    result = call(world, "book_restaurant_public", TABLE)
    assert result["status"] == "confirmed"
    assert [(b.name, b.time, b.party_size) for b in world.bookings.all] == [("Luigi's", time(19), 4)]
    found = call(world, "find_bookings", {"date": "2026-11-24"})
    assert found["bookings"][0]["booking_id"] == result["booking_id"]
    events = call(world, "calendar_personal", {"action": "get_events", "start_date": "2026-11-24"})["events"]
    assert any(event["event_title"] == "Table at Luigi's" for event in events)


@pytest.mark.proves("G.town")
def test_a_sent_message_is_in_the_outbox_that_a_test_reads(world: World) -> None:
    call(world, "send_message", {"contact": "mom", "message": "I'll be home soon"})
    assert [(m.contact, m.message) for m in world.messages.sent] == [("Mum", "I'll be home soon")]
    assert world.snapshot()["messages_sent"][0]["contact"] == "Mum"


def test_the_inverse_of_a_booking_takes_it_back_and_twice_is_the_same_as_once(world: World) -> None:
    for name, arguments in (("book_restaurant_public", TABLE), ("book_appointment", DENTIST)):
        definition = next(d for d in tool_definitions() if d["name"] == name)
        inverse = definition["_meta"]["mcqueen/inverse"]
        result = call(world, name, arguments)
        assert inverse["arguments"] == {"booking_id": "$result.booking_id"}
        for _ in range(2):
            undone = call(world, inverse["tool"], {"booking_id": result["booking_id"]})
            assert undone["status"] == "cancelled"
    assert not world.bookings.open
    assert not [event for event in world.calendar.events if event.booking_id]


def test_a_booking_is_cancelled_by_the_name_it_is_for_and_by_last(world: World) -> None:
    call(world, "book_restaurant_public", TABLE)
    call(world, "book_appointment", DENTIST)
    assert call(world, "cancel_booking", {"booking_id": "luigi's"})["name"] == "Luigi's"
    assert call(world, "cancel_booking", {"booking_id": "last"})["name"] == "dentist"
    with pytest.raises(RefusedError, match="nothing is booked"):
        call(world, "cancel_booking", {"booking_id": "Luigi's"})


def test_an_unknown_restaurant_is_refused_with_near_ones(world: World) -> None:
    with pytest.raises(RefusedError, match="Luigi's") as refusal:
        call(world, "book_restaurant_public", {**TABLE, "restaurant_name": "Louigi"})
    assert "Luigi's" in refusal.value.alternatives
    assert not world.bookings.all


def test_a_full_restaurant_offers_the_next_free_time_which_then_works(world: World) -> None:
    wanted = {**TABLE, "restaurant_name": "the golden lion"}
    with pytest.raises(RefusedError, match="next free one is tomorrow at 20:30") as refusal:
        call(world, "book_restaurant_public", wanted)
    free = datetime.fromisoformat(refusal.value.alternatives[0])
    again = {**wanted, "date": free.date().isoformat(), "time": free.time().isoformat()}
    assert call(world, "book_restaurant_public", again)["status"] == "confirmed"


def test_a_house_fills_up_with_what_was_booked(world: World) -> None:
    big = {**TABLE, "party_size": 20}
    call(world, "book_restaurant_public", big)
    with pytest.raises(RefusedError, match="no table for 20"):
        call(world, "book_restaurant_public", big)
    taken = sum(booking.party_size for booking in world.bookings.all)
    assert taken == 20


def test_a_taken_appointment_and_a_closed_day_offer_the_next_free_one(world: World) -> None:
    call(world, "book_appointment", DENTIST)
    with pytest.raises(RefusedError, match="next appointment is tomorrow at"):
        call(world, "book_appointment", DENTIST)
    with pytest.raises(RefusedError, match="on Monday, 30 November"):
        call(world, "book_appointment", {**DENTIST, "date": "2026-11-29"})


@pytest.mark.parametrize("name", ["book_restaurant_public", "book_appointment"])
def test_what_has_passed_cannot_be_booked(world: World, name: str) -> None:
    arguments = {**(TABLE if name == "book_restaurant_public" else DENTIST), "date": "2026-11-23", "time": "12:00"}
    with pytest.raises(RefusedError, match="has passed"):
        call(world, name, arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "count"),
    [
        ("send_message", {"contact": "Anna", "message": "hello"}, 1),
        ("book_appointment", DENTIST, 1),
        ("book_restaurant_public", TABLE, 1),
        ("email_personal", {"action": "send", "to": ["Anna"], "subject": "dinner"}, 2),
    ],
)
def test_a_repeat_is_recognised_where_the_tool_honours_keys_and_only_there(
    world: World, name: str, arguments: dict[str, Any], count: int
) -> None:
    results = [call(world, name, arguments, idempotency_key="key-12345678") for _ in range(2)]
    assert len(world.executed) == count
    assert (results[0] == results[1]) is (count == 1)


def test_the_key_is_honoured_as_an_argument_too_and_not_for_another_call(world: World) -> None:
    first = {"contact": "Anna", "message": "hello", "idempotency_key": "key-12345678"}
    assert call(world, "send_message", first) == call(world, "send_message", first)
    with pytest.raises(RefusedError, match="idempotency key"):
        call(world, "send_message", {**first, "message": "something else"})
    assert len(world.messages.sent) == 1


def test_a_refused_call_may_be_tried_again_with_the_same_key(world: World) -> None:
    arguments = {"contact": "Nobody", "message": "hello"}
    with pytest.raises(RefusedError):
        call(world, "send_message", arguments, idempotency_key="key-12345678")
    call(world, "send_message", {**arguments, "contact": "Anna"}, idempotency_key="key-12345678")
    assert len(world.messages.sent) == 1


def test_all_problems_are_said_in_one_message(world: World) -> None:
    with pytest.raises(ArgumentsError) as error:
        call(world, "book_restaurant_public", {"date": "soon", "party_size": 0, "terrace": True})
    assert error.value.names == ("restaurant_name", "date", "time", "party_size", "terrace")
    for words in ("restaurant_name is missing", "date must be a day", "at least 1", '"terrace" is not a parameter'):
        assert words in str(error.value)


def test_an_unknown_tool_is_named(world: World) -> None:
    with pytest.raises(UnknownToolError, match=r"get_wether.*get_weather"):
        call(world, "get_wether", {})


def test_the_web_is_searched_fifty_times_an_hour_at_most(world: World, clock: SetClock) -> None:
    for _ in range(50):
        call(world, "web_search", {"query": "winter tyres"})
    with pytest.raises(RefusedError, match="50 times"):
        call(world, "web_search", {"query": "winter tyres"})
    clock.forward(hours=1)
    assert call(world, "web_search", {"query": "winter tyres"})["total"] >= 1


def test_what_is_near_depends_on_where_the_car_is(world: World) -> None:
    def first() -> str:
        return str(call(world, "find_fuel_stations", {"fuel_type": "diesel"})["stations"][0]["name"])

    here = first()
    world.geography.move_car_to("Mannheim")
    assert first() != here


def test_read_mail_is_read_once_and_sending_needs_somebody(world: World) -> None:
    assert call(world, "email_personal", {"action": "read"})["emails"][0]["unread"]
    assert not call(world, "email_personal", {"action": "read"})["emails"][0]["unread"]
    with pytest.raises(RefusedError, match="Who shall get"):
        call(world, "email_personal", {"action": "send", "subject": "dinner"})


def test_the_same_seed_gives_the_same_world_and_another_one_another() -> None:
    def story(seed: int) -> list[dict[str, Any]]:
        world = World(seed, now=SetClock())
        return [call(world, name, arguments) for name, arguments in GOOD_CALLS]

    assert story(1) == story(1)
    assert story(1) != story(2)


def test_a_clock_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        World(1, now=lambda: MONDAY_AFTERNOON.replace(tzinfo=None))


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        3,
        3.0,
        -1,
        1e300,
        10**30,
        1.5,
        "",
        " ",
        "\x00",
        "ß'\"\n",
        "x" * 600,
        [],
        {},
        ["Anna"],
        [["a"]],
        {"a": {"b": []}},
    ]
)
MOMENTS = st.sampled_from(
    [
        "2026-11-24",
        "0001-01-01",
        "9999-12-31",
        "2026-11-24T19:00:00",
        "19:00",
        "00:00:00",
        "23:59+14:00",
        "25:00",
        "now",
    ]
)


def _values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = [*schema.get("enum", ()), *schema.get("examples", ()), schema.get("minimum", 1), schema.get("maximum", 2)]
    return st.sampled_from(known) | MOMENTS | JUNK


@st.composite
def any_call(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A call whose arguments have the right names, and values of every kind."""
    definition = draw(st.sampled_from(tool_definitions()))
    properties: dict[str, Any] = definition["inputSchema"]["properties"]
    names = draw(st.sets(st.sampled_from(sorted(properties))))
    return definition["name"], {name: draw(_values(properties[name])) for name in sorted(names)}


@settings(max_examples=300, deadline=None)
@given(st.lists(any_call(), min_size=1, max_size=5))
def test_no_arguments_break_a_tool_in_any_other_way_than_by_a_sentence(calls: list[tuple[str, dict[str, Any]]]) -> None:
    world = World(1, now=SetClock())
    for name, arguments in calls:
        before = (world.snapshot(), len(world.executed))
        try:
            said = call(world, name, arguments)["summary"]
        except HostError as refusal:
            said = str(refusal)
            if (world.snapshot(), len(world.executed)) != before:
                pytest.fail(f"{name} was refused and changed the world: {said}")
        if not said:
            pytest.fail(f"{name} said nothing about {arguments}")
