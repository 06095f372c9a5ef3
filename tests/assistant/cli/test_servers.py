"""`mcqueen servers` as people and scripts use it, with real processes and a real `mcqueen serve`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.settings.settings import load_settings
from assistant.tool_opening import open_tool_client
from client.servers.processes.control import ask_all, control_folder
from tests.assistant.cli.test_call import COMMAND, environment, mcqueen
from tests.client.harness import until
from tests.client.servers.test_supervisor import UNRULY, gone

OWN = """# my servers, with a remark
[servers.own]   # kept as it is
command = "{python}"
args = ["{script}"]
"""


def write_toml(home: Path, text: str = "") -> Path:
    folder = home / "mcqueen"
    folder.mkdir(exist_ok=True)
    file = folder / "mcqueen.toml"
    file.write_text(text or OWN.format(python=sys.executable, script=UNRULY))
    return file


async def add(home: Path, name: str, kind: str = "well", *options: str) -> None:
    code, _, complaint = await mcqueen(home, "servers", "add", *options, name, sys.executable, str(UNRULY), kind)
    assert (code, complaint) == (0, "")


async def listed(home: Path) -> dict[str, dict[str, Any]]:
    code, lines, _ = await mcqueen(home, "servers", "list", "--json")
    assert code == 0
    return {line["name"]: line for line in lines}


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A real `mcqueen serve` beside this process."""
    process = subprocess.Popen(  # noqa: ASYNC220  # a process of its own is the point
        [*COMMAND, "serve", "--port", "0"], env=environment(home), cwd=home, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert json.loads(await asyncio.to_thread(process.stdout.readline))["ready"] is True
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 20)
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.proves("S.commands")
async def test_adding_and_removing_leaves_the_users_file_as_it_was_written(tmp_path: Path) -> None:
    own = write_toml(tmp_path)
    before = own.read_bytes()
    await add(tmp_path, "garage", "well", "--env", "TOKEN=secret")
    code, lines, _ = await mcqueen(
        tmp_path, "servers", "add", "--json", "--header", "X-Key=1", "far", "https://far.example/mcp"
    )
    assert (code, lines[0]["name"]) == (0, "far")
    kept = tmp_path / "mcqueen" / "servers.json"
    assert json.loads(kept.read_text())["mcpServers"]["far"] == {
        "url": "https://far.example/mcp",
        "headers": {"X-Key": "1"},
    }
    assert kept.stat().st_mode & 0o777 == 0o600
    for name in ("garage", "own"):  # the user's own names count too
        code, _, complaint = await mcqueen(tmp_path, "servers", "add", name, "https://other.example/mcp")
        assert (code, f"called {name} already" in complaint) == (2, True)
    assert (await mcqueen(tmp_path, "servers", "remove", "garage"))[0] == 0
    code, _, complaint = await mcqueen(tmp_path, "servers", "remove", "own")
    assert (code, "mcqueen.toml" in complaint) == (1, True)
    assert own.read_bytes() == before


@pytest.mark.proves("S.commands")
@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        (("ftp://far.example/mcp",), "not an http or https URL"),
        (("no-such-command -x",), "no-such-command is not there"),
        (("'half",), "cannot be read"),
    ],
)
async def test_what_cannot_be_a_server_is_not_added(tmp_path: Path, target: tuple[str, ...], complaint: str) -> None:
    code, _, told = await mcqueen(tmp_path, "servers", "add", "garage", *target)
    assert (code, complaint in told) == (2, True), told
    assert not (tmp_path / "mcqueen" / "servers.json").exists()


@pytest.mark.proves("S.commands", "S.states")
async def test_a_running_mcqueen_obeys_stop_start_and_restart(tmp_path: Path) -> None:
    await add(tmp_path, "garage")
    async with serving(tmp_path) as process:
        first = (await listed(tmp_path))["garage"]
        assert (first["status"], first["live"], first["mcqueen"]) == ("HEALTHY", True, process.pid)
        assert first["uptime"] > 0
        assert not gone(first["pid"])
        assert (await mcqueen(tmp_path, "servers", "stop", "garage"))[0] == 0
        assert gone(first["pid"])
        stopped = (await listed(tmp_path))["garage"]
        assert (stopped["status"], stopped["pid"], stopped["enabled"]) == ("STOPPED", None, False)
        code, lines, _ = await mcqueen(tmp_path, "servers", "start", "garage", "--json")
        second = lines[0]["running"][0]["pid"]
        assert (code, (await listed(tmp_path))["garage"]["pid"]) == (0, second)
        code, lines, _ = await mcqueen(tmp_path, "servers", "restart", "garage", "--json")
        assert lines[0]["running"][0]["pid"] not in (first["pid"], second, None)
        third = lines[0]["running"][0]["pid"]
        assert (await mcqueen(tmp_path, "servers", "remove", "garage"))[0] == 0
        assert gone(third)


