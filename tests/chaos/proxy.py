"""A proxy that stands between a real client and a real server and breaks calls in every way a network can.

It knows HTTP just well enough to tell a tools/call from the rest, which passes. Faults come from a seeded generator, so
that a run can be repeated; the death of the server is one of them.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Self

BEFORE = ("reset_before", "closed_before", "portal", "rate_limited", "unavailable", "server_error", "hang_before")
"""Faults after which the server has not seen the call."""
AFTER = ("reset_after", "closed_after", "truncated", "portal_after", "server_error_after", "hang_after")
"""Faults after which the server has executed it."""


class FaultyProxy:
    """Listens on `port`; breaks a share of the tools/calls, and passes on the rest to `upstream`."""

    def __init__(
        self,
        upstream: int,
        *,
        share: float,
        seed: int,
        handshake: bool = False,
        kill: Callable[[], Awaitable[None]] | None = None,
        kill_every: int = 0,
        hangs: bool = True,
    ) -> None:
        self.port = 0
        self.seen: Counter[str] = Counter()
        self.share = share
        self._upstream = upstream
        self._random = random.Random(seed)
        self._handshake = handshake
        self._kill = kill
        self._kill_every = kill_every
        self._hangs = hangs
        self._calls = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        await asyncio.sleep(0.05)  # lets the handlers see their connections end

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._one(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        headers = _headers(head)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        message = json.loads(body) if body else {}
        method = message.get("method")
        if self._handshake and method == "server/discover":
            error = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "no such method"}}
            await reply(writer, 200, json.dumps(error).encode(), "application/json")
            return
        fault = self._fault_of(head, headers, message)
        self.seen[fault] += 1
        if fault in BEFORE or fault == "session_lost":
            await self._break_before(fault, reader, writer)
            return
        await self._pass_on(fault, head, body, reader, writer)

    def _fault_of(self, head: bytes, headers: dict[str, str], message: dict[str, Any]) -> str:
        return self._pick(headers) if message.get("method") == "tools/call" else "none"

    def _pick(self, headers: dict[str, str]) -> str:
        self._calls += 1
        if self._kill is not None and self._kill_every and self._calls % self._kill_every == 0:
            return "killed"
        if self._random.random() >= self.share:
            return "slow" if self._random.random() < 0.02 else "none"
        sessions = ("session_lost",) if "mcp-session-id" in headers else ()
        faults = [fault for fault in (*BEFORE, *AFTER, *sessions) if self._hangs or not fault.startswith("hang")]
        picked: str = self._random.choice(faults)
        # Hanging costs whoever waits their whole patience; a fifth of them show as much as all.
        return "slow" if picked.startswith("hang") and self._random.random() < 0.8 else picked

    async def _break_before(self, fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault == "reset_before":
            _reset(writer)
        elif fault == "portal":
            await reply(writer, 200, b"<html>Please sign in</html>", "text/html")
        elif fault == "hang_before":
            await reader.read()  # until the client gives up
        elif fault != "closed_before":
            status = {"rate_limited": 429, "unavailable": 503, "server_error": 500, "session_lost": 404}[fault]
            await reply(writer, status, b"{}", "application/json")

    async def _pass_on(
        self,
        fault: str,
        head: bytes,
        body: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            return _reset(writer)  # as a machine whose program is gone
        try:
            forth.write(_without_keep_alive(head) + body)
            await forth.drain()
            if fault == "killed":
                assert self._kill is not None
                await asyncio.sleep(self._random.uniform(0.0, 0.01))  # anywhere between arriving and answered
                await self._kill()
            if fault in AFTER:
                whole = await back.read()
                return await self._break_after(fault, whole, reader, writer)
            if fault == "slow":
                await asyncio.sleep(0.1)
            return await _relay(back, reader, writer)
        finally:
            forth.close()

    async def _break_after(
        self, fault: str, whole: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if fault == "truncated":
            writer.write(whole[: self._random.randrange(1, len(whole))] if len(whole) > 1 else b"")
            await writer.drain()
        elif fault == "reset_after":
            _reset(writer)
        elif fault == "portal_after":
            await reply(writer, 200, b"<html>Please sign in</html>", "text/html")
        elif fault == "server_error_after":
            await reply(writer, 500, b"oops", "text/plain")
        elif fault == "hang_after":
            await reader.read()


async def _relay(back: asyncio.StreamReader, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass the answer on while it arrives, and end when either side does (streams of events stay open for long)."""
    gone = asyncio.ensure_future(reader.read())
    try:
        while True:
            part = asyncio.ensure_future(back.read(65536))
            await asyncio.wait({part, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not part.done():
                part.cancel()
                return
            if not part.result():
                return
            writer.write(part.result())
            await writer.drain()
    finally:
        gone.cancel()


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if ":" in line)}


def _without_keep_alive(head: bytes) -> bytes:
    """Ask the server to close after its answer, so that the end of the answer is the end of the connection."""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reply(writer: asyncio.StreamWriter, status: int, body: bytes, kind: str) -> None:
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
