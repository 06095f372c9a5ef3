"""The AI Platform face with real child processes, reached over real HTTP, by hand and by our own client."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.serving.platform.callers import Permission
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.platform.server_records import CallRecord, PlatformRecords
from assistant.serving.server import Options, RunningTown, serve_town
from assistant.serving.state.secret_keys import Secrets, mint_login_token
from assistant.town.world import World
from client.access.accounts import Credentials
from client.call import ToolCall
from client.client_errors import ConfigurationError, RecordsError
from client.clock import SystemClock
from client.servers.processes.supervision import SupervisionRules
from client.servers.rest.ai_platform import AiPlatformServer
from client.servers.rest.platform_management import PlatformManagement
from client.servers.rest.platform_records import HealthStatus, NewServer
from client.servers.tool_server import Answered
from tests.client.harness import until

CHILD = "tests.client.stdio_server"
BODY: dict[str, Any] = {"name": "child", "command": sys.executable, "args": ["-m", CHILD], "env": {"SECRET": "hidden"}}
SECONDS = 20.0
ALLOWED = ("SECRET=* MORE=* BUSY=* *",)
"""In these tests users may have anything started."""


class Platform:
    """The face as a program with a token sees it."""

    def __init__(self, http: httpx.AsyncClient, town: RunningTown, user_id: str, *, manage: bool = False) -> None:
        self.http = http
        self.town = town
        now = town.world.now().timestamp()
        permissions = [permission.value for permission in Permission] if manage else None
        self.token = mint_login_token(town.secrets.jwt_secret, user_id, now=now, permissions=permissions)
        self.headers = {"Authorization": f"Bearer {self.token}"}

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.request(method, f"/api{path}", json=body, headers={**self.headers, **headers})

    async def create(self, **fields: Any) -> dict[str, Any]:
        response = await self.send("POST", "/mcp", {**BODY, **fields})
        assert response.status_code == 201, response.text
        server: dict[str, Any] = response.json()["server"]
        return server

    async def healthy(self, **fields: Any) -> str:
        """Make a server, wait until it answers, and return its id."""
        server_id = str((await self.create(**fields))["id"])
        await self.start(server_id)
        return server_id

    async def start(self, server_id: str) -> None:
        """Start a server, or wait for the start that is under way."""
        response = await self.send("POST", f"/mcp/{server_id}/start")
        assert response.json().get("status") == "HEALTHY", response.text

    async def details(self, server_id: str) -> dict[str, Any]:
        details: dict[str, Any] = (await self.send("GET", f"/mcp/{server_id}")).json()
        return details

    async def execute(self, server_id: str, tool: str, parameters: Any = None, key: str = "") -> httpx.Response:
        confirmed = {tool: True, **dict.fromkeys(parameters or {}, True)}
        body = {"tool_name": tool, "parameters": parameters or {}, "voice_confirmations": confirmed}
        headers = {"Idempotency-Key": key} if key else {}
        return await self.send("POST", f"/mcp/{server_id}/execute", body, **headers)


@pytest.fixture
async def served(world: World, tmp_path: Path) -> AsyncIterator[RunningTown]:
    settings = PlatformSettings(
        tmp_path / "platform", SupervisionRules(first_pause=0.05), timeout=5.0, commands=ALLOWED
    )
    async with serve_town(world, faces=("rest", "platform"), platform=settings) as running:
        yield running


@pytest.fixture
async def base(served: RunningTown) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def anna(served: RunningTown, base: httpx.AsyncClient) -> Platform:
    return Platform(base, served, "anna")


@pytest.mark.proves("G.platform")
async def test_a_server_is_made_started_listed_executed_logged_and_counted(anna: Platform) -> None:
    server_id = await anna.healthy()
    details = await anna.details(server_id)
    assert details["runtimeStatus"]["pid"] > 0
    assert details["runtimeStatus"]["status"] == "running"
    assert {tool["name"] for tool in details["tools"]} == {"environment", "crash", "process"}
    done = (await anna.execute(server_id, "process")).json()
    assert done["success"] is True
    assert done["response"]["structuredContent"] == {"result": details["runtimeStatus"]["pid"]}
    assert done["execution_time"] > 0
    listed = (await anna.send("GET", "/mcp")).json()["servers"]
    assert [(server["id"], server["total_calls"]) for server in listed] == [(server_id, 1)]
    logs = (await anna.send("GET", f"/mcp/{server_id}/logs")).json()
    assert [(entry["tool_name"], entry["success"]) for entry in logs["logs"]] == [("process", True)]
    assert (await anna.details(server_id))["stats"]["totalCalls"] == 1


@pytest.mark.proves("G.platform")
async def test_our_own_client_reaches_the_tools_and_manages_the_servers(anna: Platform, served: RunningTown) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        credentials = Credentials("anna", anna.token)
        client = AiPlatformServer("platform", f"{served.url}/api/mcp", http, SystemClock(), credentials=credentials)
        management = PlatformManagement(client)
        made = await management.create(NewServer(name="child", command=sys.executable, args=["-m", CHILD]))
        await management.start(made.id)
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"environment", "crash", "process"}
        call = ToolCall(str(uuid.uuid4()), "platform", "process", {}, str(uuid.uuid4()))
        answer = await client.call(call, seconds=SECONDS, confirmed=True)
        details = await management.details(made.id)
        assert details.runtime_status.status is HealthStatus.HEALTHY
        assert answer == Answered({"result": details.runtime_status.pid})
        assert (await management.health()).summary.healthy == 1
        assert [entry.tool_name for entry in await management.logs(made.id)] == ["process"]
        changed = await management.update(made.id, description="A child")
        assert changed.description == "A child"
        await management.stop(made.id)
        assert (await management.details(made.id)).runtime_status.status is HealthStatus.STOPPED
        await management.delete(made.id)
        assert await management.servers() == []


@pytest.mark.proves("G.platform")
async def test_the_same_key_is_executed_once_even_when_both_come_together(anna: Platform) -> None:
    server_id = await anna.healthy()
    first, second = await asyncio.gather(*(anna.execute(server_id, "process", key="one") for _ in range(2)))
    third = await anna.execute(server_id, "process", key="one")
    assert first.json()["response"] == second.json()["response"] == third.json()["response"]
    assert (await anna.details(server_id))["stats"]["totalCalls"] == 1
    other = await anna.execute(server_id, "environment", key="one")
    assert other.status_code == 400
    assert "another call" in other.json()["error_message"]


@pytest.mark.proves("G.platform")
async def test_a_crash_in_mid_call_is_a_lost_answer_that_stays_lost_and_the_server_comes_back(anna: Platform) -> None:
    server_id = await anna.healthy()
    before = (await anna.details(server_id))["runtimeStatus"]["pid"]
    lost = await anna.execute(server_id, "crash", key="one")
    assert lost.status_code == 502
    assert (await anna.execute(server_id, "crash", key="one")).status_code == 502
    await anna.start(server_id)
    assert (await anna.details(server_id))["runtimeStatus"]["pid"] not in (before, None)
    assert (await anna.execute(server_id, "process")).status_code == 200
    logs = (await anna.send("GET", f"/mcp/{server_id}/logs?tool_name=crash")).json()["logs"]
    assert [entry["success"] for entry in logs] == [False]


@pytest.mark.proves("G.platform")
async def test_a_store_that_fails_after_a_call_answers_with_its_end_and_keeps_that_once_it_can(
    anna: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.serving.platform.fleet._END_AGAIN_AFTER", 0.01)
    keep, refusals = PlatformRecords.end_call, 0

    async def full_at_first(records: PlatformRecords, entry: CallRecord) -> None:
        nonlocal refusals
        refusals += 1
        if refusals <= 2:
            raise RecordsError("the disk is full")
        await keep(records, entry)

    monkeypatch.setattr(PlatformRecords, "end_call", full_at_first)
    server_id = await anna.healthy()
    done = await anna.execute(server_id, "process", key="one")
    assert done.status_code == 200
    await until(lambda: refusals == 3)
    again = await anna.execute(server_id, "process", key="one")
    assert again.json()["response"] == done.json()["response"]


async def test_a_server_that_is_stopped_executes_nothing_and_one_that_cannot_start_says_why(anna: Platform) -> None:
    server_id = await anna.healthy()
    assert (await anna.send("POST", f"/mcp/{server_id}/stop")).json()["status"] == "STOPPED"
    stopped = await anna.execute(server_id, "process")
    assert (stopped.status_code, stopped.headers["retry-after"]) == (503, "5")
    assert (await anna.send("POST", f"/mcp/{server_id}/start")).json()["status"] == "HEALTHY"
    broken = await anna.create(name="broken", command="/no/such/program", enabled=False)
    response = await anna.send("POST", f"/mcp/{broken['id']}/start")
    assert response.status_code == 500
    assert "/no/such/program" in response.json()["error"]


@pytest.mark.proves("G.platform")
async def test_what_belongs_to_one_user_is_closed_to_another_and_open_to_who_manages(
    anna: Platform, base: httpx.AsyncClient, served: RunningTown
) -> None:
    server_id = (await anna.create(enabled=False))["id"]
    ben, root = Platform(base, served, "ben"), Platform(base, served, "root", manage=True)
    for method, path in [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/start"),
        ("POST", "/stop"),
        ("GET", "/logs"),
    ]:
        assert (await ben.send(method, f"/mcp/{server_id}{path}", {})).status_code == 403
    assert (await ben.execute(server_id, "process")).status_code == 403
    assert (await ben.send("GET", "/mcp/admin/all")).status_code == 403
    assert (await ben.send("GET", "/mcp")).json()["servers"] == []
    assert [server["id"] for server in (await root.send("GET", "/mcp/admin/all")).json()["servers"]] == [server_id]
    assert (await root.send("GET", "/mcp/admin/statistics")).json()["statistics"]["totalServers"] == 1
    assert (await root.send("GET", f"/mcp/{server_id}")).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "0" * 64])
@pytest.mark.proves("G.forged")
async def test_without_a_valid_token_there_is_nothing(base: httpx.AsyncClient, token: str) -> None:
    for path in ("/api/mcp", "/api/mcp/admin/all", "/api/mcp/health/check", "/api/gateway/stats"):
        response = await base.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (response.status_code, response.json()["success"]) == (401, False)


async def test_a_session_of_the_rest_face_is_as_good_as_a_token(served: RunningTown, base: httpx.AsyncClient) -> None:
    body = {"user_id": "anna", "auth_token": served.login_token("anna")}
    session = (await base.post("/api/v1/auth/login", json=body)).json()["session"]["session_id"]
    response = await base.get("/api/mcp", headers={"Authorization": f"Bearer {session}"})
    assert (response.status_code, response.json()["total"]) == (200, 0)


async def test_no_value_of_an_environment_is_shown_and_a_hidden_one_stays(anna: Platform, tmp_path: Path) -> None:
    server_id = (await anna.create(enabled=False))["id"]
    shown = await anna.send("GET", f"/mcp/{server_id}")
    assert shown.json()["server"]["env"] == {"SECRET": "********"}
    assert "hidden" not in shown.text
    await anna.send("PUT", f"/mcp/{server_id}", {"env": {"SECRET": "********", "MORE": "x"}})
    await anna.send("POST", f"/mcp/{server_id}/start")
    names = (await anna.execute(server_id, "environment")).json()["response"]["structuredContent"]["result"]
    assert {"SECRET", "MORE", "PATH"} <= set(names)
    assert "PYTEST_CURRENT_TEST" not in names
    database = await asyncio.to_thread((tmp_path / "platform" / "platform.sqlite").read_bytes)
    assert b"hidden" not in database


@pytest.mark.proves("G.platform")
async def test_a_sixth_server_within_five_minutes_is_refused_and_so_is_a_hundred_and_first_request(
    anna: Platform,
) -> None:
    for number in range(5):
        await anna.create(name=f"number {number}", enabled=False)
    response = await anna.send("POST", "/mcp", {**BODY, "name": "one more"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "300")
    for _ in range(94):
        assert (await anna.send("GET", "/mcp")).status_code == 200
    assert (await anna.send("GET", "/mcp")).status_code == 429


async def test_a_twenty_first_execution_within_a_minute_is_refused(anna: Platform) -> None:
    server_id = await anna.healthy()
    assert {(await anna.execute(server_id, "process")).status_code for _ in range(20)} == {200}
    assert (await anna.execute(server_id, "process")).status_code == 429


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "../etc"}, "name"),
        ({"name": ""}, "name"),
        ({"command": ""}, "command"),
        ({"command": "python\n-m"}, "control"),
        ({"args": "-m"}, "args"),
        ({"args": ["a\0b"]}, "control"),
        ({"env": {"BAD NAME": "x"}}, "env"),
        ({"env": {"NUMBER": 1}}, "env"),
        ({"enabled": "yes"}, "enabled"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_a_server_that_cannot_be_is_refused_with_the_field(
    anna: Platform, change: dict[str, Any], word: str
) -> None:
    response = await anna.send("POST", "/mcp", {**BODY, **change})
    assert response.status_code == 400
    assert word in response.json()["error"]


async def test_two_servers_of_a_user_cannot_have_one_name_until_the_first_is_deleted(anna: Platform) -> None:
    first = await anna.create(enabled=False)
    second = await anna.send("POST", "/mcp", {**BODY, "enabled": False})
    assert second.status_code == 400
    assert "child" in second.json()["error"]
    assert (await anna.send("DELETE", f"/mcp/{first['id']}")).status_code == 200
    assert (await anna.send("GET", f"/mcp/{first['id']}")).status_code == 404
    assert (await anna.send("POST", "/mcp", {**BODY, "enabled": False})).status_code == 201


async def test_logs_are_narrowed_and_paged_and_a_bad_filter_is_named(anna: Platform) -> None:
    server_id = await anna.healthy()
    for _ in range(3):
        await anna.execute(server_id, "process")
    await anna.execute(server_id, "no such tool")
    page = (await anna.send("GET", f"/mcp/{server_id}/logs?limit=2&offset=1&success=true")).json()
    assert (len(page["logs"]), page["total"]) == (2, 3)
    failed = (await anna.send("GET", f"/mcp/{server_id}/logs?success=false")).json()["logs"]
    assert [entry["tool_name"] for entry in failed] == ["no such tool"]
    assert failed[0]["error_message"]
    for query in ("limit=0", "limit=x", "offset=-1", "success=maybe", "since=yesterday"):
        response = await anna.send("GET", f"/mcp/{server_id}/logs?{query}")
        assert response.status_code == 400
        assert query.partition("=")[0] in response.json()["error"]


@pytest.mark.proves("G.platform")
async def test_the_uptime_of_a_process_is_told_in_milliseconds(anna: Platform) -> None:
    server_id = await anna.healthy()
    async with asyncio.timeout(SECONDS):
        while (await anna.details(server_id))["runtimeStatus"]["uptime"] < 30:
            pass


@pytest.mark.proves("G.platform")
async def test_enabled_servers_start_with_the_service_and_others_do_not(world: World, tmp_path: Path) -> None:
    settings = PlatformSettings(tmp_path / "platform", commands=ALLOWED)
    secrets = Secrets.generate()
    serving: Options = {"faces": ("platform",), "platform": settings, "secrets": secrets}
    async with serve_town(world, **serving) as town, httpx.AsyncClient(base_url=town.url, trust_env=False) as http:
        first = Platform(http, town, "anna")
        on, off = await first.healthy(), (await first.create(name="off", enabled=False))["id"]
    async with serve_town(world, **serving) as town, httpx.AsyncClient(base_url=town.url, trust_env=False) as http:
        again = Platform(http, town, "anna")
        assert (await again.details(on))["runtimeStatus"]["status"] in ("starting", "running")
        assert (await again.details(off))["runtimeStatus"] == {
            "status": "stopped",
            "pid": None,
            "uptime": 0,
            "detail": "",
        }


@pytest.mark.parametrize(
    ("name", "value"),
    [("MCP_MAX_RETRIES", "many"), ("GATEWAY_TIMEOUT_MS", "0"), ("GATEWAY_LOAD_BALANCING", "fair")],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        PlatformSettings.from_environment(tmp_path, {name: value})


@pytest.mark.proves("G.gate")
async def test_a_call_that_needs_a_yes_takes_every_value_confirmed_and_is_not_logged_before(anna: Platform) -> None:
    server_id = await anna.healthy()
    body: dict[str, Any] = {"tool_name": "process"}
    for confirmations in ({}, {"process": 1}, {"process": "true"}, {"environment": True}):
        asked = await anna.send("POST", f"/mcp/{server_id}/execute", {**body, "voice_confirmations": confirmations})
        assert (asked.status_code, asked.json()["success"]) == (200, False)
        assert asked.json()["metadata"]["requires_confirmation"] == ["process"]
        assert asked.json()["metadata"]["read_back"].endswith("process()")
    assert (await anna.send("GET", f"/mcp/{server_id}/logs")).json()["total"] == 0
    assert (await anna.execute(server_id, "process")).json()["success"] is True


@pytest.mark.proves("K.flight")
async def test_another_call_with_the_key_of_one_that_runs_is_refused_and_learns_nothing(anna: Platform) -> None:
    server_id = await anna.healthy()
    answers = await asyncio.gather(*(anna.execute(server_id, tool, key="k") for tool in ("process", "environment")))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    refused = next(answer for answer in answers if answer.status_code == 400)
    assert "used for another call" in refused.json()["error"]
    assert refused.json()["response"] is None
