"""Questions about the car are answered from its state, and reach no tool that changes it."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.car_tools import DEFINITIONS
from assistant.vehicle.condition import ALSO_CALLED, THINGS, condition, get_state
from assistant.vehicle.signals import CHARGING
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.wording.host_messages import words_of
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

NOW = 1_795_770_000.0
WORDED = words_of("car", "en")


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return Interpreter(Catalog(tuple(read_tools(list(DEFINITIONS), server="car", trusted=True).tools)))


def cabin() -> Cabin:
    return Cabin(SimulatedVehicle(), now=lambda: NOW, utc_offset=lambda: 3600.0)


@pytest.mark.proves("C.state")
@pytest.mark.parametrize(
    ("text", "what", "answer"),
    [
        ("is the trunk open", "trunk", "The trunk is closed."),
        ("did i leave the boot open", "trunk", "The trunk is closed."),
        ("are the windows closed", "windows", "All windows are closed."),
        ("is the passenger window open", "windows", "All windows are closed."),
        ("is the fan on", "fan", "The fan is at 2, towards the face."),
        ("is the air conditioning running", "air conditioning", "The air conditioning is off."),
        ("is the ac on", "air conditioning", "The air conditioning is off."),
        ("are the lights on", "lights", "All lights are off."),
        ("did i leave the headlights on", "lights", "All lights are off."),
        ("is the car locked", "doors", "The doors are locked."),
        ("did i lock the doors", "doors", "The doors are locked."),
        ("is the car charging", "charging", "The car is not charging. The battery is at 64 percent."),
        ("how much battery is left", "battery", "The battery is at 64 percent."),
        ("how warm is it in here", "temperature", "It is 18 degrees inside and 12 outside, set to 21."),
        ("what time is it", "time", "It is 10:00."),
        ("can you tell me whether the sunroof is closed", "sunroof", "The sunroof is closed."),
    ],
)  # fmt: skip
def test_a_question_about_the_car_has_an_answer(interpreter: Interpreter, text: str, what: str, answer: str) -> None:
    found = interpreter.read([text], Context(now=NOW)).interpretations[0]
    assert (found.tool, found.arguments) == ("car.get_state", {"what": what})
    assert WORDED(get_state(cabin(), found.arguments, False)) == answer


@pytest.mark.proves("C.state")
def test_the_range_is_told_by_the_tool_that_tells_it(interpreter: Interpreter) -> None:
    for text in ("how far can i still drive", "what is my range"):
        found = interpreter.read([text], Context(now=NOW)).interpretations[0]
        assert found.tool == "car.get_range" or found.arguments == {"what": "range"}


@pytest.mark.proves("C.state")
def test_what_is_told_follows_what_was_set() -> None:
    car = cabin()
    car.set_trunk({"open": True}, True)
    car.set_window({"percent": 40, "window": "passenger"}, False)
    car.set_seat_heating({"level": 3}, False)
    car.set_light({"light": "fog lights", "on": True}, False)
    car.set_air_conditioning({"on": True}, True)
    car.vehicle.set({CHARGING: True})
    car.locked = False
    told = {what: WORDED(condition(car, what)) for what in THINGS}
    assert told["trunk"] == "The trunk is open."
    assert told["windows"] == "The passenger window is 40 percent open."
    assert told["seat heating"] == "The driver's seat heating is at 3, the passenger's seat heating is off."
    assert told["lights"] == "On: low beam, fog lights."
    assert told["air conditioning"] == "The air conditioning is on."
    assert told["charging"] == "The car is charging, up to 100 percent. The battery is at 64 percent."
    assert told["doors"] == "The doors are unlocked."
    assert set(ALSO_CALLED) <= set(THINGS)


@pytest.mark.proves("C.state")
def test_asked_of_nothing_in_particular_the_cabin_is_told() -> None:
    assert WORDED(get_state(cabin(), {}, False)) == "It is set to 21 degrees, 12 outside; open: nothing."
