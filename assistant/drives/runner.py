"""Runs one drive on a virtual clock, with the real client, server and dialogue, and with voice also real recognition
and synthesis. It plays the script, keeps the timeline, and checks expectations, promises and limits. It makes no
decision for McQueen.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.conversation.announcements import ring_timers
from assistant.conversation.asking_ahead import AheadRules, AskingAhead, place_named
from assistant.conversation.journal import Journal, replay
from assistant.conversation.own_servers import profile_of
from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.runtime import Runtime
from assistant.conversation.vehicle_warnings import VehicleWatch
from assistant.dialogue.turns import Mode
from assistant.drives.cabin_sound import DriveLine, noise_level
from assistant.drives.checks import (
    CheckResult,
    Mark,
    Moment,
    check_expectation,
    check_final,
    check_limits,
    check_promises,
    check_server,
    mark,
)
from assistant.drives.drive_reader import first_state, reader_of
from assistant.drives.drive_sound import DriveSound
from assistant.drives.format import Drive, Step
from assistant.drives.loading import check_against
from assistant.drives.own_record import seen_at_the_end
from assistant.drives.parts import DriveParts, open_drive_parts
from assistant.drives.road_network import NetworkState
from assistant.drives.timeline import Timeline
from assistant.drives.travelling import journey_on, travel
from assistant.drives.virtual_clock import StalledError, VirtualClock
from assistant.policy.driving import driving_state
from assistant.profile.store import FILE_NAME as PROFILE_FILE
from assistant.profile.store import ProfileStore
from assistant.settings.settings import ProfileSettings
from assistant.settings.sources import FILE_NAME
from assistant.understanding.reading import Profile
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.voice_opening import Voices

READY_SECONDS = 30.0
"""Real seconds that a server may take to start before the drive; npx is slow on a busy machine."""
PATIENCE = 90.0
"""Virtual seconds that a drive waits for McQueen before it gives up."""


@dataclass(frozen=True)
class DriveResult:
    """The result of a drive."""

    name: str
    title: str
    timeline: Timeline
    findings: tuple[CheckResult, ...]
    virtual_seconds: float
    real_seconds: float
    wav: Path | None = None
    journal: Path | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    expects: bool = True
    """Whether the drive states expectations of its own, besides the checks of every drive."""

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(finding.holds for finding in self.findings)


class DriveRunner:
    """Plays one drive once."""

    def __init__(
        self,
        path: Path,
        drive: Drive,
        *,
        voices: Voices | None = None,
        out: Path | None = None,
        server: str | None = None,
        record: Path | None = None,
        realtime: bool = False,
        between: Callable[[Step], Awaitable[Sequence[Step]]] | None = None,
    ) -> None:
        """Before each step, `between` is awaited: it can hold the drive and change vehicle, network or server."""
        self._path = path
        self._drive = drive
        self._voices = voices if drive.language == "en" else None  # other languages are typed
        self._out = out
        self._server = server
        self._record = record or (out / f"{path.stem}.wav" if out else None)
        self._clock = VirtualClock(drive.now.timestamp(), realtime=realtime)
        self._timeline = Timeline(drive.now.timestamp())
        self._vehicle = SimulatedVehicle()
        offset = (drive.now.utcoffset() or timedelta(0)).total_seconds()
        self._cabin = Cabin(self._vehicle, now=self._clock.now, utc_offset=lambda: offset) if drive.car else None
        self._watch = VehicleWatch(drive.announcements, drive.language)
        self._findings: list[CheckResult] = []
        self._mark = Mark()
        self._between = between

    @property
    def timeline(self) -> Timeline:
        """Everything that has happened so far; it grows while the drive runs."""
        return self._timeline

    @property
    def vehicle(self) -> SimulatedVehicle:
        """The present state of the vehicle."""
        return self._vehicle

    async def waiting(self) -> int:
        """Return the number of confirmed calls in the drive's outbox; call it only between steps."""
        return await self._parts.tools.count_waiting()

    async def run(self) -> DriveResult:
        """Run the drive. Raises `DriveError` if it asks for something impossible."""
        began = time.perf_counter()
        name = self._path.stem
        with tempfile.TemporaryDirectory(prefix="mcqueen-drive-") as folder:
            journal = (self._out / f"{name}.journal.jsonl") if self._out else Path(folder) / "journal.jsonl"
            async with self._opened(Path(folder), journal):
                await self._play_all()
            self._check_replay(journal)
        wav = self._sound.write(self._record)
        return DriveResult(
            name,
            self._drive.title,
            self._timeline,
            tuple(self._findings),
            self._clock.monotonic(),
            time.perf_counter() - began,
            wav,
            journal if self._out else None,
            expects=self._drive.expects,
        )

    async def _play_all(self) -> None:
        """Play every step and check the end; a drive whose virtual time stalls ends there and fails."""
        number = 0
        try:
            for number, step in enumerate(self._drive.steps, 1):
                for fault in await self._between(step) if self._between else ():
                    await self._change_world(fault)
                await self._play(number, step)
            await self._quiet()
            await self._check_end()
        except StalledError as stalled:
            asks = self._runtime.state.question
            question = f'; open is the question "{asks.needs.error.message}"' if asks is not None else ""
            self._findings.append(CheckResult(f"step {number}: the drive went on", False, f"{stalled}{question}"))

    # -- parts -------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _opened(self, folder: Path, journal: Path) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            self._kept = ProfileStore(folder / PROFILE_FILE)
            self._routines = RoutineBook(self._drive.tools, folder / FILE_NAME)
            self._parts: DriveParts = await stack.enter_async_context(
                open_drive_parts(
                    folder,
                    self._clock,
                    self._now,
                    place=self._drive.place,
                    server=self._server,
                    embedded=self._drive.server,
                    language=self._drive.language,
                    dialect=self._drive.dialect,
                    cabin=self._cabin,
                    profile=None if self._drive.only else self._kept,
                    routines=self._routines if self._drive.tools or not self._drive.only else None,
                )
            )
            await self._parts.tools.ready(READY_SECONDS)
            self._findings.extend(check_server(self._server, self._parts.tools.catalog))
            check_against(self._drive, self._path, self._parts.tools.catalog, ours=self._parts.counterpart is not None)
            state = first_state(self._drive, self._path.stem)
            self._sound = DriveSound(self._path, self._voices, self._clock)
            self._sound.watch(self._driver_speaks)
            self._runtime = Runtime(
                state,
                tools=self._parts.tools,
                clock=self._clock,
                mouth=self._sound.mouth,
                ear=self._sound.ear,
                reader=reader_of(self._drive, self._parts, self._vehicle, self._routines, heard=bool(self._voices)),
                profile=self._profile,
                journal=Journal(journal, state),
                here=lambda: self._drive.place,
            )
            self._runtime.observe(self._timeline)
            await stack.enter_async_context(self._runtime)
            self._ask_ahead(stack)
            self._vehicle.subscribe(self._vehicle_changed)
            self._vehicle.set(self._drive.vehicle)
            await self._clock.run_until(lambda: bool(len(self._runtime.state.catalog)), 5.0)
            if self._cabin is not None:
                ring_timers(self._runtime, self._cabin)
            if self._drive.route is not None:
                journey = journey_on(self._drive.route, self._vehicle)
                moving = asyncio.create_task(travel(journey, self._clock, self._network_at))
                stack.push_async_callback(_arrive, moving)
            yield

    def _network_at(self, there: bool) -> None:
        network = NetworkState.GOOD if there else NetworkState.TUNNEL
        self._timeline.note(self._clock.now(), "network", f"{network.value} on the way")
        self._parts.transport.network = network

    def _profile(self) -> Profile:
        given = self._drive.profile
        told = ProfileSettings(contacts=given.contacts, places=given.places, quick_messages=given.quick_messages)
        return profile_of(told, self._kept.read())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC).astimezone(self._drive.now.tzinfo)

    def _vehicle_changed(self) -> None:
        vehicle = self._vehicle
        for word in self._watch.look(vehicle.values(), vehicle.journey):
            self._runtime.notice(word.topic, word.text)
        self._runtime.drive(driving_state(vehicle.gear, vehicle.parking_brake, vehicle.speed), vehicle.speed)
        self._ahead.moved(vehicle.journey, vehicle.speed)

    def _ask_ahead(self, stack: AsyncExitStack) -> None:
        rules, here, cabin = AheadRules.of(self._drive.warming), self._drive.place, self._cabin
        self._ahead = AskingAhead(self._parts.tools, self._clock, rules, lambda name: place_named(name, here, cabin))
        self._runtime.observe(self._ahead.saw)
        stack.push_async_callback(self._ahead.close)
        stack.push_async_callback(_arrive, asyncio.create_task(self._ahead.run()))

    def _driver_speaks(self, line: DriveLine, ended: bool) -> None:
        now = self._clock.now()
        if ended:
            self._timeline.speech_ended(now)
            return
        self._timeline.driver_speaks(now, line.text, line.heard)

    # -- the script --------------------------------------------------------------------------------------------------

    async def _play(self, number: int, step: Step) -> None:
        if step.driver is not None:
            await self._speak(number, step)
        elif step.silence:
            self._mark = mark(self._timeline)
            await self._quiet()
        elif step.press:
            self._press()
            await self._clock.run_for(0.2)
        elif step.wait is not None:
            await self._clock.run_for(step.wait)
        elif step.expect is not None:
            found = check_expectation(f"step {number}", step.expect, self._timeline, self._mark, await self._moment())
            self._findings.extend(found)
        else:
            await self._change_world(step)

    async def _change_world(self, step: Step) -> None:
        now = self._clock.now()
        if step.network is not None:
            self._timeline.note(now, "network", step.network.value.replace("_", " "))
            self._parts.transport.network = step.network
        elif step.fault is not None:
            faults = step.fault if isinstance(step.fault, list) else [step.fault]
            self._timeline.note(now, "network", f"the next call: {', then '.join(fault.value for fault in faults)}")
            self._parts.transport.faults.extend(faults)
        elif step.server is not None:
            self._timeline.note(now, "server", step.server)
            counterpart = self._parts.counterpart
            assert counterpart is not None, "check_against refuses the step for another server"
            with self._clock.working():
                await (counterpart.stop() if step.server == "stopped" else counterpart.start_again())
        elif step.vehicle is not None:
            self._timeline.note(now, "vehicle", ", ".join(f"{name} {value}" for name, value in step.vehicle.items()))
            self._vehicle.set(step.vehicle)
        await self._clock.run_for(0.1)

    async def _speak(self, number: int, step: Step) -> None:
        """Say a line; with voice, repeat it once if it was not understood, as people do."""
        await self._be_heard()
        self._mark = mark(self._timeline)
        unheard = self._timeline.unheard
        heard = await self._say(step, f"line {number}")
        if heard and self._voices and step.heard is None and self._timeline.unheard > unheard:
            await self._be_heard()
            heard = await self._say(step, f"line {number} again")
        if not heard:
            mode = self._runtime.state.mode
            self._findings.append(CheckResult(f"step {number}: McQueen listened", False, f"it is {mode}"))

    async def _be_heard(self) -> None:
        """Wait until McQueen has finished, and press the button if it does not listen by itself."""
        await self._clock.run_until(self._ready, PATIENCE)
        if not self._sound.ear.open:
            self._runtime.press()
            await self._clock.run_until(lambda: self._sound.ear.open, 5.0)

    async def _say(self, step: Step, name: str) -> bool:
        """Say a line in the noise with that name; return whether it was heard to its end."""
        ear = self._sound.ear
        before = ear.taken
        await self._sound.say(step, name, self._noise_db())
        heard = await self._clock.run_until(lambda: ear.taken > before or self._closed(), PATIENCE)
        if ear.taken == before:  # the microphone closed as the driver began
            await self._be_heard()
            heard = await self._clock.run_until(lambda: ear.taken > before, PATIENCE)
        if heard:
            await (self._interrupt(step.interrupt) if step.interrupt else self._clock.run_until(self._ready, PATIENCE))
        return heard

    async def _interrupt(self, seconds: float) -> None:
        """Press the button that long after McQueen began to speak, and wait until it listens."""
        await self._clock.run_until(lambda: bool(self._runtime.state.said.playing), PATIENCE)
        await self._clock.run_for(seconds)
        self._press()
        await self._clock.run_until(lambda: self._sound.ear.open, 5.0)

    def _press(self) -> None:
        self._runtime.press()
        self._timeline.note(self._clock.now(), "driver", "(presses push-to-talk)")

    def _noise_db(self) -> float:
        """Return how many dB speech stands above noise at the present speed and fan level."""
        if self._drive.noise_db is not None:
            return self._drive.noise_db
        return noise_level(self._vehicle.speed, self._cabin.fan if self._cabin else 0)

    def _ready(self) -> bool:
        """Whether McQueen waits for the driver: the microphone is open, or the conversation is idle."""
        return self._sound.ear.open or self._closed()

    def _closed(self) -> bool:
        """Whether the conversation is idle."""
        state = self._runtime.state
        return state.mode is Mode.IDLE and not state.said.playing and not state.listening

    async def _quiet(self) -> None:
        """Stay silent until McQueen has closed the turn."""
        await self._clock.run_until(self._closed, PATIENCE)

    # -- the end -----------------------------------------------------------------------------------------------------

    async def _moment(self) -> Moment:
        vehicle = self._vehicle
        driving = driving_state(vehicle.gear, vehicle.parking_brake, vehicle.speed)
        return Moment(
            self._runtime.state.mode, driving, await self.waiting(), vehicle.values(), self._kept.read().model_dump()
        )

    async def _check_end(self) -> None:
        state = self._runtime.state
        asks = state.question
        asked = f', and waits for an answer to "{asks.needs.error.message}"' if asks is not None else ""
        idle = state.mode is Mode.IDLE
        self._findings.append(CheckResult("the conversation came to its end", idle, f"it is {state.mode}{asked}"))
        seen = await seen_at_the_end(self._parts.counterpart, self._timeline)
        self._findings.extend(check_final(self._drive.final, self._timeline, await self._moment(), seen))
        self._findings.extend(check_promises(self._timeline))
        self._findings.extend(check_limits(self._timeline, self._drive.shows))

    def _check_replay(self, journal: Path) -> None:
        again = replay(journal)
        same = not again.differences and again.state == self._runtime.state
        detail = "; ".join(again.differences[:2]) or "the last state differs"
        self._findings.append(
            CheckResult(f"the journal replays to the same effects ({again.steps} steps)", same, detail)
        )


async def _arrive(moving: asyncio.Task[None]) -> None:
    """End a journey and raise any error that happened on it."""
    moving.cancel()
    await asyncio.wait([moving])
    if not moving.cancelled() and (error := moving.exception()) is not None:
        raise error
