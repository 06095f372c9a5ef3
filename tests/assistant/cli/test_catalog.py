"""`mcqueen servers catalog`, and adding a server from it by its name: what is missing is named, nothing is asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.settings.known_servers import known_servers
from tests.assistant.cli.test_call import mcqueen, run_here
from tests.assistant.cli.test_servers import listed
from tests.client.servers.test_supervisor import UNRULY

pytestmark = pytest.mark.proves("S.catalog")


@pytest.fixture
def starters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with programs that stand in for npx and uvx; they note how they were called, and serve."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("npx", "uvx"):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/called"\nexec "{sys.executable}" "{UNRULY}" well\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return tmp_path / "called"


def called(starters: Path) -> str:
    """With which arguments one of these programs was called; "" if none was."""
    return starters.read_text().strip() if starters.exists() else ""


def entries(home: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((home / "mcqueen" / "servers.json").read_text())["mcpServers"]
    return kept


def test_twenty_and_more_are_known_and_what_was_tried_has_its_day_and_version() -> None:
    known = known_servers()
    assert len(known) >= 20
    assert sum(one.tried is not None for one in known.values()) >= 20
    for name, one in known.items():
        assert (one.version, one.what) > ("", ""), name
        assert (one.tried is None) == (one.tools == 0), name
        placed = {word[1:-1] for word in one.args if word.startswith("{")}
        assert placed <= set(one.needs), name
        assert set(one.paths) <= set(one.needs), name
    assert {name for name, one in known.items() if one.trusted} == {"time", "calculator", "wikipedia"}


async def test_the_catalog_is_listed_whole_or_by_a_word_of_it(tmp_path: Path) -> None:
    _, lines, _ = await mcqueen(tmp_path, "servers", "catalog", "--json")
    assert [line["name"] for line in lines] == list(known_servers())
    _, lines, _ = await mcqueen(tmp_path, "servers", "catalog", "Google", "--json")
    assert {line["name"] for line in lines} == {"google-maps", "google-calendar"}
    code, text, _ = run_here(tmp_path, ("servers", "catalog", "notion"))
    assert code == 0
    assert "npx -y @notionhq/notion-mcp-server@" in text
    assert "needs NOTION_TOKEN: " in text
    assert "not trusted" in text
    code, _, complaint = run_here(tmp_path, ("servers", "catalog", "zeppelin"))
    assert (code, "zeppelin" in complaint) == (2, True)


async def test_a_known_server_that_needs_nothing_is_started_as_the_catalog_says(tmp_path: Path, starters: Path) -> None:
    assert (await mcqueen(tmp_path, "servers", "add", "time"))[0] == 0
    state = (await listed(tmp_path))["time"]
    assert (state["healthy"], state["tools"] > 0) == (True, True)
    assert called(starters) == f"mcp-server-time@{known_servers()['time'].version}"
    assert entries(tmp_path)["time"]["trusted"] is True


async def test_what_is_missing_is_named_and_the_server_is_off_until_it_is_given(tmp_path: Path, starters: Path) -> None:
    code, lines, _ = await mcqueen(tmp_path, "servers", "add", "notion", "--json")
    assert (code, lines[0]["enabled"], list(lines[0]["needs"])) == (0, False, ["NOTION_TOKEN"])
    assert (await listed(tmp_path))["notion"]["enabled"] is False
    assert called(starters) == ""
    code, text, _ = run_here(tmp_path, ("servers", "add", "notion", "--set", "NOTION_TOKEN=secret"))
    assert (code, "notion is added; " in text, "secret" in text) == (0, True, False)
    entry = entries(tmp_path)["notion"]
    assert entry["env"] == {"NOTION_TOKEN": "secret"}
    assert "enabled" not in entry
    assert "trusted" not in entry
    code, _, complaint = run_here(tmp_path, ("servers", "add", "notion", "--set", "NOTION_TOKEN=other"))
    assert (code, "called notion already" in complaint) == (2, True)


async def test_a_folder_is_put_into_the_command_whole(tmp_path: Path, starters: Path) -> None:
    code, text, _ = run_here(tmp_path, ("servers", "add", "filesystem"))
    assert (code, "FOLDER (the folder that" in text, "--set FOLDER=VALUE" in text) == (0, True, True)
    assert (await mcqueen(tmp_path, "servers", "add", "--set", "FOLDER=my music", "filesystem"))[0] == 0
    assert entries(tmp_path)["filesystem"]["args"][-1] == str(tmp_path / "my music")
    assert (await listed(tmp_path))["filesystem"]["healthy"] is True
    assert called(starters).endswith("my music")


async def test_a_program_that_is_not_there_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, lines, _ = await mcqueen(tmp_path, "servers", "add", "time", "--json")
    assert (code, list(lines[0]["needs"])) == (0, ["uvx"])
    assert entries(tmp_path)["time"]["enabled"] is False


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("zeppelin",), "zeppelin is not among them"),
        (("notion", "--set", "TOKEN=1"), "notion takes no TOKEN; it needs NOTION_TOKEN"),
        (("notion", "--header", "X=1"), "for a URL"),
        (("mine", "--set", "A=1", "https://far.example/mcp"), "--set is for a server of mcqueen servers catalog"),
    ],
)
def test_what_the_catalog_cannot_add_is_refused_with_the_reason(
    tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    code, _, told = run_here(tmp_path, ("servers", "add", *words))
    assert (code, complaint in told) == (2, True), told
    assert not (tmp_path / "mcqueen" / "servers.json").exists()


def test_a_command_of_the_users_own_may_have_a_name_of_the_catalog(tmp_path: Path) -> None:
    assert run_here(tmp_path, ("servers", "add", "time", sys.executable, str(UNRULY)))[0] == 0
    assert entries(tmp_path)["time"]["command"] == sys.executable
    code, _, complaint = run_here(tmp_path, ("servers", "add", "time"))
    assert (code, "called time already" in complaint) == (2, True)
