"""Credentials for a service: what is none is refused, and what was kept counts only while the service takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from assistant.serving.server import RunningTown, serve_tools
from assistant.town.town_host import TownHost
from assistant.town.world import World
from tests.assistant.serving.conftest import Rest
from tests.assistant.town.clock import SetClock

MAIL = {"action": "read"}


async def _link(rest: Rest, body: object, service: str = "gmail") -> httpx.Response:
    return await rest.http.put(f"/auth/services/{service}", json=body, headers=rest.headers)


@pytest.mark.proves("G.service-logins")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credentials": None},
        {"credentials": {}},
        {"credentials": []},
        {"credentials": "token"},
        {"credentials": {"token": ""}},
        {"credentials": {"token": "   "}},
        {"credentials": {"token": None}},
        {"credentials": {"token": True}},
        {"credentials": {"token": 7}},
        {"credentials": {"token": ["a secret"]}},
        {"credentials": {"token": {"value": "a secret"}}},
        {"credentials": {"token": "a\nsecret"}},
        {"credentials": {"token": "x" * 9000}},
        {"credentials": {"password": "a secret"}},
        {"credentials": {"username": "ann", "password": ""}},
        {"credentials": {"colour": "blue"}},
        {"credentials": {"token": "a secret", **{f"field {n}": "x" for n in range(30)}}},
    ],
)
async def test_what_is_no_credential_is_refused_and_opens_nothing(
    rest: Rest, town: RunningTown, body: dict[str, Any]
) -> None:
    assert (await _link(rest, body)).status_code == 400
    assert await town.users.services("driver") == frozenset()
    assert (await rest.execute("email_personal", MAIL)).json()["metadata"]["requires_auth"] == "gmail"
    assert "email_personal" not in await rest.tools()


@pytest.mark.proves("G.service-logins")
@pytest.mark.parametrize("credentials", [{"token": "a secret"}, {"username": "ann", "password": "p"}])
async def test_credentials_open_their_service_for_their_user_alone(
    rest: Rest, town: RunningTown, credentials: dict[str, str]
) -> None:
    assert (await _link(rest, {"credentials": credentials})).json()["data"]["authenticated"] is True
    assert (await rest.execute("email_personal", MAIL)).json()["success"] is True
    other = Rest(rest.http, town, "other")
    await other.log_in()
    assert (await other.execute("email_personal", MAIL)).json()["metadata"]["requires_auth"] == "gmail"
    calendar = await rest.execute("calendar_personal", {"action": "get_events"})
    assert calendar.json()["metadata"]["requires_auth"] == "google_calendar"


@pytest.mark.proves("G.service-logins")
async def test_credentials_that_the_service_does_not_take_are_no_login(
    rest: Rest, clock: SetClock, town: RunningTown
) -> None:
    now = clock().timestamp()
    over = await _link(rest, {"credentials": {"token": "a secret", "expires_at": now - 1}})
    assert (over.status_code, over.json()["data"]["authenticated"]) == (200, False)
    assert await town.users.services("driver") == {"gmail"}
    assert (await rest.execute("email_personal", MAIL)).json()["metadata"]["requires_auth"] == "gmail"
    lasting = await _link(rest, {"credentials": {"token": "a secret", "expires_at": now + 60}})
    assert lasting.json()["data"]["authenticated"] is True
    assert (await rest.execute("email_personal", MAIL)).json()["success"] is True
    clock.forward(minutes=2)
    assert (await rest.execute("email_personal", MAIL)).json()["metadata"]["requires_auth"] == "gmail"
    assert "email_personal" not in await rest.tools()


class Noting(TownHost):
    """A town that notes which credentials it was shown, and for which service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.shown: list[tuple[str, str]] = []

    async def admits(self, service: str, credentials: Mapping[str, Any]) -> bool:
        self.shown.append((service, credentials["token"]))
        return await super().admits(service, credentials)


@pytest.mark.proves("G.service-logins")
async def test_credentials_are_shown_only_to_the_service_of_the_tool_and_only_their_user_s(
    world: World, clock: SetClock
) -> None:
    host = Noting(world)
    async with (
        serve_tools(host, lambda: clock().timestamp()) as served,
        httpx.AsyncClient(base_url=served.rest_url, trust_env=False) as http,
    ):
        for name in ("ann", "tom"):
            await served.users.link(name, "gmail", {"token": f"mail of {name}"})
            await served.users.link(name, "google_calendar", {"token": f"calendar of {name}"})
        ann = Rest(http, served, "ann")  # type: ignore[arg-type]  # only its login_token is used
        await ann.log_in()
        await ann.execute("get_weather", {"location": "Speyer"})
        assert host.shown == []
        await ann.execute("email_personal", MAIL)
        assert set(host.shown) == {("gmail", "mail of ann")}
