"""Names, queries and texts by the words around them: command words stay outside, courtesies change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT = {"type": "string"}
LISTING: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "get_spelling": ("Get how a word is pronounced.", {"word": TEXT}, ("word",)),
    "get_origin": ("Get where a word comes from.", {"word": TEXT}, ("word",)),
    "search_cards": ("Search cards by text.", {"query": {**TEXT, "description": "Search text"}}, ("query",)),
    "archive_card": ("Archive a card.", {"card_name": {**TEXT, "description": "Name of the card"}}, ("card_name",)),
    "update_card": (
        "Update a card.",
        {"card_id": {**TEXT, "description": "ID of the card"}, "name": {**TEXT, "description": "New name"}},
        ("card_id",),
    ),
    "create_card": (
        "Create a new card on a board.",
        {"name": {**TEXT, "description": "Name of the card"}, "desc": {**TEXT, "description": "Description"},
         "position": {**TEXT, "enum": ["top", "bottom"]}},
        ("name",),
    ),
    "create_issue": (
        "Create a new issue.",
        {"title": {**TEXT, "description": "Issue title"}, "description": {**TEXT, "description": "Issue description"}},
        ("title", "description"),
    ),
    "create_task": (
        "Create a task.",
        {"content": {**TEXT, "description": "Task content"}, "project": {**TEXT, "description": "Project name"}},
        ("content",),
    ),
    "list_articles": ("List articles.", {"folder": {**TEXT, "description": "Folder name"}, "lang": TEXT}, ()),
    "play_music": ("Play music.", {"query": {**TEXT, "description": "What to play"}}, ("query",)),
    "compare_players": ("Compare players.", {"names": {"type": "array", "items": TEXT}}, ("names",)),
    "get_stock_price": ("Get the price of a stock.", {"symbol": {**TEXT, "description": "Stock symbol"}}, ("symbol",)),
    "get_departures": ("Get departures.", {"station": {**TEXT, "description": "Station name or URI"}}, ("station",)),
    "get_player": ("Get a player's numbers.", {"player_name": {**TEXT, "description": "Player"}}, ("player_name",)),
}  # fmt: skip
READER = Interpreter(catalog_of(*(tool(name, about, takes, needs) for name, (about, takes, needs) in LISTING.items())))


def heard(name: str, text: str, reader: Interpreter = READER) -> dict[str, JSON]:
    """Return what a request for that tool has, with what is left for texts that nothing marks; no tool is routed."""
    prepared = reader._tool(next(each for each in reader._catalog if each.name == name))
    entities = reader._finder.find(text, 0.0, 0.0)
    return dict(reader._filler.fill(prepared, entities, Context()).arguments)


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("get_spelling", "how do you pronounce gnocchi", {"word": "gnocchi"}),
        ("get_origin", "where does the word biscuit come from", {"word": "biscuit"}),
        ("search_cards", "look up the card on winter tires", {"query": "winter tires"}),
        ("search_cards", "is there a card that mentions the landlord", {"query": "landlord"}),
        ("archive_card", "archive the winter tires card", {"card_name": "winter tires"}),
        ("archive_card", "archive the card for the dentist bill", {"card_name": "dentist bill"}),
        ("create_card", "put a card called call the plumber at the top of the list",
         {"name": "call the plumber", "position": "top"}),
        ("create_issue", "open an issue called login page is blank saying it happens on safari",
         {"title": "login page is blank", "description": "it happens on safari"}),
        ("create_issue", "file one titled checkout is down with the description nobody can pay",
         {"title": "checkout is down", "description": "nobody can pay"}),
        ("create_task", "new task write the report in the work project",
         {"content": "write the report", "project": "work"}),
        ("create_task", "add call grandma to my tasks", {"content": "call grandma"}),
        ("list_articles", "show me the sports folder", {"folder": "sports"}),
        ("play_music", "play let it be by the beatles", {"query": "let it be by the beatles"}),
        ("compare_players", "compare haaland and isak", {"names": ["haaland", "isak"]}),
        ("get_stock_price", "how's t s l a doing", {"symbol": "TSLA"}),
        ("get_departures", "when does the next train leave from ghent", {"station": "ghent"}),
        ("get_player", "what are sidney crosby's numbers", {"player_name": "sidney crosby"}),
    ],
)  # fmt: skip
def test_a_value_is_neither_longer_nor_shorter_than_what_it_names(
    name: str, text: str, wanted: dict[str, object]
) -> None:
    assert heard(name, text) == wanted


@pytest.mark.proves("U.invents-nothing")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("update_card", "archive the card for the dentist bill"),  # words that say which card are no new name
        ("get_stock_price", "what's apple trading at"),  # a firm is no symbol
        ("list_articles", "is there a strike or anything right now"),
        ("list_articles", "anything new today"),
    ],
)
def test_words_that_are_no_value_of_a_parameter_stay_out_of_it(name: str, text: str) -> None:
    assert heard(name, text) == {}


NOUNS = st.sampled_from(["gnocchi", "walnut", "harbour", "tulip", "velvet", "pepper"])
PHRASES = st.lists(NOUNS, min_size=1, max_size=3, unique=True).map(" ".join)
ASKED: dict[str, tuple[str, str]] = {
    "how do you pronounce {}": ("get_spelling", "word"),
    "where does the word {} come from": ("get_origin", "word"),
    "look up the card on {}": ("search_cards", "query"),
    "find the card about {}": ("search_cards", "query"),
    "archive the {} card": ("archive_card", "card_name"),
    "archive the card called {}": ("archive_card", "card_name"),
    "make a card called {}": ("create_card", "name"),
    "play {}": ("play_music", "query"),
    "show me the {} folder": ("list_articles", "folder"),
}
SHAPES = st.sampled_from(sorted(ASKED))


@pytest.mark.proves("U.slots")
@given(SHAPES, PHRASES)
def test_no_word_of_the_request_stands_in_a_value(shape: str, said: str) -> None:
    name, parameter = ASKED[shape]
    assert heard(name, shape.format(said)) == {parameter: said}


@pytest.mark.proves("U.slots")
@given(SHAPES, PHRASES, st.sampled_from(["please {}", "could you {}", "okay {}", "well {}", "hey {}"]))
def test_a_courtesy_before_a_request_changes_no_value(shape: str, said: str, courtesy: str) -> None:
    name, _ = ASKED[shape]
    text = shape.format(said)
    assert heard(name, courtesy.format(text)) == heard(name, text)


@pytest.mark.proves("U.invents-nothing")
@given(SHAPES, PHRASES)
def test_an_optional_text_that_nothing_speaks_of_takes_no_words(shape: str, said: str) -> None:
    name, parameter = ASKED[shape]
    about, takes, needs = LISTING[name]
    more = {**takes, "remark": TEXT, "locale": {**TEXT, "description": "Locale code"}}
    reader = Interpreter(catalog_of(tool(name, about, more, needs)))
    assert heard(name, shape.format(said), reader) == {parameter: said}