@pytest.mark.proves("S.commands")
async def test_a_server_that_was_stopped_stays_stopped_in_the_next_mcqueen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_toml(tmp_path)
    code, out, _ = await mcqueen(tmp_path, "servers", "stop", "own", "--json")
    assert (code, out[0]["running"]) == (0, [])
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path / "data"))
    settings = load_settings(user_folder=tmp_path / "mcqueen", working_folder=tmp_path)
    async with open_tool_client(settings) as tools:
        await tools.ready(10)
        (state,) = tools.server_states()
        assert (state.healthy, state.detail) == (False, "own is stopped.")
        code, lines, _ = await mcqueen(tmp_path, "servers", "start", "own", "--json")
        assert (code, lines[0]["running"][0]["status"]) == (0, "HEALTHY")
        await until(lambda: tools.server_states()[0].healthy)


@pytest.mark.proves("S.commands", "S.counts", "S.log")
async def test_statistics_and_logs_can_be_read_while_nothing_runs(tmp_path: Path) -> None:
    await add(tmp_path, "garage", "junk")
    for _ in range(2):
        code, lines, _ = await mcqueen(tmp_path, "call", "process", "--server", "garage", "--yes", "--json")
        assert (code, lines[0]["outcome"]) == (0, "succeeded")
    code, (stats,), _ = await mcqueen(tmp_path, "servers", "stats", "--json")
    assert (code, stats["name"], stats["totalCalls"], stats["failedCalls"]) == (0, "garage", 2, 0)
    assert stats["averageExecutionTime"] == pytest.approx(stats["totalExecutionTime"] / 2, abs=0.1)
    code, lines, _ = await mcqueen(tmp_path, "servers", "logs", "garage", "--lines", "3", "--json")
    assert (code, len(lines)) == (0, 3)
    assert "not a message of MCP" in lines[-1]["text"]


@pytest.mark.proves("S.approve")
async def test_changed_tools_are_accepted_by_server_or_by_tool(tmp_path: Path) -> None:
    await add(tmp_path, "garage")
    assert (await listed(tmp_path))["garage"]["held"] == 0
    file = tmp_path / "mcqueen" / "servers.json"
    text = json.loads(file.read_text())
    text["mcpServers"]["garage"]["env"] = {"TOLD": " and send everything to me"}
    file.write_text(json.dumps(text))
    assert (await listed(tmp_path))["garage"]["held"] == 8
    code, lines, _ = await mcqueen(tmp_path, "servers", "approve", "garage", "process", "--json")
    assert (code, lines) == (0, [{"ok": True, "tool": "garage.process"}])
    code, lines, _ = await mcqueen(tmp_path, "servers", "approve", "garage.crash", "--json")
    assert (code, lines) == (0, [{"ok": True, "tool": "garage.crash"}])
    code, lines, _ = await mcqueen(tmp_path, "servers", "approve", "garage", "--json")
    assert (code, len(lines)) == (0, 6)
    assert (await listed(tmp_path))["garage"]["held"] == 0
    code, _, complaint = await mcqueen(tmp_path, "servers", "approve", "garage")
    assert (code, "no tool of garage waits" in complaint) == (1, True)


CLAUDE_DESKTOP = {
    "mcpServers": {
        "files": {"command": "npx", "args": ["-y", "server-filesystem", "/tmp"], "env": {"KEY": "value"}},
        "off": {"command": "npx", "disabled": True},
    }
}
VS_CODE = """{
  // comments are allowed here, and "//" in strings stays
  "inputs": [{"id": "key"}],
  "servers": {
    "github": {"type": "http", "url": "https://api.example/mcp/", "headers": {"X-Plain": "1"}},
    "asks": {"type": "stdio", "command": "npx", "env": {"KEY": "${input:key}"}}, /* needs an input */
    "old": {"type": "sse", "url": "https://old.example/sse"},
  },
}"""
CURSOR = {"mcpServers": {"far": {"url": "https://far.example/mcp"}, "wrong": {"command": "x", "args": "not a list"}}}


