"""The McQueen REST dialect against its real counterpart: sessions, confirmations, statuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from client.access.session import Credentials
from client.call import Need, Sent
from client.catalog import Tier
from client.clock import Clock
from client.http import open_http_client
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import Answered, FailureKind, Faulted, InputWanted, ServerUnavailableError
from client.values import JSON
from tests.client.clocks import ShiftedClock
from tests.client.harness import consent_to, make_call, tool_client

BOOKING: dict[str, JSON] = {"restaurant_name": "Luigi's", "date": "2026-11-22", "time": "19:00", "party_size": 4}


@pytest.fixture
async def town() -> AsyncIterator[RunningTown]:
    now = datetime.fromisoformat("2026-11-21T12:00:00+01:00")
    async with serve_town(World(now=lambda: now)) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http_client() as client:
        yield client


def server(town: RunningTown, http: httpx.AsyncClient, clock: Clock | None = None) -> McQueenServer:
    credentials = Credentials("anna", town.login_token("anna"))
    return McQueenServer("town", town.url, http, clock or ShiftedClock(), credentials=credentials)


@pytest.mark.proves("G.rest")
async def test_tools_are_read_with_their_types_options_defaults_and_confirmations(
    town: RunningTown, http: httpx.AsyncClient
) -> None:
    reached = server(town, http)
    await reached.connect()
    tools = {tool.name: tool for tool in (await reached.list_tools()).tools}
    weather, booking = tools["get_weather"], tools["book_restaurant_public"]
    assert weather.required == ("location",)
    assert weather.properties["units"]["enum"] == ["metric", "imperial"]
    assert weather.properties["units"]["default"] == "metric"
    assert (weather.tier, weather.category, weather.hints.read_only) == (Tier.PUBLIC, "weather", True)
    assert set(booking.voice_confirmations) == set(BOOKING)
    assert booking.hints.read_only is None


@pytest.mark.proves("G.rest")
async def test_a_confirmation_the_server_wants_is_asked_for_and_then_equals_the_arguments(
    town: RunningTown, http: httpx.AsyncClient
) -> None:
    reached = server(town, http)
    await reached.connect()
    call = make_call("book_restaurant_public", **BOOKING)
    wanted = await reached.call(call, seconds=5, confirmed=False)
    assert isinstance(wanted, InputWanted)
    assert wanted.need is Need.CONSENT
    assert set(wanted.error.names) == set(BOOKING)
    done = await reached.call(call, seconds=5, confirmed=True)
    assert isinstance(done, Answered)


async def test_a_session_that_the_server_forgot_is_renewed_once_and_only_once(
    town: RunningTown, http: httpx.AsyncClient
) -> None:
    reached = server(town, http)
    await reached.connect()
    before = reached.session.session_id
    await town.stop()
    await town.start_again()
    logins: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        if request.url.path.endswith("/auth/login"):
            logins.append(request)

    http.event_hooks = {"request": [note]}
    calls = [
        reached.call(make_call("get_weather", location="Heidelberg"), seconds=5, confirmed=False) for _ in range(5)
    ]
    answers = await asyncio.gather(*calls)
    assert [answer for answer in answers if not isinstance(answer, Answered)] == []
    assert reached.session.session_id != before
    assert len(logins) == 1


async def test_a_session_is_renewed_before_it_ends(town: RunningTown, http: httpx.AsyncClient) -> None:
    clock = ShiftedClock()
    reached = server(town, http, clock)
    await reached.connect()
    first = reached.session.session_id
    clock.shift = 7.9 * 3600
    await reached.list_tools()
    assert reached.session.session_id == first
    clock.shift += 7.9 * 3600  # it slides with each use
    await reached.list_tools()
    assert reached.session.session_id == first
    clock.shift += 8 * 3600
    await reached.list_tools()
    assert reached.session.session_id != first


async def test_a_refused_login_asks_for_one_and_shows_no_token(town: RunningTown, http: httpx.AsyncClient) -> None:
    credentials = Credentials("anna", "not-a-token")
    reached = McQueenServer("town", town.rest_url, http, ShiftedClock(), credentials=credentials)
    with pytest.raises(ServerUnavailableError, match="does not accept the login of anna") as caught:
        await reached.connect()
    assert caught.value.kind is FailureKind.SESSION_LOST
    assert "not-a-token" not in f"{caught.value} {credentials}"


async def test_an_unknown_tool_is_a_tool_error_and_not_a_lost_session(
    town: RunningTown, http: httpx.AsyncClient
) -> None:
    reached = server(town, http)
    await reached.connect()
    answer = await reached.call(make_call("no_such_tool"), seconds=5, confirmed=False)
    assert isinstance(answer, Faulted)
    assert (answer.kind, answer.error.code) == (FailureKind.TOOL_ERROR, "unknown_tool")


async def test_a_dead_server_is_not_sent(town: RunningTown, http: httpx.AsyncClient) -> None:
    reached = server(town, http)
    await reached.connect()
    await town.stop()
    answer = await reached.call(make_call("get_weather", location="Heidelberg"), seconds=5, confirmed=False)
    assert isinstance(answer, Faulted)
    assert (answer.kind, answer.error.sent) == (FailureKind.NOT_SENT, Sent.NO)
    assert not (await reached.health()).healthy


async def test_a_confirmed_booking_goes_through_the_one_door(tmp_path: Path, town: RunningTown) -> None:
    async with tool_client(tmp_path / "records.db", lambda http, clock: [server(town, http, clock)]) as tools:
        call = make_call("book_restaurant_public", **BOOKING)
        assert (await tools.call(call)).kind == "needs_input"
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "succeeded", outcome


async def test_a_tool_is_configured_for_its_user(town: RunningTown, http: httpx.AsyncClient) -> None:
    reached = server(town, http)
    await reached.connect()
    answer = await reached.configure("web_search", enabled=True, priority=2)
    assert answer == Answered({"tool_id": "web_search", "enabled": True, "priority": 2})
    await reached.close()
    assert reached.session.session_id == ""
