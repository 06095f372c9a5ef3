"""What the user wants of tools: off means not offered, preferred means first, and the server is told where it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.access.accounts import Accounts, Credentials, face_of
from client.access.credentials import CredentialStore
from client.catalog import Catalog, Tier, Tool
from client.clock import SystemClock
from client.records.tool_settings import ToolSetting
from client.servers.rest.mcqueen import McQueenServer, tool_of
from tests.client.faulty_server import FaultyServer
from tests.client.harness import at, make_call, tool_client
from tests.client.rest_app import LoginApp
from tests.client.serving import serve

pytestmark = pytest.mark.usefixtures("no_ring")


@pytest.mark.proves("C.tool-settings")
async def test_a_tool_that_is_switched_off_is_not_offered_until_it_is_switched_on_again(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    async with FaultyServer() as server:
        async with tool_client(path, at(server.url)) as tools:
            assert await tools.preferences.keep("town", "pay", ToolSetting(enabled=False)) is None
            assert "pay" not in [tool.name for tool in tools.catalog]
            assert [(one.name, one.reason) for one in tools.catalog.rejected] == [("pay", "you switched it off")]
            outcome = await tools.call(make_call("pay", amount=1))
            assert (outcome.kind, server.calls) == ("failed", 0)
        async with tool_client(path, at(server.url)) as tools:
            assert "pay" not in [tool.name for tool in tools.catalog]
            assert (await tools.preferences.kept("town"))["pay"] == ToolSetting(enabled=False)
            await tools.preferences.keep("town", "pay", ToolSetting(priority=9))
            assert [tool.name for tool in tools.catalog] == ["pay", "get_weather", "pay_once"]
    async with tool_client(path, at(server.url)) as tools:  # also offline, from what was kept
        assert tools.catalog.tools[0].name == "pay"


@pytest.mark.proves("C.tool-settings")
async def test_the_server_is_told_and_settings_belong_to_the_user(tmp_path: Path) -> None:
    app = LoginApp(SystemClock().now)
    async with serve(app.app()) as url:
        accounts = Accounts(CredentialStore(tmp_path), face_of(url, "/api/v1"))
        for name in ("anna", "ben"):
            await accounts.add(Credentials(name, f"token-{name}"))
        setting = ToolSetting(False, 7, {"units": "metric"})

        for user, offered in (("anna", []), ("ben", ["get_weather"])):
            async with tool_client(
                tmp_path / f"{user}.db",
                lambda http, clock: [McQueenServer("town", url, http, clock, accounts=accounts, account=user)],  # noqa: B023  # used in this round
            ) as tools:
                if user == "anna":
                    assert await tools.preferences.keep("town", "get_weather", setting) is None
                assert [tool.name for tool in tools.catalog] == offered
        body = {"enabled": False, "priority": 7, "custom_settings": {"units": "metric"}}
        assert app.configured == [("anna", "get_weather", body)]


async def test_what_the_server_refuses_is_not_kept(tmp_path: Path) -> None:
    app = LoginApp(SystemClock().now)
    async with serve(app.app()) as url:
        accounts = Accounts(CredentialStore(tmp_path), face_of(url, "/api/v1"))
        await accounts.add(Credentials("anna", "token-anna"))
        async with tool_client(
            tmp_path / "records.db", lambda http, clock: [McQueenServer("town", url, http, clock, accounts=accounts)]
        ) as tools:
            app.tokens.clear()
            app.sessions.clear()
            refused = await tools.preferences.keep("town", "get_weather", ToolSetting(enabled=False))
            assert refused is not None
            assert refused.code == "login_required"
            assert await tools.preferences.kept("town") == {}


@pytest.mark.parametrize(
    ("told", "enabled", "priority"),
    [
        ({}, True, 5),
        ({"user_enabled": False, "user_priority": 5}, True, 5),  # what every tool says that nobody configured
        ({"user_enabled": True, "user_priority": 8}, True, 8),
        ({"user_enabled": False, "user_priority": 8}, False, 8),
        ({"user_enabled": "no", "user_priority": "high"}, True, 5),
    ],
)
def test_what_a_server_says_of_a_users_tool_is_read(told: dict[str, object], enabled: bool, priority: int) -> None:
    tool = tool_of({"id": "x", "parameters": [], "access_level": "hybrid", **told}, "town", 0)  # type: ignore[dict-item]  # what servers say
    assert isinstance(tool, Tool)
    assert (tool.enabled, tool.priority, tool.tier) == (enabled, priority, Tier.HYBRID)


def test_of_two_servers_the_preferred_tool_comes_first() -> None:
    catalog = Catalog().with_server("a", [Tool("a", "weather")]).with_server("b", [Tool("b", "weather", priority=6)])
    assert [tool.server for tool in catalog] == ["b", "a"]
