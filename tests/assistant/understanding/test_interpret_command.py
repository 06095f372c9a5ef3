"""`mcqueen interpret` as scripts see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli.interpret_command import command
from tests.assistant.understanding.catalogs import CAR


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.json"
    tools = [{"name": t.name, "description": t.description, "inputSchema": dict(t.input_schema)} for t in CAR.tools]
    path.write_text(json.dumps({"tools": tools}))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.proves("G.json")
def test_each_sentence_gets_one_line_in_order(catalog: Path) -> None:
    texts = ["book a table at Luigi's for four tomorrow at seven", "tell me a joke", "turn on the fog lights"]
    result = run("--catalog", catalog, "--now", "2026-11-21T10:00:00", "--json", *texts)
    assert result.exit_code == 0
    found = lines(result)
    assert [line["id"] for line in found] == ["0", "1", "2"]
    assert [line["tool"] for line in found] == ["book_table", None, "set_fog_lights"]
    assert found[0]["arguments"]["date"] == "2026-11-22"
    assert found[0]["missing"] == []
    assert set(found[0]) >= {"id", "text", "tool", "arguments", "missing", "score", "alternatives"}


@pytest.mark.proves("B.batch")
def test_a_bad_line_of_a_batch_gets_an_error_and_the_rest_are_answered(catalog: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    good = json.dumps({"id": "a", "text": "turn on the fog lights"}).encode()
    bad = [b"{broken", b"[1, 2]", b'{"text": "no id"}', b'{"id": "b"}', b'{"id": "c", "text": 5}', b"\xff\xfe"]
    batch.write_bytes(b"\n".join([good, *bad, b"", good]) + b"\n")
    result = run("--catalog", catalog, "--batch", batch, "--json")
    assert result.exit_code == 0
    found = lines(result)
    assert [line["id"] for line in found] == ["a", None, None, None, "b", "c", None, "a"]
    assert [("error" in line) for line in found] == [False, True, True, True, True, True, True, False]
    assert all(set(line["error"]) == {"code", "message"} for line in found if "error" in line)


@pytest.mark.parametrize("arguments", [[], ["--batch", "/no/such/file"], ["--now", "soon", "x"], ["x", "--batch", "y"]])
def test_wrong_usage_ends_with_a_sentence_and_exit_code_2(catalog: Path, arguments: list[str]) -> None:
    result = run("--catalog", catalog, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.proves("U.confirming")
def test_answers_to_a_read_back_are_classified(tmp_path: Path) -> None:
    result = run("--confirming", "--json", "yes please", "no", "make it eight", "maybe")
    assert lines(result) == [
        {"id": "0", "answer": "yes"},
        {"id": "1", "answer": "no"},
        {"id": "2", "answer": "change"},
        {"id": "3", "answer": "unclear"},
    ]


def test_people_get_plain_lines(catalog: Path) -> None:
    result = run("--catalog", catalog, "turn on the fog lights", "tell me a joke")
    assert "set_fog_lights(on=true)" in result.stdout
    assert "no tool fits" in result.stdout


def test_explain_follows_a_sentence_through_the_stages(catalog: Path) -> None:
    told = run("--catalog", catalog, "--now", "2026-11-21T10:00:00", "--explain", "text Anna that I'm late").stdout
    assert 'clause: "text Anna that I\'m late", mood: do' in told
    assert "send_text" in told
    assert 'recipient = "Anna" from "Anna"' in told
    assert "left over: text that" in told


def test_explain_says_what_the_mood_keeps_a_question_from(catalog: Path) -> None:
    told = run("--catalog", catalog, "--explain", "did you turn on the fog lights").stdout
    assert "mood: tell" in told
    assert "set_fog_lights" in told
    assert "its mood keeps the clause from it" in told


def test_explain_says_that_no_tool_serves_a_sentence(catalog: Path) -> None:
    assert "call: none" in run("--catalog", catalog, "--explain", "tell me a joke").stdout
    assert run("--catalog", catalog, "--explain", "--json", "tell me a joke").exit_code != 0


@pytest.mark.proves("U.german")
def test_german_sentences_are_read_against_the_tools_in_german() -> None:
    result = run("--language", "de", "--json", "beifahrerfenster hoch", "storniere meine buchung")
    assert [(line["tool"], line["arguments"]) for line in lines(result)] == [
        ("set_window", {"window": "passenger", "open": False}),
        ("cancel_booking", {}),
    ]
