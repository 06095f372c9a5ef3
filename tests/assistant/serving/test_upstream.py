"""Paths of old are passed on to another real `mcqueen serve`, and served here where that one is away."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.rest.upstream import open_upstream
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import load_secrets, mint_login_token
from assistant.town.world import World
from client.client_errors import ConfigurationError

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
PROGRAM = ("-c", "from assistant.cli.main import main; main()", "serve", "--port", "0", "--no-metrics", "--seed", "7")


class Other:
    """Another McQueen in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, secret: str) -> None:
        self.process = process
        self.url = url
        self._secret = secret

    def login(self, user: str) -> dict[str, str]:
        return {"user_id": user, "auth_token": mint_login_token(self._secret, user, now=time.time())}


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Other]:
    places = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *PROGRAM,
        "--face",
        "rest",
        env={**os.environ, **places, **NO_KEYRING},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    url = json.loads(await process.stdout.readline())["url"]
    secrets = load_secrets(tmp_path / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})
    yield Other(process, url, secrets.jwt_secret)
    if process.returncode is None:
        process.terminate()
        await process.wait()


@pytest.fixture
async def front(world: World, other: Other) -> AsyncIterator[RunningTown]:
    async with serve_town(world, settings=RestSettings(upstream=other.url)) as running:
        yield running


async def log_in(http: httpx.AsyncClient, path: str, body: dict[str, str]) -> dict[str, str]:
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()["session"]
    return {"Authorization": f"Bearer {session['session_id']}", "X-User-ID": body["user_id"]}


@pytest.mark.proves("G.upstream")
async def test_paths_of_old_lead_to_the_other_server_and_fall_back_where_it_is_gone(
    front: RunningTown, other: Other
) -> None:
    weather = {"parameters": {"location": "Speyer"}}
    async with httpx.AsyncClient(base_url=front.url, trust_env=False) as http:
        headers = await log_in(http, "/auth/login", other.login("anna"))
        for prefix in ("", "/proxy", "/proxy/api/v1"):
            called = await http.post(f"{prefix}/mcp/tools/get_weather/execute", json=weather, headers=headers)
            assert called.headers["X-McQueen-Served-By"] == "upstream"
            assert called.json()["data"]["location"] == "Speyer"
        # Its session is not ours, ours not its.
        assert (await http.get("/api/v1/mcp/tools", headers=headers)).status_code == 401
        refused = await http.get("/mcp/tools", headers={"Authorization": f"Bearer {'0' * 64}"})
        assert (refused.status_code, refused.headers["X-McQueen-Served-By"]) == (401, "upstream")
        assert front.world_of("driver").executed == []

        other.process.terminate()
        await other.process.wait()
        body = {"user_id": "anna", "auth_token": front.login_token("anna")}
        here = await log_in(http, "/proxy/auth/login", body)
        called = await http.post("/mcp/tools/get_weather/execute", json=weather, headers=here)
        assert (called.status_code, called.headers["X-McQueen-Served-By"]) == (200, "here")
        assert [tool for tool, _ in front.world_of("anna").executed] == ["get_weather"]


@pytest.mark.proves("G.upstream")
async def test_what_may_have_reached_the_other_server_is_not_served_here_as_well(world: World) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as rude:
        url = f"http://127.0.0.1:{rude.sockets[0].getsockname()[1]}"
        async with (
            serve_town(world, settings=RestSettings(upstream=url)) as front,
            httpx.AsyncClient(base_url=front.url, trust_env=False) as http,
        ):
            lost = await http.post("/mcp/tools/send_message/execute", json={"parameters": {}})
            assert lost.status_code == 502
            assert "may have acted" in lost.json()["error"]
    assert world.executed == []


async def test_own_limits_and_path_rules_come_before_the_other_server(world: World, other: Other) -> None:
    settings = RestSettings(rate_max=2, upstream=other.url)
    async with (
        serve_town(world, settings=settings) as front,
        httpx.AsyncClient(base_url=front.url, trust_env=False) as http,
    ):
        assert (await http.get("/proxy/%2e%2e/%2e%2e/etc/passwd")).status_code == 400
        assert [(await http.get("/proxy/health")).status_code for _ in range(3)] == [200, 200, 429]


async def test_an_upstream_in_the_clear_is_refused_with_the_cure() -> None:
    with pytest.raises(ConfigurationError, match="use https"):
        async with open_upstream("http://mcqueen.example"):
            pass
    with pytest.raises(ConfigurationError, match="http or https"):
        async with open_upstream("mcqueen.example:3001"):
            pass
