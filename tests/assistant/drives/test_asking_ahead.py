"""What is asked ahead of a dead zone, and now and then: answers are young in it, and nothing is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.bundled import bundled_drives
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from client.call import Succeeded

DRIVE = """\
title: Asked ahead
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
vehicle:
  Vehicle.Speed: 90
  Vehicle.Powertrain.Transmission.SelectedGear: 127
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
route: {kilometers: 60, tunnels: [[20, 25]]}
warming: %s
steps:
%s
final:
  calls: %s
"""
YOUNG = 300.0


async def run(tmp_path: Path, warming: str, steps: str, calls: str) -> DriveResult:
    path = tmp_path / "ahead.yaml"
    path.write_text(DRIVE % (warming, steps, calls), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    return result


@pytest.mark.proves("C.asked-ahead")
async def test_answers_in_the_tunnel_are_younger_than_five_minutes() -> None:
    path = next(path for path in bundled_drives() if path.stem == "answers-for-the-tunnel")
    result = await DriveRunner(path, load_drive(path)).run()
    assert result.passed
    outcomes = [
        call.outcome for call in result.timeline.calls if call.call.tool in ("get_weather", "find_fuel_stations")
    ]
    ages = [outcome.age for outcome in outcomes if isinstance(outcome, Succeeded)]
    assert len(ages) == 2
    assert all(age is not None and 0 < age < YOUNG for age in ages), ages


@pytest.mark.proves("C.asked-ahead")
async def test_nothing_that_changes_anything_or_needs_a_yes_is_asked_ahead(tmp_path: Path) -> None:
    warming = (
        "{before_dead_zones: true, every: 60, calls: [{tool: send_message, arguments: {contact: Anna, message: hi}}, "
        "{tool: calendar_personal, arguments: {action: get_events}}, {tool: no_such_tool}, {tool: get_weather, "
        "arguments: {location: $destination}}]}"
    )
    await run(tmp_path, warming, "  - wait: 900", "{send_message: 0, calendar_personal: 0, get_weather: 0}")


@pytest.mark.proves("C.asked-ahead")
async def test_what_settings_name_is_asked_again_and_again(tmp_path: Path) -> None:
    warming = "{every: 100, calls: [{tool: get_weather, arguments: {location: $here}}]}"
    await run(tmp_path, warming, "  - wait: 450", "{get_weather: 4}")


@pytest.mark.proves("C.asked-ahead")
async def test_the_destinations_weather_and_fuel_are_asked_unless_something_else_is_named(tmp_path: Path) -> None:
    steps = """\
  - driver: "take me to mannheim"
  - expect: {called: {tool: navigate, outcome: succeeded}}
  - wait: 700
  - driver: "what's the weather in mannheim"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - wait: 100
  - driver: "what's the weather in mannheim"
  - expect: {said: ["minutes", "Mannheim"]}
  - driver: "find a fuel station"
  - expect: {called: {tool: find_fuel_stations, outcome: succeeded}, said: ["minutes"]}"""
    await run(tmp_path, "{before_dead_zones: true}", steps, "{get_weather: 2, find_fuel_stations: 1}")


@pytest.mark.proves("C.asked-ahead")
async def test_of_the_latest_calls_those_that_only_looked_are_asked_again_and_no_other(tmp_path: Path) -> None:
    steps = """\
  - driver: "what's the weather in stuttgart"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - driver: "tell anna i'm on my way"
  - driver: "yes"
  - expect: {called: {tool: send_message, outcome: succeeded}}
  - driver: "what's on my calendar tomorrow"
  - wait: 900"""
    calls = "{get_weather: 2, send_message: 1, calendar_personal: 1}"
    await run(tmp_path, "{before_dead_zones: true, calls: []}", steps, calls)


async def test_without_a_wish_nothing_is_asked(tmp_path: Path) -> None:
    await run(
        tmp_path, "{calls: [{tool: get_weather, arguments: {location: $here}}]}", "  - wait: 900", "{get_weather: 0}"
    )


async def test_what_the_driver_asked_is_asked_again_before_the_tunnel(tmp_path: Path) -> None:
    steps = """\
  - driver: "what's the weather in stuttgart"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - wait: 810
  - driver: "what's the weather in stuttgart"
  - expect: {called: {tool: get_weather, outcome: succeeded}, said: ["minutes", "Stuttgart"]}"""
    await run(tmp_path, "{before_dead_zones: true}", steps, "{get_weather: 2}")
