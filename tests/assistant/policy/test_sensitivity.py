"""What needs a yes: servers can raise the level, never lower it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy.driving import GEAR_DRIVE, GEAR_PARK, DrivingState, driving_state
from assistant.policy.sensitivity import assess, is_deferrable
from assistant.town.town_tools import tool_definitions
from client.calls.call_effects import has_effects, is_repeatable
from client.catalog import Catalog, Hints, Tool
from client.schemas.tool_listing import read_tools


def tool(name: str, description: str = "", *, trusted: bool = False, **hints: bool) -> Tool:
    """A tool with these hints."""
    return Tool("s", name, description, hints=Hints(**hints), trusted=trusted)


@pytest.mark.parametrize(
    ("given_tool", "sensitive"),
    [
        (tool("get_weather", "Get the weather", read_only=True), False),
        (tool("do_something"), True),
        (tool("lock_doors", "Lock the doors", read_only=False, destructive=False, open_world=False), True),
        (
            tool("dim_light", "Dim it", trusted=True, read_only=False, destructive=False, open_world=False),
            False,
        ),
        (tool("send_message", "Send a message", read_only=False, destructive=False, open_world=False), True),
        (tool("pay_bill", "Pay a bill", read_only=False, destructive=False, open_world=False), True),
        (tool("delete_note", "Delete a note", read_only=True), True),
        (tool("get_info", "Send an order and pay for it", read_only=True), True),
        (tool("get_info", "Send an order and pay for it", read_only=True, trusted=True), False),
        (tool("wash", "REQUIRES_CONFIRMATION washes the car", read_only=True), True),
        (tool("open_window", "Open a window", read_only=False, destructive=True), True),
        (Tool("s", "anything", hints=Hints(read_only=True), voice_confirmations=("a",)), True),
    ],
)
def test_sensitivity(given_tool: Tool, sensitive: bool) -> None:
    found = assess(given_tool)
    assert found.sensitive is sensitive, found.why
    assert found.why


@pytest.mark.parametrize(
    ("name", "description", "asks_first"),
    [
        ("is_stove_on", "Tell whether the stove is on.", False),
        ("are_windows_open", "Return whether any window is open.", False),
        ("has_mail", "Checks whether there is new mail.", False),
        ("get_skylight_position", "Get the position of the skylight.", False),
        ("is_bill_paid", "Pays the bill.", True),
        ("is_bill_paid", "Return whether the bill is paid, paying it if not.", True),
        ("is_pay_bill", "Tells whether it is.", True),
        ("has_oven", "", True),
    ],
)
def test_a_name_that_asks_whether_something_is_so_looks_if_its_description_does(
    name: str, description: str, asks_first: bool
) -> None:
    assert assess(tool(name, description), {}).sensitive is asks_first


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("list_notes", "List notes. Notes from last year do not survive the listing."),
        ("read_gauge", "Reads the gauge and reports it to the landlord."),
        ("get_position", "Get position. Your friends see it too."),
        ("show_agenda", "Show the agenda. All guests are told that you are late."),
        ("preview_note", "Preview a note; Tom gets the preview on his phone."),
        ("get_offer", "Get an offer. An offer is binding."),
        ("search_records", "Search the records with any statement."),
        ("inspect_hood", "Inspect the hood with its lid up."),
        ("lookup_last_trip", "Look up the last trip once more, same card."),
        ("find_spare_key", "Finds the spare key by letting the horn sound."),
        ("show_list", "Shows the list by fetching it and emptying it."),
        ("read_board", "Reads the board and answers each post with a thumbs-up."),
        ("list_calls", "Lists calls and answers the next one."),
        ("show_inbox", "Shows the inbox and responds to every message."),
        ("gate_info", "Gate information. The gate opens while the query runs."),
        ("alarm_state", "Alarm state. The siren sounds once."),
        ("get_time", "Tells the time while the lights dim."),
    ],
)
def test_a_look_whose_description_tells_a_consequence_is_asked_about(name: str, description: str) -> None:
    assert assess(tool(name, description), {}).sensitive


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("get_weather", "Get the weather of an arbitrary place to make informed decisions."),
        ("list_reports", "List the reports of this month."),
        ("get_address", "Get the address of a contact."),
        ("get_facts", "Get facts. Answers questions about the weather and answers each question at once."),
        ("list_hours", "List opening hours. The shop opens at nine on most days."),
        ("find_places", "Find places by matching names and comparing distances."),
    ],
)
def test_a_look_that_tells_no_consequence_runs_at_once(name: str, description: str) -> None:
    assert not assess(tool(name, description), {}).sensitive


@pytest.mark.parametrize(
    ("said", "asks_first"),
    [
        ("This tool is read-only and stateless. It produces output without modifying any files.", False),
        ("It does not modify any external state.", False),
        ("No input data is stored, logged, or transmitted to external services.", False),
        ("Safe to retry on timeout. Rate limits are in X-RateLimit-Reset.", False),
        ("It always produces the same output, and never deletes an entry.", False),
        ("No worries, the door is opened.", True),
        ("No time is lost, all of it is deleted.", True),
        ("It does not wait and deletes the oldest entry.", True),
        ("Never waits: deletes the oldest entry.", True),
        ("Works without asking, modifying the entry.", True),
        ("It produces the contract and signs it.", True),
        ("Safe to use. To retry, it cancels the first order.", True),
    ],
)
def test_what_a_description_says_is_not_done_is_no_sign_of_an_act(said: str, asks_first: bool) -> None:
    assert assess(tool("get_entries", f"Get the entries of a diary. {said}"), {}).sensitive is asks_first


@pytest.mark.parametrize(
    ("name", "asks_first"), [("to_currency", False), ("to_currencies", False), ("to_account", True)]
)
def test_into_which_currency_something_is_converted_pays_nobody(name: str, asks_first: bool) -> None:
    rate = Tool(
        "a", "get_rate", "Get the exchange rate.", "", {"type": "object", "properties": {name: {"type": "string"}}}
    )
    assert assess(rate, {}).sensitive is asks_first


@pytest.mark.parametrize("action", ["read", "search", "get_events"])
def test_reading_mail_or_calendar_is_not_sending_it(action: str) -> None:
    name = "calendar_personal" if action == "get_events" else "email_personal"
    found = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools)).find(name)
    assert found is not None
    assert not assess(found, {"action": action}).sensitive
    assert assess(found, {"action": "send" if name == "email_personal" else "create_event"}).sensitive
    assert assess(found).sensitive


@given(st.booleans(), st.booleans(), st.booleans())
def test_a_hint_from_an_untrusted_server_never_makes_a_grave_verb_harmless(
    destructive: bool, idempotent: bool, open_world: bool
) -> None:
    hints = Hints(read_only=True, destructive=destructive, idempotent=idempotent, open_world=open_world)
    for name in ("send_money", "buyTicket", "delete-all", "cancel_trip"):
        assert assess(Tool("s", name, hints=hints)).sensitive


def test_an_idempotent_hint_counts_only_from_a_trusted_server() -> None:
    hints = Hints(read_only=False, idempotent=True)
    assert not is_repeatable(Tool("s", "put_note", hints=hints))
    assert is_repeatable(Tool("s", "put_note", hints=hints, trusted=True))
    assert has_effects(Tool("s", "unannotated"))


def test_only_words_to_a_person_wait_for_the_network_unless_the_server_says_otherwise() -> None:
    assert is_deferrable(Tool("s", "send_message"))
    assert not is_deferrable(Tool("s", "book_table"))
    assert is_deferrable(Tool("s", "book_table", deferrable=True))
    assert not is_deferrable(Tool("s", "send_message", deferrable=False))


@pytest.mark.parametrize(
    ("gear", "brake", "speed", "state"),
    [
        (GEAR_PARK, False, 0.0, DrivingState.PARKED),
        (0, True, 0.0, DrivingState.PARKED),
        (GEAR_DRIVE, False, 0.0, DrivingState.IDLING),
        (GEAR_DRIVE, False, 0.5, DrivingState.MOVING),
        (-1, False, -4.0, DrivingState.MOVING),
        (GEAR_DRIVE, True, 20.0, DrivingState.MOVING),
    ],
)
def test_standing_still_is_not_parked(gear: int, brake: bool, speed: float, state: DrivingState) -> None:
    assert driving_state(gear, brake, speed) is state
