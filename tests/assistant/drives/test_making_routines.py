"""Routines made and deleted in conversation: one step after the other, nothing kept without a yes, kept for good."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routine_server import RoutineHost
from assistant.conversation.routine_tools import key_of
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.hosting.host import Done, Refused
from assistant.settings.settings import RoutineSettings, Settings, load_settings
from assistant.wording.host_messages import words_of

DRIVE = """\
title: Making a routine
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
vehicle:
  Vehicle.Speed: {speed}
  Vehicle.Powertrain.Transmission.SelectedGear: {gear}
  Vehicle.Chassis.ParkingBrake.IsEngaged: false
steps:
{steps}
final:
  calls: {calls}
"""
FILE = """\
# mine
deadline = 12  # patience

[tools.going_home]
says = ["i'm off"]  # short
steps = [
  "navigate home",
]

[voice]
volume = 70
"""


async def run(tmp_path: Path, steps: str, calls: str = "{}", *, moving: bool = False) -> DriveResult:
    path = tmp_path / "routine.yaml"
    speed, gear = (80, 127) if moving else (0, 126)
    path.write_text(DRIVE.format(speed=speed, gear=gear, steps=steps, calls=calls), encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
    return result


@pytest.mark.proves("D.routines.made")
async def test_a_routine_that_is_turned_down_is_not_there(tmp_path: Path) -> None:
    steps = """\
  - driver: "make a routine called date night"
  - driver: "what's the weather in mannheim"
  - driver: "that's all"
  - expect: {said: ["date night", "weather in mannheim"], mode: confirming, absent: [make_routine, get_weather]}
  - driver: "no"
  - expect: {absent: [make_routine]}
  - driver: "what routines do i have"
  - expect: {called: {tool: list_routines, outcome: succeeded}, said: "no routines"}
  - driver: "date night"
  - expect: {absent: [get_weather]}"""
    await run(tmp_path, steps, "{get_weather: 0}")


@pytest.mark.proves("D.routines.made")
async def test_a_step_that_lacks_a_value_or_that_nothing_does_is_said_at_once_and_go_back_takes_one_back(
    tmp_path: Path,
) -> None:
    steps = """\
  - driver: "create a new routine"
  - expect: {said: "What shall it be called?", mode: eliciting}
  - driver: "date night"
  - expect: {said: "What is the first step?"}
  - driver: "tell anna"
  - expect: {said: ["does not say all that it needs", "What is the first step?"], mode: eliciting}
  - driver: "feed the cat"
  - expect: {said: ["Nothing here does that", "feed the cat"], mode: eliciting}
  - driver: "tell anna i'm late"
  - expect: {said: "And then?", absent: [send_message]}
  - driver: "set the temperature to 21 degrees"
  - driver: "go back"
  - expect: {said: "And then?"}
  - driver: "no"
  - expect: {said: ["steps tell anna i'm late", "Shall I"], not_said: "21", mode: confirming}
  - driver: "yes"
  - expect: {called: {tool: make_routine, outcome: succeeded}, said: "with 1 step"}"""
    await run(tmp_path, steps, "{send_message: 0}")


@pytest.mark.proves("D.routines.made", "S9")
async def test_on_the_road_two_steps_are_taken_so_that_the_task_stays_short(tmp_path: Path) -> None:
    steps = """\
  - driver: "make a routine"
  - driver: "date night"
  - driver: "what's the weather in mannheim"
  - driver: "tell anna i'm late"
  - expect: {said: ["On the road that is as many as I take", "Shall I"], mode: confirming, absent: [make_routine]}
  - driver: "yes"
  - expect: {called: {tool: make_routine, outcome: succeeded}, said: "with 2 steps"}"""
    await run(tmp_path, steps, "{send_message: 0}", moving=True)


@pytest.mark.proves("D.routines.made")
async def test_deleting_asks_first_and_undo_takes_a_new_one_back(tmp_path: Path) -> None:
    steps = """\
  - driver: "make a routine called date night"
  - driver: "what's the weather in mannheim"
  - driver: "that's all"
  - driver: "yes"
  - driver: "delete my date night routine"
  - expect: {said: "date night", mode: confirming, absent: [delete_routine]}
  - driver: "no"
  - driver: "date night"
  - expect: {called: {tool: get_weather, outcome: succeeded}}
  - driver: "delete my date night routine"
  - driver: "yes"
  - expect: {called: {tool: delete_routine, outcome: succeeded}}
  - driver: "what routines do i have"
  - expect: {said: "no routines"}"""
    await run(tmp_path, steps, "{get_weather: 1}")


def host(folder: Path, routines: Mapping[str, RoutineSettings] | None = None) -> RoutineHost:
    book = RoutineBook(routines or {}, folder / "mcqueen.toml")
    return RoutineHost(book, words_of("routines", "en"), {"yes", "stop"}.__contains__)


async def call(of: RoutineHost, tool: str, **arguments: Any) -> Done | Refused:
    answer = await of.call(tool, arguments)
    assert isinstance(answer, Done | Refused)
    return answer


@pytest.mark.proves("D.routines.made", "F.settings")
async def test_a_routine_is_kept_where_the_settings_are_and_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "mcqueen.toml"
    file.write_text(FILE, encoding="utf-8")
    before = load_settings({}, user_folder=tmp_path, working_folder=tmp_path / "none")
    of = host(tmp_path, before.tools)
    assert isinstance(await call(of, "make_routine", name="Anna's day", steps=["navigate home", 'say "hi"']), Done)
    after = load_settings({}, user_folder=tmp_path, working_folder=tmp_path / "none")
    assert after.tools["annas_day"] == RoutineSettings(says=["annas day"], steps=["navigate home", 'say "hi"'])
    assert after.tools["going_home"] == before.tools["going_home"]
    assert "# patience" in file.read_text(encoding="utf-8")
    assert "annas_day" in of.definitions
    for name in ("annas day", "going home"):
        assert isinstance(await call(of, "delete_routine", name=name), Done)
    assert load_settings({}, user_folder=tmp_path, working_folder=tmp_path / "none").tools == {}
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {"deadline": 12, "voice": {"volume": 70}}


@pytest.mark.proves("D.routines.made")
@pytest.mark.parametrize(
    ("name", "steps", "wrong"),
    [
        ("going home", ["navigate home"], "name"),
        ("make routine", ["navigate home"], "name"),
        ("!!!", ["navigate home"], "name"),
        ("Yes!", ["navigate home"], "name"),
        ("new", [], "steps"),
        ("new", ["navigate home"] * 9, "steps"),
    ],
)
async def test_what_cannot_be_a_routine_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, steps: list[str], wrong: str
) -> None:
    (tmp_path / "mcqueen.toml").write_text(FILE, encoding="utf-8")
    of = host(tmp_path, {"going_home": RoutineSettings(says=["i'm off"], steps=["navigate home"])})
    answer = await call(of, "make_routine", name=name, steps=steps)
    assert isinstance(answer, Refused)
    assert answer.names == (wrong,)
    assert (tmp_path / "mcqueen.toml").read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize("written", ["tools = {}\n", "not toml", "[tools]\ngoing_home.says = 1\n"])
async def test_a_file_that_cannot_be_added_to_stays_as_it_is_and_that_is_said(tmp_path: Path, written: str) -> None:
    (tmp_path / "mcqueen.toml").write_text(written, encoding="utf-8")
    of = host(tmp_path)
    answer = await call(of, "make_routine", name="date night", steps=["navigate home"])
    assert isinstance(answer, Refused) == ("[tools]" not in written)
    assert ("date_night" in of.definitions) == isinstance(answer, Done)
    if isinstance(answer, Refused):
        assert (tmp_path / "mcqueen.toml").read_text(encoding="utf-8") == written
        assert "could not be kept" in answer.message


async def test_a_routine_of_another_file_is_not_deleted_and_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "mcqueen.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(here)
    of = host(tmp_path, {"going_home": RoutineSettings(says=["i'm off"], steps=["navigate home"])})
    answer = await call(of, "delete_routine", name="going home")
    assert isinstance(answer, Refused)
    assert str(here / "mcqueen.toml") in answer.message
    assert "going_home" in of.definitions


async def test_a_routine_itself_is_done_in_conversations_only(tmp_path: Path) -> None:
    of = host(tmp_path, {"going_home": RoutineSettings(says=["i'm off"], steps=["navigate home"])})
    answer = await call(of, "going_home")
    assert isinstance(answer, Refused)
    assert "only done in a conversation" in answer.message


def test_names_of_our_own_tools_are_no_names_for_routines() -> None:
    with pytest.raises(ValueError, match="no routine can be called make_routine"):
        Settings.model_validate({"tools": {"make_routine": {"says": ["x"], "steps": ["navigate home"]}}})


@pytest.mark.parametrize(
    ("said", "key"),
    [("Leaving work", "leaving_work"), ("Anna's day", "annas_day"), ("7 up", ""), ("", ""), ("x" * 60, "x" * 40)],
)
def test_a_name_becomes_a_key_of_the_settings(said: str, key: str) -> None:
    assert key_of(said) == key


NAMED_YES = """\
title: A routine that is called like an answer
now: 2026-11-20T17:40:00+01:00
place: Heidelberg
car: true
vehicle: {Vehicle.Speed: 0, Vehicle.Powertrain.Transmission.SelectedGear: 126}
tools:
  answers: {says: ["yes", "no", "stop", "cancel that"], steps: ["navigate to mannheim"]}
steps:
  - driver: "transfer 20 euros to anna"
  - driver: "no"
  - expect: {absent: [transfer_money, navigate]}
  - driver: "transfer 20 euros to anna"
  - driver: "stop"
  - expect: {absent: [navigate]}
  - driver: "transfer 20 euros to anna"
  - driver: "yes"
  - expect: {called: {tool: transfer_money, outcome: succeeded}, absent: [navigate]}
final:
  calls: {transfer_money: 1}
"""


@pytest.mark.proves("D.routines.made", "P1.no")
async def test_yes_no_and_stop_stay_what_they_are_whatever_a_routine_is_called(tmp_path: Path) -> None:
    path = tmp_path / "routine.yaml"
    path.write_text(NAMED_YES, encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []
