"""What the page on drives says is what the program does: its drives pass, and it names every step there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from assistant.drives.format import Expectation, Final, Step
from assistant.drives.loading import load_drive
from assistant.drives.road_network import NetworkState, RoadFault
from assistant.drives.runner import DriveRunner
from docs import drives_shown

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "drives.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


DRIVES = [block for block in blocks(PAGE) + blocks(README) if block.startswith("title:")]


@pytest.mark.proves("B.drive-docs")
@pytest.mark.parametrize("text", DRIVES, ids=range(len(DRIVES)))
async def test_the_drives_of_the_page_pass(text: str, tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    path.write_text(text, encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [f"{finding.name}: {finding.detail}" for finding in result.findings if not finding.holds] == []


@pytest.mark.proves("B.drive-docs")
def test_the_page_names_every_step_network_fault_and_expectation() -> None:
    names = [*Step.model_fields, *Expectation.model_fields, *Final.model_fields, *NetworkState, *RoadFault]
    assert [str(name) for name in names if not re.search(rf"`{name}\b", PAGE)] == []


@pytest.mark.proves("B.drive-docs")
def test_the_workflow_of_the_page_is_yaml_with_commands_that_exist() -> None:
    (text,) = (block for block in blocks(PAGE) if block not in DRIVES)
    steps = yaml.safe_load(text)["jobs"]["drives"]["steps"]
    assert [step["run"].split()[:2] for step in steps if "run" in step][1:] == [
        ["mcqueen", "review"],
        ["mcqueen", "drive"],
    ]


@pytest.mark.proves("B.drive-docs", "B.drive")
def test_every_limit_that_a_drive_can_show_and_every_fault_and_network_is_in_a_bundled_drive() -> None:
    found = drives_shown.drives().values()
    shown = {row for drive in found for row in drive.shows}
    assert set(drives_shown.rows_shown()) <= shown
    assert {fault for drive in found for fault in drives_shown.faults_of(drive)} == set(RoadFault)
    assert {step.network for drive in found for step in drive.steps} >= set(NetworkState)
    assert any(drives_shown.tool_errors_of(drive) for drive in found)
    assert {drive.language for drive in found} == {"en", "de"}


@pytest.mark.proves("B.drive")
async def test_a_drive_that_names_a_limit_without_an_occasion_for_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "drive.yaml"
    text = DRIVES[0].replace("steps:", "shows: [T4]\nsteps:", 1)
    path.write_text(text, encoding="utf-8")
    result = await DriveRunner(path, load_drive(path)).run()
    assert [finding.name for finding in result.findings if not finding.holds] == ["the drive shows T4"]
