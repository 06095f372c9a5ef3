"""What every answer of our own faces has besides its words: security headers, and gzip where it is long enough."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest

from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from tests.assistant.serving.conftest import Rest
from tests.assistant.serving.test_gateway import Backend, Gate
from tests.assistant.serving.test_keeping import certificate

WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@pytest.mark.proves("G.headers")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/health"),
        ("GET", "/api/v1/mcp/tools"),
        ("GET", "/nowhere"),
        ("POST", "/mcp"),
        ("POST", "/auth/refresh"),
        ("GET", "/api/v1/docs"),
    ],
)
async def test_every_own_answer_has_them_refusals_too(town: RunningTown, method: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=town.url, trust_env=False) as http:
        answer = await http.request(method, path)
    assert {name: answer.headers.get(name) for name in WANTED} == WANTED
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in answer.headers


@pytest.mark.proves("G.headers")
async def test_over_tls_browsers_are_told_to_stay_there(world: World, tmp_path: Path) -> None:
    async with (
        serve_town(world, certificate=certificate(tmp_path)) as town,
        httpx.AsyncClient(trust_env=False, verify=False) as http,  # a certificate of the test's own
    ):
        answer = await http.get(f"{town.rest_url}/health")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.proves("G.headers")
@pytest.mark.parametrize(
    ("taken", "compressed"), [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)]
)
async def test_a_long_answer_is_compressed_for_who_takes_it(rest: Rest, taken: str, compressed: bool) -> None:
    async with rest.http.stream("GET", "/mcp/tools", headers={**rest.headers, "Accept-Encoding": taken}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
    text = gzip.decompress(raw) if compressed else raw
    assert b"get_weather" in text
    assert len(text) > 1024
    assert (len(raw) < len(text) / 2) is compressed
    short = await rest.http.get("/health", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers


@pytest.mark.proves("G.headers")
async def test_an_answer_of_a_service_behind_the_gateway_goes_on_as_it_came(world: World, tmp_path: Path) -> None:
    async with (
        Backend() as backend,
        serve_town(world, faces=("rest", "platform"), platform=PlatformSettings(tmp_path)) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        gate = Gate(http, town)
        await gate.add([backend])
        answer = await http.get("/booking/x")
        refused = await http.post("/booking/x")
    assert answer.headers["x-kept"] == "yes"
    assert "content-security-policy" not in answer.headers
    assert refused.headers["x-frame-options"] == "DENY"
