"""The chat over WebSocket: what comes and goes, who may connect, and what a bad message or a lost line brings."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assistant.serving.request_bodies import LARGEST_FRAME
from assistant.serving.rest import chat_face
from assistant.serving.rest.chat_face import MOST_SOCKETS
from assistant.serving.rest.rest_settings import RestSettings
from assistant.town.town_host import TownHost
from assistant.town.world import World
from tests.assistant.serving.chats import chatting, exchanged, lines_until, phones, received
from tests.assistant.town.clock import SetClock

SEND = "send a message to Anna saying hello"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def host(clock: SetClock) -> TownHost:
    return TownHost(World(1, now=clock))


async def refused(url: str, **headers: str) -> int:
    """Return the status with which a WebSocket is refused."""
    with pytest.raises(InvalidStatus) as caught:
        async with connect(url, additional_headers=headers, proxy=None):
            pass
    return int(caught.value.response.status_code)


async def closing_code(socket: ClientConnection) -> int:
    """Return the code with which a WebSocket is closed, whatever came before that."""
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return int(closed.rcvd.code) if closed.rcvd is not None else 0


@pytest.mark.proves("G.chat")
async def test_a_conversation_with_a_yes_and_its_lines_on_every_connection(
    tmp_path: Path, clock: SetClock, host: TownHost
) -> None:
    async with (
        chatting(host, clock, tmp_path) as running,
        phones(running, "anna") as (anna,),
        anna.socket() as one,
        anna.socket() as two,
    ):
        assert (await received(one)) == {"success": True, "lines": [], "last": 0, "state": "idle"}
        await received(two)
        start = host.for_user("anna").world.snapshot()
        (read_back,) = await exchanged(one, text=SEND, after=0)
        assert "Shall I send this?" in read_back
        assert await lines_until(two, ("confirming",)) == [read_back]
        await two.send(json.dumps({"text": "yes", "after": 0}))
        message = await received(two)
        while message["success"]:
            message = await received(two)
        assert [line["text"] for line in message["lines"]] == [read_back]
        assert host.for_user("anna").world.snapshot() == start
        await two.send(json.dumps({"text": "yes", "after": message["last"]}))
        assert "is sent" in (await lines_until(two, ("listening", "idle")))[0]
        assert any("is sent" in text for text in await lines_until(one, ("listening", "idle", "reporting")))


@pytest.mark.proves("G.chat")
async def test_a_browser_logs_in_by_its_first_message_and_goes_on_where_it_was(
    tmp_path: Path, clock: SetClock, host: TownHost
) -> None:
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        await anna.say(SEND)
        url = f"{running.rest_url.replace('http', 'ws', 1)}/chat?after=0"
        session = anna.headers["Authorization"].partition(" ")[2]
        async with connect(url, proxy=None, origin=running.url) as socket:  # type: ignore[arg-type]  # a str subtype
            await socket.send(json.dumps({"session_id": session}))
            assert "Shall I send this?" in (await received(socket))["lines"][0]["text"]
        for first, code in (({"session_id": "0" * 64}, 4401), ({"text": "yes"}, 4400), ([], 4400)):
            async with connect(url, proxy=None) as socket:
                await socket.send(json.dumps(first))
                assert await closing_code(socket) == code


@pytest.mark.proves("G.chat")
async def test_strangers_are_refused_before_the_connection_opens(
    tmp_path: Path, clock: SetClock, host: TownHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_face, "LOGIN_SECONDS", 0.1)
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        url = f"{running.rest_url.replace('http', 'ws', 1)}/chat"
        assert await refused(url, Authorization=f"Bearer {'0' * 64}") == 401
        assert await refused(url, Origin="http://evil.example", **anna.headers) == 403
        named = url.replace("127.0.0.1", "evil.example")
        with pytest.raises(InvalidStatus) as caught:
            async with connect(named, host="127.0.0.1", port=running.port, additional_headers=anna.headers, proxy=None):
                pass
        assert caught.value.response.status_code == 421
        async with connect(url, proxy=None) as silent:
            assert await closing_code(silent) == 4401
        for elsewhere in ("/mcp", "/api/v1/usage", "/nothing"):
            assert await refused(running.url.replace("http", "ws", 1) + elsewhere, **anna.headers) == 403


@pytest.mark.proves("G.chat")
async def test_a_bad_message_is_answered_and_a_large_one_or_no_text_closes(
    tmp_path: Path, clock: SetClock, host: TownHost
) -> None:
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        async with anna.socket() as socket:
            await received(socket)
            for text in (
                "not JSON",
                "[]",
                '{"text": ""}',
                '{"text": "\\ud800"}',
                "[" * 5000,
                '{"text": "x", "after": -1}',
            ):
                await socket.send(text)
                assert (await received(socket))["success"] is False
            assert "Shall I send" in (await exchanged(socket, text=SEND))[0]
            await socket.send("x" * (LARGEST_FRAME + 1))
            assert await closing_code(socket) == 1009
        async with anna.socket() as socket:
            await received(socket)
            await socket.send(b"{}")
            assert await closing_code(socket) == 4400


@pytest.mark.proves("G.chat")
async def test_connections_and_messages_of_a_user_are_limited(tmp_path: Path, clock: SetClock, host: TownHost) -> None:
    settings = RestSettings(rate_max=MOST_SOCKETS + 6)
    async with (
        chatting(host, clock, tmp_path, settings=settings) as running,
        phones(running, "anna") as (anna,),
        AsyncExitStack() as stack,
    ):
        opened = [await stack.enter_async_context(anna.socket()) for _ in range(MOST_SOCKETS + 1)]
        assert await closing_code(opened[-1]) == 4429
        for _ in range(6):
            await opened[0].send(json.dumps({"text": "hello", "after": 0}))
        assert await closing_code(opened[0]) == 4429


@pytest.mark.proves("G.chat")
async def test_a_connection_ends_with_its_conversation_its_session_and_the_server(
    tmp_path: Path, clock: SetClock, host: TownHost
) -> None:
    async with chatting(host, clock, tmp_path) as running, phones(running, "anna") as (anna,):
        for path, method, code in (("/chat", "DELETE", 4410), ("/auth/logout", "POST", 4401)):
            async with anna.socket() as socket:
                await received(socket)
                await anna.request(method, path)
                await socket.send(json.dumps({"text": SEND, "after": 0}))
                assert await closing_code(socket) == code
        await anna.log_in()
        async with anna.socket() as socket:
            await received(socket)
            async with asyncio.timeout(5):
                await running.stop()
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
        with pytest.raises(httpx.ConnectError):
            await anna.request("GET", "/chat")
