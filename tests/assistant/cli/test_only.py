"""`mcqueen --only SERVER`: the conversation with one server alone, typed and in the dashboard."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.dashboard.app import Dashboard
from assistant.settings.settings import Settings
from tests.assistant.dashboard.harness import folder, until

__all__ = ["folder"]

SERVER = """
from mcp.server.mcpserver import MCPServer
bistro = MCPServer("bistro", log_level="ERROR")
@bistro.tool()
def list_soups() -> str:
    '''List the soups of the day'''
    return "Leek soup and borscht."
bistro.run()
"""


def bistro(folder: Path) -> str:
    """The command line of a server with one tool."""
    (folder / "bistro.py").write_text(SERVER)
    return shlex.join([sys.executable, str(folder / "bistro.py")])


@pytest.mark.parametrize(("before", "answered"), [((), True), (("dashboard",), True)])
def test_one_server_alone_answers_and_the_cars_tools_are_left_out(
    tmp_path: Path, before: tuple[str, ...], answered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    words = [sys.executable, "-m", "assistant.cli", *before, "--plain", "--only", bistro(tmp_path)]
    done = subprocess.run(
        words, input="list the soups of the day\nhow much battery do i have\n", capture_output=True, text=True,
        timeout=120, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("Leek soup and borscht" in done.stdout) is answered
    assert "percent" not in done.stdout, "the car was asked, though it is left out"


async def test_the_dashboard_has_the_tools_of_that_server_alone(folder: Path, tmp_path: Path) -> None:
    app = Dashboard(Settings(data_folder=str(folder)), sound=False)
    app.assistant.only = bistro(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0)
        assert app.live is not None
        assert [tool.name for tool in app.live.tools.catalog] == ["list_soups"]
