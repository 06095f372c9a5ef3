"""Words that look like a value and are none: the verb that asks, "this one", the "news" that is not "new"."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT: dict[str, JSON] = {"type": "string"}
COUNT: dict[str, JSON] = {"type": "integer", "description": "How many"}
READER = Interpreter(
    catalog_of(
        tool("get_posts", "Get posts", {"section": {**TEXT, "enum": ["top", "new", "ask", "show"]}, "limit": COUNT}),
        tool("get_cast", "Get the cast of a film", {"limit": COUNT}),
        tool(
            "create_event",
            "Create an event",
            {"title": TEXT, "location": TEXT, "calendar_id": {**TEXT, "description": "ID of the calendar"}},
            ("title", "calendar_id"),
        ),
    )
)


def heard(name: str, text: str) -> dict[str, JSON]:
    prepared = READER._tool(next(each for each in READER._catalog if each.name == name))
    return dict(READER._filler.fill(prepared, READER._finder.find(text, 0.0, 0.0), Context()).arguments)


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("get_posts", "show the top posts", {"section": "top"}),
        ("get_posts", "posts of the show section", {"section": "show"}),
        ("get_posts", "how many posts are in the news", {}),
        ("get_posts", "give me five new posts", {"section": "new", "limit": 5}),
        ("get_cast", "who is in the cast of this one", {}),
        ("get_cast", "the cast of the last one please", {}),
        ("get_cast", "show one of the cast", {"limit": 1}),
        ("get_cast", "show the last one hundred of the cast", {"limit": 100}),
        ("create_event", "create an event called lunch in my work calendar", {"title": "lunch"}),
        ("create_event", "create an event in the town hall called lunch", {"title": "lunch", "location": "town hall"}),
    ],
)
def test_a_value_is_taken_only_from_words_that_say_it(name: str, text: str, expected: dict[str, JSON]) -> None:
    assert heard(name, text) == expected
