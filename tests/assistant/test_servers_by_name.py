"""Servers are named in every command alike; what never changes is a setting of the server, and is not asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from assistant.cli.main import cli
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.clock import SystemClock
from client.configuration.server_entries import is_url, make_server, read_entry
from client.connections.endpoint_digest import placed
from client.schemas.tool_listing import as_listed, read_catalog_file, read_tools
from tests.command_inside import run_inside

SERVER = """
import json, sys
TOOL = {"name": "set_timer", "description": "Set a timer.", "annotations": {"idempotentHint": True},
        "inputSchema": {"type": "object", "properties": {"minutes": {"type": "integer"}}, "required": ["minutes"]}}
RESULTS = {"initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                          "serverInfo": {"name": "t", "version": "1"}}, "tools/list": {"tools": [TOOL]}}
for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        known = RESULTS.get(message["method"])
        answer = {"result": known} if known else {"error": {"code": -32601, "message": "no"}}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}), flush=True)
"""
COMMIT: dict[str, Any] = {
    "name": "git_commit",
    "description": "Records changes to the repository",
    "inputSchema": {
        "type": "object",
        "properties": {"repo_path": {"type": "string"}, "message": {"type": "string"}},
        "required": ["repo_path", "message"],
    },
}


@pytest.fixture
def command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "server.py"
    path.write_text(SERVER)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return f"{sys.executable} {path}"


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_server_is_asked_for_its_tools_and_the_file_reads_the_same(command_line: str, tmp_path: Path) -> None:
    sentence = "set a timer for five minutes"
    by_server = run("interpret", sentence, "--server", command_line)
    assert "set_timer(minutes=5)" in by_server
    run("tools", "--server", command_line, "--catalog", str(tmp_path / "c.json"))
    assert run("interpret", sentence, "--catalog", str(tmp_path / "c.json")) == by_server
    assert "set_timer" in run("review", "--server", command_line)


def test_a_file_that_exists_is_never_written_over_by_its_list_of_tools(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("mine")
    done = run_inside("tools", "--catalog", "c.json", folder=tmp_path)
    assert done.returncode == 2
    assert "c.json exists and is not written over; give another name" in done.stderr
    assert (tmp_path / "c.json").read_text() == "mine"


def test_a_written_catalog_reads_back_as_the_same_tools(tmp_path: Path) -> None:
    from assistant.town.town_tools import tool_definitions

    tools = read_tools(list(tool_definitions()), "catalog").tools
    (tmp_path / "c.json").write_text(json.dumps({"tools": [as_listed(tool) for tool in tools]}))
    assert list(read_catalog_file(tmp_path / "c.json")) == list(tools)


def test_options_of_servers_add_may_stand_anywhere_and_a_command_keeps_its_own(command_line: str) -> None:
    told = run("servers", "add", "timers", "--env", "A=1", *command_line.split(), "--trusted")
    assert "the town is not used beside it" in told.lower()
    run("servers", "add", "far", "https://far.example/mcp", "--trusted", "--header", "X=1", "--default", "account=home")
    run("servers", "add", "remote", f"{sys.executable} -y https://far.example/mcp")
    from assistant.settings.sources import servers_file

    kept = servers_file().read().entries
    assert kept["timers"]["env"] == {"A": "1"}
    assert kept["timers"]["args"][-1] == "--trusted"
    assert "trusted" not in kept["timers"]
    assert (kept["far"]["trusted"], kept["far"]["headers"], kept["far"]["defaults"]) == (
        True,
        {"X": "1"},
        {"account": "home"},
    )
    assert kept["remote"]["args"] == ["-y", "https://far.example/mcp"]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://x.example/mcp", True),
        ("npx -y mcp-remote https://x.example/mcp", False),
        ("weather", False),
        ("", False),
    ],
)
def test_a_command_line_may_hold_a_url(text: str, url: bool) -> None:
    assert is_url(text) is url


def test_what_the_settings_of_a_server_give_is_sent_and_not_asked_for() -> None:
    entry = read_entry("git", {"command": sys.executable, "defaults": {"repo_path": "/srv/site", "other": 1}})
    server = make_server("git", entry, httpx.AsyncClient(), SystemClock())
    listing = placed(read_tools([COMMIT], "git"), server)
    assert listing.tools[0].defaults == {"repo_path": "/srv/site"}
    reading = Interpreter(Catalog(tuple(listing.tools))).read(["commit with the message gate open"], Context(now=0.0))
    frame = reading.interpretations[0]
    assert frame.arguments["repo_path"] == "/srv/site"
    assert not frame.missing


@pytest.mark.parametrize(
    ("patterns", "given"),
    [
        ({"git.*": {"repo_path": "/srv/site"}}, {"repo_path": "/srv/site"}),
        ({"*": {"repo_path": "/tmp"}, "git.git_*": {"repo_path": "/srv/site"}}, {"repo_path": "/srv/site"}),
        ({"git.git_push": {"repo_path": "/srv/site"}, "other.*": {"repo_path": "/x"}}, {}),
        ({"git.*": {"unknown": 1}}, {}),
    ],
)
def test_defaults_by_pattern_are_given_to_the_tools_that_it_means(
    patterns: dict[str, dict[str, Any]], given: dict[str, Any]
) -> None:
    server = make_server("git", read_entry("git", {"command": sys.executable}), httpx.AsyncClient(), SystemClock())
    assert placed(read_tools([COMMIT], "git"), server, patterns).tools[0].defaults == given


def test_a_servers_own_defaults_go_before_those_of_patterns() -> None:
    entry = read_entry("git", {"command": sys.executable, "defaults": {"repo_path": "/own"}})
    server = make_server("git", entry, httpx.AsyncClient(), SystemClock())
    assert placed(read_tools([COMMIT], "git"), server, {"git.*": {"repo_path": "/x"}}).tools[0].defaults == {
        "repo_path": "/own"
    }
