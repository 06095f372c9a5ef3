"""A served town on a loopback port and a clock that a test sets, and a REST client that is logged in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from tests.assistant.town.clock import SetClock

SERVICES = ("gmail", "google_calendar", "google_maps")


class Rest:
    """The REST face as a program with a session sees it."""

    def __init__(self, http: httpx.AsyncClient, town: RunningTown, user_id: str) -> None:
        self.http = http
        self.town = town
        self.user_id = user_id
        self.headers: dict[str, str] = {}

    async def log_in(self) -> dict[str, Any]:
        token = self.town.login_token(self.user_id)
        response = await self.http.post("/auth/login", json={"user_id": self.user_id, "auth_token": token})
        assert response.status_code == 200, response.text
        session: dict[str, Any] = response.json()["session"]
        self.headers = {"Authorization": f"Bearer {session['session_id']}", "X-User-ID": self.user_id}
        return session

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.headers)

    async def execute(self, tool: str, /, parameters: dict[str, Any], **more: Any) -> httpx.Response:
        body = {"parameters": parameters, **more}
        return await self.http.post(f"/mcp/tools/{tool}/execute", json=body, headers=self.headers)

    async def tools(self) -> dict[str, dict[str, Any]]:
        response = await self.get("/mcp/tools")
        assert response.status_code == 200, response.text
        return {tool["id"]: tool for tool in response.json()["tools"]}


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def world(clock: SetClock) -> World:
    return World(seed=1, now=clock)


@pytest.fixture
async def town(world: World) -> AsyncIterator[RunningTown]:
    async with serve_town(world) as running:
        yield running


@pytest.fixture
async def http(town: RunningTown) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as client:
        yield client


@pytest.fixture
async def rest(town: RunningTown, http: httpx.AsyncClient) -> Rest:
    client = Rest(http, town, "driver")
    await client.log_in()
    return client
