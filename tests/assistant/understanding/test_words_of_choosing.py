"""Words that only choose ("the second one") are no number and begin nothing where nothing is offered to choose from."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

NOW = 1_800_000_000.0
HEATING = catalog_of(
    tool("set_seat_heating", "Set the seat heating",
         {"level": {"type": "integer", "minimum": 0, "maximum": 3}, "on": {"type": "boolean"}})
)  # fmt: skip
HEATED: dict[str, JSON] = {"on": True}
CHOOSING = ("the second one", "the third one please", "the 2nd one", "the last one", "the middle one", "the left one",
            "no the left one", "no the second one", "that one")  # fmt: skip


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("said", [*CHOOSING[:6], "that one", "one"])
def test_words_of_choosing_begin_nothing_after_a_deed(said: str) -> None:
    name = HEATING.tools[0].qualified
    after = Context(now=NOW, previous_tool=name, previous_arguments=HEATED)
    assert Interpreter(HEATING).read([said], after).interpretations == ()


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("said", CHOOSING)
def test_words_of_choosing_change_no_number_at_a_read_back(said: str) -> None:
    name = HEATING.tools[0].qualified
    waiting = Context(now=NOW, pending_tool=name, pending_arguments=HEATED, confirming=True)
    assert dict(Interpreter(HEATING).read([said], waiting).changes) == {}


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize("said", ["make it one", "set it to one", "set the seat heating to one"])
def test_one_is_a_number_where_it_counts(said: str) -> None:
    name = HEATING.tools[0].qualified
    after = Context(now=NOW, previous_tool=name, previous_arguments=HEATED)
    found = Interpreter(HEATING).read([said], after).interpretations
    assert found
    assert found[0].arguments["level"] == 1


@pytest.mark.proves("D.choice")
@pytest.mark.parametrize(("said", "place"), [("the second one", 1), ("number two", 1), ("the last one", 2)])
def test_words_of_choosing_choose_what_is_offered(said: str, place: int) -> None:
    offered = Context(now=NOW, options=("low beam", "high beam", "fog lights"))
    assert Interpreter(HEATING).read([said], offered).choice == place
