"""Nothing that strangers wrote reaches the terminal as a command to it, from any command of ours."""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from pathlib import Path

import pytest

from client.terminal_text import TerminalFormatter, show_traceback, terminal_json, terminal_text
from tests.command_inside import run_inside

HOSTILE = "a\x1b[2J\x1b]0;owned\x07\r\x08\x7f\x9b31m\u202eb\u2066c\x00d\ud800"


def unsafe(text: str) -> list[str]:
    """Characters that a terminal would obey, or that turn what is read."""
    return [c for c in text if (unicodedata.category(c) == "Cc" and c not in "\n\t") or c in "\u202e\u2066"]


def test_control_characters_show_as_their_codes() -> None:
    assert terminal_text("über\tall\nsonst ✓ 日本") == "über\tall\nsonst ✓ 日本"
    assert unsafe(terminal_text(HOSTILE)) == []
    assert terminal_text("a\x1b[31m\u202e") == "a\\x1b[31m\\u202e"


def test_json_stays_the_same_value() -> None:
    line = json.dumps({"text": HOSTILE}, ensure_ascii=False)
    assert unsafe(terminal_json(line)) == []
    assert json.loads(terminal_json(line)) == {"text": HOSTILE}


def test_logged_text_is_made_safe_with_its_traceback() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "%s", (HOSTILE,), sys.exc_info())
    assert unsafe(TerminalFormatter().format(record)) == []


def test_the_traceback_of_a_defect_is_made_safe(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(HOSTILE[:-1])
    except ValueError as error:
        show_traceback(ValueError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert "ValueError: a\\x1b[2J" in said
    assert unsafe(said) == []


CATALOG = {
    "tools": [
        {
            "name": "ring_bell",
            "title": HOSTILE[:-1],
            "description": f"Ring the bell {HOSTILE[:-1]}",
            "inputSchema": {
                "type": "object",
                "properties": {"sound": {"type": "string", "enum": [f"ding{HOSTILE[:-1]}", "dong"]}},
                "required": ["sound"],
            },
        }
    ]
}
SETTINGS = """
[servers."a\\u001b[2Jb"]
url = "https://x\\u001b[2J.example/mcp"
"""
"""A server that others named, as `mcqueen servers import` may bring it."""
BAD = HOSTILE.replace("\x00", "").replace("\ud800", "")


@pytest.mark.parametrize(
    "words",
    [
        ["interpret", f"ring the bell {BAD}", "--catalog", "catalog.json"],
        ["interpret", f"ring the bell {BAD}", "--catalog", "catalog.json", "--json"],
        ["interpret", "--batch", "batch.jsonl", "--catalog", "catalog.json"],
        ["interpret", "--confirming", f"yes {BAD}"],
        ["interpret", "x", "--catalog", f"{BAD}.json"],
        ["interpret", "x", "--now", BAD],
        ["call", BAD, "--server", "town"],
        ["call", "get_weather", f"location={BAD}"],
        ["call", "get_weather", "--server", BAD],
        ["drive", f"{BAD}.yaml"],
        ["drive", "drive.yaml"],
        ["journal", f"{BAD}.jsonl"],
        ["hear", f"{BAD}.wav"],
        ["servers", "add", BAD, "https://x.example/mcp"],
        ["servers", "import", f"{BAD}.json"],
        ["models", "install", BAD],
        ["models", "use", BAD],
        ["tools", "--server", BAD],
        ["outbox", BAD],
        ["ledger", f"--{BAD}"],
        ["profile", "add", BAD, BAD],
        [BAD],
        ["review", "--catalog", "catalog.json"],
        ["review", "--server", BAD],
        ["servers", "list"],
        ["servers", "list", "--json"],
        ["servers", "remove", BAD],
        ["doctor"],
        ["tools"],
        ["resources", BAD],
        ["login", BAD],
        ["logout", BAD],
        ["journal", "show", BAD],
        ["outbox", "rescue", BAD],
        ["models", "verify", BAD],
        ["install-extras", BAD],
        ["web", "--port", BAD],
        ["hear", "no.wav"],
        ["call", "--batch", "batch.jsonl"],
        ["drive", "--server", BAD, "drive.yaml"],
    ],
    ids=lambda words: " ".join(words)[:30].encode("ascii", "backslashreplace").decode(),
)
def test_no_command_lets_a_control_character_through(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(json.dumps(CATALOG))
    (tmp_path / "batch.jsonl").write_text(json.dumps({"id": BAD, "text": f"ring {BAD}"}) + f"\nno json {BAD}\n")
    (tmp_path / "drive.yaml").write_text(
        'title: "\\e[2J"\nnow: 2026-11-20T17:40:00+01:00\nsteps:\n  - driver: "weather in \\e]0;x\\a ulm"\n'
    )
    (tmp_path / "no.wav").write_bytes(BAD.encode())
    (tmp_path / "mcqueen.toml").write_text(SETTINGS)
    ended = run_inside(*words, folder=tmp_path)
    said = ended.stdout + ended.stderr
    assert unsafe(said) == []
    assert "Traceback" not in said
    assert said
