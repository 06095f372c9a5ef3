"""What the loops found, each as the one course of events that showed it."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from client.call import Succeeded
from client.records import calls
from client.records.locks import Owner
from client.records.outcomes import outcome_to_text
from client.records.storage import Storage
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


@pytest.mark.proves("P2.death", "P2.key")
async def test_what_a_program_told_before_it_was_killed_is_told_by_another_that_lived_beside_it(tmp_path: Path) -> None:
    """It had noted the end and not recorded it yet; the other one does not start after it, and asks at once."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        asyncio.run(_pay_and_be_killed(tmp_path))
        os._exit(1)
    clock = VirtualClock()

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            os.write(writing, b"x")
            with clock.working():
                _, status = await asyncio.to_thread(os.waitpid, child, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL
            assert words(made, "ann") == [["succeeded"]]
            await made.pay("ann")
            assert words(made, "ann") == [["succeeded"], ["succeeded"]]

    await clock.drive(live())
    os.close(reading)
    os.close(writing)


async def _pay_and_be_killed(folder: Path) -> None:
    clock = VirtualClock()
    log = Log(folder / "log", clock)

    async def live() -> None:
        async with car(folder / "records.db", log, clock) as made:
            await made.pay("ann")
            os.kill(os.getpid(), signal.SIGKILL)

    await clock.drive(live())


@pytest.mark.proves("P2.death")
async def test_a_program_that_ends_has_recorded_what_it_told_before_others_take_over_its_calls(tmp_path: Path) -> None:
    clock = VirtualClock()
    seen: list[str] = []
    end = Owner.end

    def ending(owner: Owner) -> None:
        with closing(sqlite3.connect(tmp_path / "records.db")) as db:
            seen.extend(state for (state,) in db.execute("SELECT state FROM calls"))
        end(owner)

    async def live() -> None:
        async with drive(tmp_path, clock) as made:
            await made.pay("ann")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Owner, "end", ending)
        await clock.drive(live())
    assert seen == ["done"]


@pytest.mark.proves("P2.death")
async def test_the_noted_end_of_a_call_that_went_to_another_server_is_recorded(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "records.db")
    dead = Owner(storage.path)
    dead.live()
    call, end = payment("ann"), Succeeded({"text": "done"}, served_by="desk")

    def send(db: sqlite3.Connection) -> None:
        calls.begin(db, 1.0, call, None, repeatable=False, owner=dead.identity)
        calls.elsewhere(db, 2.0, call, "desk", 1)

    await storage.run(send)
    note = {"key": call.idempotency_key, "server": "till", "served_by": "desk", "tool": "pay", "digest": call.digest}
    assert dead.note({**note, "at": 3.0, "outcome": outcome_to_text(end)})
    dead.end()
    living = Owner(storage.path)
    assert await storage.run(lambda db: calls.recorded(db, 4.0, call, repeatable=False, others=living)) == end
    await storage.close()
