"""What can be set in the cabin, and the rules that the car itself keeps: pure state and its changes.

The rules live here and not in the dialogue: whoever calls a tool of the car meets them. An action returns the sentence
for the driver, or raises `Refused` or `Asks`; nothing changed then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
LIGHTS = ("low beam", "high beam", "fog lights", "reading lights", "ambient")
SHARE_A_KILOMETER = 0.2
"""Percent of the battery that a kilometer takes in the simulation: 500 km with a full one."""


class Refused(Exception):  # noqa: N818  # the words of a server, not a fault of the program
    """The car will not do it, and says why and what would help."""


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
    air_conditioning: bool = False
    defrost: str = "off"
    seat_heating: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEATS, 0))
    wheel_heating: bool = False
    lights: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LIGHTS, False))
    volume: int = 30
    route: list[str] = field(default_factory=list)
    """Waypoints, the destination last."""
    timers: dict[str, int] = field(default_factory=dict)
    """Minutes by name."""

    # -- openings ----------------------------------------------------------------------------------------------------

    def set_window(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close one window, or all."""
        which, percent = str(arguments.get("window", "driver")), int(arguments["percent"])
        if percent > FAR_OPEN and self.air_conditioning and not agreed:
            raise Asks("The air conditioning is running, and an open window works against it.")
        for name in WINDOWS if which == "all" else (which,):
            self.windows[name] = percent
        return f"{_named('window', which)} {_open(percent)}."

    def set_sunroof(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close the sunroof; its shade must be open first."""
        percent = int(arguments["percent"])
        if percent > self.shade:
            raise Refused("The sunroof needs the shade open at least as far; please ask me to open the shade first")
        self.sunroof = percent
        return f"The sunroof is {_open(percent)}."

    def set_sunshade(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Open or close the shade under the sunroof; it cannot close under an open one."""
        percent = int(arguments["percent"])
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
        """Set the temperature of a seat, or of both."""
        seat, degrees = str(arguments.get("seat", "both")), float(arguments["degrees"])
        for name in SEATS if seat == "both" else (seat,):
            self.temperature[name] = degrees
        return f"It is set to {degrees:g} degrees."

    def set_fan(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Set how strongly the fan blows, and where to."""
        self.fan = int(arguments["level"])
        self.air = str(arguments.get("direction", self.air))
        return f"The fan is at {self.fan}, towards the {self.air}."

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
        return f"Defrost is {'off' if self.defrost == 'off' else f'on for {self.defrost}'}."

    def set_seat_heating(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Warm a seat."""
        seat = str(arguments.get("seat", "driver"))
        self.seat_heating[seat] = int(arguments["level"])
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
        self.volume = int(arguments["percent"])
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

    def end_navigation(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """End guidance."""
        if not self.route:
            raise Refused("There is no route to end")
        self.route.clear()
        return "Guidance has ended."

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
        self.vehicle.set({CHARGING: wanted})
        return f"Charging is {_on(wanted)}."

    def set_timer(self, arguments: Mapping[str, Any], agreed: bool) -> str:
        """Start a timer, or set it anew."""
        name, minutes = str(arguments.get("name", "timer")), int(arguments["minutes"])
        self.timers[name] = minutes
        return f"The {name} runs for {minutes} minute{'' if minutes == 1 else 's'}."

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


def _named(what: str, which: str) -> str:
    return f"All {what}s are" if which == "all" else f"The {which} {what} is"


def _open(percent: int) -> str:
    return "closed" if percent == 0 else "open" if percent == 100 else f"{percent} percent open"


def _on(wanted: bool) -> str:
    return "on" if wanted else "off"
