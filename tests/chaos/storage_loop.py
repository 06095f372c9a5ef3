"""Every step of the records with a fault at its first, second, ... operation, until the step ends without meeting it.

Two layers: the disk below SQLite (`faulty_disk`) and the statements above it. What a run did is read from the log of
effects and words; whether its rows settled without a restart, from its tables.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

from client.client_errors import RecordsError
from client.records import ledger
from client.records.migrations import MIGRATIONS
from tests.chaos.faulty_disk import Fault, FaultyDisk, Plan
from tests.chaos.judging import judge
from tests.chaos.steps import Step
from tests.chaos.till import Car, Log, World, car, payment
from tests.client.clocks import VirtualClock

SETTLE_SECONDS = 240.0
"""Virtual seconds within which everything is told once the fault is gone."""
UNSETTLED = (
    "SELECT (SELECT count(*) FROM calls WHERE state IN ('begun', 'elsewhere') AND owner != '') + "
    "(SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending') OR (state IN ('done', 'unknown') AND "
    "reported = 0))"
)
REPORT = os.environ.get("CHAOS_REPORT", "")
"""File that the counts of each loop are added to, whatever process made it."""
_WORDS = {
    Fault.FULL: (sqlite3.OperationalError, "database or disk is full"),
    Fault.IO: (sqlite3.OperationalError, "disk I/O error"),
    Fault.LOCKED: (sqlite3.OperationalError, "database is locked"),
    Fault.READ_ONLY: (sqlite3.OperationalError, "attempt to write a readonly database"),
    Fault.CORRUPT: (sqlite3.DatabaseError, "database disk image is malformed"),
}
DAMAGED = "the file is damaged"
DISK_FAULTS = tuple(_WORDS)


class FaultyStatements(sqlite3.Connection):
    """A connection whose N-th statement is refused; a full disk also takes back the transaction, as SQLite does."""

    plan: ClassVar[Plan] = Plan()

    def _meet(self) -> None:
        plan = FaultyStatements.plan
        if plan.on_operation is not None:
            plan.on_operation("statement")
        if plan.fault is None:
            return
        plan.seen += 1
        if plan.at and (plan.seen == plan.at or (plan.lasting and plan.seen > plan.at)):
            plan.hit = True
            if plan.fault is Fault.FULL and self.in_transaction:
                super().execute("ROLLBACK")
            kind, words = _WORDS[plan.fault]
            raise kind(words)

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self._meet()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        self._meet()
        return super().executemany(*arguments)


_connect = sqlite3.connect


def _connect_faulty(*arguments: Any, **options: Any) -> sqlite3.Connection:
    return _connect(*arguments, factory=FaultyStatements, **options)


@contextmanager
def statements() -> Iterator[Callable[[Plan], None]]:
    """Have statements fail by plan; yields what sets the plan."""

    def use(plan: Plan) -> None:
        FaultyStatements.plan = plan

    with mock.patch("sqlite3.connect", _connect_faulty):
        yield use
    use(Plan())


@contextmanager
def disk(faulty: FaultyDisk) -> Iterator[Callable[[Plan], None]]:
    """Have the disk fail by plan; yields what sets the plan."""

    def use(plan: Plan) -> None:
        faulty.plan = plan

    yield use
    use(Plan())


@dataclass
class Tried:
    """What was tried, and every promise that did not hold."""

    pairs: int = 0
    damaged: int = 0
    """Pairs after which the file stayed damaged, which the next start said (only after corrupt pages)."""
    broken: list[str] = field(default_factory=list)

    def add(self, other: Tried) -> None:
        """Add what another loop tried."""
        self.pairs += other.pairs
        self.damaged += other.damaged
        self.broken += other.broken


def report(layer: str, name: str, tried: Tried) -> None:
    """Print what a loop tried, add it to the file that CHAOS_REPORT names, and fail if a promise was broken."""
    line = f"{layer}, {name}: {tried.pairs} pairs, {tried.damaged} left the file damaged"
    print(f"\n{line}")
    if REPORT:
        with Path(REPORT).open("a") as file:
            file.write(f"{line}, {len(tried.broken)} promises broken\n")
    assert tried.broken == []


class Bench:
    """Prepares what each step finds, once, and runs it with one fault after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._runs = 0

    def template(self, step: Step) -> Path:
        """Return the folder as the life before left it; with no such life, as a fresh start leaves it."""
        place = self.folder / f"template-{step.name.replace(' ', '-').replace(',', '')}"
        if not place.exists():
            place.mkdir(parents=True)
            asyncio.run(_left(place, step))
        return place

    def copy(self, step: Step) -> Path:
        """Return a folder of its own for one run, as the life before left it."""
        self._runs += 1
        place = self.folder / f"run-{self._runs}"
        shutil.copytree(self.template(step), place)
        return place

    def run(self, step: Step, plan: Plan, use: Callable[[Plan], None]) -> list[str]:
        """Run a step with a plan; return the promises that it broke."""
        place = self.copy(step)
        try:
            found = asyncio.run(_life(place, step, plan, use))
        finally:
            shutil.rmtree(place)
        if DAMAGED in found:
            return [DAMAGED]
        return [f"{step.name}: {plan}: {one}" for one in found]

    def loop(
        self, step: Step, planned: Callable[[int], Plan], use: Callable[[Plan], None], *, every: int, first: int
    ) -> Tried:
        """Run it for N = `first`, `first` + `every`, ... until the step does not reach N; `planned` gives the fault."""
        tried = Tried()
        at = first
        while True:
            plan = planned(at)
            broken = self.run(step, plan, use)
            if not plan.hit:
                return tried
            tried.pairs += 1
            tried.damaged += DAMAGED in broken
            tried.broken += [] if DAMAGED in broken else broken
            at += every


