"""What is offered to a driver who asks what can be said: sentences that the same driver can then say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.conversation.own_servers import own_definitions
from assistant.conversation.reader import Reader
from assistant.settings.settings import Settings
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Control
from assistant.wording.languages import languages
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.assistant.understanding.catalogs import CAR, tool
from voice.recognition.recognizer_base import Transcript

CATALOGS = sorted((Path(__file__).parents[2] / "data" / "understanding").glob("*/catalog.json"))
NOW = Context(now=1795255200.0)


def own() -> list[Tool]:
    """The tools that come with McQueen."""
    return [
        found for name, tools in own_definitions(Settings()) for found in read_tools(tools, name, trusted=True).tools
    ]


def served(server: str, *tools: JSON) -> list[Tool]:
    """Tools of a server of the driver's."""
    return list(read_tools(list(tools), server).tools)


GARAGE = served(
    "garage",
    tool("get_barrel_level", "Gets the level of the rain barrel by sensor id.", {"id": {"type": "string"}}, ("id",)),
    tool("open_garage_door", "Open the garage door", {}),
    tool("hass_turn", "Turns on/opens/presses a device", {}),
)
PLANTS = served("plants", tool("water_tomatoes", "Water the tomatoes on the balcony", {}))


@pytest.mark.proves("D.help")
@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_every_sentence_that_is_offered_asks_for_a_tool_when_it_is_said(path: Path, turn: int) -> None:
    german = path.parent.name == "german"
    catalog = Catalog(tuple(read_tools(json.loads(path.read_text())["tools"], "own").tools))
    reader = Interpreter(catalog, spoken=language("de" if german else "en"))
    offered = reader.sayable(NOW, turn)
    titles = {found.title for found in catalog}
    for said in offered:
        assert reader.read([said], NOW).interpretations, said
        assert said not in titles
        assert len(said.split()) <= 8
    assert german or len(offered) == 2


@pytest.mark.proves("D.help")
def test_the_drivers_own_servers_come_before_the_tools_that_come_with_mcqueen() -> None:
    assert sorted(Interpreter(Catalog((*own(), *GARAGE, *PLANTS))).sayable(NOW)) == [
        "open the garage door",
        "water the tomatoes on the balcony",
    ]
    alone = Interpreter(Catalog((*own(), *GARAGE))).sayable(NOW)
    assert alone == ("open the garage door", "tell me the level of the rain barrel")


@pytest.mark.proves("D.help")
def test_with_the_car_alone_it_offers_what_the_car_does() -> None:
    reader = Interpreter(Catalog(tuple(own())))
    offered = reader.sayable(NOW)
    assert len(offered) == 2
    tools = [reader.read([said], NOW).interpretations[0].tool for said in offered]
    assert tools[0].startswith("car.")
    assert offered != reader.sayable(NOW, 1)


@pytest.mark.proves("D.help")
async def test_help_says_two_sentences_and_asking_once_more_says_two_others() -> None:
    reader, catalog = Reader(), Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))
    await reader.adopt(catalog)
    first, second = [
        await reader.understand(Transcript(said), NOW) for said in ("what can you do", "what else can i say")
    ]
    assert first.control is second.control is Control.HELP
    assert len(first.sayable) == len(second.sayable) == 2
    assert not set(first.sayable) & set(second.sayable)


@pytest.mark.parametrize("code", languages())
def test_a_tool_that_only_engineers_could_ask_for_is_offered_to_nobody(code: str) -> None:
    odd = served("odd", tool("frobnicate_x9", "X9: POST /v1/frob {id}", {}))
    assert Interpreter(Catalog(tuple(odd)), spoken=language(code)).sayable(NOW) == ()


def test_words_of_any_catalog_are_offered_as_words() -> None:
    for said in Interpreter(CAR).sayable(NOW):
        assert said.replace(" ", "").replace("-", "").replace("'", "").isalnum()
