"""Every step of the records with the program killed at its first, second, ... write to the disk: before, half, after.

The program is a fork of this process that sends itself SIGKILL inside SQLite's write; what it did and told until then
stands in the log, which outlives it. Another life then finds its database, and the driver asks for everything again.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from tests.chaos.faulty_disk import Fault, Plan
from tests.chaos.judging import judge
from tests.chaos.steps import Step
from tests.chaos.storage_loop import Bench, Tried, ledger_problem, settle
from tests.chaos.till import Car, Log, car
from tests.client.clocks import VirtualClock

KILLS = (Fault.KILL_BEFORE, Fault.KILL_HALF, Fault.KILL_AFTER)


def kill_loop(bench: Bench, step: Step, fault: Fault, use: Callable[[Plan], None], *, every: int, first: int) -> Tried:
    """Kill it at write `first`, `first` + `every`, ... until it lives to the end."""
    tried = Tried()
    at = first
    while True:
        place = bench.copy(step)
        try:
            if not _dies(place, step, Plan(fault, at), use):
                return tried
            broken = asyncio.run(_after_death(place, step))
        finally:
            shutil.rmtree(place)
        tried.pairs += 1
        tried.broken += [f"{step.name}: {fault} at {at}: {one}" for one in broken]
        at += every


def _dies(place: Path, step: Step, plan: Plan, use: Callable[[Plan], None]) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            asyncio.run(_live(place, step, plan, use))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert status == 0, f"{step.name} ended with {status}"
    return False


async def _live(place: Path, step: Step, plan: Plan, use: Callable[[Plan], None]) -> None:
    clock = VirtualClock()
    log = Log(place / "log", clock)
    clock.quick = True
    clock.pass_by(step.later)

    def arm() -> None:
        use(plan)

    async def live() -> None:
        if step.from_start:
            arm()
        async with car(place / "records.db", log, clock, arm=arm, **step.options) as made:
            await step.act(made)

    await clock.drive(live())


async def _after_death(place: Path, step: Step) -> list[str]:
    clock = VirtualClock()
    log = Log(place / "log", clock)
    clock.quick = True
    clock.pass_by(step.later + 30.0)
    found: list[str] = []

    async def live() -> None:
        options = {name: value for name, value in step.options.items() if name not in ("script", "listening")}
        async with car(place / "records.db", log, clock, **options) as made:
            found.extend(await settle(made))
            await _ask_again(made)
            found.extend(await settle(made))
            found.extend(await ledger_problem(made))

    await clock.drive(live())
    log.close()
    return found + judge(log.timed_lines())


async def _ask_again(made: Car) -> None:
    """The same calls with the same keys, as a batch that is run again makes them."""
    tools = {line[1]: line[2] for line in made.log.lines() if line[0] == "agreed"}
    for who, tool in tools.items():
        await made.pay(who, tool)
