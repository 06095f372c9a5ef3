"""Tokens that come again, sessions that end in mid-call, paths that lead elsewhere: refused, and nothing leaks."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from assistant.hosting.host import Done, Refused
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_tools, serve_town
from assistant.serving.state.secret_keys import mint_login_token
from assistant.town.town_host import TownHost
from assistant.town.world import World
from tests.assistant.serving.conftest import Rest
from tests.assistant.town.clock import SetClock

MCP = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.mark.proves("G.tokens")
@pytest.mark.proves("G.replayed")
async def test_a_token_for_one_use_logs_in_once(town: RunningTown, http: httpx.AsyncClient, clock: SetClock) -> None:
    now = clock().timestamp()
    once = mint_login_token(town.secrets.jwt_secret, "driver", now=now, once=True)
    body = {"user_id": "driver", "auth_token": once}
    assert [(await http.post("/auth/login", json=body)).status_code for _ in range(3)] == [200, 401, 401]
    clock.forward(minutes=59)
    assert (await http.post("/auth/login", json=body)).status_code == 401
    endless = jwt.encode({"user_id": "driver", "jti": "x"}, town.secrets.jwt_secret, algorithm="HS256")
    refused = await http.post("/auth/login", json={"user_id": "driver", "auth_token": endless})
    assert refused.status_code == 401, "its use could not be remembered as long as it lives"


@pytest.mark.proves("G.tokens")
@pytest.mark.proves("G.replayed")
async def test_a_session_that_was_logged_out_of_does_not_come_back(rest: Rest) -> None:
    assert (await rest.http.post("/auth/logout", headers=rest.headers)).status_code == 200
    for path in ("/auth/refresh", "/auth/logout"):
        assert (await rest.http.post(path, headers=rest.headers)).status_code == 401
    assert (await rest.get("/mcp/tools")).status_code == 401


@pytest.mark.proves("G.tokens")
@pytest.mark.proves("G.fixation")
async def test_a_login_never_takes_over_an_id_that_the_caller_brings(rest: Rest, town: RunningTown) -> None:
    brought = "a" * 64
    victim = Rest(rest.http, town, "victim")
    token = town.login_token("victim")
    headers = {"X-Session-ID": brought, "Authorization": f"Bearer {brought}", "Cookie": f"session_id={brought}"}
    body = {"user_id": "victim", "auth_token": token, "session_id": brought, "session": {"session_id": brought}}
    made = (await rest.http.post("/auth/login", json=body, headers=headers)).json()["session"]["session_id"]
    assert made != brought
    victim.headers = {"Authorization": f"Bearer {brought}"}
    assert (await victim.get("/mcp/tools")).status_code == 401
    again = (await rest.http.post("/auth/login", json=body, headers={"X-Session-ID": made})).json()["session"]
    assert again["session_id"] != made, "every login has an id of its own"


class SlowHost(TownHost):
    """A town whose calls wait until they are let go."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        self.begun.set()
        await self.go_on.wait()
        return await super().call(tool, arguments, idempotency_key=idempotency_key)


def _rest(http: httpx.AsyncClient, served: Any) -> Rest:
    return Rest(http, served, "driver")


@pytest.mark.proves("G.tokens")
@pytest.mark.proves("G.expired-in-call")
async def test_a_session_that_ends_in_mid_call_does_not_tear_the_call_and_admits_no_other(
    world: World, clock: SetClock
) -> None:
    host = SlowHost(world)
    async with (
        serve_tools(host, lambda: clock().timestamp()) as served,
        httpx.AsyncClient(base_url=served.rest_url, trust_env=False) as http,
    ):
        rest = _rest(http, served)
        await rest.log_in()
        calling = asyncio.create_task(rest.execute("get_weather", {"location": "Speyer"}))
        await host.begun.wait()
        clock.forward(hours=9)
        assert (await rest.get("/mcp/tools")).status_code == 401
        host.go_on.set()
        assert (await calling).json()["success"] is True
        assert (await rest.execute("get_weather", {"location": "Speyer"})).status_code == 401


@pytest.mark.proves("G.stop")
async def test_a_stop_lets_what_runs_finish_and_lets_nobody_else_in(world: World, clock: SetClock) -> None:
    host = SlowHost(world)
    async with (
        serve_tools(host, lambda: clock().timestamp(), finish=20.0) as served,
        httpx.AsyncClient(base_url=served.rest_url, trust_env=False) as http,
    ):
        rest = _rest(http, served)
        await rest.log_in()
        await asyncio.gather(*(rest.get("/mcp/tools") for _ in range(3)))  # connections that stay open
        calling = asyncio.create_task(rest.execute("get_weather", {"location": "Speyer"}))
        await host.begun.wait()
        stopping = asyncio.create_task(served.stop())
        late = await rest.get("/mcp/tools")
        assert (late.status_code, late.headers["Retry-After"]) == (503, "5")
        async with httpx.AsyncClient(trust_env=False) as other:
            with pytest.raises(httpx.ConnectError):
                await other.get(f"{served.rest_url}/health")
        assert not stopping.done()
        host.go_on.set()
        assert (await calling).json()["success"] is True
        await stopping


