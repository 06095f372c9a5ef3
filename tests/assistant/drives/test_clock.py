"""Virtual time stands still while real work goes on, and jumps otherwise."""

from __future__ import annotations

import asyncio
import time

import pytest

from assistant.drives.virtual_clock import StalledError, VirtualClock


async def test_sleepers_wake_in_order_and_no_real_time_passes() -> None:
    clock = VirtualClock(1000.0)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("late", 3600.0))
        tasks.create_task(sleeper("early", 60.0))
        assert await clock.run_until(lambda: len(woken) == 2, 7200.0)
    assert woken == [("early", 60.0), ("late", 3600.0)]
    assert clock.now() == 4600.0
    assert time.perf_counter() - began < 5.0


async def test_time_stands_still_while_real_work_goes_on() -> None:
    clock = VirtualClock(0.0)
    seen: list[float] = []

    async def work() -> None:
        with clock.working():
            await asyncio.to_thread(sum, range(200_000))
        seen.append(clock.monotonic())

    async def ticker() -> None:
        for _ in range(100):
            await clock.sleep(1.0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work())
        tasks.create_task(ticker())
        await clock.run_until(lambda: bool(seen), 200.0)
        await clock.run_for(200.0)
    assert seen == [0.0]


async def test_a_condition_that_never_holds_ends_at_the_limit() -> None:
    clock = VirtualClock(0.0)
    assert not await clock.run_until(lambda: False, 10.0)
    assert clock.monotonic() == 10.0


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = VirtualClock(0.0)
    task = asyncio.create_task(clock.sleep(5.0))
    await clock.run_for(1.0)
    task.cancel()
    await asyncio.wait([task])
    await clock.run_for(1.0)
    assert clock.monotonic() == 2.0


@pytest.mark.parametrize("works", [True, False])
async def test_what_never_comes_to_an_end_holds_nobody_up_for_ever(works: bool) -> None:
    clock = VirtualClock(0.0, stalled_after=0.2)

    async def endless() -> None:
        with clock.working():
            await asyncio.Event().wait()

    async def restless() -> None:
        while True:
            await clock.sleep(0)

    task = asyncio.create_task(endless() if works else restless())
    with pytest.raises(StalledError):
        await clock.run_until(lambda: False, 60.0)
    task.cancel()
