"""Plays a drive in the dashboard: run, pause, step, and add faults.

The drive decides everything. It has its own virtual clock, client and town; the driver's conversation does not notice
it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.dashboard.widgets.status import Standing
from assistant.drives.driving_limits import Measured, measure_limits
from assistant.drives.format import Step
from assistant.drives.loading import load_drive
from assistant.drives.road_network import NetworkState, RoadFault
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.drives.timeline import Timeline, TimelineLine
from assistant.vehicle.simulation import Journey

PAUSE_SECONDS = 0.25
"""Seconds between two steps of a running drive: slow enough to follow, and keys still respond."""
FAULTS: dict[str, Step] = {
    # key, as in `pane_keys.FAULT_NAMES`: what befalls the world before the next step
    "t": Step(network=NetworkState.TUNNEL),
    "o": Step(network=NetworkState.GOOD),
    "w": Step(network=NetworkState.EDGE),
    "a": Step(network=NetworkState.ANSWERS_LOST),
    "c": Step(network=NetworkState.CAPTIVE_PORTAL),
    "z": Step(fault=RoadFault.RESET),
    "h": Step(fault=RoadFault.HANGS),
    "m": Step(fault=RoadFault.TOO_MANY),
    "x": Step(server="stopped"),
    "s": Step(server="started"),
}


class DrivePlayer:
    """Plays one drive at a time."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called after every step."""
        self._changed = changed
        self._go = asyncio.Event()
        self._once = False
        self._faults: list[Step] = []
        self._runner: DriveRunner | None = None
        self.name = ""
        self.steps = 0
        self.done = 0
        self.waiting = 0
        """Confirmed calls in the drive's outbox before this step."""
        self.result: DriveResult | None = None

    @property
    def running(self) -> bool:
        """Whether it plays without waiting for a key at each step."""
        return self._go.is_set() and not self._once and self._runner is not None and self.result is None

    @property
    def timeline(self) -> Timeline | None:
        """Everything that has happened; None before a drive was chosen."""
        return self._runner.timeline if self._runner else None

    @property
    def entries(self) -> list[TimelineLine]:
        """The entries of the timeline, in order."""
        return self.timeline.ordered() if self.timeline else []

    @property
    def journey(self) -> Journey | None:
        """The drive's route; None if it has none."""
        return self._runner.vehicle.journey if self._runner else None

    @property
    def standing(self) -> Standing:
        """The state of the drive's conversation."""
        steps = self.timeline.steps if self.timeline else []
        if not steps:
            return Standing()
        return Standing(steps[-1].state.driving, steps[-1].state.online, self.waiting)

    @property
    def vehicle(self) -> dict[str, float | int | bool]:
        """Signals of the drive's vehicle by VSS name; empty before a drive was chosen."""
        return dict(self._runner.vehicle.values()) if self._runner else {}

    def limits(self) -> list[Measured]:
        """The driving limits, measured so far."""
        return measure_limits(self.timeline) if self.timeline and self.timeline.steps else []

    async def play(self, path: Path, *, paused: bool = False) -> DriveResult:
        """Play the drive to its end. Raises `assistant.drives.format.DriveError`."""
        drive = load_drive(path)
        self.name, self.steps, self.done, self.result = path.stem, len(drive.steps), 0, None
        self._faults.clear()
        self.waiting = 0
        self._once = False
        self._go.clear() if paused else self._go.set()
        self._runner = DriveRunner(path, drive, between=self._before)
        self.result = await self._runner.run()
        self._changed()
        return self.result

    async def _before(self, _: Step) -> Sequence[Step]:
        if self._runner is not None:
            self.waiting = await self._runner.waiting()
        self._changed()
        await self._go.wait()
        if self._once:
            self._once = False
            self._go.clear()
        else:
            await asyncio.sleep(PAUSE_SECONDS)
        self.done += 1
        faults, self._faults = self._faults, []
        return faults

    def pause_or_go(self) -> None:
        """Pause before the next step, or continue."""
        self._once = False
        self._go.clear() if self._go.is_set() else self._go.set()

    def step(self) -> None:
        """Play one step."""
        self._once = True
        self._go.set()

    def put_in(self, fault: Step) -> None:
        """Add this fault before the next step."""
        self._faults.append(fault)
