"""Which tools a question may reach: those that only look by their words, with nouns told from the verbs like them."""

from __future__ import annotations

import pytest

from assistant.understanding.language import language
from assistant.understanding.looking import Looking
from client.catalog import Hints, Tool

CLAIMED = Hints(read_only=True)


def may_answer(name: str, description: str, hints: Hints, code: str = "en") -> bool:
    tool = Tool("made-up", name, description, input_schema={"type": "object"}, hints=hints)
    return Looking(language(code)).may_answer(tool)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("name", "description", "hints"),
    [
        ("find_water_fountains", "Water fountains in a park, with their distance.", CLAIMED),
        ("get_trip", "Trip details of a journey, as the gizmotron knows them.", Hints()),
        ("get_gizmotron", "Get the gizmotron's name and type.", Hints()),
        ("get_gizmotron", "Get the place and type of a gizmotron.", Hints()),
        ("get_gizmotron", "Get a gizmotron. Use the short name of it.", Hints()),
        ("get_state", "Tell whether a gizmotron, lock or light is on or off.", Hints()),
        ("get_state", "Tell whether lights and locks were left on.", Hints()),
        ("get_gizmotron", "Get a gizmotron by its code. Call list_gizmotrons first to learn the codes.", CLAIMED),
    ],
)
def test_a_noun_that_is_a_verb_as_well_keeps_no_question_from_a_tool_that_looks(
    name: str, description: str, hints: Hints
) -> None:
    assert may_answer(name, description, hints)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("name", "description", "hints"),
    [
        ("get_fountain", "Water the fountain's plants.", CLAIMED),
        ("get_ticket", "Book tickets for a show.", Hints()),
        ("find_gizmotron", "Find a gizmotron and book it.", CLAIMED),
        ("find_gizmotron", "Search and book.", CLAIMED),
        ("find_gizmotron", "Find the best price and book tickets.", CLAIMED),
        ("get_gizmotron", "Get a gizmotron. Then ships it home. Ships at once.", Hints()),
        ("get_gizmotron", "Send a gizmotron to somebody.", CLAIMED),
        ("water_plants", "Get the plants watered.", CLAIMED),
    ],
)
def test_a_verb_of_change_keeps_a_question_away_whatever_the_tool_is_called(
    name: str, description: str, hints: Hints
) -> None:
    assert not may_answer(name, description, hints)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("name", "description", "hints"),
    [
        ("search_emails", "Searches for emails using the search syntax", Hints()),
        ("get_gizmotron_info", "Get details of a gizmotron including all stops and current delays", Hints()),
        ("get_gizmotrons", "Get gizmotrons the user has created or saved. Requires auth.", Hints()),
        ("track_gizmotron", "Get real-time tracking info for a gizmotron.", Hints()),
        ("plan_trip", "Plan a trip between two places.", CLAIMED),
    ],
)
def test_a_noun_behind_the_verb_that_looks_is_no_act(name: str, description: str, hints: Hints) -> None:
    assert may_answer(name, description, hints)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("get_plants", "Get the plants watered."),
        ("search_and_buy", "Search for a thing."),
        ("get_emails", "Get emails and delete them."),
        ("get_gizmotron", "Get a gizmotron.\nDelete it afterwards."),
        ("plan_trip", "Plan a trip between two places."),
    ],
)
def test_a_tool_that_looks_at_first_and_then_acts_is_kept_from_questions(name: str, description: str) -> None:
    assert not may_answer(name, description, Hints())


@pytest.mark.proves("P1.mood")
def test_german_words_spelled_like_english_verbs_are_no_verbs_behind_a_german_and() -> None:
    assert may_answer("abfahrten_lesen", "Nennt die Abfahrten für Haltestelle und Tag", Hints(), "de")
