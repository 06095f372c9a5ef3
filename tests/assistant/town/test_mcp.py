"""The town over MCP, with the official client: real HTTP on loopback in both eras, and a real child on stdio."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from mcp import Client, MCPError, StdioServerParameters

from assistant.serving.server import RunningTown, serve_town
from assistant.town.town_server import town_server
from assistant.town.town_tools import tool_definitions
from assistant.town.world import World

Era = Literal["legacy", "2026-07-28"]
ERAS: list[Era] = ["legacy", "2026-07-28"]


@pytest.fixture
async def town(world: World) -> AsyncIterator[RunningTown]:
    async with serve_town(world) as running:
        yield running


@pytest.mark.parametrize("era", ERAS)
async def test_both_eras_list_the_definitions_as_they_are(town: RunningTown, era: Era) -> None:
    async with Client(town.mcp_url, mode=era) as client:
        listed = await client.list_tools()
    served = [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in listed.tools]
    assert served == tool_definitions()


@pytest.mark.proves("G.town")
@pytest.mark.parametrize("era", ERAS)
async def test_both_eras_call_tools_whose_effects_stay_in_the_world(town: RunningTown, era: Era) -> None:
    async with Client(town.mcp_url, mode=era) as client:
        await client.list_tools()
        result = await client.call_tool("send_message", {"contact": "Anna", "message": "I'm on my way"})
    assert not result.is_error
    assert result.structured_content["contact"] == "Anna"
    assert [message.message for message in town.world.messages.sent] == ["I'm on my way"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_refusal_is_an_error_result_with_a_helpful_sentence(town: RunningTown, era: Era) -> None:
    async with Client(town.mcp_url, mode=era) as client:
        refused = await client.call_tool("send_message", {"contact": "Annna", "message": "hello"})
        invalid = await client.call_tool("send_message", {"contact": "Anna"})
        with pytest.raises(MCPError, match="no tool called fly"):
            await client.call_tool("fly", {})
    assert refused.is_error
    assert "there is Anna" in refused.content[0].model_dump()["text"]
    assert refused.meta is not None
    assert refused.meta["mcqueen/error"]["names"] == ["contact"]
    assert invalid.is_error
    assert "message is missing" in invalid.content[0].model_dump()["text"]
    assert not town.world.executed


@pytest.mark.parametrize("era", ERAS)
async def test_a_key_beside_the_arguments_makes_a_repeat_harmless(town: RunningTown, era: Era) -> None:
    table = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00", "party_size": 2}
    meta: Any = {"mcqueen/idempotency-key": "key-1"}
    async with Client(town.mcp_url, mode=era) as client:
        for _ in range(2):
            await client.call_tool("book_restaurant_public", table, meta=meta)
    assert len(town.world.bookings.all) == 1


async def test_the_town_can_be_used_in_process(world: World) -> None:
    async with Client(town_server(world)) as client:
        result = await client.call_tool("get_weather", {"location": "Heidelberg"})
    assert result.structured_content["location"] == "Heidelberg"


async def test_the_town_is_a_stdio_server_of_its_own() -> None:
    child = StdioServerParameters(command=sys.executable, args=["-m", "assistant.town", "--seed", "3"])
    async with Client(child) as client:
        tools = (await client.list_tools()).tools
        result = await client.call_tool("find_fuel_stations", {"max_results": 1})
    assert len(tools) == len(tool_definitions())
    assert len(result.structured_content["stations"]) == 1
