"""The MCP face for other machines: a login first, one user's session for nobody else, and our own names only."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from assistant.serving.mcp.mcp_login import MCP_MOST
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import mint_login_token
from assistant.town.world import World
from client.call import ToolCall
from client.clock import SystemClock
from client.configuration.server_entries import ServerEntry, make_server
from client.servers.tool_server import Answered

INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
async def open_town(world: World) -> AsyncIterator[RunningTown]:
    settings = RestSettings(allowed_hosts=("car.example",))
    async with serve_town(world, address="0.0.0.0", plain_http=True, settings=settings) as running:
        yield running


async def _post(town: RunningTown, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{town.port}/mcp"
        return await http.post(url, json=INITIALIZE, headers={**ACCEPT, **headers})


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.proves("G.mcp-login")
async def test_without_a_login_nothing_is_answered_but_where_one_is_wanted(open_town: RunningTown) -> None:
    refused = await _post(open_town, {})
    assert refused.status_code == 401
    page = f"http://127.0.0.1:{open_town.port}/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{page}"' in refused.headers["www-authenticate"]
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(page)).json()
    assert told["resource"] == f"http://127.0.0.1:{open_town.port}/mcp"
    assert told["scopes_supported"] == ["mcp:execute"]


@pytest.mark.proves("G.mcp-login")
async def test_a_token_that_may_not_execute_is_refused(open_town: RunningTown) -> None:
    now = open_town.world.now().timestamp()
    token = mint_login_token(open_town.secrets.jwt_secret, "ann", now=now, permissions=["mcp:read"])
    refused = await _post(open_town, _bearer(token))
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


@pytest.mark.proves("G.mcp-login")
async def test_a_token_of_another_server_or_one_that_ended_is_refused(open_town: RunningTown) -> None:
    now = open_town.world.now().timestamp()
    secret = open_town.secrets.jwt_secret
    for token in (mint_login_token("another secret", "ann", now=now), mint_login_token(secret, "ann", now=now - 7200)):
        assert (await _post(open_town, _bearer(token))).status_code == 401


@pytest.mark.proves("G.mcp-login")
async def test_our_client_calls_with_a_token_in_its_entry(open_town: RunningTown) -> None:
    url = f"http://127.0.0.1:{open_town.port}/mcp"
    entry = ServerEntry(url=url, headers=_bearer(open_town.login_token("ann")))
    async with httpx.AsyncClient(trust_env=False) as http:
        server = make_server("town", entry, http, SystemClock())
        await server.connect()
        try:
            assert len((await server.list_tools()).tools) > 10
            call = ToolCall("1", "town", "get_weather", {"location": "Hamburg"}, "k")
            assert isinstance(await server.call(call, seconds=10.0, confirmed=False), Answered)
        finally:
            await server.close()


async def test_one_user_may_send_so_many_requests_and_another_is_not_held_up(open_town: RunningTown) -> None:
    ann, tom = (_bearer(open_town.login_token(name)) for name in ("ann", "tom"))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{open_town.port}", trust_env=False) as http:
        statuses = [
            (await http.post("/mcp", json=INITIALIZE, headers={**ACCEPT, **ann})).status_code
            for _ in range(MCP_MOST + 1)
        ]
        assert statuses[0] == 200
        assert statuses[-1] == 429
        assert (await http.post("/mcp", json=INITIALIZE, headers={**ACCEPT, **tom})).status_code == 200


@pytest.mark.proves("G.mcp-login")
async def test_on_loopback_a_login_is_asked_for_if_that_was_wanted(world: World) -> None:
    async with serve_town(world, mcp_login=True) as town:
        assert (await _post(town, {})).status_code == 401
        assert (await _post(town, _bearer(town.login_token("ann")))).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("192.0.2.7:3001", 200),
        (socket.gethostname(), 200),
        ("car.example", 200),
        ("evil.example", 421),
        ("car.example.evil.example", 421),
    ],
)
async def test_off_loopback_only_our_own_names_are_answered(open_town: RunningTown, host: str, status: int) -> None:
    headers = {**_bearer(open_town.login_token("ann")), "Host": host}
    assert (await _post(open_town, headers)).status_code == status


async def test_a_web_page_of_somebody_else_is_refused_off_loopback_too(open_town: RunningTown) -> None:
    for origin in ("http://evil.example", "http://192.0.2.7", "null"):
        headers = {**_bearer(open_town.login_token("ann")), "Origin": origin}
        assert (await _post(open_town, headers)).status_code == 403
