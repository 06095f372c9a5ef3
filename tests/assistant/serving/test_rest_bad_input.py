"""What is malformed, too large or too much gets the right status and a sentence, and others are served."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from assistant.hosting.host import Done, Refused
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.client_errors import ConfigurationError
from tests.assistant.serving.conftest import Rest
from tests.assistant.town.clock import SetClock

JSON = {"Content-Type": "application/json"}
EXECUTE = "/mcp/tools/get_weather/execute"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"parameters": NaN}', "application/json", 400),
        (b'{"parameters": {"location": "\\ud800"}}', "application/json", 400),
        (b'{"parameters": {"location": "\xff"}}', "application/json", 400),
        (b'{"parameters": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400),
        (b'{"parameters": ' + b'{"a":' * 40 + b"1" + b"}" * 41, "application/json", 400),
        (b'{"parameters": []}', "application/json", 400),
        (b'{"parameters": {}, "voice_confirmations": true}', "application/json", 400),
        (b'{"parameters": {"location": ' + b"1" * 5000 + b"}}", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b'{"parameters": {"location": "' + b"a" * 10_000_000 + b'"}}', "application/json", 413),
    ],
)
@pytest.mark.proves("G.bad-json", "G.bad-type", "G.deep", "G.large")
async def test_a_body_that_cannot_be_read_is_refused_and_others_are_served(
    rest: Rest, town: RunningTown, body: bytes, kind: str, status: int
) -> None:
    headers = {**rest.headers, "Content-Type": kind}
    response = await rest.http.post(EXECUTE, content=body, headers=headers)
    assert response.status_code == status
    assert response.json()["success"] is False
    assert response.json()["error"]
    assert response.json()["request_id"] == response.headers["X-Request-ID"]
    assert not town.world_of("driver").executed
    assert (await rest.execute("get_weather", {"location": "Speyer"})).status_code == 200


@pytest.mark.proves("G.large")
async def test_a_large_body_in_pieces_is_refused_too(rest: Rest) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    response = await rest.http.post(EXECUTE, content=pieces(), headers={**rest.headers, **JSON})
    assert response.status_code == 413


async def test_unknown_paths_and_methods_are_answered_in_the_same_shape(rest: Rest) -> None:
    for response, status in (
        (await rest.get("/nothing"), 404),
        (await rest.get("/auth/login"), 405),
        (await rest.http.post("/mcp/tools/..%2Fhealth/execute", json={}, headers=rest.headers), 404),
    ):
        assert response.status_code == status
        assert response.json()["success"] is False


@pytest.mark.proves("G.rest")
async def test_the_hundred_and_first_request_in_fifteen_minutes_waits(http: httpx.AsyncClient, clock: SetClock) -> None:
    statuses = [(await http.get("/mcp/tools")).status_code for _ in range(100)]
    assert set(statuses) == {401}
    refused = await http.get("/mcp/tools")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert refused.json()["success"] is False
    assert (await http.get("/health")).status_code == 200
    clock.forward(minutes=15)
    assert (await http.get("/mcp/tools")).status_code == 401


async def test_the_limit_is_a_setting(world: World) -> None:
    settings = RestSettings.from_environment({"RATE_LIMIT_MAX": "2", "RATE_LIMIT_WINDOW": "1000"})
    async with serve_town(world, settings=settings) as town, httpx.AsyncClient(trust_env=False) as http:
        assert [(await http.get(f"{town.rest_url}/x")).status_code for _ in range(3)] == [404, 404, 429]


@pytest.mark.parametrize("name", ["RATE_LIMIT_MAX", "RATE_LIMIT_WINDOW"])
@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1.5"])
def test_a_limit_that_is_no_number_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        RestSettings.from_environment({name: value})


@pytest.mark.parametrize(("origin", "allowed"), [("https://car.example", True), ("https://evil.example", False)])
async def test_other_origins_are_allowed_only_where_they_are_named(world: World, origin: str, allowed: bool) -> None:
    settings = RestSettings.from_environment({"ALLOWED_ORIGINS": "https://car.example, https://phone.example"})
    async with serve_town(world, settings=settings) as town, httpx.AsyncClient(trust_env=False) as http:
        wish = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "X-User-ID",
        }
        preflight = await http.options(f"{town.rest_url}/auth/login", headers=wish)
        plain = await http.get(f"{town.rest_url}/health", headers={"Origin": origin})
    for response in (preflight, plain):
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed


async def test_without_setting_no_origin_is_allowed(http: httpx.AsyncClient) -> None:
    response = await http.get("/health", headers={"Origin": "https://car.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


class BrokenHost(TownHost):
    """A host with a defect."""

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        raise RuntimeError("a detail that must not leak")


async def test_a_defect_is_500_without_its_details(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("assistant.serving.server.TownHost", BrokenHost)
    async with serve_town(world) as town, httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http:
        rest = Rest(http, town, "driver")
        await rest.log_in()
        response = await rest.execute("get_weather", {"location": "Speyer"})
        assert response.status_code == 500
        assert set(response.json()) >= {"success", "error", "details"}
        assert "must not leak" not in response.text
        assert (await http.get("/health")).status_code == 200
    assert response.json()["request_id"] in caplog.text


async def test_loopback_is_not_reached_by_another_name_over_mcp(town: RunningTown) -> None:
    headers = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(trust_env=False) as http:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        response = await http.post(town.mcp_url, json=body, headers=headers)
    assert response.status_code == 421
