"""Drives that cannot be run are refused with file, line and what was meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.drives.bundled import bundled_drives, find_drive
from assistant.drives.loading import check_against, load_drive
from assistant.drives.yaml_guard import DriveError
from assistant.town.town_tools import tool_definitions
from assistant.town.world import World
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))
HEAD = "title: A drive\nnow: 2026-11-20T17:40:00+01:00\nsteps:\n"


def written(folder: Path, text: str) -> Path:
    """A drive file."""
    path = folder / "drive.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD + "  - drver: hello\n", "drive.yaml:4: unknown key 'drver'; did you mean 'driver'?"),
        (HEAD + "  - driver: hello\n    expect: {said: x}\n", "drive.yaml:4: steps.0: a step is one of"),
        (HEAD + "  - expect: {}\n", "expects nothing, so it can never fail"),
        (HEAD + "  - expect: {called: {tool: get_weather}, absent: [get_weather]}\n", "can never hold"),
        (
            HEAD + "  - expect: {said: [a, It is Rainy], not_said: rain}\n",
            "can never hold: 'It is Rainy' is",
        ),
        (HEAD + "  - expect: {said: hello}\nfinal: {not_said: [Hello]}\n", "drive.yaml:4: can never hold: 'hello' is"),
        (HEAD + "  - expect: {called: {tool: book}}\nfinal: {absent: [book]}\n", "book is called here and absent"),
        (
            HEAD + "  - expect: {called: {tool: book, outcome: succeeded}}\nfinal: {calls: {book: 0}}\n",
            "book succeeds here, and final has 0 calls",
        ),
        (HEAD + "  - press: true\nfinal: {calls: {book: 2}, absent: [book]}\n", "book is called 2 times and absent"),
        (HEAD + "  - expect: {mode: sleeping}\n", "drive.yaml:4: steps.0.expect.mode"),
        (HEAD + "  - vehicle: {Vehicle.Sped: 3}\n", "no signal 'Vehicle.Sped'"),
        ("vehicle: {Vehicle.Sped: 3}\n" + HEAD + "  - press: true\n", "no signal 'Vehicle.Sped'"),
        (HEAD + "  - wait: -1\n", "drive.yaml:4: steps.0.wait"),
        ("title: x\nnow: 2026-11-20T17:40:00\nsteps:\n  - press: true\n", "now needs an offset"),
        ("title: x\n", "drive.yaml:1: now: Field required"),
        ("- a\n- b\n", "drive.yaml:1: a drive is a mapping"),
        ("title: [\n", "not YAML"),
        ("", "a drive is a mapping"),
    ],
)
def test_a_drive_that_is_wrong_is_refused_with_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DriveError) as refused:
        load_drive(written(tmp_path, text))
    assert complaint in str(refused.value)


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        (
            "{called: {tool: get_wether}}",
            "drive.yaml:4: can never hold: no tool 'get_wether'; did you mean 'get_weather'?",
        ),
        ("{absent: [nothing_like_it]}", "no tool 'nothing_like_it'"),
        ("{called: {tool: get_weather, arguments: {loction: x}}}", "no argument 'loction'; did you mean 'location'?"),
    ],
)
def test_an_expectation_that_can_never_hold_is_refused(tmp_path: Path, expect: str, complaint: str) -> None:
    path = written(tmp_path, HEAD + f"  - expect: {expect}\n")
    with pytest.raises(DriveError) as refused:
        check_against(load_drive(path), path, TOWN)
    assert complaint in str(refused.value)


def test_a_drive_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DriveError, match=r"no drive 'tour'.*weather-before-a-trip"):
        find_drive("tour")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DriveError, match="not UTF-8"):
        load_drive(path)


def test_bundled_drives_expect_something_and_say_what_they_show() -> None:
    drives = [load_drive(path) for path in bundled_drives()]
    assert [drive.title for drive in drives if not any(step.expect for step in drive.steps)] == []
    assert len({drive.title for drive in drives}) == len({drive.about for drive in drives}) == len(drives)


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("final", "complaint"),
    [
        (
            "world: {bookngs: []}",
            "drive.yaml:5: can never hold: no records of kind 'bookngs'; did you",
        ),
        ("world: {bookings: []}", ""),
        (
            "world: {messages_sent: []}\nserver: service_booking",
            "no records of kind 'messages_sent'; known are",
        ),
    ],
)
def test_records_that_the_server_does_not_keep_are_refused(tmp_path: Path, final: str, complaint: str) -> None:
    head, _, more = final.partition("\n")
    path = written(tmp_path, f"{HEAD}  - press: true\nfinal: {{{head}}}\n{more}\n")
    if not complaint:
        check_against(load_drive(path), path, TOWN)
        return
    with pytest.raises(DriveError) as refused:
        check_against(load_drive(path), path, TOWN)
    assert complaint in str(refused.value)


def test_the_kinds_of_records_are_those_of_the_town() -> None:
    assert set(World(now=lambda: datetime.now(UTC)).snapshot()) == set(World.KINDS)
