"""Two runs of one drive compared: what changed is told, and what is worse fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.conversation.journal import Journal
from assistant.dialogue.events import DrivingChanged, Heard
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.drives.baseline import change_lines, changes_as_junit, changes_since, read_baseline
from assistant.drives.drive_report import as_json, as_junit, timeline_lines
from assistant.drives.from_journal import drive_from_journal
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.drives.yaml_guard import DriveError
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Reading
from tests.assistant.dialogue.conversation import NOW

DRIVE = """\
title: Weather
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
steps:
  - driver: "what's the weather in {place}"
"""


async def run(folder: Path, place: str, more: str = "") -> DriveResult:
    path = folder / "weather.yaml"
    path.write_text(DRIVE.replace("{place}", place) + more, encoding="utf-8")
    return await DriveRunner(path, load_drive(path)).run()


@pytest.mark.proves("G.baseline")
async def test_what_changed_between_two_runs_is_told_and_other_calls_fail(tmp_path: Path) -> None:
    before, after = await run(tmp_path, "mannheim"), await run(tmp_path, "speyer")
    kept = tmp_path / "baseline.json"
    kept.write_text(json.dumps([as_json(before)]), encoding="utf-8")
    assert change_lines(changes_since(read_baseline(kept), [before]), "baseline.json") == [
        "nothing changed since baseline.json"
    ]
    changes = changes_since(read_baseline(kept), [after])
    assert {(one.kind, one.worse) for one in changes} == {("tools", True), ("words", False)}
    assert "get_weather(location=mannheim) -> succeeded; now get_weather(location=speyer) -> succeeded" in {
        one.text for one in changes
    }
    suites = ElementTree.fromstring(changes_as_junit(changes, as_junit([after]))).findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["weather", "compared"]
    assert suites[1].get("failures") == "1"


@pytest.mark.proves("G.baseline")
async def test_findings_times_and_drives_are_compared_as_well(tmp_path: Path) -> None:
    before = await run(tmp_path, "mannheim")
    entry = as_json(before)
    broken = replace(before, findings=(replace(before.findings[0], holds=False, detail="broken"),))
    (worse,) = [one for one in changes_since([entry], [broken]) if one.kind == "findings"]
    assert worse.worse
    assert worse.text.endswith("broken")
    mended = {**entry, "findings": [{"name": before.findings[0].name, "holds": False}]}
    assert [one.worse for one in changes_since([mended], [before]) if one.kind == "findings"] == [False]
    slower = {**entry, "answers": [{"at": 0.0, "seconds": 3.0}]}
    assert [one.text[:20] for one in changes_since([slower], [before])] == ["median answer 3.00 s"]
    other = {**entry, "drive": "other"}
    assert {one.text for one in changes_since([other], [before])} == {"is not in the baseline", "was not run"}


@pytest.mark.proves("G.baseline")
@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"drive": "x"}]'])
def test_a_file_that_is_no_baseline_is_refused_with_the_cure(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(DriveError, match="--record-baseline"):
        read_baseline(tmp_path / "b.json")


async def test_a_drive_that_expects_nothing_says_so(tmp_path: Path) -> None:
    assert "this drive expects nothing of its own" in timeline_lines(await run(tmp_path, "mannheim"))[-1]
    expecting = await run(tmp_path, "mannheim", "  - expect: {mode: idle}\n")
    assert timeline_lines(expecting)[-1].endswith("expectations held")


@pytest.mark.proves("D.to-drive")
def test_a_drive_made_from_a_journal_keeps_the_speeds_that_were_seen(tmp_path: Path) -> None:
    state = State("test")
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, state)
    for event in (
        DrivingChanged(NOW, DrivingState.MOVING, 128.0),
        Heard(NOW + 1, Reading(text="hello there")),
        DrivingChanged(NOW + 2, DrivingState.MOVING, 83.0),
        DrivingChanged(NOW + 3, DrivingState.PARKED, 0.0),
    ):
        state, effects = step(state, event)
        journal.write(event, effects)
    journal.close()
    (tmp_path / "again.yaml").write_text(drive_from_journal(path), encoding="utf-8")
    drive = load_drive(tmp_path / "again.yaml")
    speeds = [drive.vehicle["Vehicle.Speed"], *(s.vehicle["Vehicle.Speed"] for s in drive.steps if s.vehicle)]
    assert speeds == [128.0, 83.0, 0.0]
