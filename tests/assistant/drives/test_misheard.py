"""Drives in which lines are misheard: they may fail, but nothing happens that nobody confirmed."""

from __future__ import annotations

import pytest

from assistant.drives.bundled import bundled_drives, find_drive
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.language import language
from benchmarks.drives_bench import misheard, unconfirmed

LINES = [step.driver for path in bundled_drives() for step in load_drive(path).steps if step.driver]


@pytest.mark.proves("V9", "V14")
@pytest.mark.parametrize("name", ["two-wishes-at-once", "appointment-hands-free"])
async def test_misheard_lines_never_make_an_effect_that_nobody_confirmed(name: str) -> None:
    path = find_drive(name)
    played = load_drive(path)
    tried = (misheard(played, LINES, 0.8, f"{name}/{seed}") for seed in range(20))
    drive = next(drive for drive, count in tried if count)  # some seeds change no line
    result = await DriveRunner(path, drive).run()
    assert unconfirmed(result) == 0
    assert [f.name for f in result.findings if not f.holds and f.name.startswith(("promise", "limit V14"))] == []


@pytest.mark.proves("V9")
def test_no_line_is_misheard_as_a_yes() -> None:
    confirming = YesOrNoReader(language())
    drive = load_drive(find_drive("no-is-no"))
    for seed in range(20):
        for step in misheard(drive, LINES, 1.0, str(seed))[0].steps:
            assert step.heard is None or confirming.answer(step.heard) is not YesOrNo.YES