async def _left(place: Path, step: Step) -> None:
    clock = VirtualClock()
    log = Log(place / "log", clock)

    async def live() -> None:
        async with car(place / "records.db", log, clock, servers=step.options.get("servers", ("till",))) as made:
            if step.left_by is not None:
                await step.left_by(made)

    if step.left_at is not None:
        older_database(place / "records.db", log, clock, step.left_at)
    else:
        await clock.drive(live())
    log.close()


def older_database(path: Path, log: Log, clock: VirtualClock, version: int) -> None:
    """Leave the database of an older version, in which a confirmed call waits."""
    call, now = payment("ann"), clock.now()
    log.write("agreed", "ann", "pay", World.address, World.account)
    log.write("told", "ann", "deferred", "not_sent", "no")
    with closing(sqlite3.connect(path)) as db:
        for step in MIGRATIONS[:version]:
            for statement in step:
                db.execute(statement)
        db.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at REAL NOT NULL)")
        db.execute(f"PRAGMA user_version = {version:d}")
        db.execute(
            "INSERT INTO calls (key, call_id, digest, state, outcome, attempts, updated_at) "
            "VALUES (?, ?, ?, 'deferred', NULL, 1, ?)",
            (call.idempotency_key, call.call_id, call.digest, now),
        )
        db.execute(
            "INSERT INTO outbox (call_id, key, server, tool, arguments, digest, repeatable, queued_at, expires_at, "
            "state, updated_at) VALUES (?, ?, 'till', 'pay', ?, ?, 0, ?, ?, 'pending', ?)",
            (call.call_id, call.idempotency_key, '{"who": "ann"}', call.digest, now, now + 100.0, now),
        )
        db.commit()


async def _life(place: Path, step: Step, plan: Plan, use: Callable[[Plan], None]) -> list[str]:
    clock = plan.clock
    log = Log(place / "log", clock)
    clock.quick = True
    clock.pass_by(step.later)
    found: list[str] = []

    async def act(made: Car) -> None:
        await step.act(made)

    async def live() -> None:
        if step.from_start:
            use(plan)
        arm = (lambda: None) if step.from_start else (lambda: use(plan))
        try:
            async with car(place / "records.db", log, clock, arm=arm, **step.options) as made:
                await act(made)
                use(Plan())
                found.extend(await settle(made))
        except RecordsError:  # the start says what is wrong; the driver starts again when it is mended
            if not step.from_start:
                raise
        use(Plan())
        try:
            await live_again()
        except RecordsError as error:
            if plan.fault is not Fault.CORRUPT or "damaged" not in str(error):
                raise
            log.write("damaged", "file")

    async def live_again() -> None:
        again = {name: value for name, value in step.options.items() if name not in ("script", "listening")}
        async with car(place / "records.db", log, clock, **again) as made:
            found.extend(await settle(made))
            found.extend(await ledger_problem(made))

    try:
        await clock.drive(live())
    finally:
        use(Plan())
        log.close()
    lines = log.lines()
    return found + ([DAMAGED] if ["damaged", "file"] in lines else judge(log.timed_lines()))


async def ledger_problem(made: Car) -> list[str]:
    """Say whether the ledger's chain is broken."""
    chain = await made.storage.run(ledger.verify)
    return [] if chain.broken_at is None else [f"the ledger is broken: {chain.why}"]


async def settle(made: Car) -> list[str]:
    """Give it time without faults; say what is still open then."""
    made.till.away = False
    made.tools.subscribe(lambda _: None)
    waited = 0.0
    while waited < SETTLE_SECONDS:
        with suppress(RecordsError), made.clock.working():
            if await made.storage.run(_open_rows) == 0:
                return []
        await made.clock.sleep(2.0)
        waited += 2.0
    return ["rows are still open when the fault is long gone"]


def _open_rows(db: sqlite3.Connection) -> int:
    count: int = db.execute(UNSETTLED).fetchone()[0]
    return count
