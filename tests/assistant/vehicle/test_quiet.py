"""The fan while somebody is listened to, through the real tools of the car."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.conversation.own_servers import car_server
from assistant.tool_opening import open_tools
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.quiet import QUIET_LEVEL, QuietFan
from assistant.vehicle.simulation import SimulatedVehicle
from client.clock import SystemClock


@dataclass
class Car:
    """A cabin, what keeps its fan quiet, and the clock of that."""

    cabin: Cabin
    fan: QuietFan
    passed: asyncio.Event
    """Set once the seconds after listening have passed."""

    async def fan_is(self, level: int) -> bool:
        """Wait until what was begun at once has been done, and look."""
        await asyncio.wait([task for task in self.fan._tasks if task is not self.fan._later], timeout=5)
        return self.cabin.fan == level

    async def settled(self) -> None:
        """Wait until all that was begun has been done."""
        while self.fan._tasks:
            await asyncio.wait(self.fan._tasks)


@pytest.fixture
async def car(tmp_path: Path) -> AsyncIterator[Car]:
    cabin, clock, passed = Cabin(SimulatedVehicle()), SystemClock(), asyncio.Event()

    async def sleep(_: float) -> None:
        await passed.wait()

    async with open_tools([car_server(cabin, clock)], tmp_path, clock) as tools:
        await tools.ready(10)
        fan = QuietFan(tools.call, "car", sleep)
        yield Car(cabin, fan, passed)
        await fan.close()


@pytest.mark.proves("V.quiet-fan")
async def test_the_fan_is_down_while_listening_and_between_question_and_answer_and_back_after(car: Car) -> None:
    car.cabin.fan = 5
    async with car.fan.quiet():
        assert await car.fan_is(QUIET_LEVEL)
    async with car.fan.quiet():
        assert car.cabin.fan == QUIET_LEVEL
    assert car.cabin.fan == QUIET_LEVEL
    car.passed.set()
    await car.settled()
    assert car.cabin.fan == 5


@pytest.mark.proves("V.quiet-fan")
async def test_a_fan_that_the_driver_sets_meanwhile_stays_as_the_driver_set_it(car: Car) -> None:
    car.cabin.fan = 5
    async with car.fan.quiet():
        assert await car.fan_is(QUIET_LEVEL)
        car.cabin.set_fan({"level": 3}, agreed=False)
    car.passed.set()
    await car.settled()
    assert car.cabin.fan == 3
    async with car.fan.quiet():
        assert await car.fan_is(QUIET_LEVEL)
    await car.settled()
    assert car.cabin.fan == 3


@pytest.mark.proves("V.quiet-fan")
@pytest.mark.parametrize("level", [0, 1])
async def test_a_quiet_fan_is_never_turned_up(car: Car, level: int) -> None:
    car.cabin.fan = level
    async with car.fan.quiet():
        assert await car.fan_is(level)
    car.passed.set()
    await car.settled()
    assert car.cabin.fan == level


@pytest.mark.proves("V.quiet-fan")
async def test_the_windshield_is_cleared_undisturbed(car: Car) -> None:
    car.cabin.set_defrost({"window": "front"}, agreed=False)
    level = car.cabin.fan
    car.passed.set()
    async with car.fan.quiet():
        await asyncio.wait(car.fan._tasks)
        assert car.cabin.fan == level
    await car.settled()
    assert car.cabin.fan == level


@pytest.mark.proves("V.quiet-fan")
async def test_the_end_of_the_conversation_puts_the_fan_back_at_once(car: Car) -> None:
    car.cabin.fan = 4
    async with car.fan.quiet():
        assert await car.fan_is(QUIET_LEVEL)
    await car.fan.close()
    assert car.cabin.fan == 4
