"""Beside the tools that come with McQueen, a server of the driver's own gets the sentences that say its tool's name."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from tests.assistant.understanding.catalogs import tool
from tests.assistant.understanding.test_sayable import own, served

HOME = served(
    "home",
    tool("get_garage_temperature", "Get the garage temperature", {}),
    tool("list_open_windows", "List the open windows", {}),
    tool("get_skylight_position", "Get the position of the skylight", {}),
    tool("open_garden_gate", "Open the garden gate", {}),
)
BOTH = Interpreter(Catalog((*own(), *HOME)))
NOW = Context(now=1795255200.0)


@pytest.mark.proves("U.own-first")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("what is the garage temperature", "home.get_garage_temperature"),
        ("tell me the garage temperature", "home.get_garage_temperature"),
        ("list the open windows", "home.list_open_windows"),
        ("what is the position of the skylight", "home.get_skylight_position"),
        ("open the garden gate", "home.open_garden_gate"),
        ("open the window", "car.set_window"),
        ("are the windows open", "car.get_state"),
        ("is the trunk open", "car.get_state"),
        ("make it warmer", "car.set_temperature"),
        ("how warm is it in the car", "car.get_cabin"),
    ],
)
def test_each_server_keeps_the_sentences_that_say_what_is_its_own(text: str, wanted: str) -> None:
    assert BOTH.read([text], NOW).interpretations[0].tool == wanted
