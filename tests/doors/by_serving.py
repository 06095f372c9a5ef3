"""Cells of the faces for other programs: MCP, McQueen REST, AI Platform execute and the gateway, over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
from mcp import Client

from assistant.serving.mcp import mcp_face
from assistant.serving.platform.callers import Permission
from assistant.serving.request_bodies import MAX_BODY
from assistant.serving.server import RunningServer
from assistant.serving.state.secret_keys import mint_login_token
from client.access.local_tokens import LocalTokens
from tests.assistant.serving.chain import Person, logged_in
from tests.assistant.serving.test_gateway import Backend
from tests.doors.cells import CELLS, PAID, asks_first, cell, holds_changed_tools
from tests.doors.ways import Place, PlatformUser, mcp, platform, platform_user, rest, served

CELLS["mcp", "consent"] = asks_first(mcp)
CELLS["mcp", "changed"] = holds_changed_tools(mcp)
CELLS["rest", "consent"] = asks_first(rest)
CELLS["rest", "changed"] = holds_changed_tools(rest)
CELLS["platform", "consent"] = asks_first(platform)

HOSTS: tuple[tuple[Mapping[str, str], int], ...] = (
    ({"Host": "evil.example"}, 421),
    ({"Host": "127.0.0.1.evil.example"}, 421),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://localhost.evil.example:3001"}, 403),
)


async def takes_loopback_only(url: str, method: str, path: str, own: Mapping[str, str], **body: Any) -> None:
    """Send what would work with names of somebody else: nothing gets further."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for headers, status in HOSTS:
            answer = await http.request(method, path, headers={**own, **headers}, **body)
            assert answer.status_code == status, (headers, answer.status_code, answer.text)


# -- MCP ---------------------------------------------------------------------------------------------------------------

INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@cell("mcp", "login")
async def other_machines_and_other_accounts_need_a_token(place: Place) -> None:
    async with served(place, address="0.0.0.0", plain_http=True) as running, httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{running.port}/mcp"
        may_not = mint_login_token(running.secrets.jwt_secret, "ann", now=time.time(), permissions=["mcp:read"])
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer nonsense"}, 401),
            ({"Authorization": f"Bearer {may_not}"}, 403),
            ({"Authorization": f"Bearer {running.login_token('ann')}"}, 200),
        ):
            answer = await http.post(url, json=INITIALIZE, headers={**ACCEPT, **headers})
            assert answer.status_code == status, (headers, answer.text)
    async with (
        served(place, local_tokens=LocalTokens(place.folder)) as running,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        assert running.mcp_token_file is not None
        own = {"Authorization": f"Bearer {running.mcp_token_file.read_text()}"}
        for headers, status in (({}, 401), ({"Authorization": f"Bearer {'0' * 64}"}, 401), (own, 200)):
            answer = await http.post(running.mcp_url, json=INITIALIZE, headers={**ACCEPT, **headers})
            assert answer.status_code == status, (headers, answer.text)
    assert place.oracle.effects == []


@cell("mcp", "limits")
async def a_body_beyond_the_limit_and_a_form_without_an_answer_come_to_nothing(place: Place) -> None:
    place.monkeypatch.setattr(mcp_face, "_PATIENCE", 0.2)

    class Silent(Person):
        async def __call__(self, context: object, params: Any) -> Any:
            await asyncio.sleep(1.0)
            return await super().__call__(context, params)

    async with served(place) as running:
        async with httpx.AsyncClient(trust_env=False) as http:
            large = {**INITIALIZE, "pad": "x" * MAX_BODY}
            assert (await http.post(running.mcp_url, json=large, headers=ACCEPT)).status_code == 413
        async with Client(running.mcp_url, mode="legacy", elicitation_callback=Silent()) as client:
            result = await client.call_tool("pay_bill", {"amount": 5})
            assert result.is_error
    assert place.oracle.effects == []


@cell("mcp", "host")
async def mcp_takes_loopback_names_only(place: Place) -> None:
    async with served(place) as running:
        await takes_loopback_only(running.url, "POST", "/mcp", ACCEPT, json=INITIALIZE)
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(running.mcp_url, json=INITIALIZE, headers=ACCEPT)).status_code == 200


# -- REST --------------------------------------------------------------------------------------------------------------

EXECUTE = "/api/v1/mcp/tools/pay_bill/execute"
PAY = {"parameters": {"amount": 5}, "voice_confirmations": {"amount": 5}}


async def bearer(running: RunningServer) -> dict[str, str]:
    """Return the headers of a session."""
    async with httpx.AsyncClient(base_url=running.rest_url, trust_env=False) as http:
        body = {"user_id": "driver", "auth_token": running.login_token("driver")}
        session = (await http.post("/auth/login", json=body)).json()["session"]["session_id"]
    return {"Authorization": f"Bearer {session}"}


