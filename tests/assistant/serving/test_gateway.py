"""The gateway before real HTTP instances: balanced, looked at, failed over, not repeated where that could matter."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.serving.platform.callers import Permission
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import Secrets, mint_login_token
from assistant.town.world import World
from client.servers.rest.platform_records import Balancing


class Backend:
    """One instance: answers with its port, and does on request what a bad instance does."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.headers: dict[str, str] = {}
        self.raw: dict[str, str] = {}
        self.waiting = asyncio.Event()
        self.released = asyncio.Event()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Backend:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.released.set()
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request, *lines = head.split("\r\n")
            self.raw = dict(line.split(": ", 1) for line in lines if ": " in line)
            self.headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
            body = await reader.readexactly(int(self.headers.get("content-length", "0")))
            method, path, _ = request.split(" ")
            if not path.endswith("/health"):
                self.requests.append(f"{method} {path} {body.decode()}".strip())
            if path.endswith("/break"):
                return
            if path.endswith("/slow"):
                self.waiting.set()
                await self.released.wait()
            text = f"{self.port}".encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nX-Kept: yes\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text)
            )
            writer.write(text)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Gate:
    """The gateway as an operator and its callers see it."""

    def __init__(self, http: httpx.AsyncClient, town: RunningTown) -> None:
        self.http = http
        self.town = town
        self.operator = self._headers([permission.value for permission in Permission])
        self.user = self._headers(None)

    def _headers(self, permissions: list[str] | None) -> dict[str, str]:
        now = self.town.world.now().timestamp()
        token = mint_login_token(self.town.secrets.jwt_secret, "anna", now=now, permissions=permissions)
        return {"Authorization": f"Bearer {token}"}

    async def add(self, backends: list[Backend], **fields: Any) -> httpx.Response:
        instances = [{"host": "127.0.0.1", "port": backend.port} for backend in backends]
        body = {
            "name": "booking",
            "instances": instances,
            "basePath": "/booking",
            "healthEndpoint": "/health",
            **fields,
        }
        return await self.http.post("/api/gateway/services", json=body, headers=self.operator)

    async def post(self, path: str, content: bytes, **more: Any) -> httpx.Response:
        """Send a request, and again with the confirmation that is asked for."""
        headers: dict[str, str] = more.pop("headers", {})
        asked = await self.http.post(path, content=content, headers=headers)
        assert asked.status_code == 428, asked.text
        confirmation = asked.json()["metadata"]["confirmation"]
        return await self.http.post(path, content=content, headers={**headers, "X-Confirmation": confirmation})

    async def look(self, path: str) -> dict[str, Any]:
        response = await self.http.get(f"/api/gateway{path}", headers=self.user)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


@pytest.fixture
def balancing(request: pytest.FixtureRequest) -> Balancing:
    chosen: Balancing = getattr(request, "param", "round_robin")
    return chosen


@pytest.fixture
async def gate(world: World, tmp_path: Path, balancing: Balancing) -> AsyncIterator[Gate]:
    settings = PlatformSettings(tmp_path, balancing=balancing)
    async with (
        serve_town(world, faces=("rest", "platform"), platform=settings) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        yield Gate(http, town)


@pytest.fixture
async def backends() -> AsyncIterator[list[Backend]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Backend()) for _ in range(3)]


@pytest.mark.proves("G.gateway")
async def test_a_request_reaches_an_instance_whole_and_its_answer_comes_back(
    gate: Gate, backends: list[Backend]
) -> None:
    assert (await gate.add(backends[:1])).status_code == 201
    response = await gate.post("/booking/slots?day=1", content=b"hello", headers={"X-Own": "kept"})
    assert (response.status_code, response.text, response.headers["x-kept"]) == (200, str(backends[0].port), "yes")
    assert backends[0].requests == ["POST /booking/slots?day=1 hello"]
    assert backends[0].headers["x-own"] == "kept"
    assert backends[0].headers["x-forwarded-for"] == "127.0.0.1"


