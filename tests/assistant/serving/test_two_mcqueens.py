"""A McQueen whose server is another McQueen: the driver is asked once, by the one that they talk to."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assistant.serving.server import RunningTown
from assistant.tool_opening import open_tools
from assistant.town.world import World
from client.call import Consent, ConsentSource, Need, NeedsInput, Succeeded, ToolCall
from client.catalog import Tool
from client.clock import SystemClock
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from tests.assistant.serving.chain import AskingServer, chain

TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00", "party_size": 4}


async def opened(url: str, folder: Path, http: httpx.AsyncClient, *, trusted: bool = True) -> AsyncIterator[ToolClient]:
    clock = SystemClock()
    async with open_tools([StreamableHttpServer("other", url, http, clock, trusted=trusted)], folder, clock) as tools:
        await tools.ready(10)
        yield tools


def agreed(call: ToolCall) -> Consent:
    return Consent(f"yes-{call.call_id}", call.digest, ConsentSource.DRIVER, SystemClock().now())


def call_of(tool: Tool, arguments: dict[str, object]) -> ToolCall:
    return ToolCall(str(uuid.uuid4()), "other", tool.name, arguments, str(uuid.uuid4()))  # type: ignore[arg-type]  # plain JSON


@pytest.mark.proves("D.twice", "P1.consent")
@pytest.mark.parametrize("era", ["modern", "handshake"])
async def test_one_yes_is_enough_through_a_mcqueen_in_front_and_books_once(
    tmp_path: Path, world: World, town: RunningTown, era: str, request: pytest.FixtureRequest
) -> None:
    async with chain(tmp_path / "front", {"town": town.mcp_url}) as front, httpx.AsyncClient(trust_env=False) as http:
        if era == "handshake":  # only the one who talks to the driver, whose front was connected before
            request.getfixturevalue("handshake_era")
        async for tools in opened(front.running.mcp_url, tmp_path / "car", http):
            tool = tools.catalog.find("book_restaurant_public")
            assert tool is not None
            call = call_of(tool, dict(TABLE))
            unasked = await tools.call(call)
            assert isinstance(unasked, NeedsInput)
            assert world.executed == []
            done = await tools.call(call, consent=agreed(call))
            assert isinstance(done, Succeeded), done
    assert [name for name, _ in world.executed] == ["book_restaurant_public"]


@pytest.mark.proves("Q.mark")
async def test_the_mark_that_a_question_only_confirms_the_call_counts_for_nothing_from_a_server_that_nobody_trusts(
    tmp_path: Path, world: World, town: RunningTown
) -> None:
    async with chain(tmp_path / "front", {"town": town.mcp_url}) as front, httpx.AsyncClient(trust_env=False) as http:
        async for tools in opened(front.running.mcp_url, tmp_path / "car", http, trusted=False):
            tool = tools.catalog.find("book_restaurant_public")
            assert tool is not None
            call = call_of(tool, dict(TABLE))
            asked = await tools.call(call, consent=agreed(call))
            assert isinstance(asked, NeedsInput)
            assert (asked.need, asked.error.code) == (Need.CONSENT, "confirmation_wanted")
            assert world.executed == []
            used = await tools.call(call, consent=agreed(call))
            assert isinstance(used, NeedsInput), "the yes was spent on the first round"
            again = Consent("another yes", call.digest, ConsentSource.DRIVER, SystemClock().now())
            assert isinstance(await tools.call(call, consent=again), Succeeded)
    assert [name for name, _ in world.executed] == ["book_restaurant_public"]


@pytest.mark.proves("D.twice", "P1.consent")
async def test_a_question_of_a_server_behind_still_reaches_the_driver(tmp_path: Path, handshake_era: None) -> None:
    async with (
        AskingServer() as behind,
        chain(tmp_path / "front", {"behind": behind.url}) as front,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        async for tools in opened(front.running.mcp_url, tmp_path / "car", http):
            for tool in (found for found in tools.catalog if found.name == "reserve"):
                call = call_of(tool, {"name": "Anna"} if tool.name == "reserve" else {})
                asked = await tools.call(call, consent=agreed(call))
                assert isinstance(asked, NeedsInput), asked
                assert (asked.need, asked.error.message) == (Need.ARGUMENTS, "Reserve: For how many?")
