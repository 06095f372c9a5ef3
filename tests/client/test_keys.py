"""An idempotency key answers one call only: the same server, tool and arguments, also while that call still runs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.call import Failed, Outcome, ToolCall
from client.catalog import Catalog, Tool
from client.schemas.tool_names import parted_name, qualified_name
from client.tool_client import ToolClient
from tests.client.counting_server import CountingServer
from tests.client.harness import at, consent_to, tool_client, until
from tests.client.test_outbox import kill, start_child

FIRST = ToolCall("id-one", "town", "send_message", {"text": "one"}, "key-one")
OTHERS = {
    "other arguments": replace(FIRST, arguments={"text": "two"}),
    "an argument more": replace(FIRST, arguments={"text": "one", "urgent": True}),
    "another tool": replace(FIRST, tool="send_message_once"),
    "a tool that only reads": replace(FIRST, tool="count_messages", arguments={}),
    "a tool that is not there": replace(FIRST, tool="nothing"),
    "another server": replace(FIRST, server="village"),
    "arguments that are no JSON": replace(FIRST, arguments={"text": float("nan")}),
}


async def make(tools: ToolClient, call: ToolCall, *, agreed: bool) -> Outcome:
    """Make a call, with a yes to exactly it or without any."""
    return await tools.call(call, consent=consent_to(call) if agreed else None)


def is_refused(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.error.code == "key_reused"


@pytest.mark.proves("K.flight")
@pytest.mark.parametrize("agreed", [True, False], ids=["with a yes of its own", "without a yes"])
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
async def test_another_call_with_the_key_of_one_that_runs_is_refused_and_learns_nothing(
    tmp_path: Path, other: ToolCall, agreed: bool
) -> None:
    if other.arguments.get("text") != other.arguments.get("text"):
        agreed = False  # what is no JSON has no digest to agree to
    async with CountingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        server.hold = asyncio.Event()
        first = asyncio.create_task(make(tools, FIRST, agreed=True))
        await until(lambda: server.sent == ["one"])
        assert is_refused(await make(tools, other, agreed=agreed))
        joined = asyncio.create_task(make(tools, FIRST, agreed=False))
        server.hold.set()
        assert (await first).kind == (await joined).kind == "succeeded"
        assert server.sent == ["one"]


@pytest.mark.proves("K.flight")
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_whichever_of_three_calls_with_one_key_comes_first_is_the_only_one_sent(
    tmp_path: Path, order: Sequence[int]
) -> None:
    calls = [FIRST, OTHERS["other arguments"], replace(FIRST, arguments={"text": "three"})]
    wanted = [calls[place] for place in order]
    async with CountingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        outcomes = await asyncio.gather(*(make(tools, call, agreed=True) for call in wanted))
        assert [is_refused(outcome) for outcome in outcomes] == [False, True, True]
        assert server.sent == [wanted[0].arguments["text"]]
        again = [await make(tools, call, agreed=agreed) for call in wanted for agreed in (True, False)]
        assert [is_refused(outcome) for outcome in again] == [False, False, True, True, True, True]
        assert server.sent == [wanted[0].arguments["text"]]


@pytest.mark.proves("K.flight")
async def test_another_process_with_the_key_of_a_call_that_runs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    async with CountingServer() as server:
        server.hold = asyncio.Event()
        child = await start_child(path, server.url, "send_message", "one")
        await until(lambda: server.sent == ["one"], 20)
        async with tool_client(path, at(server.url)) as tools:
            assert is_refused(await make(tools, OTHERS["other arguments"], agreed=True))
            assert is_refused(await make(tools, OTHERS["another tool"], agreed=False))
        assert server.sent == ["one"]
        await kill(child)
        server.hold.set()


names = st.text(alphabet="ab.\\ :/é", max_size=5)


@pytest.mark.proves("N.names")
@given(names, names, names, names)
def test_two_tools_never_have_the_same_qualified_name(server: str, tool: str, other: str, another: str) -> None:
    assert parted_name(qualified_name(server, tool)) == (server, tool)
    if (server, tool) != (other, another):
        assert qualified_name(server, tool) != qualified_name(other, another)


@pytest.mark.proves("N.names")
@given(st.lists(st.tuples(names, names), unique=True, max_size=6))
def test_each_tool_of_a_catalog_is_found_by_its_public_name_and_no_name_leads_to_another_servers_tool(
    pairs: list[tuple[str, str]],
) -> None:
    catalog = Catalog(tuple(Tool(server, name) for server, name in pairs))
    assert len({catalog.public_name(tool) for tool in catalog}) == len(pairs)
    for tool in catalog:
        assert catalog.of(tool.server, tool.name) is tool
        assert catalog.find(tool.qualified) is tool
        assert catalog.find(catalog.public_name(tool)) is tool


@pytest.mark.proves("N.names")
def test_a_server_that_calls_its_tool_like_another_servers_takes_none_of_its_calls() -> None:
    bank, hostile = Tool("bank", "pay"), Tool("hostile", "bank.pay")
    near = Tool("bank.pay", "")
    catalog = Catalog((hostile, bank, near))
    assert catalog.find("bank.pay") is bank
    assert catalog.public_name(hostile) == r"hostile.bank\.pay"
    assert catalog.of("bank.pay", "") is near
