"""The servers screen with real processes: added, started, stopped, restarted, imported; their logs as they grow."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from assistant.dashboard.app import Dashboard
from assistant.dashboard.panes.servers_pane import ServersPane
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.log_view import MOST_LINES, LogView
from assistant.settings.added_servers import add_server
from assistant.settings.settings import Settings, load_settings
from tests.assistant.dashboard.harness import at, opened, shown, told, until
from tests.client.counting_server import CountingServer

CLIENT = Path(__file__).parents[2] / "client"
CHILD = f"{sys.executable} {CLIENT / 'stdio_server.py'}"
UNRULY = CLIENT / "servers" / "unruly.py"


def healthy(app: Dashboard, name: str) -> bool:
    """Whether that server is connected."""
    return app.live is not None and any(one.name == name and one.healthy for one in app.live.tools.server_states())


def process(pane: ServersPane, name: str) -> int:
    """Its process id as the screen knows it; 0 for none."""
    return int(pane._reports.get(name, {}).get("pid") or 0)


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def fill(app: Dashboard, pilot: Pilot[int], key: str, *values: str) -> None:
    """Open a form by key, fill its lines and hand it over."""
    app.query_one("#servers", OptionList).focus()
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, FormSheet) and len(app.screen.query(Input)) == len(values))
    for field, value in zip(app.screen.query(Input), values, strict=True):
        field.value = value
    await pilot.press("ctrl+s")
    await until(pilot, lambda: len(app.screen_stack) == 1)


async def use(app: Dashboard, pilot: Pilot[int], *names: str) -> None:
    """Restart the assistant by key, and wait for these servers."""
    before = app.live
    await pilot.press("u")
    await until(pilot, lambda: app.live is not before and all(healthy(app, name) for name in names))


async def choose(app: Dashboard, pilot: Pilot[int], name: str) -> None:
    """Look at a server."""
    place = app.query_one("#servers", OptionList)
    await until(pilot, lambda: name in [option.id for option in place.options])
    place.highlighted = next(number for number, option in enumerate(place.options) if option.id == name)
    place.focus()


@pytest.mark.proves("F.processes")
async def test_a_process_is_stopped_started_and_restarted_and_its_log_is_read(folder: Path) -> None:
    add_server(Settings(), {"name": "child", "target": CHILD})
    async with opened(folder, (100, 30), settings=load_settings()) as (app, pilot):
        pane = await at(app, pilot, "servers", ServersPane)
        assert isinstance(pane, ServersPane)
        await choose(app, pilot, "child")
        await until(pilot, lambda: process(pane, "child") > 0)
        first = process(pane, "child")
        await until(pilot, lambda: f"healthy, process {first}" in shown(app) and "log of the server" in shown(app))
        log = app.query_one(LogView)
        await until(pilot, lambda: sum("starting" in line for line in log.lines) == 1)

        await pilot.press("x")
        await until(pilot, told(app, "child: stop done"))
        assert not runs(first)
        await until(pilot, lambda: "stopped, no process" in shown(app) and not healthy(app, "child"))
        await pilot.press("s")
        await until(pilot, told(app, "child: start done"))
        await until(pilot, lambda: healthy(app, "child") and process(pane, "child") not in (0, first))
        second = process(pane, "child")
        await pilot.press("r")
        await until(pilot, told(app, "child: restart done"))
        await until(pilot, lambda: process(pane, "child") not in (0, first, second))
        assert not runs(second)
        # its log grew on the screen meanwhile
        await until(pilot, lambda: sum("starting" in line for line in log.lines) == 3)
    assert not runs(process(pane, "child")), "it ends with McQueen"


@pytest.mark.proves("F.processes", "F.flood")
async def test_a_command_a_url_and_another_programs_servers_are_added_and_one_that_floods_is_endured(
    folder: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "other.json"
    flood = {"command": sys.executable, "args": [str(UNRULY), "floods-stderr"]}
    theirs.write_text(json.dumps({"mcpServers": {"noisy": flood}}))
    async with CountingServer() as there, opened(folder, (100, 30)) as (app, pilot):
        await at(app, pilot, "servers", ServersPane)
        await fill(app, pilot, "n", "child", CHILD)
        await fill(app, pilot, "n", "far", there.url)
        await fill(app, pilot, "i", str(theirs))
        await use(app, pilot, "child", "far", "noisy")
        await choose(app, pilot, "noisy")
        log = app.query_one(LogView)
        await until(pilot, lambda: any("this is fine" in line for line in log.lines))
        assert log.line_count <= MOST_LINES + 1
        await pilot.press("1")
        line = app.query_one("#line", Input)
        await until(pilot, lambda: app.focused is line)
        await pilot.press(*"hello")
        assert line.value == "hello"
        await pilot.press("escape", "3")
        await choose(app, pilot, "far")
        await until(pilot, lambda: "session" in shown(app))
        await pilot.press("x")
        await until(pilot, told(app, "has no process here"))
