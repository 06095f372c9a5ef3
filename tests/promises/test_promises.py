"""A part of every generated table, spread over all of it; `make promises` runs the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises import every_mood
from tests.promises.hostile_doors import cases
from tests.promises.registry import Case, bound, part_of

PART = part_of([*cases()], 32)
SAID = part_of([*every_mood.cases()], 1500)
REQUESTS = part_of([*every_mood.requests()], 300)
MOST_LOST = 0.05
"""Share of generated requests that may miss their tool."""


@pytest.mark.proves("S.promises")
@pytest.mark.parametrize("case", PART, ids=[case.name for case in PART])
async def test_no_hostile_server_gets_through_a_door_what_was_turned_down_or_never_shown(
    case: Case, tmp_path: Path
) -> None:
    assert (await case.run(tmp_path)).broken == ""


@pytest.mark.proves("P1.mood", "S.promises")
async def test_nothing_changes_through_what_is_asked_told_compared_refused_or_made_to_wait(tmp_path: Path) -> None:
    broken = [(case.name, verdict.broken) for case in SAID if (verdict := await case.run(tmp_path)).broken]
    assert broken == []


@pytest.mark.proves("P1.mood")
async def test_plain_requests_reach_their_tools(tmp_path: Path) -> None:
    """Beside it the test above would pass for a program that does nothing."""
    lost = [case.name for case in REQUESTS if not (await case.run(tmp_path)).acted]
    assert len(lost) <= MOST_LOST * len(REQUESTS), lost


@pytest.mark.proves("S.promises")
def test_the_bound_is_the_rule_of_three_for_none_and_grows_with_what_is_broken() -> None:
    assert bound(0, 300) == 0.01
    assert 0.015 < bound(1, 300) < 0.0165  # 4.74 of 300, as tables of the Poisson distribution have it
    assert bound(0, 0) == 1.0
