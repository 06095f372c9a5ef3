"""A raw HTTP server that speaks just enough MCP and fails in scripted ways, counting what it executed."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from typing import Any, Self

TOOLS: list[dict[str, Any]] = [
    {
        "name": "get_weather",
        "description": "Weather at a place.",
        "inputSchema": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]},
        "annotations": {"readOnlyHint": True},
    },
    {
        "name": "pay",
        "description": "Pay somebody.",
        "inputSchema": {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]},
    },
    {
        "name": "pay_once",
        "description": "Pay somebody.",
        "inputSchema": {
            "type": "object",
            "properties": {"amount": {"type": "integer"}, "idempotency_key": {"type": "string"}},
            "required": ["amount"],
        },
    },
]


class FaultyServer:
    """Takes one fault from `faults` for each tools/call; works well once they are used up."""

    def __init__(self, *, handshake: bool = False, tools: list[dict[str, Any]] | None = None) -> None:
        self.faults: deque[str] = deque()
        self.tools = TOOLS if tools is None else tools
        self.executed: list[dict[str, Any]] = []
        """Arguments of each execution that had an effect or was read; a known key has none."""
        self.keys: list[str] = []
        """`Idempotency-Key` of each tools/call that arrived."""
        self.calls = 0
        self.port = 0
        self._handshake = handshake
        self._session = 0
        self._known: dict[str, Any] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await asyncio.sleep(0)
            self._server = None

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if ":" in line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if not head[0].startswith("POST"):
            return await _reply(writer, 405, b"")
        message = json.loads(body)
        if "id" not in message:
            return await _reply(writer, 202, b"")
        if message["method"] == "tools/call":
            return await self._call(writer, headers, message)
        return await self._manage(writer, message)

    async def _manage(self, writer: asyncio.StreamWriter, message: dict[str, Any]) -> bool:
        extra: dict[str, str] = {}
        stamp = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
        if message["method"] == "tools/list":
            result: dict[str, Any] = {"tools": self.tools, **stamp}
        elif message["method"] == "server/discover" and not self._handshake:
            result = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, **stamp}
        elif message["method"] == "initialize" and self._handshake:
            self._session += 1
            extra["mcp-session-id"] = f"session-{self._session}"
            server = {"name": "faulty", "version": "1"}
            result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": server}
        else:
            error = {"code": -32601, "message": "no such method"}
            return await _reply_json(writer, {"jsonrpc": "2.0", "id": message["id"], "error": error}, 200, extra)
        return await _reply_json(writer, {"jsonrpc": "2.0", "id": message["id"], "result": result}, 200, extra)

    async def _call(self, writer: asyncio.StreamWriter, headers: dict[str, str], message: dict[str, Any]) -> bool:
        self.calls += 1
        self.keys.append(headers.get("idempotency-key", ""))
        fault = self.faults.popleft() if self.faults else "none"
        if fault == "reset_before":
            return _reset(writer)
        refusals = {
            "unauthorized": (401, {}),
            "session_lost": (404, {}),
            "rate_limited": (429, {"retry-after": "1"}),
            "unavailable": (503, {"retry-after": "1"}),
            "unavailable_long": (503, {"retry-after": "3600"}),
            "redirect": (302, {"location": "http://portal.example/login"}),
        }
        if fault in ("moved", "moved_after"):  # as a server that is mounted at another path; `_after` does it first
            if fault == "moved_after":
                self._execute(message)
            return await _reply(writer, 307, b"", {"location": "/mcp/"})
        if fault in refusals:
            status, extra = refusals[fault]
            return await _reply(writer, status, b"", extra)
        if fault == "portal":
            return await _reply(writer, 200, b"<html>Please sign in</html>", {"content-type": "text/html"})
        answer = self._execute(message)
        if fault == "reset_after":
            return _reset(writer)
        if fault == "server_error":
            return await _reply(writer, 500, b"oops")
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "truncated":
            raw = json.dumps(answer).encode()
            writer.write(_head(200, len(raw), {"content-type": "application/json"}) + raw[: len(raw) // 2])
            await writer.drain()
            return False
        if fault == "not_json":
            return await _reply(writer, 200, b"{nonsense", {"content-type": "application/json"})
        if fault == "huge":
            answer["result"] = {**answer["result"], "content": [{"type": "text", "text": "x" * 9_000_000}]}
        return await _reply_json(writer, answer, 200, {})

    def _execute(self, message: dict[str, Any]) -> dict[str, Any]:
        arguments = message["params"].get("arguments", {})
        key = arguments.get("idempotency_key")
        if key is None or key not in self._known:
            self.executed.append(arguments)
            content = [{"type": "text", "text": f"done {len(self.executed)}"}]
            self._known[key or ""] = {"content": content, "isError": False, "resultType": "complete"}
        return {"jsonrpc": "2.0", "id": message["id"], "result": self._known[key or ""]}


def _reset(writer: asyncio.StreamWriter) -> bool:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {length}", *(f"{name}: {v}" for name, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _reply(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None) -> bool:
    writer.write(_head(status, len(body), headers or {}) + body)
    await writer.drain()
    return True


async def _reply_json(writer: asyncio.StreamWriter, value: object, status: int, headers: dict[str, str]) -> bool:
    return await _reply(writer, status, json.dumps(value).encode(), {"content-type": "application/json", **headers})
