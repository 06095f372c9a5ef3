"""The settings of the cabin and the rules of the car: pure state and its changes.

The rules are here and not in the dialogue, so that they hold for every caller of the car's tools. An action returns the
message for the driver, or raises `CarRefusal` or `CarQuestion`; nothing changed then.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.hosting.message_names import Message, Term
from assistant.vehicle.signals import (
    AMBIENT,
    BATTERY,
    CHARGING,
    RANGE,
    SPEED,
)  # fmt: skip
from assistant.vehicle.simulation import SimulatedVehicle

FAR_OPEN = 20
"""Percent of opening from which a window works against the air conditioning."""
SEATS = ("driver", "passenger")
WINDOWS = ("driver", "passenger", "rear left", "rear right")
AIRS = ("face", "feet", "windshield")
LIGHTS = ("low beam", "high beam", "fog lights", "reading lights", "ambient")
COLDEST = 16.0
"""Lowest temperature of the climate in degrees Celsius."""
WARMEST = 28.0
"""Highest temperature of the climate in degrees Celsius."""
STRONGEST_FAN = 7
NEXT_STOP = frozenset({"next", "nächste", "nächsten", "nächster"})
"""Words for the stop that is reached first, in the languages of the car's sentences."""
VOLUME_STEP = 10
"""Percent that "louder" adds."""


class CarRefusal(Exception):  # noqa: N818  # an answer of a server, not a fault of the program
    """The car refuses; the message says why and what would help."""

    def __init__(self, name: str, /, *, missing: str = "", **values: str | Term) -> None:
        """`name` is the message's name; `missing` is the parameter that the car also needs."""
        super().__init__(name)
        self.message = Message(name, values)
        self.missing = missing


