"""The docs say what the code says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assistant.cli.main import COMMANDS, cli

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_the_help_that_the_list_shows(name: str) -> None:
    with click.Context(cli, info_name="mcqueen", **cli.context_settings) as context:
        command = cli.get_command(context, name)
        assert command is not None
        assert (command.help or "").split("\n")[0] == COMMANDS[name][1]


def test_generated_pages_are_up_to_date_on_a_terminal_of_any_width() -> None:
    # A process of its own: click keeps the help option of a command as the first context in a process made it.
    command = [sys.executable, "-m", "docs.generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"COLUMNS": "47"}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", ""), "run make docs"


def test_the_readme_shows_the_two_commands_and_a_transcript_made_by_the_program() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make drive" in readme
    assert "make test" in readme
    transcript = readme.split("<!-- transcript -->")[1].split("<!-- /transcript -->")[0]
    lines = transcript.strip().removeprefix("```\n").removesuffix("\n```").splitlines()
    assert len(lines) == 12
    assert all(re.match(r" +\d+\.\d\d s +(driver|heard|meaning|called|McQueen)\b", line) for line in lines)
    assert ["Shall I book this?" in line for line in lines].count(True) == 2
    assert "-> succeeded" in lines[-2]
    assert "is booked tomorrow at 20:00" in lines[-1]


def test_the_index_names_every_page_once() -> None:
    named = re.findall(r"^\| \[([\w-]+\.md)\]", (ROOT / "docs" / "README.md").read_text(), re.MULTILINE)
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if not path.stem.endswith((".head", ".tail"))]
    assert sorted(named) == sorted(set(pages) - {"README.md"})


PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`", "", (ROOT / page).read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", prose)
    base = ROOT / "docs" if page.startswith("docs/") else ROOT
    assert [link for link in links if not (base / link).exists()] == []
