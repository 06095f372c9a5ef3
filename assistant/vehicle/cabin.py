"""What can be set in the cabin, and the rules that the car itself keeps: pure state and its changes.

The rules live here and not in the dialogue: whoever calls a tool of the car meets them. An action returns the sentence
for the driver, or raises `Refused` or `Asks`; nothing changed then.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.vehicle.condition import condition
from assistant.vehicle.signals import (
    AMBIENT,
    BATTERY,
    CHARGING,
    RANGE,
    SPEED,
    SimulatedVehicle,
)  # fmt: skip

FAR_OPEN = 20
"""Percent from which an open window works against the air conditioning."""
SEATS = ("driver", "passenger")
WINDOWS = ("driver", "passenger", "rear left", "rear right")
AIRS = ("face", "feet", "windshield")
LIGHTS = ("low beam", "high beam", "fog lights", "reading lights", "ambient")
COLDEST, WARMEST = 16.0, 28.0
"""Degrees Celsius that the climate can be set to."""
STRONGEST_FAN = 7
VOLUME_STEP = 10
"""Percent that "louder" adds."""
SHARE_A_KILOMETER = 0.2
"""Percent of the battery that a kilometer takes in the simulation: 500 km with a full one."""


class Refused(Exception):  # noqa: N818  # the words of a server, not a fault of the program
    """The car will not do it, and says why and what would help."""


class Incomplete(Refused):
    """The car needs one more value, and says which."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class Asks(Exception):  # noqa: N818  # the same
    """The car does it only after a yes to this question."""


