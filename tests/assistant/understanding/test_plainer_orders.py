"""Orders in everyday shapes reach what the plain order reaches: "blinds down in the office" closes the office's blinds.

The oracle is the test's own: what a person wants of each sentence was written by hand.
"""

from __future__ import annotations

from functools import cache

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.values import JSON
from tests.promises.every_mood import interpreter

NOW = 1_795_770_000.0

TARGET: dict[str, JSON] = {
    "name": {"type": "string"},
    "area": {"type": "string"},
    "device_class": {"type": "array", "items": {"type": "string", "enum": ["blind", "shutter", "window", "curtain"]}},
}
HOME = Catalog(
    (
        Tool(
            "home",
            "TurnOn",
            "",
            "Turns on/opens a device or entity. Use for requests like 'turn on' or 'activate'.",
            {"type": "object", "properties": TARGET},
        ),
        Tool(
            "home",
            "TurnOff",
            "",
            "Turns off/closes a device or entity. Use for requests like 'turn off' or 'deactivate'.",
            {"type": "object", "properties": TARGET},
        ),
        Tool(
            "home",
            "SetPosition",
            "",
            "Sets the position of a device or entity",
            {
                "type": "object",
                "properties": {**TARGET, "position": {"type": "integer", "minimum": 0, "maximum": 100}},
                "required": ["position"],
            },
        ),
    )
)


@cache
def home(code: str) -> Interpreter:
    return Interpreter(HOME, spoken=language(code))


def called(reader: Interpreter, text: str) -> tuple[str, dict[str, JSON]]:
    """Return the tool that a sentence reaches first, with its arguments; ("", {}) if it reaches none."""
    found = reader.read([text], Context(now=NOW)).interpretations[:1]
    return next(((one.tool.rpartition(".")[2], dict(one.arguments)) for one in found), ("", {}))


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "tool", "position"),
    [
        ("lower the blinds in the office", "TurnOff", None),
        ("pull the office blinds down", "TurnOff", None),
        ("blinds down in the office", "TurnOff", None),
        ("blinds in the office down please", "TurnOff", None),
        ("can you let the office blinds down", "TurnOff", None),
        ("raise the office blinds", "TurnOn", None),
        ("office shutters up", "TurnOn", None),
        ("roll the office window down", "TurnOn", None),
        ("roll the office window up", "TurnOff", None),
        ("lower the office blinds to forty percent", "SetPosition", 40),
        ("raise the office shutters to seventy percent", "SetPosition", 70),
        ("lower the blinds in the office to forty percent", "SetPosition", 40),
        ("set the blinds in the office to forty percent", "SetPosition", 40),
    ],
)
def test_what_is_moved_up_or_down_opens_or_closes_by_what_it_is(text: str, tool: str, position: int | None) -> None:
    found, arguments = called(home("en"), text)
    assert (found, arguments.get("position")) == (tool, position)
    assert "office" in str(arguments)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("fahr das fenster runter", True),
        ("fahre die fenster herunter", True),
        ("fahr das beifahrerfenster runter", True),
        ("fahr das fenster hoch", False),
        ("fahr alle fenster hoch", False),
        ("kurbel das fenster runter", True),
        ("mach das fenster hoch", False),
    ],
)
def test_a_german_window_that_is_driven_down_opens(text: str, open_: bool) -> None:
    found, arguments = called(interpreter("bundled", "de"), text)
    assert (found, arguments.get("open")) == ("set_window", open_)


@pytest.mark.parametrize(
    ("text", "light", "on"),
    [
        ("put the fog lights on", "fog lights", True),
        ("pop the reading lights on please", "reading lights", True),
        ("stick the high beam on", "high beam", True),
        ("can you flick the fog lights off", "fog lights", False),
        ("get the ambient light off", "ambient", False),
    ],
)
def test_a_verb_that_says_nothing_by_itself_switches_what_it_names(text: str, light: str, on: bool) -> None:
    found, arguments = called(interpreter("bundled", "en"), text)
    assert (found, arguments) == ("set_light", {"light": light, "on": on})


@pytest.mark.parametrize("text", ["put some jazz on my list", "stick milk on the shopping list"])
def test_what_is_put_on_a_list_is_not_switched_on(text: str) -> None:
    assert called(home("en"), text)[0] != "TurnOn"


def test_a_word_that_is_spelled_is_one_word_and_stays_as_it_was_in_a_message() -> None:
    assert called(home("en"), "turn off the a c") == ("TurnOff", {"name": "ac"})
    _, arguments = called(interpreter("bundled", "en"), "text anna the a c is broken")
    assert arguments["message"] == "the a c is broken"


def test_a_thing_that_an_example_does_not_list_is_not_asked_for_by_it() -> None:
    """The lights' own example "switch the [fog lights](light) on" is no proof that the air conditioning is a light."""
    assert called(interpreter("bundled", "en"), "switch the ac on")[0] == "set_air_conditioning"


@pytest.mark.parametrize(
    ("code", "text", "tool", "arguments"),
    [
        ("en", "crank the fan to five", "set_fan", {"level": 5}),
        ("en", "fan to five", "set_fan", {"level": 5}),
        ("en", "wake me in twenty minutes", "set_timer", {"minutes": 20}),
        ("en", "jot down that the tyre loses air", "write_note", {"text": "the tyre loses air"}),
        ("de", "dreh das gebläse auf stufe drei", "set_fan", {"level": 3}),
        ("de", "gebläse auf drei", "set_fan", {"level": 3}),
        ("de", "schalt die sitzheizung auf zwei", "set_seat_heating", {"level": 2}),
        ("de", "fang an zu laden", "set_charging", {"on": True}),
        ("de", "hör auf zu laden", "set_charging", {"on": False}),
        ("de", "hör mit dem laden auf", "set_charging", {"on": False}),
        ("de", "schalte die umluft ein", "set_air_circulation", {"mode": "recirculation"}),
        ("de", "alle fenster zu bitte", "set_window", {"window": "all", "open": False}),
        ("de", "kannst du die heckklappe aufmachen", "set_trunk", {"open": True}),
    ],
)
def test_orders_in_other_words_reach_the_tool_and_value(
    code: str, text: str, tool: str, arguments: dict[str, JSON]
) -> None:
    assert called(interpreter("bundled", code), text) == (tool, arguments)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "get rid of the imperial units"),
        ("en", "do away with the recirculated air"),
        ("en", "lose the recirculated air"),
        ("en", "no recirculation please"),
        ("en", "turn off recirculation"),
        ("de", "weg mit der umluft"),
        ("de", "schalte die umluft aus"),
    ],
)
def test_a_listed_value_that_is_turned_down_is_never_set(code: str, text: str) -> None:
    _, arguments = called(interpreter("bundled", code), text)
    assert not {"mode", "units"} & arguments.keys()


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(("text", "way"), [("less air from the fan", "down"), ("more air from the fan please", "up")])
def test_more_or_less_of_a_thing_is_taken_up(text: str, way: str) -> None:
    assert called(interpreter("bundled", "en"), text) == ("set_fan", {"change": way})
