"""Degrees and directions: less of a thing is never more of it, and a window that goes up closes."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from assistant.vehicle.localized_car import definitions_in
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.assistant.understanding.test_mood import NOW, interpreter


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "tool", "name", "value"),
    [
        ("make it less warm", "set_temperature", "change", "colder"),
        ("make it less cold", "set_temperature", "change", "warmer"),
        ("a bit less warm", "set_temperature", "change", "colder"),
        ("roll the windows up", "set_window", "open", False),
        ("roll down the window", "set_window", "open", True),
        ("raise the passenger window", "set_window", "open", False),
        ("raise the sun shade", "set_sunshade", "open", True),
        ("passenger window up her hair is flying everywhere", "set_window", "open", False),
        ("make it louder", "set_volume", "change", "up"),
        ("make it quieter", "set_volume", "change", "down"),
        ("turn it up a bit", "set_volume", "change", "up"),
        ("pop the trunk", "set_trunk", "open", True),
        ("slam the trunk shut", "set_trunk", "open", False),
        ("heat up the steering wheel", "set_wheel_heating", "on", True),
        ("recirculate the air", "set_air_circulation", "mode", "recirculation"),
        ("skip the next stop", "skip_waypoint", "place", "next stop"),
    ],
)
def test_a_direction_says_which_of_two_opposites_is_meant(text: str, tool: str, name: str, value: object) -> None:
    found = interpreter("bundled").read([text], Context(now=NOW)).interpretations[0]
    assert (found.tool.rpartition(".")[2], found.arguments.get(name)) == (tool, value)


CAR = Catalog(tuple(read_tools(list(definitions_in("de")), "car").tools))


@pytest.mark.parametrize(
    ("text", "tool", "name", "value"),
    [
        ("nebelscheinwerfer aus", "set_light", "on", False),
        ("mach die nebelscheinwerfer aus", "set_light", "on", False),
        ("könntest du das gebläse etwas runterdrehen", "set_fan", "change", "down"),
        ("kannst du bitte das fenster aufmachen", "set_window", "open", True),
        ("fenster hoch", "set_window", "open", False),
    ],
)
def test_a_german_order_may_go_without_its_verb_or_have_it_at_its_end(
    text: str, tool: str, name: str, value: object
) -> None:
    found = Interpreter(CAR, spoken=language("de")).read([text], Context(now=NOW)).interpretations[0]
    assert (found.tool.rpartition(".")[2], found.arguments.get(name)) == (tool, value)
    assert all(0 <= span.start <= span.end <= len(text) for span in found.spans.values())


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("text", ["turn the fan up less", "open the window a bit less"])
def test_more_and_less_at_once_do_nothing(text: str) -> None:
    assert interpreter("bundled").read([text], Context(now=NOW)).interpretations == ()


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("text", ["set a timer", "set the timer", "stop the defroster", "stop heating"])
def test_no_tool_that_merely_ends_something_stands_in(text: str) -> None:
    ending = {"clear_timer", "end_navigation"}
    found = interpreter("bundled").read([text], Context(now=NOW)).interpretations[:1]
    assert not ending & {each.tool.rpartition(".")[2] for each in found}


@pytest.mark.proves("P1.mood")
def test_a_tool_that_ends_is_not_called_to_set_what_it_ends() -> None:
    alone = Interpreter(Catalog((Tool("far", "cancel_alarm", "Cancel the alarm.", input_schema={"type": "object"}),)))
    assert alone.read(["set the alarm"], Context(now=NOW)).interpretations == ()
    assert alone.read(["cancel the alarm"], Context(now=NOW)).interpretations


@pytest.mark.proves("P1.opposite")
def test_a_quality_that_is_compared_reaches_only_a_tool_that_speaks_of_it() -> None:
    warmth = Tool("home", "set_temperature", "Set the temperature of a room.", input_schema={
        "type": "object", "properties": {"change": {"type": "string", "enum": ["warmer", "colder"]}},
    }, examples=("make it [warmer](change)", "make it [colder](change)"))  # fmt: skip
    alone = Interpreter(Catalog((warmth,)))
    assert [each.arguments for each in alone.read(["make it colder"], Context(now=NOW)).interpretations] == [
        {"change": "colder"}
    ]
    for text in ("make it louder", "make it quieter", "make it brighter", "a bit softer"):
        assert alone.read([text], Context(now=NOW)).interpretations == (), text


@pytest.mark.proves("P1.opposite")
def test_what_a_description_quotes_as_its_act_serves_it_and_not_the_opposite() -> None:
    """Home Assistant locks with what turns on, and says so in its description."""
    name: dict[str, JSON] = {"type": "object", "properties": {"name": {"type": "string"}}}
    tools = (
        Tool("home", "HassTurnOn", "Turns on a device. For locks, this performs a 'lock' action.", input_schema=name),
        Tool("home", "HassTurnOff", "Turns off a device. For locks, this performs an 'unlock' action.",
             input_schema=name),
    )  # fmt: skip
    reader = Interpreter(Catalog(tools))
    for text, tool in (("unlock the front door", "HassTurnOff"), ("lock the front door", "HassTurnOn")):
        assert [each.tool for each in reader.read([text], Context(now=NOW)).interpretations[:1]] == [f"home.{tool}"]
    assert Interpreter(Catalog(tools[:1])).read(["unlock the front door"], Context(now=NOW)).interpretations == ()


@pytest.mark.proves("P1.opposite")
def test_a_level_is_no_step() -> None:
    """Down to ten percent is not ten percent down."""
    step: dict[str, JSON] = {"type": "object", "required": ["adjustment"], "properties": {
        "adjustment": {"type": "number", "minimum": -100, "maximum": 100, "description": "By how much"}}}  # fmt: skip
    level: dict[str, JSON] = {"type": "object", "required": ["percent"], "properties": {
        "percent": {"type": "number", "minimum": 0, "maximum": 100}}}  # fmt: skip
    adjust = Tool("player", "adjust_volume", "Adjust the volume up or down by an amount.", input_schema=step)
    settled = Tool("player", "set_volume", "Set the volume to a percentage.", input_schema=level)
    both, alone = Interpreter(Catalog((adjust, settled))), Interpreter(Catalog((adjust,)))
    for text in ("bring the volume down to ten percent", "turn the volume down to ten", "turn the volume up to ten"):
        found = both.read([text], Context(now=NOW)).interpretations[0]
        assert (found.tool, found.arguments) == ("player.set_volume", {"percent": 10}), text
        assert alone.read([text], Context(now=NOW)).interpretations == (), text
    lowered = both.read(["turn the volume down by ten"], Context(now=NOW)).interpretations[0]
    assert (lowered.tool, lowered.arguments) == ("player.adjust_volume", {"adjustment": -10})


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize("text", ["open the front right window", "close the front left window"])
def test_a_window_of_the_other_side_is_not_moved(text: str) -> None:
    found = interpreter("bundled").read([text], Context(now=NOW)).interpretations[0]
    assert not str(found.arguments.get("window", "")).startswith("rear")
    assert "window" in found.missing


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("text", ["keep the fog lights on", "leave the window open", "keep the sunroof closed"])
def test_what_shall_stay_as_it_is_is_left(text: str) -> None:
    assert interpreter("bundled").read([text], Context(now=NOW)).interpretations == ()


def _home(name: str, description: str, **more: JSON) -> Tool:
    texts: dict[str, JSON] = {each: {"type": "string"} for each in ("name", "area")}
    return Tool("home", name, description, input_schema={"type": "object", "properties": {**texts, **more}})


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("make the bedroom lights red", {"area": "bedroom", "color": "red"}),
        ("turn the kitchen lights warm white", {"area": "kitchen", "color": "warm white"}),
    ],
)
def test_a_colour_is_no_name(text: str, arguments: dict[str, JSON]) -> None:
    light = _home("set_light", "Sets the brightness or color of a light", color={"type": "string"})
    assert Interpreter(Catalog((light,))).read([text], Context(now=NOW)).interpretations[0].arguments == arguments


@pytest.mark.proves("P1.opposite")
def test_the_name_of_one_fan_is_kept() -> None:
    speed: JSON = {"type": "integer", "minimum": 0, "maximum": 100}
    kind: JSON = {"type": "array", "items": {"type": "string", "enum": ["fan"]}}
    fan = _home("set_fan_speed", "Sets a fan's speed by percentage", domain=kind, percentage=speed)
    found = Interpreter(Catalog((fan,))).read(["set the ceiling fan to sixty percent"], Context(now=NOW))
    assert found.interpretations[0].arguments == {"name": "ceiling fan", "percentage": 60}


def test_the_previous_song_is_no_name() -> None:
    back = _home("media_previous", "Replays the previous item for a media player")
    found = Interpreter(Catalog((back,))).read(["go back to the previous song in the den"], Context(now=NOW))
    assert found.interpretations[0].arguments == {"area": "den"}


def test_a_time_that_a_tool_cannot_take_is_told() -> None:
    day: dict[str, JSON] = {"type": "object", "required": ["title", "day"], "properties": {
        "title": {"type": "string"}, "day": {"type": "string", "format": "date"}}}  # fmt: skip
    event = Tool("home", "create_event", "Create an event in the calendar.", input_schema=day)
    reader = Interpreter(Catalog((event,)))
    told = {text: reader.read([text], Context(now=NOW)).interpretations[0].untimed for text in (
        "create an event called team meeting for monday at nine", "create an event called team meeting for monday",
    )}  # fmt: skip
    assert list(told.values()) == ["at nine", ""]
