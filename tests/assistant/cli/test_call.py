"""`mcqueen call` and the commands beside it, as scripts see them: lines, order, exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from assistant.cli.main import main
from tests.client.counting_server import CountingServer
from tests.client.faulty_server import FaultyServer
from tests.client.harness import until
from tests.client.test_mcp_standing import TellingServer

COMMAND = [sys.executable, "-c", "from assistant.cli.main import main; main()"]
ROOT = Path(__file__).parents[3]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MCQUEEN_", "MCP_"))}
    return {**kept, "MCQUEEN_DATA_FOLDER": str(home / "data"), "XDG_CONFIG_HOME": str(home), "PYTHONPATH": str(ROOT)}


def run_here(home: Path, arguments: tuple[str, ...]) -> tuple[int, str, str]:
    """Run the command as its entry point does, in this process: starting one takes longer than most of these calls."""
    out, complaints = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["mcqueen", *arguments]),
        mock.patch.dict(os.environ, environment(home), clear=True),
        contextlib.chdir(home),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(complaints),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), complaints.getvalue()


async def mcqueen(home: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run the command beside the servers of this loop; return its exit code, the objects on stdout, and stderr."""
    code, out, complaints = await asyncio.to_thread(run_here, home, arguments)
    lines = [json.loads(line) for line in out.splitlines()] if "--json" in arguments else []
    return code, lines, complaints


@pytest.mark.proves("P1.operator", "G.json")
async def test_a_sensitive_call_without_yes_changes_nothing(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        code, (found,), _ = await mcqueen(tmp_path, "call", "pay", "amount:=5", "--server", server.url, "--json")
        assert (code, found["outcome"], found["need"]) == (1, "needs_input", "consent")
        assert found["error"]["code"] == "consent_missing"
        assert found["error"]["sent"] is False
        assert (found["attempts"], server.calls) == (0, 0)
        code, (found,), _ = await mcqueen(
            tmp_path, "call", "pay", "amount:=5", "--server", server.url, "--yes", "--json"
        )
        assert (code, found["outcome"], found["result"], found["attempts"]) == (0, "succeeded", {"text": "done 1"}, 1)
        assert server.executed == [{"amount": 5}]
        code, rows, _ = await mcqueen(tmp_path, "ledger", "--json")
        spent = [row for row in rows if row["kind"] == "consent_spent"]
        assert [row["detail"]["source"] for row in spent] == ["operator"]


@pytest.mark.proves("C.progress")
async def test_how_far_a_call_is_stands_beside_its_answer(tmp_path: Path) -> None:
    async with TellingServer() as server:
        code, _, beside = await mcqueen(tmp_path, "call", "wash", "--server", server.url, "--yes")
        assert code == 0
        assert "mcqueen: wash: 50%, step 1" in beside


@pytest.mark.proves("B.batch", "G.json")
async def test_every_line_of_a_batch_is_answered_in_order(tmp_path: Path) -> None:
    lines = [
        '{"id": 1, "tool": "get_weather", "arguments": {"place": "Ulm"}}',
        "this is not JSON",
        "[1, 2]",
        '{"id": "no tool"}',
        '{"id": "odd", "tool": "get_weather", "arguments": 5}',
        '{"id": "wrong", "tool": "get_weather", "arguments": {}}',
        '{"id": null, "tool": "no_such_tool"}',
        '{"id": {"any": "thing"}, "tool": "pay", "arguments": {"amount": 1}}',
        '{"id": "nowhere", "tool": "pay", "server": "http://127.0.0.1:9/mcp"}',
        '{"id": "bad server", "tool": "pay", "server": "ftp://x"}',
        '{"id": "last", "tool": "get_weather", "arguments": {"place": "Bonn"}}',
    ]
    (tmp_path / "batch.jsonl").write_text("\n".join(lines) + "\n")
    async with FaultyServer() as server:
        code, found, _ = await mcqueen(
            tmp_path, "call", "--batch", "batch.jsonl", "--server", server.url, "--concurrency", "4", "--json"
        )
    assert code == 0
    told = [(line["id"], line.get("outcome"), line["error"]["code"] if "error" in line else None) for line in found]
    assert told == [
        (1, "succeeded", None),
        (None, None, "bad_line"),
        (None, None, "bad_line"),
        ("no tool", None, "bad_line"),
        ("odd", None, "bad_line"),
        ("wrong", "failed", "invalid_arguments"),
        (None, "failed", "unknown_tool"),
        ({"any": "thing"}, "needs_input", "consent_missing"),
        ("nowhere", "failed", "not_sent"),
        ("bad server", None, "bad_server"),
        ("last", "succeeded", None),
    ]
    assert found[1]["error"]["message"].startswith("line 2 is not JSON")
    assert found[5]["error"]["names"] == ["place"]


@pytest.mark.proves("B.batch")
async def test_a_batch_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    code, found, complaint = await mcqueen(tmp_path, "call", "--batch", "nothing.jsonl", "--json")
    assert (code, found) == (2, [])
    assert complaint == "mcqueen: cannot read the batch nothing.jsonl: No such file or directory\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["call"], "give a tool, or --batch"),
        (["call", "pay", "amount"], "'amount' is not an argument; write name=text or name:=JSON"),
        (["call", "pay", "amount:=five"], "the value of amount is not JSON"),
        (["call", "pay", "--server", "ftp://somewhere"], "is not an http or https URL"),
        (["call", "pay", "--server", "x", "--dialect", "french"], "there is no dialect 'french'"),
    ],
)
async def test_a_wrong_command_line_is_named(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    code, _, told = await mcqueen(tmp_path, *arguments)
    assert code == 2
    assert complaint in told
    assert "Traceback" not in told


@pytest.mark.proves("P3.kill", "B.batch")
async def test_a_batch_run_again_after_kill_9_repeats_nothing(tmp_path: Path) -> None:
    lines = [
        f'{{"id": {n}, "tool": "send_message", "arguments": {{"text": "{n}"}}, "idempotency_key": "key-{n}"}}'
        for n in range(6)
    ]
    (tmp_path / "batch.jsonl").write_text("\n".join(lines))
    async with CountingServer() as server:
        arguments = ["call", "--batch", "batch.jsonl", "--server", server.url, "--yes", "--json"]
        first = await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, stdout=subprocess.PIPE, cwd=tmp_path, env=environment(tmp_path)
        )
        assert first.stdout is not None
        for _ in range(2):
            assert json.loads(await first.stdout.readline())["outcome"] == "succeeded"
        server.hold = asyncio.Event()
        held = len(server.sent)
        await until(lambda: len(server.sent) > held or held == 6)
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        server.hold.set()
        code, found, _ = await mcqueen(tmp_path, *arguments)
    assert code == 0
    assert [line["id"] for line in found] == list(range(6))
    assert server.sent == [str(number) for number in range(6)]
    kinds = [line["outcome"] for line in found]
    assert kinds[:2] == ["succeeded", "succeeded"]
    assert set(kinds) <= {"succeeded", "unknown"}


