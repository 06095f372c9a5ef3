"""However many servers there are, and whatever their streams hold, each can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from client.http import open_http_client

SERVERS = 150


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a POST; keep the answer to a GET open, as a stream of events is."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
                await writer.drain()
                await reader.read()
                return
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


@asynccontextmanager
async def many_servers() -> AsyncIterator[list[str]]:
    async with AsyncExitStack() as stack:
        urls = []
        for _ in range(SERVERS):
            server = await stack.enter_async_context(await asyncio.start_server(_serve, "127.0.0.1", 0))
            urls.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp")
        yield urls


async def test_streams_of_a_hundred_and_fifty_servers_leave_room_for_a_call_to_each() -> None:
    async with many_servers() as urls, AsyncExitStack() as streams, open_http_client() as http:
        for url in urls:
            response = await streams.enter_async_context(http.stream("GET", url))
            assert response.status_code == 200
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*(http.post(url, content=b"{}") for url in urls))
        assert {answer.text for answer in answers} == {"ok"}
        await streams.aclose()