@cell("rest", "login")
async def nothing_is_executed_without_a_session(place: Place) -> None:
    async with served(place) as running, httpx.AsyncClient(base_url=running.url, trust_env=False) as http:
        for headers in ({}, {"Authorization": f"Bearer {'0' * 64}"}, {"X-User-ID": "driver"}):
            assert (await http.post(EXECUTE, json=PAY, headers=headers)).status_code == 401
        assert place.oracle.effects == []
        endless = jwt.encode({"user_id": "driver"}, running.secrets.jwt_secret, algorithm="HS256")
        refused = await http.post("/api/v1/auth/login", json={"user_id": "driver", "auth_token": endless})
        assert refused.status_code == 401
        assert (await http.post(EXECUTE, json=PAY, headers=await bearer(running))).json()["success"] is True
    assert place.oracle.effects == [PAID]


@cell("rest", "limits")
async def the_request_beyond_the_limit_and_a_body_beyond_its_own_are_refused(place: Place) -> None:
    async with served(place) as running, logged_in(running) as remote:
        statuses = [(await remote.execute("pay_bill", {"amount": 5})).status_code for _ in range(101)]
        assert statuses[0] == 200
        assert statuses[-1] == 429
        async with httpx.AsyncClient(base_url=running.url, trust_env=False) as http:
            large = {**PAY, "timestamp": "x" * MAX_BODY}
            assert (await http.post(EXECUTE, json=large)).status_code in (413, 429)
    assert place.oracle.effects == []


@cell("rest", "host")
async def rest_takes_loopback_names_and_allowed_origins_only(place: Place) -> None:
    from assistant.serving.rest.rest_settings import RestSettings

    page = "https://car.example"
    async with served(place, settings=RestSettings(allowed_origins=(page,))) as running:
        own = await bearer(running)
        await takes_loopback_only(running.url, "POST", EXECUTE, own, json=PAY)
        assert place.oracle.effects == []
        async with httpx.AsyncClient(base_url=running.url, trust_env=False) as http:
            allowed = await http.post(EXECUTE, json=PAY, headers={**own, "Origin": page})
            assert allowed.json()["success"] is True
    assert place.oracle.effects == [PAID]


# -- AI Platform -------------------------------------------------------------------------------------------------------


