"""Routines of the driver's own: one question for all steps, steps one by one, and part failures told."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.bundled import bundled_drives
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner

DRIVE = """\
title: A routine
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
vehicle:
  Vehicle.Speed: 0
  Vehicle.Powertrain.Transmission.SelectedGear: 126
  Vehicle.Chassis.ParkingBrake.IsEngaged: true
tools:
%s
steps:
%s
final:
  calls: %s
"""
LEAVING = """\
  leaving_work:
    says: ["i'm leaving work"]
    steps:
      - "tell anna i'm on my way"
      - "what's the weather in mannheim"
      - "tell tom i'm late"
"""


async def run(tmp_path: Path, tools: str, steps: str, calls: str) -> DriveResult:
    path = tmp_path / "routine.yaml"
    path.write_text(DRIVE % (tools, steps, calls), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    return result


@pytest.mark.proves("D.routines")
async def test_all_steps_are_read_back_as_one_question_and_done_after_one_yes() -> None:
    path = next(path for path in bundled_drives() if path.stem == "leaving-work")
    result = await DriveRunner(path, load_drive(path)).run()
    assert result.passed
    assert [seen.call.tool for seen in result.timeline.calls] == [
        "navigate", "set_temperature", "send_message", "get_weather",
    ]  # fmt: skip


@pytest.mark.proves("D.routines", "P1.consent")
async def test_without_a_yes_no_step_is_done(tmp_path: Path) -> None:
    steps = """\
  - driver: "i'm leaving work"
  - expect: {said: ["First", "Second", "Third"], mode: confirming}
  - driver: "no"
  - driver: "i'm leaving work"
  - silence: true"""
    await run(tmp_path, LEAVING, steps, "{send_message: 0, get_weather: 0}")


@pytest.mark.proves("D.routines")
async def test_a_step_that_fails_is_told_and_the_others_are_asked_about_again(tmp_path: Path) -> None:
    tools = """\
  leaving_work:
    says: ["i'm leaving work"]
    steps:
      - {tool: send_message, arguments: {contact: Methuselah, message: hello}}
      - "what's the weather in mannheim"
      - "tell tom i'm late"
"""
    steps = """\
  - driver: "i'm leaving work"
  - driver: "yes"
  - expect: {called: {tool: send_message, arguments: {contact: Methuselah}, outcome: failed}, said: "Methuselah"}
  - expect: {absent: [get_weather], said: ["First, Weather", "Second", "Tom", "Shall I do both?"], mode: confirming}
  - driver: "yes"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - expect: {called: {tool: send_message, arguments: {contact: tom}, outcome: succeeded}, said: "Tom"}"""
    await run(tmp_path, tools, steps, "{send_message: 1, get_weather: 1}")


async def test_a_routine_that_only_looks_needs_no_yes(tmp_path: Path) -> None:
    tools = """\
  how_is_it:
    says: ["how is it out there"]
    steps: ["what's the weather in mannheim", "find a fuel station"]
"""
    steps = """\
  - driver: "how is it out there"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - expect: {called: {tool: find_fuel_stations, outcome: succeeded}}"""
    await run(tmp_path, tools, steps, "{get_weather: 1, find_fuel_stations: 1}")


@pytest.mark.proves("D.routines")
async def test_a_routine_with_a_step_that_nobody_can_do_is_not_begun(tmp_path: Path) -> None:
    tools = """\
  broken:
    says: ["time to go"]
    steps: ["tell anna i'm on my way", {tool: feed_the_cat}]
"""
    steps = """\
  - driver: "time to go"
  - expect: {said: "feed the cat", absent: [send_message]}"""
    await run(tmp_path, tools, steps, "{send_message: 0}")


async def test_a_routine_is_asked_for_by_its_name_and_never_refused_into_being(tmp_path: Path) -> None:
    steps = """\
  - driver: "start my leaving work routine"
  - expect: {said: ["First", "Second", "Third"], mode: confirming}
  - driver: "no"
  - driver: "don't start my leaving work routine"
  - expect: {not_said: "First"}"""
    await run(tmp_path, LEAVING, steps, "{send_message: 0}")
