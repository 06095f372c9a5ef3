"""What befalls a call on its way in a drive: each fault told as what it is, and nothing done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.drives.loading import load_drive
from assistant.drives.road_network import RoadFault
from assistant.drives.runner import DriveResult, DriveRunner

HEAD = "title: Fault\nnow: 2026-11-20T17:40:00+01:00\nplace: Heidelberg\nsteps:\n"


async def run(folder: Path, steps: str) -> DriveResult:
    path = folder / "fault.yaml"
    path.write_text(HEAD + steps, encoding="utf-8")
    return await DriveRunner(path, load_drive(path)).run()


@pytest.mark.proves("B.drive-faults")
@pytest.mark.parametrize(
    ("fault", "outcome", "executed"),
    [
        (RoadFault.REFUSED, "succeeded", 1),
        (RoadFault.SLOW, "succeeded", 1),
        (RoadFault.RESET, "unknown", 1),
        (RoadFault.TRUNCATED, "unknown", 1),
        (RoadFault.HANGS, "unknown", 1),
        (RoadFault.ERROR, "unknown", 0),
        (RoadFault.HTML, "unknown", 0),
    ],
)
async def test_a_booking_is_made_once_at_most_and_what_nobody_knows_is_told(
    tmp_path: Path, fault: RoadFault, outcome: str, executed: int
) -> None:
    result = await run(
        tmp_path,
        f'  - driver: "book a table at luigi\'s for two tomorrow at eight"\n  - fault: {fault}\n  - driver: "yes"\n'
        f"  - expect: {{called: {{tool: book_restaurant_public, outcome: {outcome}}}}}\n"
        f"final: {{calls: {{book_restaurant_public: {executed}}}}}\n",
    )
    kept = [finding for finding in result.findings if not finding.name.startswith("limit")]
    assert [f"{finding.name}: {finding.detail}" for finding in kept if not finding.holds] == []


@pytest.mark.proves("B.drive-faults")
async def test_a_fault_befalls_one_call_and_a_list_as_many(tmp_path: Path) -> None:
    result = await run(
        tmp_path,
        "  - fault: [reset, error]\n"
        '  - driver: "what\'s the weather in Mannheim"\n'
        "  - expect: {called: {tool: get_weather, outcome: succeeded}}\n",
    )
    assert [finding.name for finding in result.findings if not finding.holds] == []
