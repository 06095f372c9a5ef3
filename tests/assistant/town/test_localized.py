"""The town in German: the same tools, known by other words."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from assistant.hosting.host import Done
from assistant.town.localized import LocalizedTown
from assistant.town.town_host import TownHost
from assistant.town.world import World
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

NOW = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)
WORDS = tomllib.loads((files("assistant.town") / "language" / "de.toml").read_text(encoding="utf-8"))


@pytest.fixture
def town() -> LocalizedTown:
    return LocalizedTown(World(1, now=lambda: NOW), "de")


@pytest.mark.proves("U.languages")
async def test_tools_differ_from_the_english_ones_in_title_and_examples_alone(town: LocalizedTown) -> None:
    english = {tool["name"]: tool for tool in await TownHost(town.world).list_tools()}
    german = {tool["name"]: tool for tool in await town.list_tools()}
    assert set(WORDS) == set(english) == set(german)
    for name, tool in german.items():
        assert tool["title"] == WORDS[name]["title"] != english[name]["title"] or tool["title"] == "E-Mail"
        kept = {"title", "_meta"}
        assert {k: v for k, v in tool.items() if k not in kept} == {
            k: v for k, v in english[name].items() if k not in kept
        }


@pytest.mark.proves("U.languages")
async def test_every_german_example_finds_its_tool_and_all_its_values(town: LocalizedTown) -> None:
    tools = read_tools([dict(tool) for tool in await town.list_tools()], "town")
    assert not tools.rejected
    interpreter = Interpreter(Catalog(tuple(tools.tools)), spoken=language("de"))
    wrong = []
    for name, words in WORDS.items():
        for example in words.get("examples", ()):
            said = re.sub(r"\[(.+?)\]\(\w+\)", r"\1", example)
            best = interpreter.read([said], Context(now=NOW.timestamp())).interpretations
            if not best or best[0].tool != f"town.{name}" or len(best[0].arguments) < example.count("]("):
                wrong.append(said)
    assert wrong == []


@pytest.mark.proves("U.languages")
async def test_answers_are_told_in_german_and_data_stays_as_it_is(town: LocalizedTown) -> None:
    answer = await town.call("get_weather", {"location": "Mannheim"})
    assert isinstance(answer, Done)
    assert answer.text.startswith("In Mannheim sind es")
    assert answer.result["summary"] == answer.text
    assert answer.result["location"] == "Mannheim"
    nearest = await town.call("find_fuel_stations", {})
    assert isinstance(nearest, Done)
    assert "Kilometer entfernt" in nearest.text
