"""A confirmed call that waited is sent only to the tool, the address and under the rules to which the driver agreed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from client.call import Need, NeedsInput
from client.catalog import Tool
from client.clock import SystemClock
from client.http import open_http_client
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from tests.client.counting_server import CountingServer
from tests.client.harness import QUICK, at, consent_to, make_call, tool_client, until
from tests.client.test_outbox import deliveries


def sensitive(tool: Tool, arguments: object) -> bool:
    return tool.name.startswith("send")


@asynccontextmanager
async def client(path: Path, url: str, **policy: Any) -> AsyncIterator[ToolClient]:
    """Open a client whose rules and trust the test chooses."""
    storage = await Storage.open(path)
    trusted = policy.pop("trusted", False)
    try:
        async with (
            open_http_client() as http,
            ToolClient(
                [StreamableHttpServer("town", url, http, SystemClock(), trusted=trusted)],
                storage=storage,
                clock=SystemClock(),
                settings=QUICK,
                **{"needs_consent": sensitive, "deferrable": lambda _: True, **policy},
            ) as tools,
        ):
            await tools.ready(10)
            yield tools
    finally:
        await storage.close()


async def one_waits(path: Path, server: CountingServer) -> None:
    """Have one confirmed message wait for this server, which is away."""
    async with server, tool_client(path, at(server.url)) as tools:
        assert len(tools.catalog) == 3
    async with client(path, server.url) as tools:
        call = make_call("send_message", text="one")
        assert (await tools.call(call, consent=consent_to(call))).kind == "deferred"


async def asked_again(tools: ToolClient, code: str) -> None:
    """Wait for the end of the delivery: nothing was sent and a new yes is wanted."""
    told = deliveries(tools)
    await until(lambda: len(told) == 1)
    call, outcome = told[0]
    assert isinstance(outcome, NeedsInput)
    assert (outcome.need, outcome.error.code) == (Need.CONSENT, code)
    assert dict(call.arguments) == {"text": "one"}
    assert await tools.waiting() == []


@pytest.mark.proves("O.terms")
async def test_a_waiting_call_is_sent_where_tool_address_and_rules_are_those_of_the_yes(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    await one_waits(path, server)
    async with server, client(path, server.url) as tools:
        told = deliveries(tools)
        await until(lambda: len(told) == 1)
        assert server.sent == ["one"]


@pytest.mark.proves("O.terms")
async def test_the_same_server_name_at_another_address_gets_nothing_that_was_agreed_to_for_the_old_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "records.db"
    await one_waits(path, CountingServer())
    async with CountingServer() as other, client(path, other.url) as tools:
        await asked_again(tools, "address_changed")
        assert other.sent == []


@pytest.mark.proves("O.terms", "P6.changed")
async def test_a_tool_that_changed_while_the_call_waited_is_not_sent_anything(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    await one_waits(path, server)
    async with CountingServer(server.port, description="Send a message to everybody.") as changed:
        async with client(path, changed.url) as tools:
            await asked_again(tools, "tool_changed")
        assert changed.sent == []


@pytest.mark.proves("O.terms", "P6.changed")
async def test_approving_the_changed_tool_sends_no_call_that_was_agreed_to_before(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server, tool_client(path, at(server.url)) as tools:
        assert len(tools.catalog) == 3
    async with client(path, server.url) as tools:
        call = make_call("send_message", text="one")
        assert (await tools.call(call, consent=consent_to(call))).kind == "deferred"
        async with CountingServer(server.port, description="Send a message to everybody.") as changed:
            told = deliveries(tools)
            await until(lambda: bool(tools.held))
            await tools.approve("town", "send_message")
            await until(lambda: len(told) == 1)
            assert told[0][1].kind == "needs_input"
            assert changed.sent == []


@pytest.mark.proves("O.terms")
@pytest.mark.parametrize(
    "rules",
    [{"deferrable": lambda _: False}, {"trusted": True}, {"needs_consent": lambda tool, arguments: False}],
    ids=["may no longer wait", "server trusted since", "needs no yes any more"],
)
async def test_other_rules_than_those_of_the_yes_ask_again(tmp_path: Path, rules: dict[str, Any]) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    await one_waits(path, server)
    async with server, client(path, server.url, **rules) as tools:
        await asked_again(tools, "policy_changed")
        assert server.sent == []


@pytest.mark.proves("O.terms")
async def test_a_call_stored_by_a_version_that_kept_no_terms_is_asked_about_again(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    await one_waits(path, server)
    storage = await Storage.open(path)
    await storage.run(lambda db: db.execute("UPDATE outbox SET agreed = ''"))
    await storage.close()
    async with server, client(path, server.url) as tools:
        await asked_again(tools, "address_changed")
        assert server.sent == []
