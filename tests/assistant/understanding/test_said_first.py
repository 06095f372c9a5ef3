"""Which of near tools is proposed first by what was said: one with everything said, not one with words made to fit."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.polarity import Polarity
from assistant.understanding.reading import Context
from assistant.understanding.routing.sentence_model import NoSentenceEncoder
from client.catalog import Catalog, Tool
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT, YEAR, DAY = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date"}
EVENTS = catalog_of(
    tool("get_regatta_by_date", "Get the regatta on a date.", {"date": DAY}, ("date",)),
    tool("get_regattas_by_year", "Get the regattas of a year.", {"year": YEAR}, ("year",)),
)
SHOPS = catalog_of(
    tool("get_store", "Get the store that was chosen as home.", {}),
    tool("search_stores", "Search for a store.", {"chain": {**TEXT, "description": "name of a chain of stores"}}),
)


def first(catalog: Catalog, text: str) -> str:
    words = Interpreter(catalog, encoder=NoSentenceEncoder())  # the order of near tools is told apart from meaning
    found = words.read([text], Context(now=1_795_250_000.0)).interpretations
    return found[0].tool.removeprefix("made-up.") if found else ""


@pytest.mark.proves("U.routing")
def test_a_tool_for_which_everything_was_said_comes_before_one_that_lacks_something() -> None:
    assert first(EVENTS, "is there a regatta in 2027") == "get_regattas_by_year"
    assert first(EVENTS, "show me the regatta of 2027") == "get_regattas_by_year"
    assert first(EVENTS, "is there a regatta on december fifth") == "get_regatta_by_date"


@pytest.mark.proves("U.routing")
def test_words_that_are_left_over_bring_no_tool_before_one_that_needs_none() -> None:
    assert first(SHOPS, "what is my usual store") == "get_store"
    assert first(SHOPS, "search for a store of the chain lidl") == "search_stores"


def named(name: str) -> Tool:
    return Tool("made-up", name, "", input_schema={"type": "object"})


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("name", "text", "does"),
    [
        ("power_off", "turn the receiver off", True),
        ("power_off", "turn the receiver on", False),
        ("power_on", "turn the receiver on", True),
        ("power_on", "turn the receiver off", False),
        ("mute_off", "unmute the receiver", True),
        ("mute_off", "mute the receiver", False),
        ("mute_on", "mute the receiver", True),
        ("mute_on", "unmute the receiver", False),
    ],
)
def test_a_particle_at_the_end_of_a_name_says_what_the_tool_does(name: str, text: str, does: bool) -> None:
    assert (Polarity(language()).verdict(text, named(name), {}, {}).half is None) is does


@pytest.mark.proves("P1.mood")
def test_a_comment_that_is_left_is_added_and_a_group_that_is_left_is_not() -> None:
    polarity = Polarity(language())
    assert polarity.verdict("leave a comment on the card", named("add_comment"), {}, {}).half is None
    assert polarity.verdict("leave the sailing group", named("add_group"), {}, {}).half is not None
