"""What a server lists is contained: a broken tool is named and left out, and the rest of the server goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import mcp_types as types
import pytest

from client.call import Succeeded
from client.clock import SystemClock
from client.http import open_http_client
from client.schemas.tool_listing import MOST_TOOLS
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import FailureKind, ServerUnavailableError
from client.tool_client import ToolClient
from tests.client.faulty_server import TOOLS, FaultyServer
from tests.client.harness import at, make_call, tool_client

LOOP = {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}
ELSEWHERE = {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/schema.json"}}}


def tool(name: Any, **fields: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object"}, **fields}


@pytest.mark.proves("C.listing")
@pytest.mark.parametrize("handshake", [False, True])
async def test_a_broken_tool_is_named_and_the_others_work(tmp_path: Path, handshake: bool) -> None:
    broken: list[Any] = [
        tool("not_an_object", inputSchema="text"),
        tool("a_list", inputSchema={"type": "array"}),
        tool("bad_schema", inputSchema={"type": "object", "properties": {"x": {"type": "nonsense"}}}),
        tool("no_properties", inputSchema={"type": "object", "properties": 7}),
        tool("bell\x07", description="rings"),
        tool("novel", description="x" * 2_000_000),
        tool(42),
        "not even a tool",
        tool("bad_hints", annotations="none"),
    ]
    async with (
        FaultyServer(handshake=handshake, tools=[*broken, *TOOLS]) as server,
        tool_client(tmp_path / "records.db", at(server.url)) as tools,
    ):
        names = [one.name for one in tools.catalog]
        assert {"get_weather", "pay", "pay_once"} <= set(names)
        named = {one.name: one.reason for one in tools.catalog.rejected}
        assert {
            "not_an_object",
            "a_list",
            "bad_schema",
            "no_properties",
            "bell\N{REPLACEMENT CHARACTER}",
            "novel",
        } <= set(named)
        assert named["novel"].startswith("its description has 2000000 characters")
        assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"


@pytest.mark.parametrize("schema", [LOOP, ELSEWHERE])
async def test_a_schema_that_leads_nowhere_costs_only_its_own_tool(tmp_path: Path, schema: dict[str, Any]) -> None:
    async with (
        FaultyServer(tools=[tool("lost", inputSchema=schema), *TOOLS]) as server,
        tool_client(tmp_path / "records.db", at(server.url)) as tools,
    ):
        lost = await tools.call(make_call("lost", a=1))
        assert lost.kind == "failed"
        assert lost.error.code == "invalid_schema"
        assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"


async def test_of_ten_thousand_tools_the_first_are_taken_and_the_rest_is_named(tmp_path: Path) -> None:
    many = [tool(f"tool_{number}") for number in range(10_000)]
    async with FaultyServer(tools=[*TOOLS, *many]) as server, open_http_client() as http:
        reached = StreamableHttpServer("town", server.url, http, SystemClock())
        await reached.connect()
        listing = await reached.list_tools()
        await reached.close()
    assert len(listing.tools) == MOST_TOOLS
    assert listing.rejected[0].reason == f"the server lists more than {MOST_TOOLS} tools; the rest is left out"


class Verbatim(FaultyServer):
    """Answers every call with these bytes, where `%` stands for the request's id."""

    body = b""

    async def _call(self, writer: Any, headers: dict[str, str], message: dict[str, Any]) -> bool:
        from tests.client.faulty_server import _reply

        self.calls += 1
        raw = self.body.replace(b"%", json.dumps(message["id"]).encode())
        return await _reply(writer, 200, raw, {"content-type": "application/json"})


UNREADABLE = {
    "invalid UTF-8": b'{"jsonrpc":"2.0","id":%,"result":{"content":[{"type":"text","text":"\xff\xfe"}]}}',
    "NaN": b'{"jsonrpc":"2.0","id":%,"result":{"content":[],"structuredContent":{"x":NaN},"resultType":"complete"}}',
    "endless digits": b'{"jsonrpc":"2.0","id":%,"result":{"content":[],"structuredContent":{"x":'
    + b"9" * 9000
    + b"}}}",
    "endless depth": b'{"jsonrpc":"2.0","id":%,"result":' + b"[" * 100_000 + b"}",
    "half a character": b'{"jsonrpc":"2.0","id":%,"result":{"content":[{"type":"text","text":"\\ud800"}]}}',
    "another id": b'{"jsonrpc":"2.0","id":99999,"result":{"content":[],"resultType":"complete"}}',
    "both": b'{"jsonrpc":"2.0","id":%,"result":[],"error":{}}',
}


class Endless(Verbatim):
    """Answers a call with 50 MB while `huge`, which it says first or not."""

    def __init__(self, *, announced: bool) -> None:
        super().__init__()
        self.huge = True
        self._announced = announced

    async def _call(self, writer: Any, headers: dict[str, str], message: dict[str, Any]) -> bool:
        if not self.huge:
            return await super()._call(writer, headers, message)
        length = "content-length: 50000000" if self._announced else "connection: close"
        start = '{"jsonrpc":"2.0","result":{"content":[{"type":"text","text":"'
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{length}\r\n\r\n{start}".encode())
        for _ in range(50):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
        return False


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_answer_that_is_none_ends_its_own_call_alone(tmp_path: Path, name: str) -> None:
    async with Verbatim() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        server.body = UNREADABLE[name]
        outcome = await tools.call(make_call("get_weather", place="Ulm"), deadline=3.0)
        assert outcome.kind == "failed"
        assert outcome.error.code == "answer_unreadable"
        await goes_on(tools, server)


