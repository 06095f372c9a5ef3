"""Degrees and directions: less of a thing is never more of it, and a window that goes up closes."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from assistant.vehicle.localized_car import definitions_in
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
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
