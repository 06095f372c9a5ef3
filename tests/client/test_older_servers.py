"""Servers that do not know the newest revision say so in many ways; each of them is answered with the handshake."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.json_rpc import answer_in_body, answers_request
from client.servers.mcp.stdio import StdioServer
from client.servers.mcp.streamable_http import StreamableHttpServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

STARTED = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "old", "version": "1"},
}
TOOLS = [{"name": "get_note", "description": "Read a note.", "inputSchema": {"type": "object"}}]


def refusal(status: int, kind: str, body: str) -> tuple[int, str, str]:
    return status, kind, body


def told(code: int, request_id: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": "Bad Request"}})


REFUSALS = {
    "Python SDK 1.x": refusal(400, "application/json", told(-32600, "server-error")),
    "TypeScript SDK": refusal(400, "application/json", told(-32000, None)),
    "no id at all": refusal(400, "application/json", '{"jsonrpc":"2.0","error":{"code":-32600,"message":"x"}}'),
    "a foreign number": refusal(200, "application/json", told(-32601, 77)),
    "method not found": refusal(200, "application/json", told(-32601, 1)),
    "invalid params": refusal(200, "application/json", told(-32602, 1)),
    "a batch": refusal(200, "application/json", f"[{told(-32601, 1)}]"),
    "an event": refusal(200, "text/event-stream", f"event: message\ndata: {told(-32602, 'server-error')}\n\n"),
    "plain text": refusal(200, "text/plain", "Unknown method"),
    "plain text with 400": refusal(400, "text/plain", "Bad Request: missing session"),
    "not found": refusal(404, "text/plain", "Not Found"),
    "not allowed": refusal(405, "text/plain", "Method Not Allowed"),
    "not acceptable": refusal(406, "application/json", '{"error":"no"}'),
    "unsupported media": refusal(415, "text/html", "<p>no</p>"),
    "internal error": refusal(500, "text/plain", "Internal Server Error"),
    "accepted": refusal(202, "text/plain", ""),
    "no error object": refusal(200, "application/json", '{"error":"unknown method"}'),
}


def list_all(_method: str, _params: dict[str, Any]) -> dict[str, Any]:
    return {"tools": TOOLS}


@asynccontextmanager
async def serving(
    listing: Callable[[str, dict[str, Any]], dict[str, Any]] = list_all,
    unknown: tuple[int, str, str] = (404, "text/plain", "Not Found"),
) -> AsyncIterator[str]:
    """Serve the handshake revisions; what is not a handshake or a listing is answered with `unknown`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r")[0] or 0)
        message = json.loads(await reader.readexactly(length) or b"{}")
        method, (status, kind, body) = message.get("method", ""), unknown
        if method in ("initialize", "tools/list", "notifications/initialized"):
            result = listing(method, message.get("params") or {}) if method == "tools/list" else STARTED
            answer = {"jsonrpc": "2.0", "id": message.get("id"), "result": result}
            status, kind, body = 200, "application/json", json.dumps(answer)
        data = body.encode()
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n".encode())
        writer.write(b"connection: close\r\n\r\n" + data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


@pytest.mark.parametrize("how", REFUSALS)
async def test_a_server_that_refuses_the_newest_revision_gets_the_handshake(how: str) -> None:
    async with serving(unknown=REFUSALS[how]) as url, open_http_client() as http:
        server = StreamableHttpServer("old", url, http, SystemClock())
        await server.connect()
        listing = await server.list_tools()
        assert [tool.name for tool in listing.tools] == ["get_note"]
        assert server.session_words == "MCP 2025-06-18"
        await server.close()


def test_an_error_in_the_body_of_a_request_answers_it_whatever_its_id_and_a_result_needs_its_id() -> None:
    for given in ("server-error", None, 99):
        assert answer_in_body(told(-32600, given).encode(), 3)
    assert not answer_in_body(b'{"jsonrpc":"2.0","id":99,"result":{}}', 3)
    assert not answer_in_body(b'[{"jsonrpc":"2.0","id":99,"result":{}}]', 3)
    assert answer_in_body(b'[{"id":99,"result":{}},{"id":3,"result":{"x":1}}]', 3)["result"] == {"x": 1}
    assert not answers_request(json.loads(told(-32600, 99)), 3)  # a stream may tell of another request of ours
    assert answers_request(json.loads(told(-32600, "server-error")), 3)


def script(folder: Path, opening: str, unknown: str) -> StdioServer:
    """Return a stdio server: `opening` runs first, `unknown` for a request that is neither handshake nor listing."""
    path = folder / "server.py"
    path.write_text(
        textwrap.dedent(
            """
            import json, sys
            out = sys.stdout.buffer
            def put(message, before=b""):
                out.write(before + json.dumps(message).encode() + b"\\n"); out.flush()
            RESULTS = {"initialize": STARTED, "tools/list": {"tools": TOOLS}}
            OPENING
            for line in sys.stdin.buffer:
                message = json.loads(line)
                if message.get("method") in RESULTS:
                    put({"jsonrpc": "2.0", "id": message["id"], "result": RESULTS[message["method"]]})
                elif "id" in message:
                    UNKNOWN
            """
        )
        .replace("STARTED", repr(STARTED))
        .replace("TOOLS", repr(TOOLS))
        .replace("OPENING", opening)
        .replace("UNKNOWN", unknown)
    )
    return StdioServer("old", sys.executable, (str(path),), connect_seconds=10.0)


NOT_FOUND = 'put({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "no"}})'


@pytest.mark.parametrize(
    ("opening", "unknown"),
    [
        (r'out.write(b"\xef\xbb\xbf"); out.flush()', NOT_FOUND),
        ('out.write(b"Starting server... "); out.flush()', NOT_FOUND),
        (r'out.write(b"\x1b[32mready {ok}\x1b[0m\n[]\n42\nnull\n{\"level\": \"info\"}\n")', NOT_FOUND),
        (
            "pass",
            NOT_FOUND[:-1] + r', b"\xef\xbb\xbf")',
        ),
        ("pass", "raise SystemExit('expected initialize')"),
        ("pass", "pass"),
    ],
    ids=["mark first", "no line end", "noise", "mark later", "ends over it", "leaves it open"],
)
async def test_a_server_on_a_pipe_is_understood_whatever_it_writes_first(
    tmp_path: Path, opening: str, unknown: str
) -> None:
    server = script(tmp_path, opening, unknown)
    await server.connect()
    assert [tool.name for tool in (await server.list_tools()).tools] == ["get_note"]
    await server.close()


async def test_a_log_of_our_own_request_is_not_taken_for_one_of_the_servers(tmp_path: Path) -> None:
    echo = r'put({"jsonrpc": "2.0", "id": 1, "method": "ping"}, b"DEBUG got ")'
    server = script(tmp_path, echo, NOT_FOUND)
    await server.connect()
    assert any("DEBUG got" in line for line in [*server.log.last]) is False  # it is a note of ours, not its stderr
    assert [tool.name for tool in (await server.list_tools()).tools] == ["get_note"]
    await server.close()
