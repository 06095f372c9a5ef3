"""The docs say what the code says."""

from __future__ import annotations

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


def test_generated_pages_are_up_to_date_on_a_terminal_of_any_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "47")
    sys.path.insert(0, str(ROOT))
    try:
        from docs.generate import generated  # the docs folder is no package of ours
    finally:
        sys.path.remove(str(ROOT))
    stale = [path.name for path, text in generated().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run make docs"


def test_the_readme_shows_the_two_commands_and_a_transcript_made_by_the_program() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make drive" in readme
    assert "make test" in readme
    transcript = readme.split("<!-- transcript -->")[1].split("<!-- /transcript -->")[0]
    assert "expectations held" in transcript
    assert "Shall I book this?" in transcript