@pytest.mark.proves("G.gateway")
async def test_a_service_is_there_after_a_restart_and_in_other_processes_until_it_is_removed(
    world: World, tmp_path: Path, backends: list[Backend]
) -> None:
    settings, secrets = PlatformSettings(tmp_path), Secrets.generate()
    async with (
        serve_town(world, faces=("platform",), platform=settings, secrets=secrets) as one,
        serve_town(world, faces=("platform",), platform=settings, secrets=secrets) as two,
        httpx.AsyncClient(base_url=one.url, trust_env=False) as at_one,
        httpx.AsyncClient(base_url=two.url, trust_env=False) as at_two,
    ):
        gate = Gate(at_one, one)
        assert (await gate.add(backends[:1])).status_code == 201
        await _until_status(at_two, 200)
        await one.stop()
        await one.start_again()
        assert (await at_one.get("/booking")).status_code == 200
        assert (await at_one.delete("/api/gateway/services/booking", headers=gate.operator)).status_code == 200
        await _until_status(at_two, 404)


async def _until_status(http: httpx.AsyncClient, status: int) -> None:
    async with asyncio.timeout(10):
        while (await http.get("/booking")).status_code != status:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.1)


@pytest.mark.proves("G.gateway")
async def test_round_robin_takes_turns(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends)
    ports = [(await gate.http.get("/booking")).text for _ in range(9)]
    assert Counter(ports) == {str(backend.port): 3 for backend in backends}
    assert len(set(ports[:3])) == 3


@pytest.mark.proves("G.gateway")
@pytest.mark.parametrize("balancing", ["weighted"], indirect=True)
async def test_weights_share_the_requests_out_and_zero_gets_none(gate: Gate, backends: list[Backend]) -> None:
    weights = [3, 1, 0]
    pairs = zip(backends, weights, strict=True)
    await gate.add([], instances=[{"host": "127.0.0.1", "port": one.port, "weight": weight} for one, weight in pairs])
    ports = [(await gate.http.get("/booking")).text for _ in range(8)]
    assert Counter(ports) == {str(backends[0].port): 6, str(backends[1].port): 2}


@pytest.mark.proves("G.gateway")
@pytest.mark.parametrize("balancing", ["least_connections"], indirect=True)
async def test_the_instance_with_the_fewest_requests_under_way_gets_the_next(
    gate: Gate, backends: list[Backend]
) -> None:
    await gate.add(backends[:2])
    slow = asyncio.ensure_future(gate.http.get("/booking/slow"))
    waiting = [asyncio.ensure_future(backend.waiting.wait()) for backend in backends[:2]]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    waiting[0].cancel()
    waiting[1].cancel()
    busy, free = sorted(backends[:2], key=lambda backend: -len(backend.requests))
    assert {(await gate.http.get("/booking")).text for _ in range(4)} == {str(free.port)}
    busy.released.set()
    await slow


@pytest.mark.proves("G.gateway")
async def test_an_instance_that_is_away_is_passed_over_and_taken_again_once_it_is_back(
    gate: Gate, backends: list[Backend]
) -> None:
    await gate.add(backends[:2])
    await backends[0].__aexit__()
    answers = [await gate.post("/booking", content=b"x") for _ in range(4)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, str(backends[1].port))}
    health = await gate.look("/health/booking")
    assert [instance["healthy"] for instance in health["instances"]] == [False, True]
    await backends[0].__aenter__()
    checked = await gate.http.post("/api/gateway/health/booking/check", headers=gate.user)
    assert [instance["healthy"] for instance in checked.json()["instances"]] == [True, True]
    assert {(await gate.http.get("/booking")).text for _ in range(4)} == {str(one.port) for one in backends[:2]}


@pytest.mark.proves("G.gateway")
async def test_a_request_that_may_have_acted_is_not_sent_again_and_one_that_cannot_is(
    gate: Gate, backends: list[Backend]
) -> None:
    await gate.add(backends)
    response = await gate.post("/booking/break", content=b"pay")
    assert response.status_code == 502
    assert "may have acted" in response.json()["error"]
    assert sum(len(backend.requests) for backend in backends) == 1
    for backend in backends:
        backend.requests.clear()
    await gate.http.post("/api/gateway/health/booking/check", headers=gate.user)
    assert (await gate.http.get("/booking/break")).status_code == 503
    assert sum(len(backend.requests) for backend in backends) == 3


