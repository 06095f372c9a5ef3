"""Drives against servers that are not ours: what cannot be checked is refused, what can be is checked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.command_inside import run_inside

SERVER = """\
import json, sys
from mcp.server.mcpserver import MCPServer

server = MCPServer("gate", log_level="ERROR")


@server.tool(description="Unlock the garden gate")
def unlock_garden_gate() -> str:
    with open(sys.argv[1], "a") as log:
        log.write("unlocked\\\\n")
    return "The gate is unlocked."


server.run("stdio")
"""
DRIVE = """\
title: the gate
now: 2026-11-20T18:05:00+01:00
steps:
  - driver: "unlock the garden gate"
  - driver: "{answer}"
final:
{final}
"""


def drive(folder: Path, answer: str, final: str) -> tuple[int, str, list[str]]:
    """Run a drive against a server of ours that counts what it did; return exit code, output and effects."""
    script, log, path = folder / "gate.py", folder / "effects.log", folder / "gate.yaml"
    script.write_text(SERVER.replace("\\\\n", "\\n"), encoding="utf-8")
    path.write_text(DRIVE.format(answer=answer, final=final), encoding="utf-8")
    command = f"{sys.executable} {script} {log}"
    done = run_inside("drive", str(path), "--server", command, folder=folder)
    return done.returncode, done.stdout + done.stderr, log.read_text().split() if log.exists() else []


@pytest.mark.proves("G.drives-checked")
@pytest.mark.parametrize(
    ("answer", "times", "passes"), [("yes", 1, True), ("yes", 0, False), ("no", 0, True), ("no", 1, False)]
)
def test_calls_are_checked_by_the_clients_own_record(tmp_path: Path, answer: str, times: int, passes: bool) -> None:
    code, output, effects = drive(tmp_path, answer, f"  calls: {{unlock_garden_gate: {times}}}")
    assert len(effects) == (1 if answer == "yes" else 0)
    assert (code == 0) is passes, output
    assert f"unlock_garden_gate executed {times} times" in output or passes


@pytest.mark.proves("G.drives-checked")
def test_what_stands_behind_another_server_is_refused_as_not_checkable_before_anything_happens(tmp_path: Path) -> None:
    code, output, effects = drive(tmp_path, "yes", "  world: {gates: [{locked: true}]}")
    assert code != 0
    assert "gate.yaml:7" in output
    assert "world cannot be checked with --server" in output
    assert effects == []


@pytest.mark.proves("G.drives-checked")
def test_a_drive_that_would_stop_another_server_is_refused(tmp_path: Path) -> None:
    code, output, effects = drive(tmp_path, 'yes"\n  - server: stopped\n  - driver: "yes', "  outbox: 0")
    assert code != 0
    assert "cannot stop the server of --server" in output
    assert effects == []


def test_a_drive_against_a_server_that_does_not_start_fails_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text(DRIVE.format(answer="no", final="  calls: {}"), encoding="utf-8")
    done = run_inside("drive", str(path), "--server", f"{sys.executable} -c pass", folder=tmp_path)
    assert done.returncode == 1
    assert "the server of --server listed its tools" in done.stdout