@dataclass
class Cabin:
    """Settings of the cabin; percent are 0 closed or off to 100 open or full."""

    vehicle: SimulatedVehicle
    windows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WINDOWS, 0))
    sunroof: int = 0
    shade: int = 0
    trunk_open: bool = False
    temperature: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SEATS, 21.0))
    fan: int = 2
    air: str = "face"
    circulation: str = "automatic"
    air_conditioning: bool = False
    defrost: str = "off"
    seat_heating: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEATS, 0))
    wheel_heating: bool = False
    lights: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LIGHTS, False))
    volume: int = 30
    route: list[str] = field(default_factory=list)
    """Waypoints, the destination last."""
    charge_until: int = 100
    """Percent of the battery at which charging ends."""
    locked: bool = True
    """Whether the doors are."""
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    utc_offset: Callable[[], float] = lambda: float(time.localtime().tm_gmtoff)
    """Seconds east of UTC of the car's clock."""
    timers: dict[str, float] = field(default_factory=dict)
    """When each ends, by name, in seconds since the epoch."""
    timer_set: Callable[[str, float], None] = lambda _name, _seconds: None
    """Told of each timer and how many seconds it has, so that somebody rings it."""

    # -- openings ----------------------------------------------------------------------------------------------------

    def set_window(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close one window, or all."""
        which, percent = str(arguments.get("window", "driver")), _how_far(arguments)
        if percent > FAR_OPEN and self.air_conditioning and not agreed:
            raise Asks("The air conditioning is running, and an open window works against it.")
        for name in WINDOWS if which == "all" else (which,):
            self.windows[name] = percent
        return f"{_named('window', which)} {_open(percent)}."

    def set_sunroof(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close the sunroof; its shade must be open first."""
        percent = _how_far(arguments)
        if percent > self.shade:
            raise Refused("The sunroof needs the shade open at least as far; please ask me to open the shade first")
        self.sunroof = percent
        return f"The sunroof is {_open(percent)}."

    def set_sunshade(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close the shade under the sunroof; it cannot close under an open one."""
        percent = _how_far(arguments)
        if percent < self.sunroof:
            raise Refused("The shade can't close under an open sunroof; please ask me to close the sunroof first")
        self.shade = percent
        return f"The shade is {_open(percent)}."

    def set_trunk(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close the trunk; never open while moving."""
        wanted = bool(arguments["open"])
        if wanted and self.vehicle.speed > 0:
            raise Refused("The trunk stays shut while the car is moving")
        self.trunk_open = wanted
        return f"The trunk is {'open' if wanted else 'closed'}."

    # -- climate -----------------------------------------------------------------------------------------------------

    def set_temperature(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Set the temperature of a seat or of both, or make it a degree warmer or colder."""
        seat = str(arguments.get("seat", "both"))
        names = SEATS if seat == "both" else (seat,)
        change = {"warmer": 1.0, "colder": -1.0, "cooler": -1.0}.get(str(arguments.get("change")))
        if "degrees" in arguments:
            degrees = float(arguments["degrees"])
        elif change is not None:
            degrees = min(WARMEST, max(COLDEST, self.temperature[names[0]] + change))
        else:
            raise Incomplete("Please say how warm", "degrees")
        for name in names:
            self.temperature[name] = degrees
        return f"It is set to {degrees:g} degrees."

    def set_fan(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Set how strongly the fan blows, and where to."""
        steps = {"up": self.fan + 1, "down": self.fan - 1, "off": 0}
        change = steps.get(str(arguments.get("change")))
        if "level" in arguments:
            self.fan = int(arguments["level"])
        elif change is not None:
            self.fan = min(STRONGEST_FAN, max(0, change))
        elif "direction" not in arguments:
            raise Incomplete("Please say how strong", "level")
        self.air = str(arguments.get("direction", self.air))
        return f"The fan is at {self.fan}, towards the {self.air}."

    def set_air_circulation(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Take air from outside, or let the air inside go round; clearing the windshield needs fresh air."""
        mode = str(arguments["mode"])
        if mode == "recirculation" and self.defrost in ("front", "all"):
            raise Refused("The windshield would fog up; please ask me to end the defrost first")
        self.circulation = mode
        return f"The air is on {mode}."

    def set_air_conditioning(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Switch the air conditioning; with a window far open it asks first."""
        wanted = bool(arguments["on"])
        if wanted and max(self.windows.values()) > FAR_OPEN and not agreed:
            raise Asks("A window is far open, and the air conditioning works against it.")
        self.air_conditioning = wanted
        return f"The air conditioning is {_on(wanted)}."

    def set_defrost(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Clear a window; the front one takes the fan and the air with it."""
        self.defrost = str(arguments["window"])
        if self.defrost in ("front", "all"):
            self.fan, self.air, self.air_conditioning = max(self.fan, 4), "windshield", True
            self.circulation = "fresh air"
        return f"Defrost is {'off' if self.defrost == 'off' else f'on for {self.defrost}'}."

    def set_seat_heating(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Warm a seat."""
        seat = str(arguments.get("seat", "driver"))
        if "level" not in arguments and "on" not in arguments:
            raise Incomplete("Please say how warm the seat gets", "level")
        self.seat_heating[seat] = int(arguments.get("level", 2 if arguments.get("on") else 0))
        return f"The {seat}'s seat heating is at {self.seat_heating[seat]}."

    def set_wheel_heating(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Warm the steering wheel."""
        self.wheel_heating = bool(arguments["on"])
        return f"The steering wheel heating is {_on(self.wheel_heating)}."

    # -- lights, sound -----------------------------------------------------------------------------------------------

    def set_light(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Switch a light; fog lights and high beam exclude each other, and both need the low beam."""
        light, wanted = str(arguments["light"]), bool(arguments["on"])
        if wanted and light in ("fog lights", "high beam"):
            other = "high beam" if light == "fog lights" else "fog lights"
            if self.lights[other]:
                raise Refused(f"{light.capitalize()} and {other} exclude each other; please ask me to end the {other}")
            self.lights["low beam"] = True
        if not wanted and light == "low beam" and self.vehicle.speed > 0 and self.lights["fog lights"]:
            raise Refused("The low beam stays on with the fog lights")
        self.lights[light] = wanted
        return f"The {light} {'are' if light.endswith('s') else 'is'} {_on(wanted)}."

    def set_volume(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Set how loud media are."""
        steps = {"up": self.volume + VOLUME_STEP, "down": self.volume - VOLUME_STEP, "mute": 0}
        change = steps.get(str(arguments.get("change")))
        if "percent" not in arguments and change is None:
            raise Incomplete("Please say how loud", "percent")
        self.volume = int(arguments["percent"]) if "percent" in arguments else min(100, max(0, change or 0))
        return f"The volume is at {self.volume} percent."

    # -- on the way --------------------------------------------------------------------------------------------------

    def navigate(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Set the destination; waypoints are dropped."""
        self.route = [str(arguments["destination"])]
        return f"I guide you to {self.route[-1]}."

    def add_waypoint(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Add a place on the way, before the destination."""
        if not self.route:
            raise Refused("There is no route yet; please name a destination first")
        self.route.insert(len(self.route) - 1, str(arguments["place"]))
        return f"The way to {self.route[-1]} goes by {arguments['place']}."

    def skip_waypoint(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Leave out a place on the way; the destination stays."""
        wanted = str(arguments["place"]).casefold()
        found = next((place for place in self.route[:-1] if place.casefold() == wanted), None)
        if found is None:
            raise Refused(f"There is no stop in {arguments['place']} on the way")
        self.route.remove(found)
        return f"The way to {self.route[-1]} no longer goes by {found}."

    def end_navigation(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """End guidance."""
        if not self.route:
            raise Refused("There is no route to end")
        self.route.clear()
        return "Guidance has ended."

    def get_route(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Say where the guidance leads."""
        if not self.route:
            return "There is no route just now."
        by = f", by {', '.join(self.route[:-1])}" if len(self.route) > 1 else ""
        return f"We are on the way to {self.route[-1]}{by}."

    def get_range(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Say how far the car goes, and how full the battery is."""
        values = self.vehicle.values()
        kilometers, share = float(values[RANGE]) / 1000, float(values[BATTERY])
        charging = ", and it is charging" if values[CHARGING] else ""
        return f"About {kilometers:.0f} kilometers, the battery is at {share:.0f} percent{charging}."

    def set_charging(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Start or end charging; only while the car stands."""
        wanted = bool(arguments["on"])
        if wanted and float(self.vehicle.values()[SPEED]) > 0:
            raise Refused("Charging needs the car to stand at a charger")
        if self.charge_full(int(arguments.get("until", 100))) and wanted:
            raise Refused(f"The battery has {float(self.vehicle.values()[BATTERY]):.0f} percent already")
        self.charge_until = int(arguments.get("until", 100))
        self.vehicle.set({CHARGING: wanted})
        until = f", until {self.charge_until} percent" if wanted and self.charge_until < 100 else ""
        return f"Charging is {_on(wanted)}{until}."

    def charge_full(self, until: int) -> bool:
        """Return whether the battery has that much already."""
        return float(self.vehicle.values()[BATTERY]) >= until

    def set_timer(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Start a timer, or set it anew."""
        name, minutes = str(arguments.get("name", "timer")), int(arguments["minutes"])
        self.timers[name] = self.now() + minutes * 60.0
        self.timer_set(name, minutes * 60.0)
        return f"The {name} runs for {minutes} minute{'' if minutes == 1 else 's'}."

    def ring(self, name: str) -> str | None:
        """End the timer if it has run out, and return what is told; None where it was ended or set anew."""
        if name not in self.timers or self.timers[name] > self.now() + 0.5:
            return None
        del self.timers[name]
        return f"The {name} is up."

    def get_timers(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Say which timers run."""
        left = {name: max(1, math.ceil((end - self.now()) / 60)) for name, end in self.timers.items()}
        told = [f"the {name} has {n} minute{'' if n == 1 else 's'} left" for name, n in left.items()]
        text = ", ".join(told) or "no timer is running"
        return f"{text[0].upper()}{text[1:]}."

    def clear_timer(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """End a timer."""
        name = str(arguments.get("name", "timer"))
        if name not in self.timers:
            raise Refused(f"There is no {name} running")
        del self.timers[name]
        return f"The {name} has ended."

    def get_cabin(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Say how warm it is inside and outside, and what is open."""
        inside, outside = self.temperature["driver"], float(self.vehicle.values()[AMBIENT])
        opened = [f"the {name} window" for name, percent in self.windows.items() if percent]
        opened += [name for name, percent in (("the sunroof", self.sunroof), ("the trunk", self.trunk_open)) if percent]
        return f"It is set to {inside:g} degrees, {outside:g} outside; open: {', '.join(opened) or 'nothing'}."

    def get_state(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Say how one thing of the car is, or what is open and how warm it is."""
        what = arguments.get("what")
        return self.get_cabin(arguments, agreed) if what is None else condition(self, str(what))


def _named(what: str, which: str) -> str:
    return f"All {what}s are" if which == "all" else f"The {which} {what} is"


def _how_far(arguments: Mapping[str, Any]) -> int:
    """Return percent from a figure, or from open and close alone."""
    if "percent" in arguments:
        return int(arguments["percent"])
    if "open" not in arguments:
        raise Incomplete("Please say how far", "percent")
    return 100 if arguments["open"] else 0


def _open(percent: int) -> str:
    return "closed" if percent == 0 else "open" if percent == 100 else f"{percent} percent open"


def _on(wanted: bool) -> str:
    return "on" if wanted else "off"
