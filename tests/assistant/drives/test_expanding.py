"""Variables, repetitions and other files in a drive, and complaints that name the line that somebody wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.format import Step
from assistant.drives.loading import load_drive
from assistant.drives.yaml_guard import DriveError

HEAD = "title: A drive\nnow: 2026-11-20T17:40:00+01:00\n"


def written(folder: Path, text: str, name: str = "drive.yaml") -> Path:
    path = folder / name
    path.write_text(HEAD + text if name == "drive.yaml" else text, encoding="utf-8")
    return path


def said(steps: list[Step]) -> list[str | None]:
    return [step.driver for step in steps]


@pytest.mark.proves("B.drive-parts")
def test_variables_stand_in_texts_and_keep_their_type_where_they_stand_alone(tmp_path: Path) -> None:
    drive = load_drive(
        written(
            tmp_path,
            "variables: {city: Ulm, pause: 2.5, many: [get_weather]}\n"
            "profile: {quick_messages: ['{duration} late']}\n"
            "steps:\n"
            "  - driver: weather in {city} and {city}\n"
            "  - wait: '{pause}'\n"
            "  - expect: {absent: '{many}'}\n"
            "final: {calls: {'get_weather': 0}, not_said: ['{city}']}\n",
        )
    )
    assert said(drive.steps)[0] == "weather in Ulm and Ulm"
    assert drive.steps[1].wait == 2.5
    assert drive.steps[2].expect is not None
    assert drive.steps[2].expect.absent == ["get_weather"]
    assert drive.final.not_said == ["Ulm"]
    assert drive.profile.quick_messages == ["{duration} late"]  # a template of the profile, not of the drive


@pytest.mark.proves("B.drive-parts")
def test_steps_are_repeated_by_number_and_by_values(tmp_path: Path) -> None:
    drive = load_drive(
        written(
            tmp_path,
            "variables: {greeting: hello}\nsteps:\n"
            "  - repeat: {times: 2, steps: [{driver: '{greeting} {round}'}]}\n"
            "  - repeat:\n"
            "      each: {city: [Rome, Ulm]}\n"
            "      steps:\n"
            "        - repeat: {times: 2, steps: [{driver: '{city} {round}'}]}\n",
        )
    )
    assert said(drive.steps) == ["hello 1", "hello 2", "Rome 1", "Rome 2", "Ulm 1", "Ulm 2"]


@pytest.mark.proves("B.drive-parts")
def test_steps_of_another_file_come_with_their_own_values_unless_others_are_given(tmp_path: Path) -> None:
    written(tmp_path, "variables: {who: anna}\nsteps:\n  - driver: call {who}\n", "part.yaml")
    written(tmp_path, "- include: part.yaml\n", "list.yaml")
    drive = load_drive(
        written(
            tmp_path,
            "steps:\n  - include: part.yaml\n  - include: {file: part.yaml, variables: {who: tom}}\n"
            "  - include: list.yaml\n",
        )
    )
    assert said(drive.steps) == ["call anna", "call tom", "call anna"]


@pytest.mark.proves("B.drive-parts")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("steps:\n  - driver: '{citty}'\n", "drive.yaml:4: no variable 'citty'; known are none"),
        ("variables: {x: [1]}\nsteps:\n  - driver: a {x}\n", "drive.yaml:5: the variable 'x' is no single value"),
        ("steps:\n  - repeat: {times: 0, steps: []}\n", "drive.yaml:4: times is a number from 1 to 1000"),
        ("steps:\n  - repeat: {times: 2}\n", "drive.yaml:4: repeat is {times: N"),
        ("steps:\n  - repeat: {each: {a: [], }, steps: []}\n", "drive.yaml:4: a needs a list of values"),
        ("steps:\n  - {include: part.yaml, driver: x}\n", "drive.yaml:4: a step with repeat or include"),
        ("steps:\n  - include: nowhere.yaml\n", "nowhere.yaml: No such file"),
        ("steps:\n  - include: drive.yaml\n", "drive.yaml:4: drive.yaml would include itself"),
        ("steps:\n  - include: [x]\n", "drive.yaml:4: include is a file"),
        ("steps:\n  - include: bad.yaml\n", "bad.yaml:2: unknown key 'drver'; did you mean 'driver'?"),
        (
            "steps:\n  - repeat: {times: 1000, steps: [{repeat: {times: 1000, steps: [{press: true}]}}]}\n",
            "over 10000 steps",
        ),
        ("variables: 5\nsteps:\n  - press: true\n", "drive.yaml:3: variables is a mapping"),
        ("steps:\n  - fault: sunspots\n", "drive.yaml:4: steps.0.fault"),
        ("steps:\n  - press: true\nfinal: {vehicle: {Speed: 3}}\n", "no signal 'Speed'"),
    ],
)
def test_what_cannot_be_written_out_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    written(tmp_path, "- press: true\n- drver: x\n", "bad.yaml")
    with pytest.raises(DriveError) as refused:
        load_drive(written(tmp_path, text))
    assert complaint in str(refused.value)
