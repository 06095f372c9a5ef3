"""Driving state and the driver-distraction limits that the dialogue, the dashboard and the drive runner share.

Numbers carry their row ids. Reads no signal itself; it is told gear, parking brake and speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    """What holds in a driving state."""

    spoken_words: int
    """V1: words in one spoken answer."""
    options: int
    """V2: options in one question."""
    shows_transcript: bool
    """S22."""
    allows_typing: bool
    """S14."""


SPOKEN_SECONDS = 8.0
"""V1: one breath. Read-backs may take more, in parts no longer than this."""
REPLY_SECONDS = 8.0
"""T5: how long an answer to a question may begin after it was asked."""
BUSY_SECONDS = 2.0
"""T2: a result that takes longer gets a sign that something is going on."""
QUIET_SECONDS = 27.0
"""V6: no unrequested speech after a finished task while moving, except safety."""
MOST_FAILED_TRIES = 3
"""T6: no-match and no-input together."""
ACKNOWLEDGE_SECONDS = 0.25
"""T1: press to earcon or visible change."""
ANSWER_SECONDS = 5.0
"""T3: from the end of speech to the first sample of the answer, 95 of 100 times."""
MOST_STEPS = 5
"""S9: the driver's turns in one task."""
LONGEST_TASK_SECONDS = 30.0
"""V5: without the driver's pauses and waits for the network."""

LIMITS: dict[DrivingState, Limits] = {
    DrivingState.PARKED: Limits(spoken_words=60, options=3, shows_transcript=True, allows_typing=True),
    DrivingState.IDLING: Limits(spoken_words=25, options=3, shows_transcript=False, allows_typing=True),
    DrivingState.MOVING: Limits(spoken_words=25, options=3, shows_transcript=False, allows_typing=False),
}
"""S22 is read strictly: a transcript appears only when parked. Typing is blocked while moving (S14)."""
