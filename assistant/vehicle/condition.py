"""How the things of the car are just now, in sentences for the driver. Only reads the cabin; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from assistant.vehicle.signals import AMBIENT, BATTERY, CHARGING, INSIDE, RANGE

if TYPE_CHECKING:
    from assistant.vehicle.cabin import Cabin


def condition(cabin: Cabin, what: str) -> str:
    """Return how one of `THINGS` is. Raises `KeyError` for anything else."""
    return _TOLD[what](cabin)


def _state(percent: int) -> str:
    return "closed" if percent == 0 else "open" if percent == 100 else f"{percent} percent open"


def _on(wanted: bool) -> str:
    return "on" if wanted else "off"


def _trunk(cabin: Cabin) -> str:
    return f"The trunk is {'open' if cabin.trunk_open else 'closed'}."


def _windows(cabin: Cabin) -> str:
    opened = [f"the {name} window is {_state(percent)}" for name, percent in cabin.windows.items() if percent]
    return _sentence(", ".join(opened)) if opened else "All windows are closed."


def _lights(cabin: Cabin) -> str:
    lit = [name for name, on in cabin.lights.items() if on]
    return f"On: {', '.join(lit)}." if lit else "All lights are off."


def _temperature(cabin: Cabin) -> str:
    values = cabin.vehicle.values()
    inside, outside = float(values[INSIDE]), float(values[AMBIENT])
    return f"It is {inside:.0f} degrees inside and {outside:.0f} outside, set to {cabin.temperature['driver']:g}."


def _seat_heating(cabin: Cabin) -> str:
    levels = {seat: f"at {level}" if level else "off" for seat, level in cabin.seat_heating.items()}
    return _sentence(", ".join(f"the {seat}'s seat heating is {level}" for seat, level in levels.items()))


def _charging(cabin: Cabin) -> str:
    values = cabin.vehicle.values()
    share = float(values[BATTERY])
    if not values[CHARGING]:
        return f"The car is not charging. The battery is at {share:.0f} percent."
    return f"The car is charging, up to {cabin.charge_until} percent. The battery is at {share:.0f} percent."


def _battery(cabin: Cabin) -> str:
    return f"The battery is at {float(cabin.vehicle.values()[BATTERY]):.0f} percent."


def _range(cabin: Cabin) -> str:
    return f"About {float(cabin.vehicle.values()[RANGE]) / 1000:.0f} kilometers are left."


def _time(cabin: Cabin) -> str:
    local = datetime.fromtimestamp(cabin.now(), UTC) + timedelta(seconds=cabin.utc_offset())
    return f"It is {local:%H:%M}."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


_TOLD: Mapping[str, Callable[[Cabin], str]] = {
    "trunk": _trunk,
    "windows": _windows,
    "sunroof": lambda cabin: f"The sunroof is {_state(cabin.sunroof)}.",
    "sun shade": lambda cabin: f"The sun shade is {_state(cabin.shade)}.",
    "doors": lambda cabin: f"The doors are {'locked' if cabin.locked else 'unlocked'}.",
    "air conditioning": lambda cabin: f"The air conditioning is {_on(cabin.air_conditioning)}.",
    "temperature": _temperature,
    "fan": lambda cabin: f"The fan is {f'at {cabin.fan}, towards the {cabin.air}' if cabin.fan else 'off'}.",
    "air circulation": lambda cabin: f"The air is on {cabin.circulation}.",
    "defrost": lambda cabin: f"Defrost is {'off' if cabin.defrost == 'off' else f'on for {cabin.defrost}'}.",
    "seat heating": _seat_heating,
    "steering wheel heating": lambda cabin: f"The steering wheel heating is {_on(cabin.wheel_heating)}.",
    "lights": _lights,
    "volume": lambda cabin: f"The volume is at {cabin.volume} percent.",
    "charging": _charging,
    "battery": _battery,
    "range": _range,
    "time": _time,
}
THINGS = tuple(_TOLD)
"""What can be asked about."""

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
"""What people call them, too."""
