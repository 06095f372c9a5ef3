"""Each step of the records with each fault at each of its operations: nothing lost, twice, or told wrongly."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from tests.chaos.clock_loop import JUMPS, Jump
from tests.chaos.faulty_disk import Fault, FaultyDisk, Plan, can_be_wrapped
from tests.chaos.faulty_files import FILE_FAULTS, files
from tests.chaos.kill_loop import KILLS, kill_loop
from tests.chaos.meeting_loop import MEETINGS, Meeting, meeting_loop
from tests.chaos.steps import STEPS, Step
from tests.chaos.storage_loop import DISK_FAULTS, Bench, Tried, disk, report, statements

EVERY = int(os.environ.get("CHAOS_EVERY", "0"))
"""Every N-th operation is tried: 1 is all of them; 0 picks two or three points of each loop, for CI."""
FEW = 97
FAULTS = [*Fault, *JUMPS]
MEETING_NAMES = [str(meeting) for meeting in MEETINGS]
NAMES = [step.name for step in STEPS]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr("client.records.storage._BUSY_SECONDS", 0.01)
    memory = Path("/dev/shm")  # faster than a disk, and emptied afterwards
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Bench(Path(folder))


@pytest.fixture(scope="module")
def faulty() -> Iterator[FaultyDisk]:
    if not can_be_wrapped():
        pytest.skip("this Python has SQLite built in, so that its file functions cannot be wrapped")
    made = FaultyDisk()
    yield made
    made.restore()


def spread(step: Step, fault: str, lasting: bool) -> tuple[int, int]:
    """Return every how many operations one is tried and which is the first, another one for each loop."""
    every, among = (EVERY, EVERY) if EVERY else (FEW, 13)
    return every, 1 + (NAMES.index(step.name) * 7 + FAULTS.index(fault) * 5 + lasting * 3) % among


def try_all(layer: str, bench: Bench, step: Step, faults: Iterable[str], use: Callable[[Plan], None]) -> None:
    """Try every fault at the operations of a step: deaths once, others for once and from there on."""
    all_tried = Tried()
    for fault, lasting in product(faults, (False, True)):
        every, first = spread(step, fault, lasting)
        if fault in KILLS and not lasting:
            all_tried.add(kill_loop(bench, step, Fault(fault), use, every=every, first=first))
        elif fault in JUMPS:
            planned: Callable[[int], Plan] = partial(Jump, None, lasting=lasting, name=fault)
            all_tried.add(bench.loop(step, planned, use, every=every, first=first))
        elif fault not in KILLS and (layer, fault, lasting, step.from_start) != ("disk", Fault.LOCKED, True, True):
            # Of a start, SQLite itself waits ten real seconds for each lock that is held on and on.
            planned = partial(Plan, Fault(fault), lasting=lasting)
            all_tried.add(bench.loop(step, planned, use, every=every, first=first))
    report(layer, step.name, all_tried)


@pytest.mark.proves("P3.disk", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_a_statement_that_fails_at_any_place_loses_doubles_and_misstates_nothing(step: Step, bench: Bench) -> None:
    with statements() as use:
        try_all("statements", bench, step, DISK_FAULTS, use)


@pytest.mark.proves("P1.consent", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_a_wall_clock_set_at_any_place_makes_nothing_younger_and_loses_nothing(step: Step, bench: Bench) -> None:
    with statements() as use:
        try_all("clocks", bench, step, JUMPS, use)


@pytest.mark.proves("P3.disk", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_a_disk_that_fails_at_any_operation_loses_doubles_and_misstates_nothing(
    step: Step, bench: Bench, faulty: FaultyDisk
) -> None:
    with disk(faulty) as use:
        try_all("disk", bench, step, DISK_FAULTS, use)


@pytest.mark.proves("P3.kill", "P2.death", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_sigkill_at_any_write_loses_doubles_and_misstates_nothing(step: Step, bench: Bench, faulty: FaultyDisk) -> None:
    with disk(faulty) as use:
        try_all("kills", bench, step, KILLS, use)


@pytest.mark.proves("P3.disk", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_a_file_beside_the_database_that_fails_loses_doubles_and_misstates_nothing(step: Step, bench: Bench) -> None:
    with files() as use:
        try_all("files", bench, step, (*FILE_FAULTS, *KILLS), use)


@pytest.mark.proves("P2.once", "P2.key", "P2.chaos", "P3.chaos")
@pytest.mark.parametrize("meeting", MEETINGS, ids=MEETING_NAMES)
def test_calls_that_meet_at_any_statement_use_no_key_twice_and_are_told_truly(
    meeting: Meeting, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.records.storage._BUSY_SECONDS", 5.0)
    every = EVERY or FEW
    first = 1 + MEETING_NAMES.index(str(meeting)) % (EVERY or 13)
    with statements() as use:
        tried = meeting_loop(bench.folder, meeting, use, every=every, first=first)
    report("meetings", str(meeting), tried)
