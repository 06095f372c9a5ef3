"""Builds what a drive's conversation begins with: its state, and the reader with its routines, rules and car."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.conversation.preferred_tools import Circumstances
from assistant.conversation.reader import Reader
from assistant.conversation.routine_book import RoutineBook
from assistant.dialogue.state import State
from assistant.drives.format import Drive
from assistant.drives.parts import DriveParts
from assistant.vehicle.simulation import SimulatedVehicle
from client.resilience.connectivity import Connectivity


def reader_of(
    drive: Drive, parts: DriveParts, vehicle: SimulatedVehicle, routines: RoutineBook, *, heard: bool
) -> Reader:
    """Return the reader; `heard` says whether lines are spoken rather than typed."""

    def now() -> Circumstances:
        return Circumstances(drive.place, vehicle.speed > 0, parts.tools.connectivity is not Connectivity.OFFLINE)

    return Reader(
        spoken=drive.language,
        heard=heard,
        routines=routines,
        rules=drive.routing.rules,
        circumstances=now,
    )


def first_state(drive: Drive, name: str) -> State:
    """Return the state of a conversation that begins with the drive of that name."""
    offset = drive.now.utcoffset() or timedelta(0)
    return replace(State(f"drive-{name}"), utc_offset=offset.total_seconds(), language=drive.language)
