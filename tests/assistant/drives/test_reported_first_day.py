"""What a driver met on the first day, as drives: faults that were reported, and others of their kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.drives.loading import check_against, load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.drives.yaml_guard import DriveError
from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON

HEAD: dict[str, Any] = {"title": "first day", "now": "2026-11-30T09:00:00+01:00", "car": True}
UNCLEAR = ["That was not clear", "did not get that", "put it another way"]


async def drive(folder: Path, *steps: dict[str, Any]) -> DriveResult:
    path = folder / "drive.yaml"
    path.write_text(yaml.safe_dump({**HEAD, "steps": list(steps)}), encoding="utf-8")
    return await DriveRunner(path, load_drive(path)).run()


def failed(result: DriveResult) -> list[str]:
    return [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds]


@pytest.mark.proves("D.everyday")
@pytest.mark.parametrize("refusal", ["no", "no thanks", "nope", "no no", "no thank you"])
@pytest.mark.parametrize("before", ["how much battery do I have left", "reply that I'll be there at six", "hello"])
async def test_a_no_where_nothing_waits_ends_the_turn_without_a_complaint(
    tmp_path: Path, before: str, refusal: str
) -> None:
    result = await drive(tmp_path, {"driver": before}, {"driver": refusal}, {"expect": {"not_said": UNCLEAR}})
    assert failed(result) == []


@pytest.mark.proves("D.everyday", "B.drive")
async def test_the_reported_day_goes_to_its_end_and_refuses_what_nobody_can_do(tmp_path: Path) -> None:
    said: list[tuple[str, dict[str, Any]]] = [
        ("what time is it", {"said": "It is 09:00."}),
        ("is it going to rain tomorrow in heidelberg", {"said": "Heidelberg", "called": {"tool": "get_weather"}}),
        ("find the nearest petrol station", {"called": {"tool": "find_fuel_stations"}}),
        ("navigate to the first one", {"called": {"tool": "navigate"}}),
        ("what's on my calendar today", {"called": {"tool": "calendar_personal"}, "said": "Football practice"}),
        ("read my messages", {"called": {"tool": "read_messages"}}),
        ("turn up the volume", {"called": {"tool": "set_volume", "arguments": {"change": "up"}}}),
        ("call anna", {"said": "I can't call anna here: no connected server can."}),
        ("I'm cold", {"called": {"tool": "set_temperature", "arguments": {"change": "warmer"}}}),
        ("thank you", {"not_said": UNCLEAR}),
        ("how much battery do I have left", {"said": "percent"}),
        ("play the radio", {"said": "I can't play the radio here"}),
        ("find a vegetarian restaurant that is open now", {"called": {"tool": "find_restaurants"}}),
        ("transfer fifty euros to tom", {"mode": "confirming", "said": "50 euros"}),
        ("no wait sixty", {"mode": "confirming", "said": "60 euros"}),
        ("no", {"absent": ["transfer_money"], "said": "Nothing was done"}),
    ]
    steps: list[dict[str, Any]] = []
    for line, expected in said:
        steps += [{"driver": line}, {"expect": expected}, {"wait": 8}] if expected.get("mode") is None else [
            {"driver": line}, {"expect": expected}]  # fmt: skip
    assert failed(await drive(tmp_path, *steps)) == []


@pytest.mark.proves("B.drive")
async def test_a_line_that_begins_as_the_microphone_closes_is_said_again_after_a_press(tmp_path: Path) -> None:
    # The question ends at 3.4 s and is listened for until it is asked again; the waits end on and around that moment.
    for wait in (7.9, 8.0, 8.1, 8.2):
        result = await drive(
            tmp_path,
            {"driver": "how far is it to stuttgart"}, {"driver": "what's on my calendar today"},
            {"wait": wait}, {"driver": "read my messages"}, {"expect": {"called": {"tool": "read_messages"}}},
        )  # fmt: skip
        assert failed(result) == [], wait


def test_a_phrase_is_found_only_where_all_of_it_stands() -> None:
    phrases = PhraseSet(["no", "no thanks", "no thank you"])
    assert list(phrases.ends(["no"], 0)) == [1]
    assert list(phrases.ends(["oh", "no"], 1)) == [2]
    assert list(phrases.ends(["no", "thank"], 0)) == [1]
    assert list(phrases.ends(["no", "thank", "you"], 0)) == [3, 1]
    assert phrases.covered(["oh", "no"]) == {1}


# -- drives that were written wrongly --------------------------------------------------------------------------------


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("steps: [{driver: yes}]", 'yes without quotes means true here; write "yes" or true'),
        ("steps: [{driver: No}]", 'No without quotes means false here; write "No" or false'),
        ("steps: [{driver: hello}]\nfinal: {world: {bookngs: []}}", "no records of kind 'bookngs'; did you mean 'book"),
        (
            "steps: [{driver: hello}]\nfinal: {world: {notes: [{titel: x}]}}",
            "notes have no field 'titel'; did you",
        ),
        ("steps: [{driver: hello, wav: gone.wav}]", "there is no WAV gone.wav"),
        ("steps: [{driver: hello}]\nfinal: {calls: {book: 1}, absent: [book]}", "called 1 times and absent"),
    ],
)
def test_a_drive_that_is_written_wrongly_is_refused_with_line_and_cure(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text(f"title: t\nnow: 2026-11-20T18:05:00+01:00\n{text}\n", encoding="utf-8")
    with pytest.raises(DriveError) as refused:
        check_against(load_drive(path), path, Catalog())
    assert complaint in str(refused.value)
    assert "drive.yaml:" in str(refused.value)


# -- servers of other people -----------------------------------------------------------------------------------------


def group(parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": parts, **more}


NAME = {"query": {"type": "string", "default": None}, "limit": {"type": "integer", "default": 20}}


@pytest.mark.proves("D.everyday")
@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ({"$ref": "#/$defs/Query"}, {}),
        (group(NAME), {}),
        ({"allOf": [{"$ref": "#/$defs/Query"}]}, {}),
        ({"anyOf": [{"$ref": "#/$defs/Query"}, {"type": "null"}]}, {}),
        (group(NAME, required=["query"]), None),
        (group(NAME, minProperties=1), None),
        ({"allOf": [{"$ref": "#/$defs/Query"}, {"required": ["limit"]}]}, None),
        ({"type": "object"}, None),
        ({"type": "string"}, None),
    ],
)
def test_a_required_group_that_needs_nothing_is_sent_empty_and_never_asked_for(
    model: dict[str, Any], sent: JSON
) -> None:
    schema = {**group({"query_model": model}, required=["query_model"]), "$defs": {"Query": group(NAME)}}
    tool: JSON = {"name": "list_schedules", "description": "List the on-call schedules.", "inputSchema": schema}
    catalog = Catalog(tuple(read_tools([tool], "peer").tools))
    (best, *_) = Interpreter(catalog).read(["list the on-call schedules"], Context(now=1.79e9)).interpretations
    assert best.arguments.get("query_model") == sent
    assert best.missing == (() if sent is not None else ("query_model",))


async def test_a_typed_drive_makes_no_grammar_that_nobody_listens_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a grammar was made")

    monkeypatch.setattr("assistant.conversation.reader.compile_grammar", refuse)
    assert failed(await drive(tmp_path, {"driver": "what time is it"}, {"expect": {"said": "It is 09:00."}})) == []
