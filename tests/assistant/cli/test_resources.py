"""`mcqueen resources`, which reads from a stdio server in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.command_inside import Ended, run_inside

SERVER = """
from mcp.server.mcpserver import MCPServer
server = MCPServer("town", log_level="ERROR")
@server.resource("town://map", mime_type="text/plain")
def town_map() -> str:
    return "a map"
@server.prompt()
def greeting(name: str) -> str:
    return f"Say hello to {name}."
server.run()
"""


@pytest.mark.proves("C.reading")
def test_what_a_server_lets_be_read_is_listed_and_read(tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(SERVER)

    def mcqueen(*words: str) -> Ended:
        return run_inside("resources", "--server", f"{sys.executable} {program}", *words, folder=tmp_path)

    listed = mcqueen("--json")
    assert [json.loads(line)["uri"] for line in listed.stdout.splitlines()] == ["town://map"], listed.stderr
    assert mcqueen("town://map").stdout == "a map\n"
    assert mcqueen("--prompts", "greeting", "name=Anna").stdout == "user: Say hello to Anna.\n"
    missing = mcqueen("town://nowhere")
    assert missing.returncode == 1
    assert "answers" in missing.stderr
    assert "Traceback" not in missing.stderr