@cell("platform", "login")
async def only_a_token_that_may_execute_reaches_a_server_and_only_ones_own(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        agreed: Any = {"voice_confirmations": {"amount": 5}}
        assert (await user.execute(server_id, {}, **agreed)).status_code == 401
        reader = user.token("anna", Permission.READ, Permission.WRITE)
        assert (await user.execute(server_id, reader, **agreed)).status_code == 403
        assert (await user.execute(server_id, user.token("ben"), **agreed)).status_code == 403
        unlisted = {"name": "another", "command": "sh", "args": ["-c", "true"], "env": {"PATH": "/tmp"}}
        assert (await user.http.post("/api/mcp", json=unlisted, headers=user.headers)).status_code == 403
        manager = user.token("boss", *Permission)
        made = await user.http.post("/api/mcp", json={**unlisted, "enabled": False}, headers=manager)
        assert made.status_code == 201
        assert place.oracle.effects == []
        assert (await user.execute(server_id, **agreed)).status_code == 200
    assert place.oracle.effects == [PAID]


@cell("platform", "limits")
async def the_execution_beyond_twenty_a_minute_is_refused(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        statuses = [(await user.execute(server_id)).status_code for _ in range(21)]
        assert statuses == [200] * 20 + [429]
    assert place.oracle.effects == []


@cell("platform", "host")
async def the_platform_takes_loopback_names_only(place: Place) -> None:
    async with platform_user(place) as user:
        server_id = await user.start()
        body = {"tool_name": "pay_bill", "parameters": {"amount": 5}, "voice_confirmations": {"amount": 5}}
        path = f"/api/mcp/{server_id}/execute"
        await takes_loopback_only(user.running.url, "POST", path, user.headers, json=body)
        user.note()
    assert place.oracle.effects == []


@cell("platform", "changed")
async def a_changed_tool_is_withheld_until_exactly_that_change_is_approved(place: Place) -> None:
    agreed: Any = {"voice_confirmations": {"amount": 5}}
    async with platform_user(place) as user:
        server_id = await user.start()
        await user.execute(server_id)
        place.oracle.change("pay_bill", description="Pay a bill twice.")
        user.write_tools()
        await user.http.post(f"/api/mcp/{server_id}/stop", headers=user.headers)
        await user.start()
        withheld = (await user.execute(server_id, **agreed)).json()
        assert withheld["success"] is False
        change = withheld["metadata"]["requires_approval"]
        assert (await user.execute(server_id, approved="0" * 64, **agreed)).json()["success"] is False
        assert place.oracle.effects == []
        assert (await user.execute(server_id, approved=change)).json()["metadata"]["requires_confirmation"] == [
            "amount"
        ]
        assert (await user.execute(server_id, **agreed)).json()["success"] is True
    assert place.oracle.effects == [PAID]


# -- gateway -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def behind_gateway(place: Place, **fields: Any) -> AsyncIterator[tuple[PlatformUser, Backend]]:
    """A service behind the gateway."""
    async with platform_user(place) as user, Backend() as backend:
        instances = [{"host": "127.0.0.1", "port": backend.port}]
        body = {
            "name": "booking",
            "instances": instances,
            "basePath": "/booking",
            "healthEndpoint": "/health",
            **fields,
        }
        manager = user.token("operator", *Permission)
        added = await user.http.post("/api/gateway/services", json=body, headers=manager)
        assert added.status_code == 201, added.text
        yield user, backend


@cell("gateway", "consent")
async def a_request_that_may_change_something_needs_a_confirmation_of_exactly_itself_once(place: Place) -> None:
    async with behind_gateway(place) as (user, backend):
        http = user.http
        assert (await http.get("/booking/slots")).status_code == 200
        backend.requests.clear()
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            asked = await http.request(method, "/booking/pay?to=bob", content=b"5")
            assert asked.status_code == 428
            needs = asked.json()["metadata"]
            assert needs["read_back"] == f"{method} /booking/pay?to=bob: 5"
            yes = {"X-Confirmation": needs["confirmation"]}
            for path, content in (
                ("/booking/pay?to=eve", b"5"),
                ("/booking/pay?to=bob", b"50"),
                ("/booking/pay", b"5"),
            ):
                assert (await http.request(method, path, content=content, headers=yes)).status_code == 428
            other = {"PUT": "POST"}.get(method, "PUT")
            assert (await http.request(other, "/booking/pay?to=bob", content=b"5", headers=yes)).status_code == 428
            assert backend.requests == []
            assert (await http.request(method, "/booking/pay?to=bob", content=b"5", headers=yes)).status_code == 200
            assert (await http.request(method, "/booking/pay?to=bob", content=b"5", headers=yes)).status_code == 428
            assert backend.requests == [f"{method} /booking/pay?to=bob 5"]
            assert "x-confirmation" not in backend.headers
            backend.requests.clear()
    place.folder /= "trusted"
    async with behind_gateway(place, trusted=True) as (user, backend):
        assert (await user.http.post("/booking/pay", content=b"5")).status_code == 200


@cell("gateway", "login")
async def a_service_with_authentication_takes_a_token_and_services_change_with_manage_only(place: Place) -> None:
    async with behind_gateway(place, authentication=True) as (user, backend):
        assert (await user.http.get("/booking/slots")).status_code == 401
        assert backend.requests == []
        assert (await user.http.get("/booking/slots", headers=user.headers)).status_code == 200
        assert len(backend.headers["x-mcqueen-caller"].split(".")) == 3
        body = {"name": "evil", "instances": [{"host": "127.0.0.1", "port": backend.port}], "basePath": "/evil"}
        assert (await user.http.post("/api/gateway/services", json=body, headers=user.headers)).status_code == 403
        assert (await user.http.delete("/api/gateway/services/booking", headers=user.headers)).status_code == 403


@cell("gateway", "limits")
async def the_request_beyond_the_services_own_limit_is_refused(place: Place) -> None:
    async with behind_gateway(place, rateLimit={"windowMs": 60_000, "max": 2}) as (user, backend):
        statuses = [(await user.http.get("/booking/slots")).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert len(backend.requests) == 2
        assert (await user.http.post("/booking/x", content=b"x" * (MAX_BODY + 1))).status_code == 413


@cell("gateway", "host")
async def the_gateway_takes_loopback_names_only(place: Place) -> None:
    async with behind_gateway(place) as (user, backend):
        await takes_loopback_only(user.running.url, "GET", "/booking/slots", {})
        assert backend.requests == []


@cell("gateway", "changed")
async def what_stands_behind_a_path_is_changed_with_manage_only_and_never_in_place_of_another_face(
    place: Place,
) -> None:
    async with behind_gateway(place) as (user, backend), Backend() as evil:
        instances = [{"host": "127.0.0.1", "port": evil.port}]
        other = {"name": "booking", "instances": instances, "basePath": "/booking"}
        refused = await user.http.post("/api/gateway/services", json=other, headers=user.headers)
        assert refused.status_code == 403
        manager = user.token("operator", *Permission)
        for path in ("/mcp", "/api/v1/mcp", "/api/mcp", "/auth", "/api"):
            taken = await user.http.post(
                "/api/gateway/services", json={**other, "name": "face", "basePath": path}, headers=manager
            )
            assert taken.status_code == 400
        assert (await user.http.get("/booking/slots")).text == str(backend.port)
        assert evil.requests == []