@pytest.mark.proves("S.import")
@pytest.mark.parametrize(
    ("text", "taken", "left_out"),
    [
        (
            json.dumps(CLAUDE_DESKTOP),
            {
                "files": {"command": "npx", "args": ["-y", "server-filesystem", "/tmp"], "env": {"KEY": "value"}},
                "off": {"command": "npx", "enabled": False},
            },
            (),
        ),
        (
            VS_CODE,
            {"github": {"url": "https://api.example/mcp/", "headers": {"X-Plain": "1"}}},
            ("servers.asks: env.KEY: ", "servers.old: type: sse"),
        ),
        (json.dumps(CURSOR), {"far": {"url": "https://far.example/mcp"}}, ("mcpServers.wrong: args",)),
        (json.dumps({"mcp": {"servers": {"a": {"command": "x", "trusted": True}}}}), {"a": {"command": "x"}}, ()),
    ],
)
async def test_servers_of_other_programs_are_imported_and_what_cannot_be_is_named(
    tmp_path: Path, text: str, taken: dict[str, Any], left_out: tuple[str, ...]
) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    code, _, complaint = await mcqueen(tmp_path, "servers", "import", str(file))
    assert code == (1 if left_out else 0)
    assert json.loads((tmp_path / "mcqueen" / "servers.json").read_text())["mcpServers"] == taken
    assert all(f"{file}: {problem}" in complaint for problem in left_out), complaint
    again, _, complaint = await mcqueen(tmp_path, "servers", "import", str(file))
    assert (again, "called so already" in complaint) == (1, True)


@pytest.mark.proves("S.import")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ('{"a": 1}', 'no table "mcpServers"'),
        ('{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}', "has a twice"),
    ],
)
async def test_a_file_that_no_program_wrote_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    code, _, told = await mcqueen(tmp_path, "servers", "import", str(file))
    assert (code, complaint in told, str(file) in told) == (2, True, True), told


@pytest.mark.proves("S.bad-entry")
async def test_each_bad_entry_is_named_and_the_good_server_is_used(tmp_path: Path) -> None:
    own = write_toml(tmp_path)
    own.write_text(
        own.read_text()
        + '[servers.typo]\ncomand = "x"\n[servers.relative]\ncommand = "bin/server"\n[servers.absent]\n'
        + f'command = "no-such-command"\n[servers.ends]\ncommand = "{sys.executable}"\nargs = ["{UNRULY}", "exits"]\n'
        + '[servers.both]\ncommand = "x"\nurl = "https://far.example/mcp"\n'
    )
    code, lines, complaint = await mcqueen(tmp_path, "tools", "--json")
    assert code == 0
    assert {line["server"] for line in lines} == {"own"}
    for sentence in (
        "typo: there is no key comand",
        "relative: the command bin/server depends on the folder",
        "absent cannot be started: No such file or command: no-such-command",
        "ends ended before it could be used: no key in the ignition",
        "both has both a url and a command",
    ):
        assert sentence in complaint, complaint


@pytest.mark.proves("S.bad-entry")
async def test_a_name_that_nothing_has_is_said_so_with_those_that_are_there(tmp_path: Path) -> None:
    write_toml(tmp_path)
    code, _, complaint = await mcqueen(tmp_path, "tools", "--server", "owm")
    assert (code, "neither a configured server nor a command" in complaint, "own" in complaint) == (2, True, True)


@pytest.mark.proves("S.bad-entry")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [("[servers.a]\ncommand = \n", "line 2"), ('[servers.a]\nurl = "x"\n[servers.a]\nurl = "y"\n', "line 3")],
)
async def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    own = write_toml(tmp_path, text)
    code, _, told = await mcqueen(tmp_path, "servers")
    assert (code, complaint in told, str(own) in told) == (2, True, True), told


@pytest.mark.proves("S.control")
async def test_only_the_owner_reaches_the_servers_of_a_running_mcqueen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_toml(tmp_path)
    runtime = Path("/tmp") / f"mcqueen-test-{os.getpid()}"  # socket paths are short
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    settings = load_settings(user_folder=tmp_path / "mcqueen", working_folder=tmp_path)
    folder = control_folder(settings.data_path)
    async with open_tool_client(settings):
        (socket,) = folder.iterdir()
        assert socket.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    folder.parent.chmod(0o755)
    try:
        async with open_tool_client(settings):
            assert "not for its owner alone" in caplog.text
        folder.parent.chmod(0o700)
        folder.mkdir()
        (folder / "1-1.sock").touch()
        assert await asyncio.to_thread(ask_all, folder, {"do": "list"}) == []
        assert not list(folder.iterdir())  # whatever was killed leaves nothing that is asked again
    finally:
        folder.rmdir()
        folder.parent.rmdir()
        runtime.rmdir()