@pytest.mark.proves("B.server-down")
async def test_a_server_that_is_down_is_named_with_exit_1(tmp_path: Path) -> None:
    code, (found,), _ = await mcqueen(tmp_path, "call", "pay", "--server", "http://127.0.0.1:9/mcp", "--json")
    assert (code, found["outcome"], found["error"]["sent"]) == (1, "failed", False)
    code, found_tools, complaint = await mcqueen(tmp_path, "tools", "--server", "http://127.0.0.1:9/mcp", "--json")
    assert (code, found_tools) == (1, [])
    assert "127.0.0.1:9/mcp cannot be reached" in complaint


@pytest.mark.proves("G.json")
async def test_tools_are_listed_with_how_carefully(tmp_path: Path) -> None:
    command = f"env PYTHONPATH={ROOT} {sys.executable} -m tests.client.stdio_server"
    code, found, _ = await mcqueen(tmp_path, "tools", "--server", command, "--json")
    assert code == 0
    assert [line["name"] for line in found] == ["environment", "crash", "process"]
    assert set(found[0]) == {"name", "server", "description", "inputSchema", "tier", "priority", "sensitive", "why"}


async def test_a_tampered_ledger_is_named_with_exit_1(tmp_path: Path) -> None:
    import sqlite3

    async with FaultyServer() as server:
        await mcqueen(tmp_path, "call", "pay", "amount:=5", "--server", server.url, "--yes", "--json")
    code, (found,), _ = await mcqueen(tmp_path, "ledger", "verify", "--json")
    assert (code, found["intact"]) == (0, True)
    (path,) = (tmp_path / "data").glob("*.sqlite3")
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER ledger_no_update")
        db.execute("UPDATE ledger SET tool = 'other' WHERE sequence = 2")
    db.close()
    code, (found,), complaint = await mcqueen(tmp_path, "ledger", "verify", "--json")
    assert (code, found["intact"], found["broken_at"]) == (1, False, 2)
    assert "row 2 was changed" in complaint
