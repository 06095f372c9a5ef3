"""Arguments from sentences, for tools nobody has written a line for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.validators import validator_for

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Profile
from assistant.understanding.routing.sentence_model import NoSentenceEncoder
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.assistant.understanding.catalogs import CAR, ODD, catalog_of, tool

SENTENCES: list[tuple[str, str, dict[str, Any]]] = [
    ("set the temperature to twenty one and a half degrees", "set_cabin_temperature", {"temperature": 21.5}),
    ("set the temperature to 72 degrees fahrenheit", "set_cabin_temperature", {"temperature": 22.2}),
    ("set the passenger temperature to 20", "set_cabin_temperature", {"temperature": 20, "zone": "PASSENGER"}),
    ("set the temperature on the driver's side to nineteen degrees", "set_cabin_temperature",
     {"temperature": 19, "zone": "DRIVER"}),
    ("open the rear left window halfway", "open_window", {"percent": 50, "window": "rear_left"}),
    ("open the driver window thirty percent", "open_window", {"percent": 30, "window": "driver"}),
    ("turn the fog lights off", "set_fog_lights", {"on": False}),
    ("switch on the fog lights", "set_fog_lights", {"on": True}),
    ("book a table at Luigi's for four tomorrow at seven", "book_table",
     {"restaurant_name": "Luigi's", "date": "2026-11-22", "time": "19:00:00", "party_size": 4}),
    ("book a table at Luigi's for four tonight at seven", "book_table",
     {"restaurant_name": "Luigi's", "date": "2026-11-21", "time": "19:00:00", "party_size": 4}),
    ("book a table at Luigi's for four on saturday at half past eight", "book_table",
     {"restaurant_name": "Luigi's", "date": "2026-11-21", "time": "20:30:00", "party_size": 4}),
    ("book a table for two at the Golden Dragon on friday at half past seven in the evening", "book_table",
     {"restaurant_name": "Golden Dragon", "date": "2026-11-27", "time": "19:30:00", "party_size": 2}),
    ("reserve a table for six people at Mario's tonight at eight", "book_table",
     {"restaurant_name": "Mario's", "date": "2026-11-21", "time": "20:00:00", "party_size": 6}),
    ("tell Anna I'm running ten minutes late", "send_text",
     {"recipient": "Anna", "message": "I'm running ten minutes late"}),
    ("let my mom know that we're almost there", "send_text", {"recipient": "my mom", "message": "we're almost there"}),
    ("send a text to Bob saying see you at six", "send_text", {"recipient": "Bob", "message": "see you at six"}),
    ("what's the weather in Heidelberg tomorrow", "get_forecast", {"city": "Heidelberg", "day": "2026-11-22"}),
    ("weather forecast for new york in fahrenheit", "get_forecast", {"city": "new york", "units": "imperial"}),
    ("give me directions from Ulm to Augsburg", "plan_route", {"origin": "Ulm", "destination": "Augsburg"}),
    ("navigate to Castle Street 12", "plan_route", {"destination": "Castle Street 12"}),
    ("add eggs, milk and brown bread to the shopping list", "add_to_shopping_list",
     {"items": ["eggs", "milk", "brown bread"]}),
    ("create a meeting called budget review on monday at ten for an hour and a half with Tom", "create_event",
     {"title": "budget review", "start": "2026-11-23T10:00:00", "duration": "PT1H30M", "guest": "Tom"}),
    ("pay for parking in zone 4711 for two hours", "pay_parking", {"zone": 4711, "duration": "PT2H"}),
    ("dial zero one five two double five seven one two", "call_number", {"phone_number": "01525571" + "2"}),
    ("dial +49 6221 12345", "call_number", {"phone_number": "+49622112345"}),
    ("e-mail the trip to anna dot berg at example dot com", "share_trip", {"email": "anna.berg@example.com"}),
]  # fmt: skip


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("text", "name", "arguments"), SENTENCES)
def test_values_are_typed_by_the_schema(
    car: Interpreter, context: Context, text: str, name: str, arguments: dict[str, Any]
) -> None:
    reading = car.read([text], context)
    assert reading.interpretations
    best = reading.interpretations[0]
    assert (best.tool, dict(best.arguments)) == (f"made-up.{name}", arguments)
    found = CAR.find(best.tool)
    assert found is not None
    assert best.missing == tuple(n for n in found.required if n not in arguments)


@pytest.mark.proves("U.invents-nothing")
@pytest.mark.parametrize(
    "text",
    ["book a table", "send a text", "open the window", "get directions", "what's the weather",
     "add to the shopping list",
     "create an appointment", "pay for parking", "dial a number"],
)  # fmt: skip
def test_what_nobody_said_is_missing_not_made_up(car: Interpreter, context: Context, text: str) -> None:
    best = car.read([text], context).interpretations[0]
    assert not best.arguments


@pytest.mark.proves("U.invents-nothing")
@pytest.mark.parametrize(("text", "name", "arguments"), SENTENCES)
def test_every_value_has_words_in_the_sentence(
    car: Interpreter, context: Context, text: str, name: str, arguments: dict[str, Any]
) -> None:
    best = car.read([text], context).interpretations[0]
    assert set(best.spans) == set(best.arguments)
    for parameter, span in best.spans.items():
        assert 0 <= span.start < span.end <= len(text)
        value = best.arguments[parameter]
        schema = CAR.tools[[t.qualified for t in CAR].index(best.tool)].properties[parameter]
        if isinstance(value, str) and not schema.keys() & {"format", "enum", "pattern"}:
            assert text[span.start : span.end] == value


def _valid(catalog: Catalog, name: str, arguments: dict[str, Any], missing: tuple[str, ...]) -> bool:
    found = catalog.find(name)
    assert found is not None
    schema = {key: value for key, value in found.input_schema.items() if key != "required"}
    return validator_for(schema)(schema).is_valid(arguments) and set(missing) == set(found.required) - set(arguments)


WORDS = st.sampled_from(
    "book a table for at in on to from tomorrow friday seven 7 twenty percent open window ship station 4999 street the "
    "anna that dial send 2026-13-45 99:99 minus half and , . ! don't fog lights off 12345 next week of with "
    "日本 🙂".split()
)


@pytest.mark.proves("U.slots")
@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join)))
def test_whatever_is_said_arguments_satisfy_the_schema_or_are_missing(text: str) -> None:
    for catalog, interpreter in ((CAR, CAR_INTERPRETER), (ODD, ODD_INTERPRETER)):
        reading = interpreter.read([text], Context(now=1.795e9))
        assert len(reading.interpretations) <= 4
        for found in reading.interpretations:
            assert 0 <= found.score <= 1
            assert _valid(catalog, found.tool, dict(found.arguments), found.missing), found


CAR_INTERPRETER = Interpreter(CAR)
ODD_INTERPRETER = Interpreter(ODD)


@pytest.mark.parametrize(
    "text", ["", " ", "word", "a " * 5000, "🙂🙂", "日本語で", "1234567890" * 30, "\x00\x07", "." * 3000]
)
def test_odd_input_breaks_nothing(car: Interpreter, odd: Interpreter, context: Context, text: str) -> None:
    car.read([text], context)
    odd.read([text], context)


def test_a_nested_value_is_found_or_left_out_whole(odd: Interpreter, context: Context) -> None:
    best = odd.read(["ship a parcel to Castle Street"], context).interpretations[0]
    assert best.tool == "made-up.nested"
    assert best.arguments.get("address", {"street": "Castle Street"}) == {"street": "Castle Street"}


def test_a_value_of_a_large_enum_is_spelled_as_the_schema_has_it(odd: Interpreter, context: Context) -> None:
    best = odd.read(["choose Station 4321 of the many"], context).interpretations[0]
    assert best.arguments["station"] == "station 4321"


def test_names_of_the_profile_are_put_in(car: Interpreter, context: Context) -> None:
    profile = Profile(contacts={"my wife": "Maria Berg"}, places={"home": "Castle Street 5"})
    known = Context(now=context.now, profile=profile, here="Heidelberg")
    assert car.read(["tell my wife I'm late"], known).interpretations[0].arguments["recipient"] == "Maria Berg"
    assert car.read(["navigate home"], known).interpretations[0].arguments["destination"] == "Castle Street 5"
    assert car.read(["what's the weather here"], known).interpretations[0].arguments.get("city") == "Heidelberg"


def test_a_number_outside_the_limits_is_asked_for_again(car: Interpreter, context: Context) -> None:
    best = car.read(["set the temperature to ninety"], context).interpretations[0]
    assert best.missing == ("temperature",)


def test_learned_from_examples_spans_are_cut_where_the_examples_cut_them(context: Context) -> None:
    stations = ["radio blue", "classic one", "jazz city", "wave ninety", "rock valley", "sunny side", "night train"]
    shapes = ["tune in to [{}](channel)", "put on [{}](channel) please", "i want to hear [{}](channel) now",
              "change to [{}](channel) on the radio", "switch over to [{}](channel)"]  # fmt: skip
    examples = [shape.format(station) for station in stations for shape in shapes]
    other = [f"{verb} the {place}" for verb in ("clean", "wash", "polish") for place in ("mirror", "seat", "floor")]
    catalog = catalog_of(
        tool("tune", "Radio", {"channel": {"type": "string"}}, ("channel",), _meta={"mcqueen/examples": examples}),
        tool("clean", "Cleaning", {}, (), _meta={"mcqueen/examples": other}),
    )
    interpreter = Interpreter(catalog)
    for station in ("green hill", "Radio Nine", "blue river"):
        best = interpreter.read([f"tune in to {station} please"], context).interpretations[0]
        assert (best.tool, dict(best.arguments)) == ("made-up.tune", {"channel": station})


DRINKS = catalog_of(
    tool("order_drink", "Order a drink", {
        "size": {"type": "string", "enum": ["small", "medium", "large"]},
        "roast": {"type": "string", "enum": ["light roast", "medium roast", "dark roast"]},
        "drink": {"type": "string", "enum": ["coffee", "house coffee", "mocha"]}},
        ("drink",), _meta={"mcqueen/examples": [
            "give me a [large](size) [dark roast](roast) [mocha](drink)", "brew a [house coffee](drink)",
            "can i have a [medium roast](roast) [mocha](drink)", "i want a [medium](size) [coffee](drink)",
            "make me a [medium](size) [light roast](roast) [coffee](drink)"]}),
)  # fmt: skip


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("i want a medium house coffee", {"size": "medium", "drink": "house coffee"}),
        ("i want a medium roast house coffee", {"roast": "medium roast", "drink": "house coffee"}),
        ("a large medium roast mocha please", {"size": "large", "roast": "medium roast", "drink": "mocha"}),
        ("a large dark mocha please", {"size": "large", "roast": "dark roast", "drink": "mocha"}),
    ],
)
def test_one_word_never_fills_two_parameters_and_goes_where_it_is_the_whole_value(
    text: str, arguments: dict[str, Any]
) -> None:
    found = Interpreter(DRINKS).read([text], Context(now=1.795e9)).interpretations[0]
    assert dict(found.arguments) == arguments


ANNOUNCE = ("announce", "Announce something at home", {"message": {"type": "string"}}, ("message",))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    "message", ["gate open", "open the gate", "stop smoking", "dinner is ready", "call back later"]
)
@pytest.mark.parametrize("lead", ["with the message", "with message"])
def test_a_message_that_is_announced_as_one_is_kept_from_its_first_word_on(lead: str, message: str) -> None:
    catalog = catalog_of(tool(*ANNOUNCE))
    found = Interpreter(catalog).read([f"announce at home {lead} {message}"], Context()).interpretations[0]
    assert dict(found.arguments) == {"message": message}


PATHS: list[tuple[str, dict[str, str]]] = [
    ("open notes slash ideas dot md", {"path": "notes/ideas.md"}),
    ("read me notes slash ideas", {"path": "notes/ideas"}),
    ("rename draft dot txt to final dot txt", {"path": "draft.txt", "destination_path": "final.txt"}),
    ("rename to final dot txt the file draft dot txt", {"path": "draft.txt", "destination_path": "final.txt"}),
    ("show the dash cam", {}),
]


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(("text", "arguments"), PATHS)
def test_a_path_is_said_with_its_signs(context: Context, text: str, arguments: dict[str, str]) -> None:
    names: list[JSON] = ["path", "destination_path"] if len(arguments) == 2 else ["path"]
    verb = text.split()[0]
    schema: JSON = {
        "type": "object",
        "properties": {str(name): {"type": "string"} for name in names},
        "required": names,
    }
    listed: dict[str, JSON] = {"name": f"{verb}_file", "description": f"{verb} a file", "inputSchema": schema}
    catalog = Catalog(tuple(read_tools([listed], "disk", trusted=True).tools))
    interpreter = Interpreter(catalog, encoder=NoSentenceEncoder())  # one tool, no file named: only words tell
    reading = interpreter.read([text], context)
    found = dict(reading.interpretations[0].arguments) if reading.interpretations else {}
    assert found == arguments
