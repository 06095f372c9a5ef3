"""The car's own tools over MCP in this process, through the real client; its rules, and the simulated journey."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.conversation.vehicle_warnings import VehicleWatch
from assistant.policy.sensitivity import assess
from assistant.tool_opening import open_tools
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.car_server import ACTIONS, NAME, vehicle_server
from assistant.vehicle.car_tools import DEFINITIONS
from assistant.vehicle.signals import BATTERY, GEAR, PARKING_BRAKE, RANGE, SPEED
from assistant.vehicle.simulation import Journey, RouteStretch, SimulatedVehicle
from assistant.wording.host_messages import words_of
from client.call import Consent, ConsentSource, Failed, Need, NeedsInput, Outcome, Succeeded, ToolCall
from client.clock import SystemClock
from client.servers.mcp.in_process import InProcessServer
from client.tool_client import ToolClient
from client.values import JSON

IN_ENGLISH = words_of("car", "en")


@dataclass
class Car:
    """A car and the client that reaches it."""

    cabin: Cabin
    tools: ToolClient

    async def call(self, tool: str, **arguments: JSON) -> Outcome:
        """Call a tool."""
        return await self.tools.call(ToolCall(str(uuid.uuid4()), NAME, tool, arguments, str(uuid.uuid4())))

    async def refusal(self, tool: str, **arguments: JSON) -> str:
        """Call a tool that must be refused."""
        outcome = await self.call(tool, **arguments)
        assert isinstance(outcome, Failed), outcome
        return outcome.error.message


@pytest.fixture
async def car(tmp_path: Path) -> AsyncIterator[Car]:
    cabin = Cabin(SimulatedVehicle())
    clock = SystemClock()
    async with open_tools([InProcessServer(NAME, vehicle_server(cabin, IN_ENGLISH), clock)], tmp_path, clock) as tools:
        await tools.ready(10)
        yield Car(cabin, tools)


def drive(car: Car) -> None:
    """Move off."""
    car.cabin.vehicle.set({SPEED: 50.0, GEAR: 127, PARKING_BRAKE: False})


@pytest.mark.proves("C.car")
async def test_every_family_is_there_and_nothing_of_the_car_asks_for_a_yes(car: Car) -> None:
    assert len(car.tools.catalog) == len(DEFINITIONS) >= 20
    assert [tool.name for tool in car.tools.catalog if assess(tool).sensitive] == []


@pytest.mark.proves("C.car")
@pytest.mark.parametrize(
    ("tool", "arguments", "summary"),
    [
        ("set_window", {"percent": 50, "window": "passenger"}, "The passenger window is 50 percent open."),
        ("set_window", {"open": True, "window": "all"}, "All windows are open."),
        ("set_window", {"open": False}, "The driver window is closed."),
        ("set_temperature", {"change": "warmer"}, "It is set to 22 degrees."),
        ("set_fan", {"change": "up"}, "The fan is at 3, towards the face."),
        ("set_fan", {"direction": "feet"}, "The fan is at 2, towards the feet."),
        ("set_air_circulation", {"mode": "recirculation"}, "The air is on recirculation."),
        ("set_seat_heating", {"on": True, "seat": "passenger"}, "The passenger's seat heating is at 2."),
        ("set_volume", {"change": "up"}, "The volume is at 40 percent."),
        ("set_volume", {"change": "mute"}, "The volume is at 0 percent."),
        ("set_charging", {"on": True, "until": 80}, "Charging is on, until 80 percent."),
        ("get_route", {}, "There is no route just now."),
        ("get_timers", {}, "No timer is running."),
        ("set_temperature", {"degrees": 22}, "It is set to 22 degrees."),
        ("set_fan", {"level": 3}, "The fan is at 3, towards the face."),
        ("set_seat_heating", {"level": 2}, "The driver's seat heating is at 2."),
        ("set_wheel_heating", {"on": True}, "The steering wheel heating is on."),
        ("set_light", {"light": "low beam", "on": True}, "The low beam is on."),
        ("set_volume", {"percent": 40}, "The volume is at 40 percent."),
        ("navigate", {"destination": "Mannheim"}, "I guide you to Mannheim."),
        ("get_range", {}, "About 320 kilometers, the battery is at 64 percent."),
        ("set_charging", {"on": True}, "Charging is on."),
        ("set_timer", {"minutes": 10}, "The timer is set for 10 minutes."),
        ("get_cabin", {}, "It is set to 21 degrees, 12 outside; open: nothing."),
    ],
)
async def test_a_tool_of_each_family_does_what_it_says(
    car: Car, tool: str, arguments: dict[str, JSON], summary: str
) -> None:
    outcome = await car.call(tool, **arguments)
    assert isinstance(outcome, Succeeded), outcome
    assert isinstance(outcome.result, dict)
    assert outcome.result["summary"] == summary


@pytest.mark.proves("C.car-rules")
async def test_the_sunroof_needs_its_shade_open_and_the_shade_the_sunroof_closed(car: Car) -> None:
    assert "needs the shade open" in await car.refusal("set_sunroof", percent=50)
    assert car.cabin.sunroof == 0
    await car.call("set_sunshade", percent=100)
    assert isinstance(await car.call("set_sunroof", percent=50), Succeeded)
    assert "close the sunroof first" in await car.refusal("set_sunshade", percent=0)


@pytest.mark.proves("C.car-rules")
async def test_fog_lights_and_high_beam_exclude_each_other_and_take_the_low_beam_along(car: Car) -> None:
    await car.call("set_light", light="high beam", on=True)
    assert car.cabin.lights["low beam"]
    assert "exclude each other" in await car.refusal("set_light", light="fog lights", on=True)
    assert not car.cabin.lights["fog lights"]


@pytest.mark.proves("C.car-rules")
async def test_defrost_sets_fan_and_air(car: Car) -> None:
    await car.call("set_defrost", window="front")
    assert (car.cabin.fan, car.cabin.air, car.cabin.air_conditioning) == (4, "windshield", True)


@pytest.mark.proves("C.car-rules")
async def test_air_conditioning_with_a_window_far_open_asks_first_and_a_yes_answers_it(car: Car) -> None:
    await car.call("set_window", percent=80)
    call = ToolCall("ac", NAME, "set_air_conditioning", {"on": True}, str(uuid.uuid4()))
    asked = await car.tools.call(call)
    assert isinstance(asked, NeedsInput)
    assert asked.need is Need.CONSENT
    assert asked.error.message == "A window is far open, and the air conditioning works against it."
    assert not car.cabin.air_conditioning
    yes = Consent("yes", call.digest, ConsentSource.DRIVER, SystemClock().now())
    assert isinstance(await car.tools.call(call, consent=yes), Succeeded)
    assert car.cabin.air_conditioning


@pytest.mark.proves("C.hurts")
@pytest.mark.parametrize(
    ("moving", "tool", "arguments"),
    [
        (False, "set_trunk", {"open": True}),
        (True, "set_window", {"open": True}),
        (True, "set_window", {"percent": 10, "window": "all"}),
        (True, "set_sunroof", {"percent": 50}),
    ],
)
async def test_what_can_hurt_somebody_asks_first_and_is_done_after_a_yes(
    car: Car, moving: bool, tool: str, arguments: dict[str, JSON]
) -> None:
    car.cabin.shade = 100
    if moving:
        drive(car)
    call = ToolCall(str(uuid.uuid4()), NAME, tool, arguments, str(uuid.uuid4()))
    asked = await car.tools.call(call)
    assert isinstance(asked, NeedsInput)
    assert asked.need is Need.CONSENT
    assert (car.cabin.trunk_open, set(car.cabin.windows.values()), car.cabin.sunroof) == (False, {0}, 0)
    yes = Consent("yes", call.digest, ConsentSource.DRIVER, SystemClock().now())
    assert isinstance(await car.tools.call(call, consent=yes), Succeeded)
    assert car.cabin.trunk_open or any(car.cabin.windows.values()) or car.cabin.sunroof


@pytest.mark.proves("C.hurts")
async def test_closing_a_window_and_comfort_ask_nothing_while_moving(car: Car) -> None:
    await car.call("set_window", percent=50)
    drive(car)
    assert isinstance(await car.call("set_window", open=False), Succeeded)
    assert isinstance(await car.call("set_seat_heating", level=2), Succeeded)


@pytest.mark.proves("C.car-rules")
async def test_what_needs_a_standing_car_is_refused_while_it_moves(car: Car) -> None:
    drive(car)
    assert "while the car is moving" in await car.refusal("set_trunk", open=True)
    assert "stand at a charger" in await car.refusal("set_charging", on=True)


@pytest.mark.proves("C.car-rules")
async def test_arguments_out_of_range_are_refused_in_words_and_change_nothing(car: Car) -> None:
    outcome = await car.call("set_window", percent=300)
    assert isinstance(outcome, Failed | NeedsInput)
    assert car.cabin.windows["driver"] == 0


async def test_a_waypoint_needs_a_route_and_stands_before_the_destination(car: Car) -> None:
    assert "destination first" in await car.refusal("add_waypoint", place="Speyer")
    await car.call("navigate", destination="Mannheim")
    await car.call("add_waypoint", place="Speyer")
    assert car.cabin.route == ["Speyer", "Mannheim"]


@pytest.mark.proves("C.car-rules")
@pytest.mark.parametrize(
    ("tool", "name"),
    [("set_window", "percent"), ("set_temperature", "degrees"), ("set_fan", "level"), ("set_volume", "percent"),
     ("set_seat_heating", "level")],
)  # fmt: skip
async def test_what_is_half_said_is_asked_for_by_name(car: Car, tool: str, name: str) -> None:
    outcome = await car.call(tool)
    assert isinstance(outcome, Failed)
    assert (outcome.error.code, outcome.error.names) == ("invalid_arguments", (name,))
    assert outcome.error.message.startswith("Please say how")


@pytest.mark.proves("C.car-rules")
async def test_a_windshield_that_is_cleared_gets_fresh_air(car: Car) -> None:
    await car.call("set_defrost", window="front")
    assert car.cabin.circulation == "fresh air"
    assert "fog up" in await car.refusal("set_air_circulation", mode="recirculation")


async def test_a_stop_on_the_way_is_left_out_by_name(car: Car) -> None:
    await car.call("navigate", destination="Mannheim")
    await car.call("add_waypoint", place="Speyer")
    assert "no stop in Worms" in await car.refusal("skip_waypoint", place="Worms")
    await car.call("skip_waypoint", place="next stop")
    assert car.cabin.route == ["Mannheim"]


@pytest.mark.proves("C.car")
def test_a_timer_rings_once_when_it_has_run_out_and_not_when_it_was_ended() -> None:
    clock = [1000.0]
    told: list[tuple[str, float]] = []
    cabin = Cabin(
        SimulatedVehicle(), now=lambda: clock[0], timer_set=lambda name, seconds: told.append((name, seconds))
    )
    cabin.set_timer({"minutes": 10, "name": "egg timer"}, False)
    assert told == [("egg timer", 600.0)]
    clock[0] += 300
    assert IN_ENGLISH(cabin.get_timers({}, False)) == "The egg timer has 5 minutes left."
    assert cabin.ring("egg timer") is None
    clock[0] += 300
    rung = cabin.ring("egg timer")
    assert rung is not None
    assert IN_ENGLISH(rung) == "The egg timer is up."
    assert cabin.ring("egg timer") is None


async def test_what_is_seen_is_marked_and_what_is_not_is_told(car: Car) -> None:
    seen = await car.call("set_window", percent=10)
    told = await car.call("set_timer", minutes=5)
    assert isinstance(seen, Succeeded)
    assert isinstance(told, Succeeded)
    assert isinstance(seen.result, dict)
    assert isinstance(told.result, dict)
    assert (seen.result["visible"], told.result["visible"]) == (True, False)


@pytest.mark.proves("C.journey")
def test_a_journey_moves_uses_range_and_knows_its_tunnels() -> None:
    vehicle = SimulatedVehicle()
    vehicle.set({SPEED: 120.0, GEAR: 127, PARKING_BRAKE: False})
    points = [(0.0, 49.40, 8.68), (10.0, 49.45, 8.60), (20.0, 49.49, 8.47)]
    journey = Journey(vehicle, points, [RouteStretch(4.0, 6.0, "tunnel")])
    before = float(vehicle.values()[RANGE])
    ahead = journey.ahead(5.0)
    assert ahead is not None
    assert ahead.kind == "tunnel"
    journey.advance(150.0)
    assert journey.kilometers == pytest.approx(5.0)
    assert journey.network is False
    assert journey.position == pytest.approx((49.425, 8.64))
    assert float(vehicle.values()[RANGE]) < before
    assert float(vehicle.values()[BATTERY]) == pytest.approx(63.0)
    journey.advance(10_000.0)
    assert journey.position == (49.49, 8.47)
    assert journey.network


@pytest.mark.proves("D.unasked")
def test_a_low_range_and_a_tunnel_ahead_are_told_once_and_only_where_wanted() -> None:
    vehicle = SimulatedVehicle()
    vehicle.set({RANGE: 42_000.0})
    journey = Journey(vehicle, [(0.0, 49.4, 8.7), (20.0, 49.5, 8.5)], [RouteStretch(2.0, 3.0, "tunnel")])
    watch = VehicleWatch(["range", "dead zone"])
    told = [word.text for word in watch.look(vehicle.values(), journey)]
    assert told == ["The range is down to 42 kilometers.", "There is a tunnel ahead, without network for a while."]
    assert watch.look(vehicle.values(), journey) == []
    assert VehicleWatch([]).look(vehicle.values(), journey) == []


def test_every_tool_of_the_car_does_something() -> None:
    assert set(ACTIONS) == {definition["name"] for definition in DEFINITIONS}


@pytest.mark.proves("U.languages")
async def test_the_car_answers_asks_and_refuses_in_the_language_of_the_driver(tmp_path: Path) -> None:
    cabin, clock = Cabin(SimulatedVehicle()), SystemClock()
    german = vehicle_server(cabin, words_of("car", "de"))
    async with open_tools([InProcessServer(NAME, german, clock)], tmp_path, clock) as tools:
        await tools.ready(10)
        car = Car(cabin, tools)
        told = await car.call("set_window", open=True, window="rear left")
        assert isinstance(told, Succeeded)
        assert isinstance(told.result, dict)
        assert told.result["summary"] == "Das Fenster hinten links ist offen."
        asked = await car.call("set_air_conditioning", on=True)
        assert isinstance(asked, NeedsInput)
        assert asked.error.message == "Ein Fenster ist weit offen, und die Klimaanlage arbeitet dagegen."
        assert "zuerst das Rollo" in await car.refusal("set_sunroof", percent=50)


def test_several_timers_are_told_one_after_the_other() -> None:
    cabin = Cabin(SimulatedVehicle(), now=lambda: 0.0)
    cabin.set_timer({"minutes": 1}, False)
    cabin.set_timer({"minutes": 3, "name": "egg timer"}, False)
    left = cabin.get_timers({}, False)
    assert IN_ENGLISH(left) == "The timer has 1 minute left, the egg timer has 3 minutes left."
    assert words_of("car", "de")(left) == "Timer läuft noch 1 Minute, Egg timer läuft noch 3 Minuten."
