"""docs/servers.md: what it shows can be done as shown, and its numbers are those of the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from assistant.cli.main import cli
from assistant.settings.known_servers import known_servers
from assistant.settings.settings import load_settings
from assistant.settings.sources import FILE_NAME
from assistant.wording.results.result_sentences import spoken_result
from assistant.wording.spoken_values import SpokenClock
from client.catalog import Tool
from client.configuration.other_programs import read_other_program
from client.configuration.server_entries import ServerEntry, read_entry
from client.http import DEFAULT_BODY_LIMIT
from client.servers.processes import child, launcher, log_file
from client.servers.processes.supervision import ServerStatus, SupervisionRules

PAGE = (Path(__file__).parents[1] / "docs" / "servers.md").read_text(encoding="utf-8")


def answers_shown() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \| (.*?) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 5
    return rows


@pytest.mark.proves("W.answers", "S.page")
@pytest.mark.parametrize(("tool", "result", "said"), answers_shown())
def test_answers_are_said_as_shown(tool: str, result: str, said: str) -> None:
    found = spoken_result({"result": json.loads(result)}, Tool("home", tool), SpokenClock(1_796_029_200.0, 3_600.0))
    assert " ".join(found.sentences) == said


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.proves("S.page")
def test_the_settings_shown_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("\n".join(blocks("toml")))
    settings = load_settings({}, user_folder=tmp_path, working_folder=tmp_path / "none")
    assert set(settings.servers) == {"weather", "music", "old", "search"}
    for name, entry in settings.servers.items():
        read_entry(name, entry)
    assert [call.tool for call in settings.warming.calls] == ["get_weather", "find_fuel_stations"]
    assert settings.upkeep.rules == SupervisionRules()  # what is shown are the defaults


@pytest.mark.proves("S.page")
def test_the_file_of_another_program_shown_is_imported_whole(tmp_path: Path) -> None:
    (text,) = blocks("json")
    file = tmp_path / "other.json"
    file.write_text(text)
    found = read_other_program(file)
    assert (set(found.entries), found.problems) == ({"files", "far", "off"}, ())


@pytest.mark.proves("S.page")
@pytest.mark.parametrize("line", [line for block in blocks("console") for line in block.splitlines()])
def test_every_command_shown_can_be_given(line: str) -> None:
    prompt, program, *words = shlex.split(line)
    assert (prompt, program) == ("$", "mcqueen")
    context = click.Context(cli, info_name="mcqueen")
    command: click.Command = cli
    while isinstance(command, click.Group) and words:
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
        context = command.make_context(name, list(words), parent=context)
        if isinstance(command, click.Group):
            words = context._protected_args + context.args


@pytest.mark.proves("S.page")
def test_the_numbers_and_words_on_the_page_are_those_of_the_code() -> None:
    for status in ServerStatus:
        assert f"| {status.value} |" in PAGE
    described = set(re.findall(r"`(\w+)`", PAGE))
    assert {"url", "command", "args", "env", "cwd", "headers", "dialect", "trusted", "honours_keys", "enabled"} <= (
        described & set(ServerEntry.model_fields)
    )
    known = known_servers()
    assert f"knows {len(known)} servers" in PAGE
    assert f"{sum(one.tried is not None for one in known.values())} of the {len(known)} were started" in PAGE
    for name, one in known.items():
        assert f"`{name}`" in PAGE or (one.tried is not None and not one.trusted), name
    assert f"more than {DEFAULT_BODY_LIMIT >> 20} MB" in PAGE
    assert f"after {launcher.GRACE:g} s more SIGKILL" in PAGE
    assert f"{child.MOST_JUNK:,} such lines" in PAGE
    assert f"first {log_file.LINES_A_SECOND} lines a second" in PAGE
    assert f"at most {2 * log_file.LARGEST_FILE >> 20} MB" in PAGE
