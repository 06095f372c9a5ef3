"""Requests that try to be read in two ways, clients that are slow or many: refused or let go, and others are served."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator

import httpx
import pytest

from assistant.serving.http_connections import HttpConnections, most_connections
from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World

HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
SMUGGLED = b"0\r\n\r\nGET /api/v1/mcp/tools HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def send(town: RunningTown, *pieces: bytes) -> bytes:
    """Send bytes as they are, and return everything that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    answer = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(5):
            answer = await reader.read()
    writer.close()
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


async def is_served(town: RunningTown) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{town.rest_url}/health")).status_code == 200


@pytest.mark.proves("G.hostile")
@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Content-Length: 5\r\nContent-Length: 60\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Content-Length: 5, 60\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Content-Length: +5\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED, 501),
        (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + SMUGGLED, 501),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n" + SMUGGLED, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n" + SMUGGLED, 400),
        (HEALTH + b"X-A: b\x00c\r\n\r\n", 400),
        (HEALTH + b"X-A\r\n\r\n", 400),
        (b"GET /api/v1/health HTTP/1.1\r\n\r\n", 400),
        (HEALTH + b"Host: evil.example\r\n\r\n", 400),
        (HEALTH + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
    ],
)
@pytest.mark.proves("G.smuggling")
async def test_a_request_that_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(
    town: RunningTown, caplog: pytest.LogCaptureFixture, request_bytes: bytes, status: int
) -> None:
    caplog.set_level("INFO", "assistant.serving")
    answer = await send(town, request_bytes)
    assert statuses(answer) == [status]
    assert b'"success": false' in answer or b'"success":false' in answer
    assert caplog.records, "nothing was logged"
    assert await is_served(town)


@pytest.mark.proves("G.hostile")
@pytest.mark.proves("G.slow")
async def test_a_client_that_sends_no_whole_request_is_let_go_and_others_are_served(world: World) -> None:
    async with serve_town(world, connections=HttpConnections(patience=0.3, idle_patience=0.3)) as town:
        silent, half = await asyncio.gather(send(town), send(town, b"GET /api/v1/health HT"))
        assert silent == b""
        assert statuses(half) == [408]
        assert await is_served(town)


@pytest.mark.proves("G.idle")
async def test_a_connection_that_says_nothing_yet_is_kept_longer_than_one_that_has_begun(world: World) -> None:
    async with serve_town(world, connections=HttpConnections(patience=0.2)) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        for _ in range(2):  # before the first request, and between two
            assert statuses(await send(town, b"GET /api/v1/health HT")) == [408]  # as long as a head may take
            writer.write(HEALTH + b"\r\n")
            async with asyncio.timeout(5):
                assert statuses(await reader.readuntil(b"\r\n\r\n")) == [200]
                await reader.readuntil(b"}")
        writer.close()


@pytest.mark.proves("G.slow")
async def test_drops_that_keep_coming_do_not_keep_a_request_open(world: World) -> None:
    async with serve_town(world, connections=HttpConnections(patience=0.3)) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)

        async def drip() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(b"X")
                    await writer.drain()
                    await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        async with asyncio.timeout(5):
            answer = await reader.read()
        dripping.cancel()
        assert statuses(answer) == [408]
        writer.close()


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/mcp"])
@pytest.mark.proves("G.slow")
async def test_a_body_that_does_not_come_is_408_or_refused_and_others_are_served(world: World, path: str) -> None:
    async with serve_town(world, connections=HttpConnections(body_patience=0.3)) as town:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{town.port}\r\nContent-Type: application/json\r\n".encode()
        head += b"Accept: application/json, text/event-stream\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{"
        sending = asyncio.create_task(send(town, head))
        assert await is_served(town)
        assert statuses(await sending)[0] in (400, 408)


async def test_a_body_that_breaks_off_leaves_nothing_behind(town: RunningTown) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", town.port)
    writer.write(POST + b'Content-Length: 100\r\n\r\n{"user_id"')
    await writer.drain()
    writer.transport.abort()
    assert await is_served(town)
    await asyncio.wait_for(town.stop(), 3)
    await town.start_again()


@contextlib.asynccontextmanager
async def idle(town: RunningTown, count: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Open so many connections that say nothing."""
    writers: list[asyncio.StreamWriter] = []
    try:
        for _ in range(0, count, 250):
            opening = (asyncio.open_connection("127.0.0.1", town.port) for _ in range(min(250, count - len(writers))))
            writers += [writer for _, writer in await asyncio.gather(*opening)]
        yield writers
    finally:
        for writer in writers:
            writer.transport.abort()


@pytest.mark.proves("G.hostile")
@pytest.mark.proves("G.idle")
async def test_a_thousand_idle_connections_keep_nobody_from_being_served(world: World) -> None:
    connections = HttpConnections(patience=60.0)
    async with serve_town(world, connections=connections) as town, idle(town, 1000):
        assert await is_served(town)
        assert len(connections.open) >= 1000
    assert not connections.open


@pytest.mark.proves("G.idle")
def test_room_is_for_ten_thousand_or_what_open_files_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert most_connections() == 1024 - 128
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_000_000, 1_000_000))
    assert most_connections() == 10_000


@pytest.mark.proves("G.hostile")
@pytest.mark.proves("G.idle")
async def test_where_there_is_no_room_the_connection_idle_longest_makes_it(world: World) -> None:
    connections = HttpConnections(most=20)
    async with serve_town(world, connections=connections) as town, idle(town, 50):
        assert all([await is_served(town) for _ in range(5)])
        assert len(connections.open) <= 20
        assert connections.closed_for_room >= 30