@pytest.mark.proves("G.hostile")
@pytest.mark.parametrize(
    ("body", "kind", "statuses"),
    [
        (b"{", "application/json", {400}),
        (b"\xff\xfe", "application/json", {400}),
        (b"[]", "application/json", {400}),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": ' + b"[" * 100_000, "application/json", {400}),
        (
            b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
            "application/json",
            {400},
        ),
        (b"a=b", "application/x-www-form-urlencoded", {400, 415}),
        (b"<x/>", "text/xml", {400, 415}),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"a" * 10_000_000 + b'"}', "application/json", {413}),
    ],
)
@pytest.mark.proves("G.bad-json", "G.bad-type", "G.large")
async def test_the_mcp_face_refuses_what_it_cannot_read_and_serves_others(
    town: RunningTown, body: bytes, kind: str, statuses: set[int]
) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        refused = await http.post(town.mcp_url, content=body, headers={**MCP, "Content-Type": kind})
        assert refused.status_code in statuses, refused.text
        assert "Traceback" not in refused.text
        ask = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        assert (await http.post(town.mcp_url, json=ask, headers=MCP)).status_code == 200


@pytest.mark.proves("G.hostile")
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "../../etc/passwd"},
        {"name": ".."},
        {"name": "a/b"},
        {"name": "a\\b"},
        {"name": "a\x00b"},
        {"name": "a\nb"},
        {"name": "a" * 65},
        {"command": ""},
        {"command": "python\x00/etc/passwd"},
        {"command": "python\nrm"},
        {"args": ["-c", "a\x00b"]},
        {"args": "not a list"},
        {"env": {"A=B": "c"}},
        {"env": {"LD_PRELOAD\n": "x"}},
        {"env": {"A": "b\x00c"}},
        {"user_id": "somebody else"},
        {"id": "../x"},
        {"deleted_at": "now"},
    ],
)
@pytest.mark.proves("G.path-tricks")
async def test_names_and_commands_of_servers_cannot_lead_elsewhere(
    world: World, tmp_path: Path, fields: dict[str, Any]
) -> None:
    settings = PlatformSettings(tmp_path / "platform")
    async with (
        serve_town(world, faces=("platform",), platform=settings) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        headers = {"Authorization": f"Bearer {town.login_token('driver')}"}
        body = {"name": "fine", "command": "python", "enabled": False, **fields}
        refused = await http.post("/api/mcp", json=body, headers=headers)
        assert (refused.status_code, refused.json()["success"]) == (400, False)
        assert (await http.get("/api/mcp", headers=headers)).json()["total"] == 0
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["platform"]


@pytest.mark.proves("G.path-tricks")
async def test_a_command_is_run_without_a_shell(world: World, tmp_path: Path) -> None:
    target = tmp_path / "made by a shell"
    settings = PlatformSettings(tmp_path / "platform", commands=("*",))
    async with (
        serve_town(world, faces=("platform",), platform=settings) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        headers = {"Authorization": f"Bearer {town.login_token('driver')}"}
        body = {"name": "fine", "command": f"touch '{target}'; $(touch '{target}')", "enabled": False}
        made = (await http.post("/api/mcp", json=body, headers=headers)).json()["server"]
        started = await http.post(f"/api/mcp/{made['id']}/start", headers=headers)
        assert started.status_code == 500
    assert not target.exists()


@pytest.mark.proves("G.hostile")
@pytest.mark.parametrize(
    "path",
    [
        "/api/mcp/..%2f..%2fetc%2fpasswd/logs",
        "/api/mcp/%2e%2e/admin/all",
        "/api/mcp/x%00y",
        "/api/v1/../mcp/admin/all",
        "/api/v1/mcp/tools/..%2f..%2fhealth",
        "/proxy/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//api/mcp",
    ],
)
@pytest.mark.proves("G.path-tricks")
async def test_paths_that_lead_elsewhere_find_nothing(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.INFO, "assistant.serving")
    settings = PlatformSettings(tmp_path / "platform")
    async with serve_town(world, faces=("rest", "platform"), platform=settings) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        token = town.login_token("driver")
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
    status = int(answer.split()[1])
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert status in (400, 403, 404, 405)
    assert body["success"] is False
    assert "root:" not in answer.decode()
    assert any(str(status) in record.getMessage() for record in caplog.records)
    assert "\x00" not in caplog.text


@pytest.mark.parametrize("prefix", ["", "/proxy", "/proxy/api/v1"])
async def test_paths_of_old_lead_to_the_same_face_with_the_same_rules(rest: Rest, prefix: str) -> None:
    async with httpx.AsyncClient(base_url=rest.town.url, trust_env=False) as http:
        assert (await http.get(f"{prefix}/mcp/tools")).status_code == 401
        listed = await http.get(f"{prefix}/mcp/tools", headers=rest.headers)
        assert (listed.status_code, listed.headers["Deprecation"]) == (200, "true")
        assert listed.headers["Link"] == '</api/v1/mcp/tools>; rel="successor-version"'
        called = await http.post(
            f"{prefix}/mcp/tools/get_weather/execute", json={"parameters": {"location": "Speyer"}}, headers=rest.headers
        )
        assert called.json()["data"]["location"] == "Speyer"
