"""What the loops found, each as the one course of events that showed it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.faulty_disk import Fault, Plan
from tests.chaos.judging import WAITS, judge
from tests.chaos.storage_loop import statements
from tests.chaos.till import Car, Log, World, car, payment
from tests.client.clocks import VirtualClock
from tests.client.harness import consent_to


@asynccontextmanager
async def drive(folder: Path, clock: VirtualClock) -> AsyncIterator[Car]:
    log = Log(folder / "log", clock)
    async with car(folder / "records.db", log, clock) as made:
        yield made
    log.close()
    assert judge(log.timed_lines()) == []


def words(made: Car, who: str) -> list[list[str]]:
    return [line[2:] for line in made.log.lines() if line[:2] == ["told", who]]


@pytest.mark.proves("P2.once", "P2.key")
async def test_a_call_that_was_made_is_not_made_again_after_it_was_asked_for_while_its_server_was_away(
    tmp_path: Path,
) -> None:
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            await made.pay("ann")
            made.till.away = True
            again = await made.pay("ann")
            made.till.away = False
            await clock.sleep(10.0)
            last = await made.pay("ann")
            assert again is not None
            assert last is not None
            assert (again.kind, last.kind) == ("succeeded", "succeeded")

    await clock.drive(live())


@pytest.mark.proves("P2.once", "P3.deferred")
async def test_what_may_have_arrived_is_unknown_when_it_waited_too_long(tmp_path: Path) -> None:
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            made.till.away = True
            await made.pay("ann", "pay_once")
            made.till.script.extend(["lost"] * 1000)
            made.till.away = False
            await clock.sleep(WAITS + 60.0)
            await made.all_told()
            assert words(made, "ann")[-1][0] == "unknown"
            assert await made.tools.cancel_waiting("id-ann") is False

    await clock.drive(live())


@pytest.mark.proves("P3.disk")
async def test_a_delivery_that_a_full_disk_keeps_from_being_recorded_is_told_at_once_and_settles_by_itself(
    tmp_path: Path,
) -> None:
    clock = VirtualClock()

    async def live() -> None:
        with statements() as use:
            async with drive(tmp_path, clock) as made:
                made.till.away = True
                await made.pay("ann")
                made.till.on_effect = lambda: use(Plan(Fault.FULL, 1, lasting=True))
                made.till.away = False
                await made.all_told()
                assert words(made, "ann")[-1] == ["succeeded"]
                use(Plan())
                await clock.sleep(60.0)
                assert await made.tools.waiting() == []
                assert [word[0] for word in words(made, "ann")] == ["deferred", "succeeded"]

    await clock.drive(live())


@pytest.mark.proves("P3.disk")
async def test_a_call_whose_end_a_full_disk_cannot_take_answers_the_same_when_asked_again(tmp_path: Path) -> None:
    clock = VirtualClock()

    async def live() -> None:
        with statements() as use:
            async with drive(tmp_path, clock) as made:
                made.till.on_effect = lambda: use(Plan(Fault.FULL, 1, lasting=True))
                first = await made.pay("ann")
                again = await made.pay("ann")
                use(Plan())
                await clock.sleep(60.0)
                last = await made.pay("ann")
                assert {None if one is None else one.kind for one in (first, again, last)} == {"succeeded"}

    await clock.drive(live())


@pytest.mark.parametrize("jump", [-86400.0, -3600.0, 3600.0, 20 * 365 * 86400.0])
async def test_no_change_of_the_wall_clock_makes_an_old_answer_young(tmp_path: Path, jump: float) -> None:
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            await made.pay("balance", "get_balance", agreed=False)
            await clock.sleep(600.0)
            clock.shift += jump
            made.till.away = True
            told = await made.pay("balance", "get_balance", agreed=False)
            assert told is not None
            if told.kind == "succeeded":
                assert told.age is not None
                assert told.age >= 600.0
            else:
                assert jump > 86400.0  # too old to be given by either clock

    await clock.drive(live())


@pytest.mark.proves("P1.consent")
@pytest.mark.parametrize(("jump", "held"), [(-90.0, False), (-86400.0, False), (3600.0, False), (0.0, True)])
async def test_no_change_of_the_wall_clock_makes_an_old_yes_young(tmp_path: Path, jump: float, held: bool) -> None:
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            call = payment("ann")
            made.agree("ann", "pay")
            consent = consent_to(call, clock)
            await clock.sleep(50.0 if held else 100.0)
            clock.shift += jump
            outcome = await made.tools.call(call, consent=consent)
            made.log.write("told", "ann", outcome.kind, "-", "no")
            assert outcome.kind == ("succeeded" if held else "needs_input")
            fresh = await made.pay("bob")
            assert fresh is not None
            assert fresh.kind == "succeeded"

    await clock.drive(live())


@pytest.mark.proves("O.terms")
async def test_a_call_that_waits_is_not_sent_to_the_account_of_somebody_else(tmp_path: Path) -> None:
    clock = VirtualClock()
    log = Log(tmp_path / "log", clock)

    async def live() -> None:
        async with car(tmp_path / "records.db", log, clock) as made:
            made.till.away = True
            await made.pay("ann")
        async with car(tmp_path / "records.db", log, clock, world=World(account="bob")) as made:
            await made.all_told()
            assert words(made, "ann")[-1] == ["needs_input", "account_changed", "no"]

    await clock.drive(live())
    assert judge(log.timed_lines()) == []


@pytest.mark.parametrize("jump", [-86400.0, -3600.0, 3600.0, 20 * 365 * 86400.0])
async def test_no_change_of_the_wall_clock_makes_a_call_wait_longer_or_shorter(tmp_path: Path, jump: float) -> None:
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            made.till.away = True
            await made.pay("ann")
            clock.shift += jump
            await clock.sleep(WAITS + 1.0)
            made.till.away = False
            made.tools.deliver_soon()
            await made.all_told()
            assert words(made, "ann")[-1] == ["needs_input", "deferral_expired", "no"]

    await clock.drive(live())
