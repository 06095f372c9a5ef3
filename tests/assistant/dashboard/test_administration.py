"""The administration of a served platform, seen on a (headless) terminal: real server, real processes, real HTTP."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
import platformdirs
import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, OptionList, Static

from assistant.dashboard.app import Dashboard
from assistant.dashboard.palette import commands
from assistant.dashboard.screens.admin_screen import AdminScreen
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import Secrets, load_secrets
from assistant.settings.settings import ServingSettings, Settings
from assistant.town.world import World
from tests.assistant.dashboard.harness import MOVING, drives, opened, shown, until
from tests.assistant.serving.test_platform import ALLOWED, Platform
from tests.client.counting_server import free_port

pytestmark = pytest.mark.proves("G.admin", "F.palette")
SIZE = (120, 40)
CHILD = Path(__file__).parents[2] / "client" / "stdio_server.py"
EVIL = "[bold]eve[/bold] \x1b[2J"


def kept_secrets() -> Secrets:
    """The secrets of this machine's `mcqueen serve`, as after its first start."""
    return load_secrets(platformdirs.user_config_path("mcqueen") / "serving-secrets.json", {})


@asynccontextmanager
async def served(folder: Path, secrets: Secrets) -> AsyncIterator[RunningTown]:
    settings = PlatformSettings(folder / "platform", commands=ALLOWED)
    world = World(seed=1, now=lambda: datetime.now().astimezone())
    async with serve_town(world, faces=("rest", "platform"), platform=settings, secrets=secrets) as running:
        yield running


@asynccontextmanager
async def looking(folder: Path, url: str) -> AsyncIterator[tuple[Dashboard, Pilot[int], AdminScreen]]:
    """A dashboard with the administration opened from the command palette's own list."""
    settings = Settings(serving=ServingSettings(url=url))
    async with opened(folder, SIZE, settings=settings) as (app, pilot):
        next(command for command in commands(app) if command.title == "Administration").callback()
        await until(pilot, lambda: isinstance(app.screen, AdminScreen))
        screen = app.screen
        assert isinstance(screen, AdminScreen)
        yield app, pilot, screen


def trouble(screen: AdminScreen) -> str:
    return str(screen.query_one("#admin-trouble", Static).content)


def rows(screen: AdminScreen) -> list[list[str]]:
    table = screen.query_one(DataTable)
    return [[str(cell) for cell in table.get_row_at(number)] for number in range(table.row_count)]


async def choose(pilot: Pilot[int], screen: AdminScreen, title: str) -> None:
    names = screen.query_one("#admin-names", OptionList)
    await until(pilot, lambda: title in [option.id for option in names.options])
    names.highlighted = [option.id for option in names.options].index(title)
    await pilot.pause()


async def test_servers_calls_users_limits_and_audit_are_shown(folder: Path) -> None:
    async with served(folder, kept_secrets()) as running, httpx.AsyncClient(base_url=running.url) as http:
        bea = Platform(http, running, "bea")
        server_id = await bea.healthy(name="little", command=sys.executable, args=[str(CHILD)])
        assert (await bea.execute(server_id, "process")).status_code == 200
        pid = (await bea.details(server_id))["runtimeStatus"]["pid"]
        async with looking(folder, running.url) as (app, pilot, screen):
            await choose(pilot, screen, "Servers")
            (row,) = rows(screen)
            assert row[:4] == ["little", "bea", "HEALTHY", str(pid)]
            assert row[6].endswith(" MB")
            assert row[8] == "1"
            await choose(pilot, screen, "Calls and changes")
            assert ["server created", "done", "1"] in rows(screen)
            await choose(pilot, screen, "Users")
            assert [row[:2] for row in rows(screen)] == [["bea", "1"]]
            await choose(pilot, screen, "Limits")
            assert ["executions of a user", "20 in 60 s"] in rows(screen)
            await choose(pilot, screen, "Audit")
            assert rows(screen)[0][2] == "bea"
            assert "server created" in shown(app)
            await bea.send("POST", f"/mcp/{server_id}/stop")
            await choose(pilot, screen, "Servers")
            await pilot.press("r")
            await until(pilot, lambda: rows(screen)[0][2] == "STOPPED")
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, AdminScreen))


async def test_nothing_of_it_is_shown_while_the_vehicle_moves(folder: Path) -> None:
    async with served(folder, kept_secrets()) as running, looking(folder, running.url) as (app, pilot, screen):
        await choose(pilot, screen, "Limits")
        await drives(app, pilot, MOVING)
        await until(pilot, lambda: not isinstance(app.screen, AdminScreen))
        assert "executions of a user" not in shown(app)


async def test_what_a_user_is_called_is_text(folder: Path) -> None:
    async with served(folder, kept_secrets()) as running, httpx.AsyncClient(base_url=running.url) as http:
        await Platform(http, running, EVIL).create(enabled=False)
        async with looking(folder, running.url) as (app, pilot, screen):
            await choose(pilot, screen, "Users")
            assert "[bold]eve" in shown(app)
            assert "\x1b" not in shown(app)


async def test_without_a_server_or_its_secrets_a_sentence_says_what_to_do(folder: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with looking(folder, nobody) as (_, pilot, screen):
        await until(pilot, lambda: "has not run here yet" in trouble(screen))
    kept_secrets()
    async with looking(folder, nobody) as (_, pilot, screen):
        await until(pilot, lambda: "no mcqueen serve answers" in trouble(screen))
    async with served(folder, Secrets.generate()) as running, looking(folder, running.url) as (_, pilot, screen):
        await until(pilot, lambda: "refuses to tell (401)" in trouble(screen))
    async with looking(folder, "https://mcqueen.example") as (_, pilot, screen):
        await until(pilot, lambda: "another machine" in trouble(screen))


async def test_programs_get_the_tables_with_the_right_alone(folder: Path) -> None:
    async with served(folder, kept_secrets()) as running, httpx.AsyncClient(base_url=running.url) as http:
        usual = Platform(http, running, "bea").token
        for token, status in (("nonsense", 401), (usual, 403)):
            answer = await http.get("/admin/tables", headers={"Authorization": f"Bearer {token}"})
            assert (answer.status_code, answer.json()["success"]) == (status, False)
        assert (await http.get("/admin/tables")).status_code == 401
