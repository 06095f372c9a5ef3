"""Values for servers that say in prose what they take: defaults, lists of words, months, rates, codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.slots.fill import Filler
from assistant.understanding.slots.listed_in_prose import closed_values, numbered, pattern_values
from assistant.understanding.slots.listed_in_schemas import listed_values
from assistant.understanding.slots.prepared import PreparedTools
from assistant.understanding.slots.stated_defaults import stated_default
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool
from voice.recognition.network import build_network

NOW = Context(now=1795255200.0)
"""Saturday, 21 November 2026, 10:00."""
FINDER = EntityFinder(language())
FILLER = Filler(language(), word_vectors(), FINDER)
TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}


def told(about: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": about, **more}


def filled(text: str, *tools: JSON) -> JSON:
    """Return the arguments that a sentence gives the first of some tools of one server, once that tool is meant."""
    catalog = catalog_of(*tools)
    prepared = PreparedTools(catalog, {}, FINDER, word_vectors())
    entities = FINDER.find(text, NOW.now, NOW.utc_offset)
    found = dict(FILLER.fill(prepared(catalog.tools[0]), entities, NOW).arguments)
    return {**found, **prepared.unsaid(catalog.tools[0], found, entities.lowered)}


OWN = told("Calendar to add to. Use 'primary' for the user's primary calendar.")
ADD = tool("add_entry", "Add an entry to a calendar", {"calendarId": OWN, "title": TEXT}, ("calendarId", "title"))
LIST = tool("list_entries", "List entries", {"calendarId": told("Which calendar"), "max": NUMBER}, ("calendarId",))


@pytest.mark.proves("U.slots")
def test_the_calendar_that_the_schema_calls_the_users_own_is_taken_and_not_asked_for() -> None:
    found = Interpreter(catalog_of(ADD)).read(["add an entry called dentist"], NOW).interpretations[0]
    assert found.arguments == {"calendarId": "primary", "title": "dentist"}
    assert found.missing == ()


def test_an_id_has_the_value_that_another_tool_of_the_server_gives_it() -> None:
    assert filled("list entries", LIST, ADD) == {"calendarId": "primary"}


def test_a_calendar_that_is_named_is_asked_for_and_no_default_taken() -> None:
    assert filled("add an entry called dentist to my work calendar", ADD) == {"title": "dentist"}


@pytest.mark.parametrize(
    ("about", "value"),
    [
        ("Units, defaults to 'metric'", "metric"),
        ("Account (default: checking)", "checking"),
        ('User id; use "me" for the authenticated user', "me"),
        ("Use 'metric' for Celsius or 'imperial' for Fahrenheit", None),
        ("Use 'all' to delete everything", None),
        ("When it begins (default: now)", None),
        ("Defaults to the current time", None),
        ("Sort order", None),
    ],
)
def test_a_default_is_what_the_author_calls_one(about: str, value: JSON) -> None:
    assert stated_default(told(about), opaque=False) == value


def test_nothing_is_switched_on_that_nobody_spoke_of() -> None:
    assert stated_default({"type": "boolean", "description": "Delete all (default: true)"}, opaque=False) is None
    assert stated_default({"type": "boolean", "description": "Delete all (default: false)"}, opaque=False) is False


def test_an_optional_parameter_that_nobody_spoke_of_stays_out_whatever_its_default_is() -> None:
    assert filled("list entries", tool("list_entries", "List entries", {"unit": told("default: 'day'")})) == {}


@pytest.mark.parametrize(
    ("name", "about", "values"),
    [
        ("action", "One of 'add', 'modify' or 'remove'", ("add", "modify", "remove")),
        ("state", "Desired state: On or Off (case-insensitive)", ("On", "Off")),
        ("mode", "shuffle|repeat|off", ("shuffle", "repeat", "off")),
        ("action", "What to do: - `start`: begins - `stop`: ends", ("start", "stop")),
        ("city", "City name, e.g. 'Paris' or 'Rome'", ()),
        ("station", "Station name, EVA number, or id", ()),
        ("bounds", "Order: north, south, west, east (comma-separated)", ()),
    ],
)
def test_words_list_values_where_the_author_closes_the_list(name: str, about: str, values: tuple[str, ...]) -> None:
    assert closed_values((name,), about) == values


def test_a_pattern_that_lists_texts_lists_values() -> None:
    assert pattern_values("^([Oo][Nn]|[Oo][Ff][Ff])$") == ("On", "Off")
    assert pattern_values(r"^\d{4}-\d{2}$") == ()
    assert numbered("0 disarmed, 1 armed home, 2 armed away") == [("disarmed", 0), ("armed home", 1), ("armed away", 2)]


MONTH = tool("get_spending", "Spending of a month", {"month": TEXT, "category": TEXT})
SWITCH = tool(
    "set_switch", "Switch a device",
    {"state": told("On or Off", pattern="^([Oo][Nn]|[Oo][Ff][Ff])$"), "idx": {"type": "integer"}, "name": TEXT},
    ("state",),
)  # fmt: skip
TASK = tool(
    "create_task",
    "Create a task. importance can be: low, normal, high.",
    {"title": TEXT, "importance": TEXT},
    ("title",),
)
EVENT = tool(
    "create_event", "Create an event in a calendar",
    {
        "summary": TEXT,
        "start": {"type": "object", "properties": {"dateTime": told("RFC3339, e.g. 2024-01-15T09:00:00-05:00")}},
        "end": {"type": "object", "properties": {"dateTime": TEXT}},
        "addMeet": {"type": "boolean"},
    },
    ("summary", "start", "end"),
)  # fmt: skip
RATE = tool(
    "add_tax", "Add tax to a price",
    {"price": {**NUMBER, "description": "Net"}, "rate": {**NUMBER, "description": "As a decimal, 0.2 for 20%"}},
    ("price", "rate"),
)  # fmt: skip
FLIGHTS = tool(
    "find_flights", "Find flights",
    {"flights": told("Flight numbers (max 15)"), "bounds": told("Corners of it"), "routes": TEXT, "limit": NUMBER},
)  # fmt: skip
MEET = tool("plan_visit", "Plan a visit", {"title": TEXT, "start_time": TEXT, "end_time": TEXT}, ("title",))
PAY = tool(
    "pay", "Pay somebody",
    {"to": told("Recipient"), "amount": NUMBER, "currency": told("ISO 4217 code (default: EUR)")},
    ("to", "amount", "currency"),
)  # fmt: skip
EXPENSE = tool(
    "log_expense", "Log an expense", {"amount": NUMBER, "date": told("Date of it"), "note": TEXT}, ("amount",)
)
REVIEW = tool("get_entries", "Get entries", {"status": {"type": "string", "enum": ["reviewed", "unreviewed"]}})
PERSON = tool("create_contact", "Create a contact", {"givenName": TEXT, "familyName": TEXT}, ("givenName",))
REMIND = tool("add_reminder", "Add a reminder", {"title": TEXT, "due": told("", format="date-time")}, ("title",))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "of", "arguments"),
    [
        ("what did i spend in march", MONTH, {"month": "2026-03"}),
        ("spending on shoes last month", MONTH, {"month": "2026-10", "category": "shoes"}),
        ("switch the kettle off", SWITCH, {"state": "Off", "name": "kettle"}),
        ("create a low importance task to sweep the yard", TASK, {"title": "sweep the yard", "importance": "low"}),
        ("add tax of nineteen percent to fifty euros", RATE, {"price": 50, "rate": 0.19}),
        ("find flight u a nine hundred", FLIGHTS, {"flights": "UA900"}),
        ("find lufthansa four five four", FLIGHTS, {"flights": "LH454"}),
        ("pay ben twenty dollars", PAY, {"to": "ben", "amount": 20, "currency": "USD"}),
        ("log an expense of twelve fifty on thursday", EXPENSE, {"amount": 12.5, "date": "2026-11-19"}),
        ("which entries are not reviewed", REVIEW, {"status": "unreviewed"}),
        ("create a contact named julia roberts", PERSON, {"givenName": "julia", "familyName": "roberts"}),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_taken_as_the_words_of_the_schema_want_them(said: str, of: JSON, arguments: JSON) -> None:
    assert filled(said, of) == arguments


def test_both_ends_of_an_event_are_filled_and_its_video_call_is_not_added_by_the_verb_add() -> None:
    found = filled("add team lunch on thursday from noon to one", EVENT)
    assert found == {
        "summary": "team lunch",
        "start": {"dateTime": "2026-11-26T12:00:00+00:00"},
        "end": {"dateTime": "2026-11-26T13:00:00+00:00"},
    }


def test_two_hours_before_one_half_of_the_day_are_both_in_it() -> None:
    found = filled("plan a visit called zoo on monday five to six pm", MEET)
    assert found == {"title": "zoo", "start_time": "2026-11-23T17:00:00", "end_time": "2026-11-23T18:00:00"}


def test_what_a_block_is_for_is_its_title_and_no_place() -> None:
    block = tool("create_block", "Create a block", {"summary": told("Title"), "location": told("Where")}, ("summary",))
    assert filled("block monday for tax papers", block) == {"summary": "tax papers"}


def test_what_is_to_be_done_is_the_whole_title_behind_a_time() -> None:
    found = filled("remind me in twenty minutes to check the oven", REMIND)
    assert found == {"title": "check the oven", "due": "2026-11-21T10:20:00"}


def test_words_that_no_parameter_is_named_for_fill_none_of_many_optional_texts() -> None:
    assert filled("find flights in the air", FLIGHTS) == {}


def test_the_recognizer_listens_for_months_where_a_parameter_takes_one() -> None:
    asked = Context(now=NOW.now, asked="month", pending_tool="made-up.get_spending")
    network = build_network(compile_grammar(catalog_of(MONTH), asked))
    assert network.accepts("december")
    assert network.accepts("last month")
    other = replace(asked, asked="category")
    assert not build_network(compile_grammar(catalog_of(MONTH), other)).accepts("last month")


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"type": "integer", "description": "how far: 0 is closed, 100 is open"}, ()),
        ({"type": "integer", "description": "0=off, 100=full", "minimum": 0, "maximum": 100}, ()),
        ({"type": "integer", "description": "Priority: 1 low, 2 medium, 3 high"}, (1, 2, 3)),
        ({"type": "integer", "description": "Cabin: 0=Economy, 1=Business, 3=First"}, (0, 1, 3)),
    ],
)
def test_the_ends_of_a_scale_are_no_list_of_values(schema: dict[str, JSON], values: tuple[int, ...]) -> None:
    assert listed_values(schema) == values
