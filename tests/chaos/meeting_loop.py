"""Two calls that meet: the second one starts at the first, second, ... statement of the first one.

They have the same or another key, tool and arguments, and run in one program, in two on one database, or in two
processes. Whoever wins, no key is used for two effects, and each is told what is true.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from client.call import ToolCall
from tests.chaos.faulty_disk import Plan
from tests.chaos.judging import judge
from tests.chaos.storage_loop import Tried, ledger_problem, settle
from tests.chaos.till import Car, Log, car, payment
from tests.client.clocks import VirtualClock
from tests.client.harness import consent_to

PLACES = ("one program", "two programs", "two processes")
WAYS: dict[str, tuple[str, ...]] = {"answered": (), "lost": ("lost",), "away": ("away",), "asked": ("asks",)}
_PAUSE = {"one program": 0.0, "two programs": 0.004, "two processes": 0.02}
"""Real seconds that the first one stands still at the statement, so that the second one comes in between."""


@dataclass(frozen=True)
class Meeting:
    """Which calls meet, and where."""

    place: str
    tool: str
    other_tool: bool
    other_key: bool
    other_arguments: bool
    way: str
    """How the server ends the first send."""

    def __str__(self) -> str:
        others = [name for name in ("tool", "key", "arguments") if getattr(self, f"other_{name}")]
        return f"{self.tool} in {self.place}, {self.way}, another {' and '.join(others) or 'time'}"

    def calls(self) -> tuple[ToolCall, ToolCall]:
        """Return both calls."""
        first = payment("ann", self.tool)
        tools = {"pay": "pay_once", "pay_once": "pay"}
        second = replace(
            first,
            tool=tools[self.tool] if self.other_tool else self.tool,
            idempotency_key="key-other" if self.other_key else first.idempotency_key,
            arguments={"who": "bob"} if self.other_arguments or self.other_key or self.other_tool else first.arguments,
            call_id="id-bob" if self.other_arguments or self.other_key or self.other_tool else first.call_id,
        )
        return first, second


MEETINGS = tuple(
    Meeting(place, tool, other_tool, other_key, other_arguments, way)
    for place, tool, other_tool, other_key, other_arguments, way in product(
        PLACES, ("pay", "pay_once"), (False, True), (False, True), (False, True), WAYS
    )
    if not (other_arguments and (other_key or other_tool))
)
"""All of them; with another key or tool the arguments are others anyway, so that the log tells the two apart."""


def meeting_loop(folder: Path, meeting: Meeting, use: Callable[[Plan], None], *, every: int, first: int) -> Tried:
    """Let the second call come at statement `first`, `first` + `every`, ... until the first one has no more."""
    tried, at = Tried(), first
    while True:
        place = folder / f"meeting-{at}"
        place.mkdir()
        try:
            met, broken = _meet(place, meeting, at, use)
        finally:
            use(Plan())
            shutil.rmtree(place)
        if not met:
            return tried
        tried.pairs += 1
        tried.broken += [f"{meeting}, at {at}: {one}" for one in broken]
        at += every


def _meet(place: Path, meeting: Meeting, at: int, use: Callable[[Plan], None]) -> tuple[bool, list[str]]:
    start, begin = _second_process(place, meeting) if meeting.place == "two processes" else (None, None)
    clock = VirtualClock()
    clock.quick = True
    log = Log(place / "log", clock)
    found: list[str] = []
    plan = Plan()
    call, other = meeting.calls()

    async def live() -> None:
        async with (
            car(place / "records.db", log, clock, script=WAYS[meeting.way]) as made,
            _second(place, meeting, log, clock, made) as second,
        ):
            came = asyncio.Event()

            async def follow() -> None:
                await came.wait()
                if second is not None:
                    await _pay(second, other)

            plan.on_operation = _strike(plan, meeting, at, begin, came)
            following = asyncio.create_task(follow())
            use(plan)
            await _pay(made, call)
            use(Plan())
            if plan.hit:
                await following
            following.cancel()
            if start is not None:
                with clock.working():
                    await asyncio.to_thread(start, plan.hit)
            if second is not None:
                with clock.working():  # what it put off is written in real time
                    await second.storage.run(lambda _: None)
            found.extend(await settle(made))
        async with car(place / "records.db", log, clock) as made:
            found.extend(await settle(made))
            found.extend(await ledger_problem(made))

    asyncio.run(clock.drive(live()))
    log.close()
    return plan.hit, found + judge(log.timed_lines())


def _strike(
    plan: Plan, meeting: Meeting, at: int, begin: Callable[[], None] | None, came: asyncio.Event
) -> Callable[[str], None]:
    """Return what lets the second call come at that statement."""
    loop = asyncio.get_running_loop()

    def on_operation(_: str) -> None:
        plan.seen += 1
        if plan.seen == at:
            plan.hit = True
            if begin is not None:
                begin()
            loop.call_soon_threadsafe(came.set)
            time.sleep(_PAUSE[meeting.place])

    return on_operation


async def _pay(made: Car, call: ToolCall) -> None:
    made.agree(str(call.arguments["who"]), call.tool)
    await made.make(call, consent_to(call, made.clock), deadline=5.0)


@asynccontextmanager
async def _second(
    place: Path, meeting: Meeting, log: Log, clock: VirtualClock, first: Car
) -> AsyncIterator[Car | None]:
    if meeting.place == "two programs":
        async with car(place / "records.db", log, clock) as made:
            yield made
    else:
        yield first if meeting.place == "one program" else None


def _second_process(place: Path, meeting: Meeting) -> tuple[Callable[[bool], None], Callable[[], None]]:
    """Fork a process that waits for a byte; return how to await its end, and how to give the byte."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(writing)
            if os.read(reading, 1):
                asyncio.run(_other_life(place, meeting))
            code = 0
        finally:
            os._exit(code)
    os.close(reading)

    def begin() -> None:
        os.write(writing, b"x")

    def end(_: bool) -> None:
        os.close(writing)
        assert os.waitpid(child, 0)[1] == 0, "the other process failed"

    return end, begin


async def _other_life(place: Path, meeting: Meeting) -> None:
    clock = VirtualClock()
    clock.quick = True
    log = Log(place / "log", clock)

    async def live() -> None:
        async with car(place / "records.db", log, clock) as made:
            await _pay(made, meeting.calls()[1])
            await made.all_told(5.0)

    await clock.drive(live())