async def goes_on(tools: ToolClient, server: Verbatim) -> None:
    server.body = (
        b'{"jsonrpc":"2.0","id":%,"result":{"content":[{"type":"text","text":"fine"}],"resultType":"complete"}}'
    )
    after = await tools.call(make_call("get_weather", place="Bonn"))
    assert isinstance(after, Succeeded)
    assert after.result == {"text": "fine"}


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_of_50_mb_is_not_read_to_its_end(tmp_path: Path, announced: bool) -> None:
    async with Endless(announced=announced) as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        outcome = await tools.call(make_call("get_weather", place="Ulm"), deadline=3.0)
        assert outcome.kind == "failed"
        assert outcome.error.code == "answer_too_large"
        server.huge = False
        await goes_on(tools, server)


async def test_a_huge_integer_is_kept_to_the_last_digit(tmp_path: Path) -> None:
    number = int("7" * 300)
    async with Verbatim() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        server.body = (
            b'{"jsonrpc":"2.0","id":%,"result":{"content":[],"structuredContent":{"x":'
            + str(number).encode()
            + b'},"resultType":"complete"}}'
        )
        outcome = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(outcome, Succeeded)
        assert outcome.result == {"x": number}


async def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up_in_time() -> None:
    import asyncio

    hold = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with open_http_client() as http:
        server = StreamableHttpServer("hole", f"http://127.0.0.1:{port}/mcp", http, SystemClock(), connect_seconds=0.2)
        with pytest.raises(ServerUnavailableError, match="hole did not answer in time") as caught:
            await server.connect()
        await server.close()
    assert caught.value.kind is FailureKind.NOT_SENT
    hold.set()
    listener.close()


@pytest.mark.parametrize("cursors", [("",), ("1", "1"), ("1", "2", "1")])
async def test_an_empty_or_repeated_cursor_ends_the_listing(cursors: tuple[str, ...]) -> None:
    from tests.client.test_older_servers import serving

    asked: list[Any] = []

    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        asked.append(params.get("cursor"))
        return {"tools": TOOLS[:1], "nextCursor": cursors[min(len(asked), len(cursors)) - 1]}

    async with serving(answer) as url, open_http_client() as http:
        server = StreamableHttpServer("town", url, http, SystemClock())
        await server.connect()
        listing = await server.list_tools()
        await server.close()
    assert len(asked) <= len(cursors) + 1
    assert [one.name for one in listing.tools] == ["get_weather"]
    assert len(listing.rejected) <= 1  # named once


async def test_a_tool_of_four_hundred_levels_or_a_useless_output_schema_leaves_the_others(tmp_path: Path) -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(400):
        deep = {"type": "object", "properties": {"a": deep}}
    screens = {"type": "object", "properties": {"s": {"type": "array", "items": {"$ref": "#/$defs/Nowhere"}}}}
    wrong = [tool("deep", inputSchema=deep), tool("look", outputSchema=screens), tool("odd", outputSchema={"type": 5})]
    async with (
        FaultyServer(handshake=True, tools=[*wrong, *TOOLS]) as server,
        tool_client(tmp_path / "records.db", at(server.url)) as tools,
    ):
        assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
        named = {one.name for one in tools.catalog} | {one.name for one in tools.catalog.rejected}
        assert {"deep", "look", "odd"} <= named


@pytest.mark.parametrize("pages", [1, 2])
async def test_a_page_that_did_not_change_is_not_read_again_and_one_that_did_is(pages: int) -> None:
    from tests.client.test_older_servers import serving

    listed = [[tool("look"), tool("find")], [tool("pay")]][:pages]

    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = int(params.get("cursor", "0"))
        following = {"nextCursor": str(number + 1)} if number + 1 < pages else {}
        return {"tools": listed[number], **following}

    read = mock.Mock(wraps=types.ListToolsResult.model_validate)
    async with serving(answer) as url, open_http_client() as http:
        server = StreamableHttpServer("town", url, http, SystemClock())
        await server.connect()
        with mock.patch.object(types.ListToolsResult, "model_validate", read):
            first, times = await server.list_tools(), read.call_count
            again, unchanged = await server.list_tools(), read.call_count
            listed[-1] = [tool("pay", description="Pay anybody."), tool("fly")]
            changed, some = await server.list_tools(), read.call_count
            await server.close()
            await server.connect()
            await server.list_tools()
        await server.close()
    assert times > 0
    assert (again.tools, unchanged) == (first.tools, times)
    assert [(one.name, one.description) for one in changed.tools][-2:] == [("pay", "Pay anybody."), ("fly", "")]
    assert 0 < some - unchanged <= times // pages
    assert read.call_count - some == times, "another session has read no page yet"
