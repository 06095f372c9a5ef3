"""What servers say besides tools: names of values, examples, prompts, resources and completions help to understand."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.server.mcpserver import MCPServer
from mcp.types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from assistant.conversation.reader import hints_from
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.learning.hints import Offered, ServerHints, hinted
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.connections.resources_and_prompts import Material
from client.schemas.tool_listing import read_tools
from client.servers.mcp.in_process import InProcessServer
from tests.assistant.understanding.catalogs import catalog_of, tool

NOW = Context(now=1.795e9)


@pytest.mark.proves("U.hints")
@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"const": "Z1", "title": "Living room"}, {"const": "Z2", "title": "Garage"}]},
        {"type": "string", "anyOf": [{"const": "Z1", "title": "living room"}, {"const": "Z2", "title": "garage"}]},
        {"type": "string", "enum": ["Z1", "Z2"], "enumNames": ["Living room", "Garage"]},
        {"type": "string", "enum": ["Z1", "Z2"], "x-enum-names": ["Living room", "Garage"]},
        {"type": "string", "enum": ["Z1", "Z2"], "x-synonyms": {"Z1": ["living room"], "Z2": ["garage", "shed"]}},
    ],
)
def test_values_are_understood_by_the_names_that_a_schema_gives_them(schema: dict[str, Any]) -> None:
    catalog = catalog_of(tool("set_lamp", "Switch a lamp on", {"zone": schema}, ("zone",)))
    best = Interpreter(catalog).read(["switch on the lamp in the garage"], NOW).interpretations[0]
    assert dict(best.arguments) == {"zone": "Z2"}


@pytest.mark.proves("U.hints")
def test_examples_of_a_parameter_are_values_that_may_be_said() -> None:
    schema = {"type": "string", "examples": ["about a girl", "the long way home"]}
    catalog = catalog_of(tool("play_song", "Play a song", {"song": schema}, ("song",)))
    best = Interpreter(catalog).read(["play about a girl now"], NOW).interpretations[0]
    assert dict(best.arguments) == {"song": "about a girl"}


@pytest.mark.proves("U.hints")
def test_hints_of_one_server_touch_no_tool_of_another_and_change_nothing_else() -> None:
    raw: Any = tool("play_list", "Play a playlist", {"playlist": {"type": "string"}}, ("playlist",))
    catalog = Catalog((*read_tools([raw], "radio").tools, *read_tools([raw], "other").tools))
    offered = ServerHints(resources=(Offered("radio", "Road Trip", address="playlist://road-trip"),),
                    prompts=(Offered("radio", "play_my_playlist", "Play a playlist", ("playlist",)),))  # fmt: skip
    found = hinted(catalog, offered, language())
    assert found.find("other.play_list") == catalog.find("other.play_list")
    radio = found.find("radio.play_list")
    assert radio is not None
    assert radio.properties["playlist"]["examples"] == ["Road Trip"]
    assert "play my playlist" in radio.examples
    assert hinted(catalog, ServerHints(), language()) is catalog


def music() -> MCPServer:
    server = MCPServer("music", log_level="ERROR")

    @server.tool()
    def play_station(station: str) -> str:
        """Play a radio station."""
        return station

    @server.resource("station://{station}")
    def station(station: str) -> str:
        return station

    @server.prompt()
    def wind_down(station: str) -> str:
        """Play a station to wind down"""
        return station

    async def complete(
        of: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion:
        return Completion(values=["Where The Sun Goes", "Night At Ten"])

    server.completion()(complete)  # type: ignore[no-untyped-call]  # as the SDK has it
    return server


@pytest.mark.proves("U.hints")
async def test_prompts_and_completions_of_a_server_make_its_values_understood() -> None:
    server = InProcessServer("music", music())
    await server.connect()
    try:
        catalog = Catalog(tuple((await server.list_tools()).tools))
        hints = await hints_from(Material([server]), catalog)
        assert hints.values == {("music", "station"): ("Where The Sun Goes", "Night At Ten")}
        plain, helped = Interpreter(catalog), Interpreter(hinted(catalog, hints, language()))
        said = "play night at ten"
        assert dict(plain.read([said], NOW).interpretations[0].arguments) != {"station": "night at ten"}
        assert dict(helped.read([said], NOW).interpretations[0].arguments) == {"station": "night at ten"}
        assert helped.read(["wind down"], NOW).interpretations[0].tool == "music.play_station"
    finally:
        await server.close()
