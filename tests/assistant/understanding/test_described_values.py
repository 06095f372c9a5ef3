"""Values for parameters of other people's servers: what their names, descriptions, patterns and docstrings ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Control
from assistant.understanding.routing.embeddings import word_vectors
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.slots.fill import Filler
from assistant.understanding.slots.prepared import PreparedTool
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

NOW = Context(now=1795255200.0)
"""Saturday, 21 November 2026, 10:00."""
FINDER = EntityFinder(language())
TEXT: Mapping[str, Any] = {"type": "string"}


def reading(text: str, name: str, about: str, properties: Mapping[str, Any], required: tuple[str, ...]) -> JSON:
    """Return the arguments that a sentence gives a tool, once that tool is the one that is meant."""
    prepared = PreparedTool(
        catalog_of(tool(name, about, dict(properties), required)).tools[0], (), FINDER, word_vectors()
    )
    entities = FINDER.find(text, NOW.now, NOW.utc_offset)
    return dict(Filler(language(), word_vectors(), FINDER).fill(prepared, entities, NOW).arguments)


def described(text: str) -> Mapping[str, str]:
    return {"type": "string", "description": text}


MOMENTS = [
    {**TEXT, "format": "date-time"},
    described("Start time (ISO 8601, e.g., '2024-05-01T00:00:00')"),
    described("When it begins, in ISO 8601 format"),
    described("Begin as YYYY-MM-DDTHH:MM:SS"),
    described("date and time at which it begins"),
    {**TEXT, "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"},
]


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize("schema", MOMENTS, ids=str)
@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("tomorrow at half past nine in the morning", "2026-11-22T09:30:00"),
        ("on wednesday at quarter past 10pm", "2026-11-25T22:15:00"),
        ("on monday at eight oh seven", "2026-11-23T08:07:00"),
        ("in 40 minutes", "2026-11-21T10:40:00"),
    ],
)
def test_a_moment_is_one_however_its_schema_says_so(schema: Mapping[str, Any], said: str, moment: str) -> None:
    properties = {"title": described("Title of the rehearsal"), "start": schema}
    got = reading(f"schedule a rehearsal {said}", "schedule_rehearsal", "Schedule a rehearsal.", properties, ("start",))
    assert isinstance(got, dict)
    assert got["start"] == moment


def test_a_moment_in_seconds_since_1970_is_a_number() -> None:
    properties = {"at": {"type": "integer", "description": "Unix timestamp of the rehearsal"}}
    got = reading("schedule a rehearsal tomorrow at noon", "schedule_rehearsal", "Schedule.", properties, ("at",))
    assert got == {"at": 1795348800}


def test_a_moment_that_wants_a_zone_has_the_vehicle_s_offset() -> None:
    properties = {"at": described("RFC 3339 timestamp")}
    catalog = catalog_of(tool("schedule_rehearsal", "Schedule a rehearsal.", properties, ("at",)))
    context = Context(now=1795255200.0, utc_offset=3600.0)
    best = Interpreter(catalog).read(["schedule a rehearsal tomorrow at noon"], context).interpretations[0]
    assert best.arguments == {"at": "2026-11-22T12:00:00+01:00"}


DOCSTRING = """List the shifts of a worker.

    Args:
        after: Optional ISO-8601 formatted string, only shifts
            that begin after it
        before: Optional ISO-8601 formatted string, only shifts before it
        limit: Most shifts to return (default 20)

    Returns:
        date: of the answer
    """
RANGES = [
    (DOCSTRING, {"after": TEXT, "before": TEXT, "limit": {"type": "integer", "default": 20}}, "after", "before"),
    ("List shifts.", {"time_min": {**TEXT, "format": "date-time"}, "time_max": {**TEXT, "format": "date-time"}},
     "time_min", "time_max"),
    ("List shifts.", {"since": described("Start (ISO 8601 date-time)"), "until": described("End (ISO 8601 date-time)")},
     "since", "until"),
]  # fmt: skip


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("about", "properties", "first", "last"), RANGES, ids=["docstring", "formats", "wordings"])
@pytest.mark.parametrize(
    ("said", "begins", "ends"),
    [
        ("tomorrow", "2026-11-22T00:00:00", "2026-11-22T23:59:59"),
        ("five days ago", "2026-11-16T00:00:00", "2026-11-16T23:59:59"),
        ("two days before wednesday", "2026-11-23T00:00:00", "2026-11-23T23:59:59"),
        ("last week", "2026-11-09T00:00:00", "2026-11-15T23:59:59"),
        ("from the second to the fifth of december", "2026-12-02T00:00:00", "2026-12-05T23:59:59"),
        ("between the sixth and the eighth of november", "2026-11-06T00:00:00", "2026-11-08T23:59:59"),
        ("on thursday afternoon", "2026-11-26T12:00:00", "2026-11-26T18:00:00"),
        ("since yesterday evening", "2026-11-20T18:00:00", None),
        ("until tuesday", None, "2026-11-24T23:59:59"),
        ("tomorrow from noon to two", "2026-11-22T12:00:00", "2026-11-22T14:00:00"),
    ],
)
def test_a_day_said_of_a_range_fills_the_ends_that_it_says(
    about: str, properties: Mapping[str, Any], first: str, last: str, said: str, begins: str | None, ends: str | None
) -> None:
    got = reading(f"list the shifts {said}", "list_shifts", about, properties, ())
    assert isinstance(got, dict)
    assert (got.get(first), got.get(last)) == (begins, ends)


def test_a_single_day_does_not_end_a_journey() -> None:
    properties = {"depart_date": described("YYYY-MM-DD"), "return_date": described("YYYY-MM-DD")}
    about = "Find ferries between two ports."
    assert reading("find ferries on monday", "find_ferries", about, properties, ("depart_date",)) == {
        "depart_date": "2026-11-23"
    }


@pytest.mark.parametrize(
    ("said", "days"), [("for the next four days", 4), ("for three days", 3), ("in the last two days", None)]
)
def test_days_are_counted_where_the_parameter_counts_them(said: str, days: int | None) -> None:
    properties = {"forecast_days": {"type": "integer", "minimum": 1, "maximum": 16}}
    got = reading(f"pollen forecast {said}", "pollen_forecast", "Forecast of pollen.", properties, ())
    assert isinstance(got, dict)
    assert got.get("forecast_days") == days


HOURS = {name: {"type": "integer"} for name in ("hours", "minutes", "seconds")}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "seconds"),
    [("two hours and five minutes", 7500), ("an hour and twenty", 4800), ("1 1/2 hours", 5400),
     ("3/4 of an hour", 2700), ("two and a half minutes", 150), ("1½ hours", 5400),
     ("one hour, two minutes and three seconds", 3723)],
)  # fmt: skip
def test_a_length_of_time_is_read_as_a_whole(said: str, seconds: int) -> None:
    text = f"start a kiln for {said}"
    about = "Start the kiln."
    assert reading(text, "start_kiln", about, {"seconds": {"type": "integer"}}, ("seconds",)) == {"seconds": seconds}
    shares = {"hours": seconds // 3600, "minutes": seconds % 3600 // 60, "seconds": seconds % 60}
    assert reading(text, "start_kiln", about, HOURS, ()) == {name: value for name, value in shares.items() if value}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    "schema",
    [described("ID of the album"), described("The unique identifier"), {**TEXT, "format": "uuid"},
     described("Spotify URI to play (e.g. spotify:track:xxx)")],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("name", ["albumId", "album_uri", "album_uuid"])
def test_an_id_is_no_word_of_the_sentence(schema: Mapping[str, str], name: str) -> None:
    got = reading("open the album summer lights", "open_album", "Open an album.", {name: schema}, (name,))
    assert got == {}


@pytest.mark.parametrize("said", ["album number four seven one two", "album 4712", "the album with number 4712"])
def test_an_id_said_in_digits_is_taken(said: str) -> None:
    properties = {"album_id": described("ID of the album")}
    assert reading(f"open {said}", "open_album", "Open an album.", properties, ("album_id",)) == {"album_id": "4712"}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "code"),
    [("b a nine eight seven", "BA987"), ("kl 1234", "KL1234"), ("austrian six o two", "OS602"), ("ew55", "EW55"),
     ("u a four hundred", "UA400")],
)  # fmt: skip
def test_a_flight_is_read_from_letters_digits_and_the_airline_s_name(said: str, code: str) -> None:
    properties = {"flight": described("Flight number (e.g., 'AB123')")}
    assert reading(f"track flight {said}", "track_flight", "Track a flight.", properties, ("flight",)) == {
        "flight": code
    }


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "codes"),
    [("from zurich to vienna", ("ZRH", "VIE")), ("from london gatwick to new york jfk", ("LGW", "JFK")),
     ("from o s l to madrid", ("OSL", "MAD")), ("from paris to munich", (None, "MUC"))],
)  # fmt: skip
def test_a_city_becomes_its_airport_only_where_it_has_one(said: str, codes: tuple[str | None, str]) -> None:
    properties = {"origin": described("IATA code of the departure airport"), "destination": described("airport code")}
    got = reading(f"find flights {said}", "find_flights", "Find flights.", properties, ())
    assert isinstance(got, dict)
    assert (got.get("origin"), got.get("destination")) == codes


@pytest.mark.parametrize(("city", "zone"), [("lima", "America/Lima"), ("munich", "Europe/Berlin"), ("atlantis", None)])
def test_a_city_becomes_its_time_zone(city: str, zone: str | None) -> None:
    properties = {"timezone": described("IANA time zone, e.g. Europe/Paris")}
    got = reading(f"what time is it in {city}", "get_time", "Get the current time.", properties, ())
    assert isinstance(got, dict)
    assert got.get("timezone") == zone


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "title"),
    [("delete the memo spare keys", "spare keys"), ("delete the memo called rainy monday walk", "rainy monday walk"),
     ("delete my memo paint the shed and oil the gate", "paint the shed and oil the gate")],
)  # fmt: skip
def test_the_noun_of_a_thing_is_not_its_name(text: str, title: str) -> None:
    properties = {"title": described("Title of the memo")}
    assert reading(text, "delete_memo", "Delete a memo.", properties, ("title",)) == {"title": title}


ITEMS = {"tasks": {"type": "array", "items": {"type": "object", "required": ["content"], "properties": {
    "content": described("What to do"), "task_id": TEXT, "labels": {"type": "array", "items": TEXT},
    "due": described('Due date in natural language ("next Friday")')}}}}  # fmt: skip


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "item"),
    [("add oil the bike to my tasks", {"content": "oil the bike"}),
     ("remind me to return the books tomorrow", {"content": "return the books", "due": "tomorrow"})],
)  # fmt: skip
def test_a_list_of_objects_is_made_of_its_required_text(text: str, item: JSON) -> None:
    assert reading(text, "add_tasks", "Add tasks to the to-do list.", ITEMS, ("tasks",)) == {"tasks": [item]}


def test_what_is_wrong_in_an_item_is_left_out_and_the_item_stays() -> None:
    broken = {"tasks": {"type": "array", "items": {"type": "object", "required": ["content"], "properties": {
        "content": described("What to do"), "due": {**TEXT, "format": "date", "maxLength": 3}}}}}  # fmt: skip
    got = reading("remind me to return the books tomorrow", "add_tasks", "Add tasks.", broken, ("tasks",))
    assert got == {"tasks": [{"content": "return the books"}]}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "person", "message"),
    [("let the choir group know rehearsal is off", "choir group", "rehearsal is off"),
     ("tell everyone at work that i'm stuck", "everyone at work", "i'm stuck"),
     ("write to four one seven nine three three two one that i've arrived", "41793321", "i've arrived"),
     ("reply to jonas yes see you at six", "jonas", "yes see you at six")],
)  # fmt: skip
def test_groups_and_numbers_are_persons_and_the_rest_is_the_message(text: str, person: str, message: str) -> None:
    properties = {"recipient": described("Who gets it"), "message": described("The message text")}
    got = reading(text, "send_message", "Send a message.", properties, ("recipient", "message"))
    assert got == {"recipient": person, "message": message}


@pytest.mark.parametrize("text", ["show my latest chats", "list all the recent chats", "any new chats"])
def test_words_that_only_say_what_the_tool_is_about_fill_no_optional_text(text: str) -> None:
    properties = {"query": described("Optional words to look for"), "limit": {"type": "integer"}}
    assert reading(text, "list_chats", "List chats.", properties, ()) == {}


def test_a_pattern_that_takes_anything_takes_nothing_of_the_sentence() -> None:
    properties = {"account": {**TEXT, "pattern": "^[a-z0-9_-]{1,64}$"}, "title": described("Title of the memo")}
    got = reading("create a memo buy 2 tyres", "create_memo", "Create a memo.", properties, ("title",))
    assert got == {"title": "buy 2 tyres"}


@pytest.mark.parametrize(("said", "value"), [("business", 2), ("first class", 3), ("premium economy", 1)])
def test_numbers_that_stand_for_words_are_chosen_by_the_word(said: str, value: int) -> None:
    properties = {
        "cabin": {"type": "integer", "description": "0=Economy, 1=Premium Economy, 2=Business, 3=First class"}
    }
    assert reading(f"book a seat in {said}", "book_seat", "Book a seat.", properties, ("cabin",)) == {"cabin": value}


@pytest.mark.parametrize(
    ("said", "expected"),
    [("forty six point five north seven point two east", {"latitude": 46.5, "longitude": 7.2}),
     ("three south and seventy eight west", {"latitude": -3, "longitude": -78})],
)  # fmt: skip
def test_a_coordinate_goes_where_its_side_of_the_world_is(said: str, expected: JSON) -> None:
    number = {"type": "number"}
    got = reading(
        f"mark the spot at {said}", "mark_spot", "Mark a spot.", {"latitude": number, "longitude": number}, ()
    )
    assert got == expected


@pytest.mark.parametrize(("said", "file"), [("plan dot pdf", "plan.pdf"), ("notes dot tar dot gz", "notes.tar.gz")])
def test_the_name_of_a_file_is_joined_at_its_dots(said: str, file: str | None) -> None:
    got = reading(
        f"open the file {said}", "open_file", "Open a file.", {"path": described("Path of the file")}, ("path",)
    )
    assert isinstance(got, dict)
    assert file is None or got == {"path": file}


@pytest.mark.parametrize("said", ["no", "no thanks", "nothing", "neither", "none of them", "exit"])
def test_a_refusal_answers_no_question_for_a_value(said: str) -> None:
    catalog = catalog_of(tool("send_memo", "Send a memo.", {"contact": described("Who gets it")}, ("contact",)))
    pending = Context(now=NOW.now, pending_tool=catalog.tools[0].qualified, asked="contact")
    got = Interpreter(catalog).read([said], pending)
    assert (got.control, got.changes) == (Control.NEVER_MIND, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("switch on the bathroom lights", {"area": "bathroom"}), ("switch on the lights upstairs", {"floor": "upstairs"}),
     ("switch on the bathroom mirror", {"name": "bathroom mirror"})],
)  # fmt: skip
def test_a_room_is_told_from_the_name_of_a_device(text: str, expected: JSON) -> None:
    properties = {
        "name": described("Name of a device"),
        "area": described("Name of an area"),
        "floor": described("floor"),
    }
    assert reading(text, "switch_on", "Switch on a device.", properties, ()) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("name", "schema", "said", "value"),
    [
        ("amount", {}, "add an entry with an amount of twenty", 20),
        ("price", {}, "add an entry with a price of two point five", 2.5),
        ("count", {"default": 0}, "add an entry with a count of seven", 7),
        ("ratio", {"default": 0.5}, "add an entry with a ratio of two point five", 2.5),
        ("date", {}, "add an entry for tomorrow", "2026-11-22"),
        ("due_date", {"type": "string"}, "add an entry due tomorrow", "2026-11-22"),
        ("date", {"type": "string", "description": "day in words, like 'tomorrow'"}, "add an entry for tomorrow",
         "tomorrow"),
        ("name", {}, "add an entry called twenty", "twenty"),
    ],
)  # fmt: skip
def test_a_parameter_without_a_type_is_read_by_its_default_and_its_name(
    name: str, schema: Mapping[str, Any], said: str, value: JSON
) -> None:
    found = reading(said, "add_entry", "Add an entry", {name: schema}, (name,))
    assert isinstance(found, dict)
    assert found.get(name) == value
    assert isinstance(found[name], str) is isinstance(value, str)


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("summarize from november first to today", "2026-11-01", "2026-11-21"),
        ("summarize from march third to yesterday", "2026-03-03", "2026-11-20"),
        ("summarize from december twentieth to january fifth", "2026-12-20", "2027-01-05"),
    ],
)
def test_a_range_never_begins_a_year_after_its_end(said: str, first: str, last: str) -> None:
    day = {"type": "string", "format": "date"}
    found = reading(said, "summarize", "Summarize a range", {"start_date": day, "end_date": day}, ())
    assert found == {"start_date": first, "end_date": last}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize("verb", ["list", "summarize", "book"])
@pytest.mark.parametrize(("asked", "kept"), [("end_date", "start_date"), ("start_date", "end_date")])
def test_a_day_that_answers_the_question_for_an_end_of_a_range_is_that_end(verb: str, asked: str, kept: str) -> None:
    day = {"type": "string", "format": "date"}
    about = tool(f"{verb}_stays", f"{verb.title()} stays", {"start_date": day, "end_date": day}, ("start_date",))
    catalog = catalog_of(about)
    context = replace(NOW, pending_tool=catalog.tools[0].qualified, pending_arguments={kept: "2026-11-22"}, asked=asked)
    assert dict(Interpreter(catalog).read(["tomorrow"], context).changes) == {asked: "2026-11-22"}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("about", "said", "value"),
    [
        ("Whether to show local ('local'), remote ('remote') or all (`all`) lanes", "show the local lanes", "local"),
        ('One of "open", "closed"', "show the closed lanes", "closed"),
        ("Kind of the lanes, e.g. 'local' or 'remote'", "show lanes of kind narrow", "narrow"),
    ],
)
def test_values_that_a_description_quotes_are_taken_as_they_stand_there(about: str, said: str, value: str) -> None:
    found = reading(said, "show_lanes", "Show lanes", {"lane_kind": described(about)}, ("lane_kind",))
    assert found == {"lane_kind": value}
