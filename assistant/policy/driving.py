"""Driving states, and the limits of each, which the dialogue, the dashboard and the drive runner share.

Numbers carry their row ids; those that hold in every state are in `timing.py`. It reads no signals: gear, parking brake
and speed are passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.policy.timing import MOST_OPTIONS


class DrivingState(StrEnum):
    """Parked is gear P or the parking brake; speed 0 alone is not parked (Android Automotive's car_uxr; NHTSA 2013)."""

    PARKED = "parked"
    IDLING = "idling"
    MOVING = "moving"


def driving_state(gear: int, parking_brake: bool, speed: float) -> DrivingState:
    """Return the state from VSS values.

    `gear`: Vehicle.Powertrain.Transmission.SelectedGear (126 is park, 0 neutral); `speed`: Vehicle.Speed in km/h.
    """
    if gear == GEAR_PARK or (parking_brake and speed == 0):
        return DrivingState.PARKED
    return DrivingState.MOVING if speed != 0 else DrivingState.IDLING


GEAR_PARK = 126
"""VSS: SelectedGear 126 is park (127 drive)."""
GEAR_DRIVE = 127


@dataclass(frozen=True)
class Limits:
    """The limits of a driving state."""

    spoken_words: int
    """V1: words in one spoken answer."""
    options: int
    """V2: options in one question."""
    shows_transcript: bool
    """S22."""
    allows_typing: bool
    """S14."""


LIMITS: dict[DrivingState, Limits] = {
    DrivingState.PARKED: Limits(spoken_words=60, options=MOST_OPTIONS, shows_transcript=True, allows_typing=True),
    DrivingState.IDLING: Limits(spoken_words=25, options=MOST_OPTIONS, shows_transcript=False, allows_typing=True),
    DrivingState.MOVING: Limits(spoken_words=25, options=MOST_OPTIONS, shows_transcript=False, allows_typing=False),
}
"""S22 is read strictly: a transcript appears only when parked. Typing is blocked while moving (S14)."""