class CarQuestion(Exception):  # noqa: N818  # the same
    """The car acts only after a yes to this question."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.message = Message(name)


@dataclass
class Cabin:
    """Settings of the cabin; percentages run from 0 (closed, off) to 100 (open, full)."""

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
    """Battery percentage at which charging ends."""
    locked: bool = True
    """Whether the doors are locked."""
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    utc_offset: Callable[[], float] = lambda: float(time.localtime().tm_gmtoff)
    """Seconds east of UTC of the car's clock."""
    timers: dict[str, float] = field(default_factory=dict)
    """The end of each timer, by name, in seconds since the epoch."""
    timer_set: Callable[[str, float], None] = lambda _name, _seconds: None
    """Called with each new timer and its seconds, so that the caller can ring it."""

    # -- openings ----------------------------------------------------------------------------------------------------

    def set_window(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Open or close one window, or all."""
        which, percent = str(arguments.get("window", "driver")), _how_far(arguments)
        if percent > FAR_OPEN and self.air_conditioning and not agreed:
            raise CarQuestion("window_against_air_conditioning")
        names = WINDOWS if which == "all" else (which,)
        self._ask_while_moving(percent > min(self.windows[name] for name in names), agreed)
        for name in names:
            self.windows[name] = percent
        state = open_or_closed(percent)
        if which == "all":
            return Message("windows_are", {"state": state})
        return Message("window_is", {"window": Term(which), "state": state})

    def set_sunroof(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Open or close the sunroof; its shade must be open first."""
        percent = _how_far(arguments)
        if percent > self.shade:
            raise CarRefusal("sunroof_needs_shade")
        self._ask_while_moving(percent > self.sunroof, agreed)
        self.sunroof = percent
        return Message("sunroof_is", {"state": open_or_closed(percent)})

    def set_sunshade(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Open or close the shade under the sunroof; it cannot close under an open one."""
        percent = _how_far(arguments)
        if percent < self.sunroof:
            raise CarRefusal("shade_needs_sunroof")
        self.shade = percent
        return Message("shade_is", {"state": open_or_closed(percent)})

    def set_trunk(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Open or close the trunk, after a yes, because it can hurt a person; never opens while moving."""
        wanted = bool(arguments["open"])
        if wanted and self.vehicle.speed > 0:
            raise CarRefusal("trunk_stays_shut")
        if wanted is not self.trunk_open and not agreed:
            raise CarQuestion("trunk_may_hit")
        self.trunk_open = wanted
        return Message("trunk_is", {"state": open_or_closed(100 if wanted else 0)})

    def _ask_while_moving(self, opens: bool, agreed: bool) -> None:
        """Ask before something opens while the car moves."""
        if opens and self.vehicle.speed > 0 and not agreed:
            raise CarQuestion("car_is_moving")

    # -- climate -----------------------------------------------------------------------------------------------------

    def set_temperature(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Set the temperature of a seat or of both, or make it a degree warmer or colder."""
        seat = str(arguments.get("seat", "both"))
        names = SEATS if seat == "both" else (seat,)
        change = {"warmer": 1.0, "colder": -1.0, "cooler": -1.0}.get(str(arguments.get("change")))
        if "degrees" in arguments:
            degrees = float(arguments["degrees"])
        elif change is not None:
            degrees = min(WARMEST, max(COLDEST, self.temperature[names[0]] + change))
        else:
            raise CarRefusal("how_warm", missing="degrees")
        for name in names:
            self.temperature[name] = degrees
        return Message("temperature_is", {"degrees": degrees})

    def set_fan(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Set the fan's strength and direction."""
        steps = {"up": self.fan + 1, "down": self.fan - 1, "off": 0}
        change = steps.get(str(arguments.get("change")))
        if "level" in arguments:
            self.fan = int(arguments["level"])
        elif change is not None:
            self.fan = min(STRONGEST_FAN, max(0, change))
        elif "direction" not in arguments:
            raise CarRefusal("how_strong", missing="level")
        self.air = str(arguments.get("direction", self.air))
        return Message("fan_is", {"level": self.fan, "direction": Term(self.air)})

    def set_air_circulation(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Take air from outside, or recirculate; clearing the windshield needs fresh air."""
        mode = str(arguments["mode"])
        if mode == "recirculation" and self.defrost in ("front", "all"):
            raise CarRefusal("would_fog_up")
        self.circulation = mode
        return Message("circulation_is", {"mode": Term(mode)})

    def set_air_conditioning(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Switch the air conditioning; asks first if a window is far open."""
        wanted = bool(arguments["on"])
        if wanted and max(self.windows.values()) > FAR_OPEN and not agreed:
            raise CarQuestion("air_conditioning_against_window")
        self.air_conditioning = wanted
        return Message("air_conditioning_is", {"state": on_or_off(wanted)})

    def set_defrost(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Defrost a window; the front one also sets the fan and the air."""
        self.defrost = str(arguments["window"])
        if self.defrost in ("front", "all"):
            self.fan, self.air, self.air_conditioning = max(self.fan, 4), "windshield", True
            self.circulation = "fresh air"
        if self.defrost == "off":
            return Message("defrost_is_off")
        return Message("defrost_is_on", {"window": Term(self.defrost)})

    def set_seat_heating(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Warm a seat."""
        seat = str(arguments.get("seat", "driver"))
        if "level" not in arguments and "on" not in arguments:
            raise CarRefusal("how_warm_the_seat", missing="level")
        self.seat_heating[seat] = int(arguments.get("level", 2 if arguments.get("on") else 0))
        return Message("seat_heating_is", {"seat": Term(seat), "level": self.seat_heating[seat]})

    def set_wheel_heating(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Warm the steering wheel."""
        self.wheel_heating = bool(arguments["on"])
        return Message("wheel_heating_is", {"state": on_or_off(self.wheel_heating)})

    # -- lights, sound -----------------------------------------------------------------------------------------------

    def set_light(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Switch a light; fog lights and high beam exclude each other, and both need the low beam."""
        light, wanted = str(arguments["light"]), bool(arguments["on"])
        if wanted and light in ("fog lights", "high beam"):
            other = "high beam" if light == "fog lights" else "fog lights"
            if self.lights[other]:
                raise CarRefusal("lights_exclude", light=Term(light), other=Term(other))
            self.lights["low beam"] = True
        if not wanted and light == "low beam" and self.vehicle.speed > 0 and self.lights["fog lights"]:
            raise CarRefusal("low_beam_stays_on")
        self.lights[light] = wanted
        name = "lights_are" if light.endswith("s") else "light_is"
        return Message(name, {"light": Term(light), "state": on_or_off(wanted)})

    def set_volume(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Set the volume of media."""
        steps = {"up": self.volume + VOLUME_STEP, "down": self.volume - VOLUME_STEP, "mute": 0}
        change = steps.get(str(arguments.get("change")))
        if "percent" not in arguments and change is None:
            raise CarRefusal("how_loud", missing="percent")
        self.volume = int(arguments["percent"]) if "percent" in arguments else min(100, max(0, change or 0))
        return Message("volume_is", {"percent": self.volume})

    # -- on the way --------------------------------------------------------------------------------------------------

    def navigate(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Set the destination; waypoints are dropped."""
        self.route = [str(arguments["destination"])]
        return Message("guiding", {"destination": self.route[-1]})

    def add_waypoint(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Add a stop before the destination."""
        if not self.route:
            raise CarRefusal("no_route_yet")
        self.route.insert(len(self.route) - 1, str(arguments["place"]))
        return Message("goes_by", {"destination": self.route[-1], "place": str(arguments["place"])})

    def skip_waypoint(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Remove a stop; the destination stays."""
        wanted = str(arguments["place"]).casefold()
        nearest = bool(NEXT_STOP & {*wanted.split()[:1]})  # "next stop"
        found = next((place for place in self.route[:-1] if nearest or place.casefold() == wanted), None)
        if found is None:
            raise CarRefusal("no_such_stop", place=str(arguments["place"]))
        self.route.remove(found)
        return Message("goes_by_no_longer", {"destination": self.route[-1], "place": found})

    def end_navigation(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """End navigation."""
        if not self.route:
            raise CarRefusal("no_route_to_end")
        self.route.clear()
        return Message("guidance_ended")

    def get_route(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Return the destination and the stops."""
        if not self.route:
            return Message("no_route")
        if len(self.route) == 1:
            return Message("on_the_way", {"destination": self.route[-1]})
        return Message("on_the_way_by", {"destination": self.route[-1], "places": ", ".join(self.route[:-1])})

    def get_range(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Return the range and the battery level."""
        values = self.vehicle.values()
        kilometers, share = float(values[RANGE]) / 1000, float(values[BATTERY])
        name = "range_is_charging" if values[CHARGING] else "range_is"
        return Message(name, {"kilometers": round(kilometers), "percent": round(share)})

    def set_charging(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Start or end charging; only while the car is stopped."""
        wanted = bool(arguments["on"])
        if wanted and float(self.vehicle.values()[SPEED]) > 0:
            raise CarRefusal("charging_needs_standing")
        if self.charge_full(int(arguments.get("until", 100))) and wanted:
            raise CarRefusal("battery_has_that", percent=f"{float(self.vehicle.values()[BATTERY]):.0f}")
        self.charge_until = int(arguments.get("until", 100))
        self.vehicle.set({CHARGING: wanted})
        if wanted and self.charge_until < 100:
            return Message("charging_until", {"percent": self.charge_until})
        return Message("charging_is", {"state": on_or_off(wanted)})

    def charge_full(self, until: int) -> bool:
        """Return whether the battery already has that percentage."""
        return float(self.vehicle.values()[BATTERY]) >= until

    def set_timer(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Start or restart a timer."""
        name, minutes = str(arguments.get("name", "timer")), int(arguments["minutes"])
        self.timers[name] = self.now() + minutes * 60.0
        self.timer_set(name, minutes * 60.0)
        return Message("timer_runs", {"name": Term(name), "count": minutes})

    def ring(self, name: str) -> Message | None:
        """End the timer if it has run out, and return the message; None if it was ended or restarted."""
        if name not in self.timers or self.timers[name] > self.now() + 0.5:
            return None
        del self.timers[name]
        return Message("timer_is_up", {"name": Term(name)})

    def get_timers(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Return the running timers."""
        left = {name: max(1, math.ceil((end - self.now()) / 60)) for name, end in self.timers.items()}
        if not left:
            return Message("no_timer")
        told = [Message("timer_has_left", {"name": Term(name), "count": minutes}) for name, minutes in left.items()]
        return Message("timers_are", {"timers": told})

    def clear_timer(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """End a timer."""
        name = str(arguments.get("name", "timer"))
        if name not in self.timers:
            raise CarRefusal("no_such_timer", name=Term(name))
        del self.timers[name]
        return Message("timer_has_ended", {"name": Term(name)})

    def get_cabin(self, arguments: Mapping[str, Any], agreed: bool) -> Message:
        """Return the temperatures inside and outside, and what is open."""
        inside, outside = self.temperature["driver"], float(self.vehicle.values()[AMBIENT])
        opened = [Message("a_window", {"window": Term(name)}) for name, percent in self.windows.items() if percent]
        others = {"the_sunroof": self.sunroof > 0, "the_trunk": self.trunk_open}
        opened += [Message(name) for name, is_open in others.items() if is_open]
        told = opened or [Message("nothing")]
        return Message("cabin_is", {"degrees": inside, "outside": outside, "opened": told})


def _how_far(arguments: Mapping[str, Any]) -> int:
    """Return the percentage of a number, or of "open" or "close" alone."""
    if "percent" in arguments:
        return int(arguments["percent"])
    if "open" not in arguments:
        raise CarRefusal("how_far", missing="percent")
    return 100 if arguments["open"] else 0


def open_or_closed(percent: int) -> Message:
    """Return the opening of a thing, 0 to 100 percent."""
    if percent in (0, 100):
        return Message("open" if percent else "closed")
    return Message("partly_open", {"percent": percent})


def on_or_off(wanted: bool) -> Message:
    """Return whether a thing is on."""
    return Message("on" if wanted else "off")
