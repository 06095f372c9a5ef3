"""What a service behind the gateway can believe: paths that are its own, and who calls, from nobody but the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest

from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import serve_town
from assistant.town.world import World
from tests.assistant.serving.test_gateway import Backend, Gate


@pytest.fixture
async def gate(world: World, tmp_path: Path) -> AsyncIterator[Gate]:
    settings = PlatformSettings(tmp_path)
    async with (
        serve_town(world, faces=("rest", "platform"), platform=settings) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        yield Gate(http, town)


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    async with Backend() as one:
        yield one


@pytest.mark.proves("G.gateway-paths")
@pytest.mark.parametrize(
    "path",
    [
        "/booking/%2e%2e/admin",
        "/booking/%252e%252e/admin",
        "/booking/%25252e%25252e%25252fadmin",
        "/booking/..%252fadmin",
        "/booking/%2e%2e;x=1/admin",
        "/booking/..%3b/admin",
        "/booking/x%255c..%255cadmin",
        "/booking/x%2500.html",
        "/booking/x%0d%0aX-Evil:%20yes",
        "/booking/%ff",
        "/booking/%" + "25" * 12 + "2e",
        "/%2562ooking/x",
    ],
)
async def test_a_path_that_another_decoder_would_read_as_another_is_refused(
    gate: Gate, backend: Backend, path: str
) -> None:
    await gate.add([backend])
    refused = await gate.http.get(path)
    assert refused.status_code in (400, 404), refused.text
    assert backend.requests == []


@pytest.mark.proves("G.gateway-paths")
@pytest.mark.parametrize(
    "path",
    ["/booking/100%25", "/booking/a%2Fb", "/booking/M%C3%BCller%20x?q=..%2F", "/booking/.well-known/a..b", "/booking"],
)
async def test_any_other_path_goes_on_as_it_came(gate: Gate, backend: Backend, path: str) -> None:
    await gate.add([backend])
    assert (await gate.http.get(path)).status_code == 200
    assert backend.requests == [f"GET {path}"]


@pytest.mark.proves("G.gateway-callers")
async def test_a_service_is_told_who_calls_and_can_check_it(gate: Gate, backend: Backend) -> None:
    key = (await gate.add([backend], authentication=True)).json()["callerKey"]
    assert (await gate.http.get("/booking/mine?x=1", headers=gate.user)).status_code == 200
    told = {name.lower(): value for name, value in backend.raw.items()}["x-mcqueen-caller"]
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}  # the served clock stands still
    claims = jwt.decode(told, key, algorithms=["HS256"], audience="booking", options=options)
    assert (claims["sub"], claims["htm"], claims["htu"]) == ("anna", "GET", "/booking/mine?x=1")
    assert claims["exp"] - claims["iat"] == 60
    other = (await gate.add([backend], name="other", basePath="/other")).json()["callerKey"]
    assert len({key, other, gate.town.secrets.jwt_secret}) == 3
    assert (await gate.http.get("/api/mcp", headers={"Authorization": f"Bearer {told}"})).status_code == 401


@pytest.mark.proves("G.gateway-callers")
@pytest.mark.parametrize("login", [False, True])
async def test_headers_that_only_the_gateway_says_are_not_taken_from_outside(
    gate: Gate, backend: Backend, login: bool
) -> None:
    await gate.add([backend], authentication=login)
    names = (
        "X-McQueen-Caller", "x_mcqueen_caller", "X-McQueen-Anything", "X-Forwarded-User", "X_Forwarded_For",
        "Forwarded", "X-Real-IP", "X-Auth-Request-Email", *(("X-User-ID", "Remote_User") if login else ()),
    )  # fmt: skip
    forged = dict.fromkeys(names, "forged")
    answered = await gate.http.get("/booking/x", headers={**gate.user, **forged, "X-Own": "mine"})
    assert answered.status_code == 200
    assert backend.headers["x-own"] == "mine"
    assert "forged" not in backend.headers.values()
    assert ("x-mcqueen-caller" in backend.headers) is login


async def test_what_the_gateway_passes_on_that_may_act_is_in_the_audit_log(gate: Gate, backend: Backend) -> None:
    await gate.add([backend], authentication=True)
    await gate.post("/booking/table", b"4", headers=gate.user)
    await gate.post("/booking/break", b"4", headers=gate.user)
    noted = [entry for entry in gate.town.audit.entries if entry["event"] == "passed on"]
    assert [(entry["user_id"], entry["path"], entry["outcome"]) for entry in noted] == [
        ("anna", "/booking/table", "done"),
        ("anna", "/booking/break", "unknown"),
    ]
