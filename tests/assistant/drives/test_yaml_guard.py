"""What YAML makes of a drive without its author's knowing is one sentence with file, line and cure."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import yaml

from assistant.drives import expanding, yaml_guard
from assistant.drives.bundled import bundled_drives
from assistant.drives.loading import check_against, load_drive
from assistant.drives.world_records import TOWN_RECORDS, records_of
from assistant.drives.yaml_guard import DriveError, guard
from assistant.town.town_tools import tool_definitions
from assistant.town.world import World
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.assistant.drives.test_format import HEAD, written
from tests.assistant.town.clock import SetClock


def refusal(folder: Path, text: str) -> str:
    """What is said of a drive that is refused."""
    with pytest.raises(DriveError) as refused:
        load_drive(written(folder, text))
    said = str(refused.value)
    assert "\n" not in said
    return said


@pytest.mark.proves("B.drive")
def test_aliases_that_multiply_are_refused_before_they_are_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_guard, "MOST_VALUES", 100)
    lines = ["variables:", "  a: &a [x, x, x, x]", "  b: &b [*a, *a, *a, *a]", "  c: [*b, *b, *b, *b, *b, *b]"]
    said = refusal(tmp_path, HEAD.replace("steps:", "\n".join([*lines, "steps:"])) + "  - press: true\n")
    assert "over 100 values once aliases and variables are written out; use fewer" in said
    assert "drive.yaml:6" in said


def test_aliases_that_are_used_as_they_should_are_taken(tmp_path: Path) -> None:
    text = HEAD + "  - expect: &fine {absent: [get_weather]}\n  - press: true\n  - expect: *fine\n"
    assert load_drive(written(tmp_path, text)).steps[2].expect is not None


@pytest.mark.parametrize("value", ["&me [*me]", "&me {said: *me}", "&me [[[{a: *me}]]]"])
def test_an_alias_inside_what_it_names_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    said = refusal(tmp_path, HEAD + f"  - press: true\n  - expect: {value}\n")
    assert "this holds an alias of itself" in said
    assert "drive.yaml:5" in said


def test_values_nested_too_deep_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, HEAD + "  - expect: " + "[" * 80 + "]" * 80 + "\n")
    assert "values inside each other; nest less" in said


def test_the_guard_costs_no_more_than_the_file_is_long() -> None:
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [x, *a{n - 1}]\n" for n in range(1, 50))
    root = yaml.SafeLoader(text).get_single_node()
    assert root is not None
    before = time.process_time()
    guard(root)
    assert time.process_time() - before < 1.0


@pytest.mark.parametrize("depth", [900, 20_000])
def test_brackets_deeper_than_the_parser_goes_are_refused_with_their_line(tmp_path: Path, depth: int) -> None:
    said = refusal(tmp_path, HEAD + "  - expect: " + "[" * depth + "]" * depth + "\n")
    assert "drive.yaml:4: over 60 values inside each other; nest less" in said


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("  - wait: 1\n    wait: 2", "drive.yaml:5: wait stands here twice; take one out"),
        ("  - press: true\ntitle: B", "drive.yaml:5: title stands here twice; take one out"),
        ("  - ? [a, b]\n    : c", "drive.yaml:4: a key is one word; write it without brackets"),
        ("  - driver: !mine x", "drive.yaml:4: the mark !mine is not known; take it out"),
        ("  - driver: !!python/name:os.system x", "drive.yaml:4: the mark !!python/name:os.system is not known"),
        ("  - driver: !!python/object:x.Y {a: b}", "drive.yaml:4: not YAML: could not determine a constructor"),
        ("  - driver:", "drive.yaml:4: steps.0: driver has no value; write one, or take it out"),
        ("  - expect: {said: ~, mode: idle}", "drive.yaml:4: steps.0.expect: said has no value; write one"),
        ("  - driver: a\x1bb", "drive.yaml:4: no text holds the sign '\\x1b'; take it out"),
    ],
)
def test_what_yaml_forbids_or_drops_is_refused_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    assert complaint in refusal(tmp_path, HEAD + line + "\n")


@pytest.mark.parametrize("long", ["9" * 5000, ":".join(["59"] * 2000), "!" + "x" * 3000])
def test_a_complaint_is_short_however_long_the_value_is(tmp_path: Path, long: str) -> None:
    assert len(refusal(tmp_path, HEAD + f"  - driver: {long}\n")) < 700


def test_only_files_of_bounded_length_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    for device in ("/dev/zero", "/dev/null", "pipe"):
        assert f"{device}: it is no file" in refusal(tmp_path, HEAD + f"  - include: {device}\n")
    monkeypatch.setattr(expanding, "MOST_BYTES", 200)
    (tmp_path / "part.yaml").write_text("- press: true\n" * 20)
    assert "has over 200 bytes; include parts of it" in refusal(tmp_path, HEAD + "  - include: part.yaml\n")


@pytest.mark.parametrize("inner", ["{times: 1000, steps: []}", "{each: {a: [1, 2]}, steps: []}"])
def test_a_repetition_of_nothing_is_refused(tmp_path: Path, inner: str) -> None:
    assert "drive.yaml:4: repeat has no steps" in refusal(tmp_path, HEAD + f"  - repeat: {inner}\n")


def test_texts_that_grow_with_variables_are_refused(tmp_path: Path) -> None:
    text = "variables: {a: " + "x" * 2000 + "}\n" + HEAD + "  - driver: '" + "{a}" * 60 + "'\n"
    assert "letters once its variables are filled in; use fewer" in refusal(tmp_path, text)


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("now", "complaint"),
    [
        ("9999-12-31T23:59:59+00:00", "now is a day from 1971 to 2199"),
        ("0001-01-01T00:00:00+00:00", "now is a day from 1971 to 2199"),
        ("2026-02-30T10:00:00+01:00", "drive.yaml:2: 2026-02-30T10:00:00+01:00 is no day, time or number that exists"),
        ("2026-11-20T25:00:00+01:00", "drive.yaml:2: 2026-11-20T25:00:00+01:00 is no day, time or number that exists"),
        ("99999-01-01T00:00:00+00:00", "drive.yaml:2: now is no day and time; write it as 2026-11-20T17:40:00+01:00"),
        ("9999-12-31T23:59:59-12:00", "drive.yaml:2: now is a day from 1971 to 2199"),
        ("soon", "drive.yaml:2: now is no day and time; write it as 2026-11-20T17:40:00+01:00"),
        ("[1]", "drive.yaml:2: now is no day and time; write it as"),
        ("2026-11-20", "drive.yaml:2: now needs an offset, for example"),
        ("1e300", "drive.yaml:2: now"),
        (".inf", "drive.yaml:2: now"),
        ("99999999999999999999999999", "drive.yaml:2: now"),
    ],
)
def test_a_clock_beyond_what_dates_hold_is_refused(tmp_path: Path, now: str, complaint: str) -> None:
    text = HEAD.replace("2026-11-20T17:40:00+01:00", now) + "  - press: true\n"
    assert complaint in refusal(tmp_path, text)


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("driver: yes", 'drive.yaml:4: yes without quotes means true here; write "yes" or true'),
        ("driver: 2026", 'drive.yaml:4: steps.0.driver: 2026 is no text here; write "2026"'),
        ("driver: No", 'No without quotes means false here; write "No" or false'),
        ("driver: on", 'on without quotes means true here; write "on" or true'),
        ("expect: {said: no}", 'no without quotes means false here; write "no" or false'),
        ("expect: {called: {tool: t, arguments: {state: off}}}", 'off without quotes means false here; write "off"'),
        ("expect: {called: {tool: t, arguments: {on: x}}}", 'on without quotes means true here; write "on" or true'),
        (
            "expect: {called: {tool: t, arguments: {time: 19:00}}}",
            '19:00 without quotes is a number here; write "19:00"',
        ),
    ],
)
def test_words_that_yaml_takes_for_something_else_are_refused(tmp_path: Path, step: str, complaint: str) -> None:
    assert complaint in refusal(tmp_path, HEAD + f"  - {step}\n")


@pytest.mark.parametrize(
    "step", ['driver: "yes"', "silence: yes", "press: on", "vehicle: {Vehicle.Cabin.Infotainment.IsMuted: true}"]
)
def test_words_in_quotes_and_switches_are_taken(tmp_path: Path, step: str) -> None:
    text = HEAD + f"  - {step}\n"
    if "IsMuted" in step:
        assert "without quotes" not in refusal(tmp_path, text)
    else:
        load_drive(written(tmp_path, text))


@pytest.mark.proves("B.drive")
def test_a_sound_that_is_not_there_is_refused_also_where_the_line_is_typed(tmp_path: Path) -> None:
    text = HEAD + "  - press: true\n  - {driver: hello, wav: hello.wav}\n"
    assert "drive.yaml:5: there is no WAV hello.wav; give its path from" in refusal(tmp_path, text)
    (tmp_path / "hello.wav").write_bytes(b"RIFF")
    load_drive(written(tmp_path, text))
    assert "there is no WAV" in refusal(tmp_path, HEAD + "  - {driver: hello, wav: " + "x" * 5000 + "}\n")


TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))


@pytest.mark.proves("B.drive")
@pytest.mark.parametrize(
    ("world", "complaint"),
    [
        ("{bookngs: []}", "drive.yaml:5: can never hold: no records of kind 'bookngs'; did you mean 'bookings'?"),
        (
            "{bookings: [{nmae: x}]}",
            "drive.yaml:5: can never hold: bookings have no field 'nmae'; did you mean",
        ),
        ("{weather: [{}]}", "can never hold: no records of kind 'weather'; known are"),
    ],
)
def test_misspelt_records_are_refused_with_what_was_meant(tmp_path: Path, world: str, complaint: str) -> None:
    path = written(tmp_path, HEAD + f"  - press: true\nfinal: {{world: {world}}}\n")
    with pytest.raises(DriveError) as refused:
        check_against(load_drive(path), path, TOWN)
    assert complaint in str(refused.value)


def test_the_records_known_are_those_of_the_towns_snapshot() -> None:
    snapshot = World(now=SetClock()).snapshot()
    assert {kind for kind, records in snapshot.items() if isinstance(records, list)} == set(TOWN_RECORDS)
    for kind, names in records_of("town").items():
        for record in snapshot[kind]:
            assert set(record) == set(names)


def test_a_byte_order_mark_and_every_bundled_drive_are_read(tmp_path: Path) -> None:
    load_drive(written(tmp_path, "\ufeff" + HEAD + "  - press: true\n"))
    for path in bundled_drives():
        load_drive(path)
