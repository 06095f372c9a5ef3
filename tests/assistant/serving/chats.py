"""Programs that chat with a served host over REST and WebSocket, as a phone would."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from assistant.chat_opening import chat_opening
from assistant.hosting.host import ToolHost
from assistant.serving.server import RunningServer, serve_tools
from client.clock import SystemClock
from tests.assistant.town.clock import SetClock


class ChatClock(SystemClock):
    """The wall clock that a test sets, which goes on from there: one that stood still would count as set back."""

    def __init__(self, moment: SetClock) -> None:
        self._moment = moment
        self._began = self.monotonic()

    def now(self) -> float:
        return self._moment().timestamp() + self.monotonic() - self._began


class Phone:
    """A program of one user. It keeps the number of the last line that it has, and what it was told."""

    def __init__(self, running: RunningServer, http: httpx.AsyncClient, user_id: str) -> None:
        self._running = running
        self._http = http
        self.user_id = user_id
        self.after = 0
        self.headers: dict[str, str] = {}
        self.heard: list[str] = []

    async def log_in(self) -> Phone:
        body = {"user_id": self.user_id, "auth_token": self._running.login_token(self.user_id)}
        session = (await self._http.post("/auth/login", json=body)).json()["session"]
        self.headers = {"Authorization": f"Bearer {session['session_id']}"}
        return self

    async def post(self, **body: Any) -> httpx.Response:
        return await self._http.post("/chat", json=body, headers=self.headers)

    async def request(self, method: str, path: str, **body: Any) -> httpx.Response:
        return await self._http.request(method, path, headers=self.headers, json=body or None)

    async def say(self, text: str) -> str:
        """Say something, having read everything so far; return all that is answered."""
        answer = await self.post(text=text, after=self.after)
        assert answer.status_code == 200, answer.text
        self.after = answer.json()["last"]
        said = " ".join(line["text"] for line in answer.json()["lines"])
        self.heard.append(said)
        return said

    @asynccontextmanager
    async def socket(self, query: str = "", **headers: str) -> AsyncIterator[ClientConnection]:
        url = f"{self._running.rest_url.replace('http', 'ws', 1)}/chat{query}"
        given = {**self.headers, **headers}
        async with connect(url, additional_headers=given, proxy=None) as socket:
            yield socket


async def received(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message of a WebSocket."""
    message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def exchanged(socket: ClientConnection, **message: Any) -> list[str]:
    """Send a message and return the texts that come until the conversation waits for the user again."""
    await socket.send(json.dumps(message))
    return await lines_until(socket, ("listening", "confirming", "eliciting", "idle"))


async def lines_until(socket: ClientConnection, states: tuple[str, ...]) -> list[str]:
    """Return the texts of all lines up to the first message in one of those states that has any."""
    texts: list[str] = []
    while True:
        message = await received(socket)
        texts += [line["text"] for line in message["lines"]]
        if texts and message["state"] in states:
            return texts


@asynccontextmanager
async def chatting(host: ToolHost, clock: SetClock, folder: Path, **options: Any) -> AsyncIterator[RunningServer]:
    """Serve a host with chats."""
    opening = chat_opening(host, ChatClock(clock), folder / "chats")
    async with serve_tools(host, lambda: clock().timestamp(), chat=opening, **options) as running:
        yield running


@asynccontextmanager
async def phones(running: RunningServer, *users: str) -> AsyncIterator[list[Phone]]:
    """Programs of these users, logged in."""
    async with httpx.AsyncClient(base_url=running.rest_url, trust_env=False, timeout=40) as http:
        yield [await Phone(running, http, user).log_in() for user in users]
