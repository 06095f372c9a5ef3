"""The present state of the car's parts, as messages for the driver. Only reads the cabin; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.hosting.message_names import Message, Term
from assistant.vehicle.cabin import Cabin, on_or_off, open_or_closed
from assistant.vehicle.signals import AMBIENT, BATTERY, CHARGING, INSIDE, RANGE


def condition(cabin: Cabin, what: str) -> Message:
    """Return the state of one of `THINGS`. Raises `KeyError` for anything else."""
    return _TOLD[what](cabin)


def get_state(cabin: Cabin, arguments: Mapping[str, Any], agreed: bool) -> Message:
    """Return the state of one part; without a part, what is open and the temperatures."""
    what = arguments.get("what")
    return cabin.get_cabin(arguments, agreed) if what is None else condition(cabin, str(what))


def _windows(cabin: Cabin) -> Message:
    opened = [
        Message("a_window_is", {"window": Term(name), "state": open_or_closed(percent)})
        for name, percent in cabin.windows.items()
        if percent
    ]
    return Message("these_are", {"things": opened}) if opened else Message("windows_are", {"state": open_or_closed(0)})


def _lights(cabin: Cabin) -> Message:
    lit = [Message("a_light", {"light": Term(name)}) for name, on in cabin.lights.items() if on]
    return Message("lights_on_are", {"lights": lit}) if lit else Message("no_light_is_on")


def _temperature(cabin: Cabin) -> Message:
    values = cabin.vehicle.values()
    inside, outside = round(float(values[INSIDE])), round(float(values[AMBIENT]))
    return Message("warmth_is", {"inside": inside, "outside": outside, "degrees": cabin.temperature["driver"]})


def _fan(cabin: Cabin) -> Message:
    if not cabin.fan:
        return Message("fan_is_off")
    return Message("fan_is", {"level": cabin.fan, "direction": Term(cabin.air)})


def _defrost(cabin: Cabin) -> Message:
    if cabin.defrost == "off":
        return Message("defrost_is_off")
    return Message("defrost_is_on", {"window": Term(cabin.defrost)})


def _seat_heating(cabin: Cabin) -> Message:
    told = [
        Message("a_seat_is_heated", {"seat": Term(seat), "level": level})
        if level
        else Message("a_seat_is_cold", {"seat": Term(seat)})
        for seat, level in cabin.seat_heating.items()
    ]
    return Message("these_are", {"things": told})


def _charging(cabin: Cabin) -> Message:
    values = cabin.vehicle.values()
    share = round(float(values[BATTERY]))
    if not values[CHARGING]:
        return Message("does_not_charge", {"percent": share})
    return Message("charges_until", {"until": cabin.charge_until, "percent": share})


def _time(cabin: Cabin) -> Message:
    local = datetime.fromtimestamp(cabin.now(), UTC) + timedelta(seconds=cabin.utc_offset())
    return Message("time_is", {"time": f"{local:%H:%M}"})


def get_date(cabin: Cabin, arguments: Mapping[str, Any], agreed: bool) -> Message:
    """Return the date at the car's position."""
    local = datetime.fromtimestamp(cabin.now(), UTC) + timedelta(seconds=cabin.utc_offset())
    return Message("date_is", {"date": local.date()})


_TOLD: Mapping[str, Callable[[Cabin], Message]] = {
    "trunk": lambda cabin: Message("trunk_is", {"state": open_or_closed(100 if cabin.trunk_open else 0)}),
    "windows": _windows,
    "sunroof": lambda cabin: Message("sunroof_is", {"state": open_or_closed(cabin.sunroof)}),
    "sun shade": lambda cabin: Message("shade_is", {"state": open_or_closed(cabin.shade)}),
    "doors": lambda cabin: Message("doors_are_locked" if cabin.locked else "doors_are_unlocked"),
    "air conditioning": lambda cabin: Message("air_conditioning_is", {"state": on_or_off(cabin.air_conditioning)}),
    "temperature": _temperature,
    "fan": _fan,
    "air circulation": lambda cabin: Message("circulation_is", {"mode": Term(cabin.circulation)}),
    "defrost": _defrost,
    "seat heating": _seat_heating,
    "steering wheel heating": lambda cabin: Message("wheel_heating_is", {"state": on_or_off(cabin.wheel_heating)}),
    "lights": _lights,
    "volume": lambda cabin: Message("volume_is", {"percent": cabin.volume}),
    "charging": _charging,
    "battery": lambda cabin: Message("battery_is", {"percent": round(float(cabin.vehicle.values()[BATTERY]))}),
    "range": lambda cabin: Message("range_left_is", {"kilometers": round(float(cabin.vehicle.values()[RANGE]) / 1000)}),
    "time": _time,
}
THINGS = tuple(_TOLD)
"""The parts that a driver can ask about."""

ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "trunk": ("boot", "tailgate", "hatch"),
    "windows": ("window",),
    "sun shade": ("shade", "blind"),
    "doors": ("door", "car", "locks", "locked", "unlocked"),
    "air conditioning": ("ac", "a c", "aircon", "air conditioner", "climate"),
    "temperature": ("warm", "cold", "hot", "degrees"),
    "fan": ("blower",),
    "defrost": ("defroster",),
    "seat heating": ("seat heater", "heated seat", "seat", "seats"),
    "steering wheel heating": ("wheel heating", "steering wheel", "wheel"),
    "lights": ("light", "headlights", "fog lights", "high beam", "low beam", "reading lights", "lamps"),
    "volume": ("loud", "music"),
    "charging": ("plugged in",),
    "battery": ("charge", "charged"),
    "range": ("kilometers", "miles", "how far"),
    "time": ("clock",),
}
"""Other names of these parts."""
