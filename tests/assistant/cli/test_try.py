"""`mcqueen try`: each line shows what came of it, and the kept session is a drive that fails if anything changes."""

from __future__ import annotations

import asyncio
import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.cli.review.spoken_tries import read_tries
from assistant.cli.trying import TrySession, try_server
from assistant.drives.checks import CheckResult
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.drives.yaml_guard import DriveError
from assistant.settings.settings import Settings

BISTRO = """\
import sys
from typing import Annotated
from pydantic import Field
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("bistro", log_level="ERROR")


@server.tool(description="Book a table in the bistro")
def book_table(people: Annotated[int, Field(description="How many people", ge=1, le=8)]) -> str:
    with open(sys.argv[1], "a") as log:
        log.write(f"{people}\\n")
    return f"The table for {people} costs 12.50 \\u20ac."


@server.tool(description="List the dishes", annotations=ToolAnnotations(readOnlyHint=True))
def list_dishes() -> list[str]:
    return ["soup", "fish"]


server.run("stdio")
"""
pytestmark = pytest.mark.proves("G.try")


class Bistro:
    """A server with a log of what it did, and sessions against it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder, folder / "kept.yaml"
        (folder / "bistro.py").write_text(BISTRO, encoding="utf-8")
        self.command = shlex.join([sys.executable, str(folder / "bistro.py"), str(folder / "effects.log")])

    @property
    def effects(self) -> list[str]:
        """What the server did, in order."""
        log = self.folder / "effects.log"
        return log.read_text().split() if log.exists() else []

    async def say(self, *lines: str, only: bool = True, keep: bool = False) -> None:
        """Try these lines."""
        session = TrySession(self.command, only, voice=False, keep=self.kept if keep else None)
        settings = Settings(data_folder=str(self.folder / "data"))
        assert await try_server(session, settings, io.StringIO("\n".join(lines)))

    async def drive(self) -> list[CheckResult]:
        """Run what was kept and return what does not hold."""
        result = await DriveRunner(self.kept, load_drive(self.kept), server=self.command).run()
        return [finding for finding in result.findings if not finding.holds]

    def review(self) -> str:
        """Review the server with what was kept and return what is printed."""
        words = ["review", "--server", self.command, "--try", str(self.kept), "--no-calls"]
        command = [sys.executable, "-m", "assistant.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout

    def change(self, change: Any) -> None:
        """Change what was kept."""
        content = yaml.safe_load(self.kept.read_text(encoding="utf-8"))
        change(content)
        self.kept.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@pytest.fixture
def bistro(tmp_path: Path) -> Bistro:
    return Bistro(tmp_path)


async def test_a_line_shows_tool_words_question_answer_and_sound(
    bistro: Bistro, capsys: pytest.CaptureFixture[str]
) -> None:
    await bistro.say("book a table for four people", "no make it five", "yes")
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    told = iter(shown)
    for part in (
        "> book a table for four people",
        ".book_table, score ",
        'people = 4 from "four',
        'reads back "Book table: people 4. Shall I book this?"',
        'sounds like "Book table: people four.',
        "> no make it five",
        "answer: people = 5",
        "> yes",
        "control word: yes",
        "book_table(people=5), after a yes",
        'answered {"result": "The table for 5 costs 12.50 €."}',
        'says "The table for 5 costs',
        "five costs twelve euros fifty",
    ):
        assert any(part in line for line in told), f"{part!r} is not shown, or not in its place: {shown}"
    assert bistro.effects == ["5"]


async def test_nothing_runs_before_the_yes_and_nothing_is_left_in_the_data_folder(bistro: Bistro) -> None:
    await bistro.say("book a table for four people", "no")
    assert bistro.effects == []
    left = [path.name for path in (bistro.folder / "data").rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".log")] == []  # what the process wrote to stderr


@pytest.mark.parametrize(("only", "answered"), [(True, False), (False, True)])
async def test_the_cars_tools_are_there_unless_only_the_server_is_wanted(
    bistro: Bistro, capsys: pytest.CaptureFixture[str], only: bool, answered: bool
) -> None:
    await bistro.say("what time is it", only=only)
    assert ("car.get_state" in capsys.readouterr().out) is answered


@pytest.mark.parametrize("only", [True, False])
async def test_a_kept_session_passes_as_a_drive_and_its_requests_come_back_in_a_review(
    bistro: Bistro, only: bool
) -> None:
    await bistro.say("list the dishes", "book a table for four people", "no make it five", "yes", only=only, keep=True)
    assert await bistro.drive() == []
    assert bistro.effects == ["5", "5"]
    tries = [(one.text, one.tool, dict(one.arguments)) for one in read_tries(bistro.kept)]
    assert tries == [
        ("list the dishes", "list_dishes", {}),
        ("book a table for four people", "book_table", {"people": 4}),
    ]
    reviewed = await asyncio.to_thread(bistro.review)
    assert "your sentences right 2 of 2" in reviewed


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        (3, "understood", {"tool": "book_table", "arguments": {"people": 3}}),
        (3, "understood", {"tool": "list_dishes", "arguments": {}}),
        (3, "mode", "choosing"),
        (5, "called", {"tool": "book_table", "arguments": {"people": 5}}),
        (5, "called", {"tool": "book_table", "outcome": "failed"}),
    ],
)
async def test_a_kept_session_fails_if_a_line_comes_to_something_else(
    bistro: Bistro, place: int, key: str, value: Any
) -> None:
    await bistro.say("list the dishes", "book a table for four people", "yes", keep=True)
    bistro.change(lambda content: content["steps"][place]["expect"].update({key: value}))
    assert [finding.name.split(":")[0] for finding in await bistro.drive()] == [f"step {place + 1}"]


def test_a_server_that_does_not_start_is_told_and_the_session_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assistant.cli", "try", "--server", f"{sys.executable} -c pass"]
    environment = os.environ | {"MCQUEEN_DATA_FOLDER": str(tmp_path)}
    done = subprocess.run(command, input="hello\n", capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 1
    assert "there is no tool to try" in done.stderr
    assert ">" not in done.stdout


async def test_what_a_drive_expects_to_be_understood_is_checked_against_the_tools_there_are(bistro: Bistro) -> None:
    await bistro.say("list the dishes", keep=True)
    wanted: Any = {"tool": "list_dish", "arguments": {}}
    bistro.change(lambda content: content["steps"][1]["expect"].update(understood=wanted))
    with pytest.raises(DriveError, match=r"kept.yaml:\d+: can never hold: no tool 'list_dish'; did you mean"):
        await bistro.drive()


async def test_a_session_in_which_nobody_spoke_is_not_kept(bistro: Bistro, capsys: pytest.CaptureFixture[str]) -> None:
    await bistro.say(keep=True)
    assert not bistro.kept.exists()
    assert "nothing was said" in capsys.readouterr().err


def test_car_and_only_contradict_each_other(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text("title: t\nnow: 2026-11-20T18:05:00+01:00\ncar: true\nonly: true\nsteps: [{driver: hello}]\n")
    with pytest.raises(DriveError, match="car and only contradict each other; take one of them out"):
        load_drive(path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--keep", "there.yaml"], "there.yaml is there already; choose another name"),
        (["--keep", "kept.json"], "a drive's file ends in .yaml: --keep kept.json.yaml"),
    ],
)
def test_a_file_that_cannot_be_kept_is_told_before_anything_starts(
    tmp_path: Path, options: list[str], said: str
) -> None:
    (tmp_path / "there.yaml").write_text("title: mine\n")
    command = [sys.executable, "-m", "assistant.cli", "try", "--server", "no-such-program", *options]
    done = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, f"mcqueen: {said}\n")
    assert (tmp_path / "there.yaml").read_text() == "title: mine\n"