async def test_no_answer_in_time_is_504_and_no_instance_is_503(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends[:1], timeout=50)
    assert (await gate.http.get("/booking/slow")).status_code == 504
    await gate.add(backends[:1])
    await backends[0].__aexit__()
    assert (await gate.http.get("/booking")).status_code == 503
    await backends[0].__aenter__()


async def test_a_service_may_want_a_token_and_keeps_it_from_its_instances(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends[:1], authentication=True)
    assert (await gate.http.get("/booking")).status_code == 401
    assert (await gate.http.get("/booking", headers=gate.user)).status_code == 200
    assert "authorization" not in backends[0].headers


async def test_a_service_may_have_a_limit(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends[:1], rateLimit={"windowMs": 60_000, "max": 2})
    assert [(await gate.http.get("/booking")).status_code for _ in range(3)] == [200, 200, 429]


async def test_the_gateways_own_paths_have_the_platforms_limit_and_passing_on_has_its_own(
    gate: Gate, backends: list[Backend]
) -> None:
    await gate.add(backends[:1])
    asked = [await gate.http.get("/api/gateway/stats", headers=gate.user) for _ in range(101)]
    assert [answer.status_code for answer in asked] == [200] * 99 + [429] * 2, "adding the service was the first"
    assert int(asked[-1].headers["Retry-After"]) <= 60
    assert (await gate.http.get("/booking")).status_code == 200


async def test_a_path_or_header_cannot_lead_out_of_a_service(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends[:1])
    for path in ("/booking/%2e%2e/admin", "/booking/a/..%2f..%2fadmin", "/booking/a%5c..%5cb", "/booking/%00"):
        assert (await gate.http.get(path)).status_code == 400, path
    assert not backends[0].requests
    await gate.http.get("/booking", headers={"Connection": "X-Secret, keep-alive", "X-Secret": "1", "X-Kept": "2"})
    assert "x-secret" not in backends[0].headers
    assert backends[0].headers["x-kept"] == "2"


async def test_statistics_and_configuration_tell_of_every_service(gate: Gate, backends: list[Backend]) -> None:
    await gate.add(backends[:2])
    await gate.http.get("/booking")
    stats = await gate.look("/stats")
    assert (stats["requests"], stats["failures"], stats["active"]) == (1, 0, 0)
    assert stats["services"]["booking"]["p95ResponseTime"] > 0
    config = await gate.look("/config")
    assert config["loadBalancing"] == "round_robin"
    assert config["services"][0]["basePath"] == "/booking"
    assert (await gate.look("/health"))["summary"] == {"total": 1, "healthy": 1, "unhealthy": 0}
    gone = await gate.http.delete("/api/gateway/services/booking", headers=gate.operator)
    assert gone.status_code == 200
    assert (await gate.http.get("/booking")).status_code == 404
    assert (await gate.http.delete("/api/gateway/services/booking", headers=gate.operator)).status_code == 404


async def test_only_who_manages_adds_a_service(gate: Gate, backends: list[Backend]) -> None:
    gate.operator = gate.user
    assert (await gate.add(backends)).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"basePath": "/api/v1"},
        {"basePath": "/api/mcp/x"},
        {"basePath": "/api"},
        {"basePath": "/"},
        {"basePath": "/../etc"},
        {"basePath": "booking"},
        {"instances": []},
        {"name": ""},
        {"instances": [{"host": "user@inside/", "port": 80}]},
        {"instances": [{"host": "127.0.0.1", "port": 0}]},
        {"timeout": 0},
        {"rateLimit": {"windowMs": 0, "max": 1}},
    ],
)
async def test_a_service_that_cannot_be_is_refused(gate: Gate, backends: list[Backend], fields: dict[str, Any]) -> None:
    response = await gate.add(backends, **fields)
    assert (response.status_code, response.json()["success"]) == (400, False)
