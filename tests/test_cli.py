"""The command as a whole: instant help, one sentence for bad input, no traceback, a clean end on Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_inside import run_inside

HEAVY = (
    "mcp",
    "textual",
    "numpy",
    "vosk",
    "pocketsphinx",
    "wordllama",
    "uvicorn",
    "httpx",
    "pydantic",
    "jsonschema",
    "yaml",
)


def mcqueen(*words: str, folder: Path, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own."""
    own = {"MCQUEEN_DATA_FOLDER": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache"}
    environment = {**os.environ, **{name: str(folder / place) for name, place in own.items()}}
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *words],
        capture_output=True, text=True, timeout=timeout, cwd=folder, env=environment, check=False,
    )  # fmt: skip


@pytest.mark.proves("G.help-fast")
def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "sys.argv = ['mcqueen', '--help']\n"
        "from assistant.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "drive" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("drive", "no-such-drive"), 2, "no drive 'no-such-drive'"),
        (("drive", "--record", "x.wav"), 2, "--record takes one drive"),
        (("interpret", "hello", "--catalog", "nowhere.json"), 2, "nowhere.json"),
        (("journal", "replay", "nowhere.jsonl"), 2, "nowhere.jsonl"),
        (("journal", "replay"), 2, "needs the path"),
        (("fly",), 2, "No such command"),
        (("--plain", "tools"), 2, "leave out the command"),
        (("--only", "town", "tools"), 2, "leave out the command"),
        (("--plain", "--only", "nobody"), 2, "nobody"),
        (("call", "get_weather", "location=Rome", "--server", "http://127.0.0.1:9/mcp"), 1, "127.0.0.1"),
    ],
)
def test_bad_input_gets_one_sentence_an_exit_code_and_no_traceback(
    tmp_path: Path, words: tuple[str, ...], code: int, named: str
) -> None:
    done = run_inside(*words, folder=tmp_path)
    assert done.returncode == code, done.stderr
    assert named in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.proves("B.catalog")
@pytest.mark.parametrize(
    ("text", "named"),
    [("{", "is not JSON"), ("[]", "has no tools"), ('{"tools": []}', "has no tools"), ('{"tools": [{}]}', "no name")],
)
def test_a_catalog_that_cannot_be_used_is_named_with_the_cure(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "catalog.json").write_text(text)
    done = mcqueen("interpret", "hello", "--catalog", "catalog.json", "--json", folder=tmp_path)
    assert done.returncode == 2
    assert named in done.stderr
    assert "catalog.json" in done.stderr
    assert done.stdout == ""


@pytest.mark.proves("B.catalog", "G.json")
def test_a_tool_with_a_broken_schema_is_named_and_left_out_and_the_others_work(tmp_path: Path) -> None:
    tools = [
        {
            "name": "broken",
            "description": "Fly to the moon",
            "inputSchema": {"type": "object", "properties": {"a": {"type": 7}}},
        },
        {"name": "get_weather", "description": "Get the weather", "inputSchema": {"type": "object"}},
    ]
    (tmp_path / "catalog.json").write_text(json.dumps({"tools": tools}))
    done = mcqueen("interpret", "what is the weather", "--catalog", "catalog.json", "--json", folder=tmp_path)
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["tool"] == "get_weather"
    assert "broken" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("journal",), 0, "no journal is kept yet; none is kept unless you ask"),
        (("resources", "--prompts"), 0, "no connected server offers any prompt"),
        (("models", "remove", "nope"), 1, "no model is called nope; installed: none"),
        (("models", "remove", "vosk-model-small-en-us-0.15"), 1, "mcqueen models install vosk-model-small-en-us-0.15"),
    ],
)
def test_where_there_is_nothing_a_command_says_so(tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = mcqueen(*words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_a_batch_keeps_each_id_as_it_was_given(tmp_path: Path) -> None:
    ids: list[object] = [7, "7", 1.5, ["a", {"b": None}], False]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps({"id": one, "text": "hello"}) + "\n" for one in ids))
    for more in ((), ("--confirming",)):
        done = mcqueen("interpret", "--batch", "b.jsonl", "--json", *more, folder=tmp_path)
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids


def test_catalog_and_batch_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    tool = {"name": "get_weather", "description": "Get the weather", "inputSchema": {"type": "object"}}
    (tmp_path / "catalog.json").write_text(json.dumps({"tools": [tool]}), encoding="utf-8-sig")
    (tmp_path / "b.jsonl").write_text('{"id": 1, "text": "what is the weather"}\n', encoding="utf-8-sig")
    done = mcqueen("interpret", "--batch", "b.jsonl", "--catalog", "catalog.json", "--json", folder=tmp_path)
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["tool"] == "get_weather"


@pytest.mark.proves("B.interrupt")
def test_ctrl_c_in_the_middle_of_a_conversation_ends_cleanly(tmp_path: Path) -> None:
    environment = {**os.environ, "MCQUEEN_DATA_FOLDER": str(tmp_path / "data")}
    running = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "--plain"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write("book a table at luigi's for two tomorrow at seven\n")
    running.stdin.flush()
    assert "Shall I book this?" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    running.stdin.close()
    assert running.stderr is not None
    errors = running.stderr.read()
    assert "Traceback" not in errors
    assert "nothing was lost" in errors
    running.stdout.close()
    running.stderr.close()
