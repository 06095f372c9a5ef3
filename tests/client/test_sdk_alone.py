"""What the SDK's own client still dies of, each as a strict expected failure beside the same fault with ours.

When one of these begins to pass, the SDK has mended it, and our dispatcher may be asked what it is still for.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from mcp import Client

from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import Answered, Faulted
from tests.client.faulty_server import FaultyServer
from tests.client.harness import make_call, until

FATAL = ["reset_before", "reset_after", "truncated"]
ARGUMENTS = {"place": "Ulm"}


@pytest.mark.xfail(
    strict=True, raises=BaseException, reason="a lost answer ends the SDK's connection (python-sdk 3560)"
)
@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_sdk_alone_goes_on_after_a_lost_answer(fault: str, mode: str) -> None:
    handshake = mode == "legacy"
    async with FaultyServer(handshake=handshake) as server, asyncio.timeout(8), Client(server.url, mode=mode) as sdk:
        server.faults.append(fault)
        with suppress(Exception):
            await sdk.call_tool("get_weather", ARGUMENTS)
        assert not (await sdk.call_tool("get_weather", ARGUMENTS)).is_error


@pytest.mark.xfail(strict=True, reason="the SDK makes no new session where the server forgot it (python-sdk 1676)")
async def test_the_sdk_alone_goes_on_after_a_lost_session() -> None:
    async with FaultyServer(handshake=True) as server, asyncio.timeout(8), Client(server.url, mode="legacy") as client:
        server.faults.extend(["session_lost", "session_lost"])
        with suppress(Exception):
            await client.call_tool("get_weather", ARGUMENTS)
        assert not (await client.call_tool("get_weather", ARGUMENTS)).is_error


@pytest.mark.xfail(strict=True, reason="one broken tool fails the SDK's whole listing")
async def test_the_sdk_alone_lists_the_other_tools_beside_a_broken_one() -> None:
    broken = {"name": "broken", "inputSchema": "text"}
    good = {"name": "good", "inputSchema": {"type": "object"}}
    async with FaultyServer(tools=[broken, good]) as server, asyncio.timeout(8), Client(server.url) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["good"]


@pytest.mark.xfail(strict=True, raises=BaseException, reason="one call's fault ends the SDK's other calls")
async def test_the_sdk_alone_keeps_one_call_out_of_the_fault_of_another() -> None:
    async with FaultyServer() as server, asyncio.timeout(8), Client(server.url) as client:
        server.faults.extend(["hang", "reset_before"])
        waiting = asyncio.create_task(client.call_tool("get_weather", ARGUMENTS))
        await until(lambda: server.calls == 1)
        with suppress(Exception):
            await client.call_tool("get_weather", ARGUMENTS)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()


@pytest.mark.proves("C.barrier")
@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("handshake", [False, True])
async def test_ours_loses_one_answer_and_nothing_else(fault: str, handshake: bool) -> None:
    async with FaultyServer(handshake=handshake) as server, open_http_client() as http:
        ours = StreamableHttpServer("town", server.url, http, SystemClock())
        await ours.connect()
        server.faults.extend(["hang", fault])
        waiting = asyncio.create_task(ours.call(make_call("get_weather", place="Ulm"), seconds=60.0, confirmed=False))
        await until(lambda: server.calls == 1)
        lost = await ours.call(make_call("get_weather", place="Ulm"), seconds=5.0, confirmed=False)
        assert isinstance(lost, Faulted)
        assert not waiting.done()
        waiting.cancel()
        after = await ours.call(make_call("get_weather", place="Bonn"), seconds=5.0, confirmed=False)
        assert isinstance(after, Answered)
        await ours.close()
