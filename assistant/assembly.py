"""Puts real parts together from settings: the one place that picks them.

Every function is an async context manager that opens parts in order and closes them in reverse. It holds no state of
its own and decides nothing during a conversation.
"""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.conversation.announcements import CalendarWatch, ring_timers, watch_vehicle
from assistant.conversation.asking_ahead import AheadRules, AskingAhead, place_named
from assistant.conversation.journal import Journal
from assistant.conversation.live_sound import LiveEar, LiveInterruptions, LiveMouth, Quiet, SilentMouth
from assistant.conversation.own_servers import profile_of, steering
from assistant.conversation.preferred_tools import Circumstances
from assistant.conversation.reader import Reader
from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.runtime import Runtime
from assistant.conversation.turn_ending import turn_ending
from assistant.conversation.unfinished import FILE_NAME as UNFINISHED_FILE
from assistant.conversation.unfinished import UnfinishedRequests
from assistant.conversation.wake_word import Waking
from assistant.dialogue.state import State
from assistant.metrics.tracing_wish import traces_wished
from assistant.policy.timing import FOUND_SECONDS, INTERRUPT_SECONDS, PRE_ROLL_SECONDS
from assistant.profile.store import FILE_NAME as PROFILE_FILE
from assistant.profile.store import ProfileStore
from assistant.settings.settings import Settings
from assistant.settings.settings_file import user_file
from assistant.tool_opening import open_tool_client
from assistant.understanding.learning.experience import FILE_NAME as EXPERIENCE_FILE
from assistant.understanding.learning.experience import Experience
from assistant.understanding.learning.index_cache import IndexFolder
from assistant.understanding.learning.language_model import Model, ModelSettings
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.voice_opening import chosen_voice, open_chosen_synthesizer, open_recognizer
from assistant.wording.host_messages import words_of
from assistant.wording.replies import sentence
from client.clock import Clock, SystemClock
from client.http import open_http_client
from client.resilience.connectivity import Connectivity
from client.standing_memory import settling
from client.tool_client import ToolClient
from voice.mouth import Mouth
from voice.voice_errors import DeviceError, VoiceError

if TYPE_CHECKING:
    from voice.front_end import EchoCanceller

_log = logging.getLogger(__name__)
READY_SECONDS = 3.0
"""How long the start waits for servers before it says which are away; nobody waits for the dead ones after that."""
MICROPHONE_SECONDS = 2.0
"""How long the start waits for the microphone's first sound."""


@dataclass(frozen=True)
class Live:
    """A running assistant and what its faces show."""

    runtime: Runtime
    tools: ToolClient
    vehicle: SimulatedVehicle
    ear: LiveEar | None
    mouth: LiveMouth | SilentMouth
    reader: Reader
    routines: RoutineBook
    """The driver's routines as they are now."""
    cabin: Cabin | None = None
    """The car's own state, with the way ahead; None where its tools are switched off."""

    @property
    def has_microphone(self) -> bool:
        """Whether a microphone gives sound now."""
        return self.ear is not None and self.ear.ready


@asynccontextmanager
async def open_live(
    settings: Settings,
    complain: Callable[[str], None],
    *,
    sound: bool = True,
    server: str | None = None,
    only: bool = False,
    records: Path | None = None,
) -> AsyncIterator[Live]:
    """Open the whole assistant: tools, dialogue, journal, and microphone and speaker where they exist.

    What is missing is told to `complain` in one sentence each, and everything else works. `server` (a URL, a configured
    name or a command line) takes the place of the configured ones; `only` leaves out the tools of car and profile;
    `records` takes the place of the data folder, logins aside. Raises `ConfigurationError` for a wrong `server`.
    """
    clock, folder = SystemClock(), records or settings.data_path
    async with AsyncExitStack() as stack:
        vehicle, cabin = await _open_vehicle(settings, clock, complain, stack, only=only)
        kept = ProfileStore(folder / PROFILE_FILE)
        routines = RoutineBook(settings.tools, user_file() if records is None else None)
        own = () if only else (kept, routines)
        tools = await stack.enter_async_context(_opening(settings, server, clock, cabin, own, folder))
        quiet = await _quiet_fan(tools, stack) if cabin and settings.car.quiet_fan else None
        heard = await _open_sound(settings, complain, stack, quiet) if sound else _silence(clock)
        state = _first_state(settings, now := datetime.now().astimezone())
        reader = await _open_reader(settings, tools, stack, folder, vehicle, routines)
        runtime = Runtime(
            state,
            reader=reader,
            tools=tools,
            clock=clock,
            mouth=heard.mouth,
            ear=heard.ear,
            interruptions=heard.interruptions,
            profile=lambda: profile_of(settings.profile, kept.read()),
            journal=Journal(_journal_file(folder, now), state) if settings.journal else None,
            here=lambda: settings.profile.here,
            deadline=settings.deadline,
            unfinished=UnfinishedRequests(folder / UNFINISHED_FILE, FOUND_SECONDS),
        )
        await tools.ready(READY_SECONDS)  # first, so that nothing is understood with half of the tools
        await stack.enter_async_context(runtime)
        await _watch_figures(settings, runtime, tools, clock, complain, stack)
        if heard.waking:
            stack.push_async_callback(_ended, asyncio.create_task(heard.waking.run(runtime)))
        _announce(settings, runtime, tools, vehicle, cabin, clock, stack)
        _tell_who_is_away(tools, complain)
        stack.enter_context(settling())
        _tell_what_does_nothing(settings, tools, complain, asked=server)
        yield Live(runtime, tools, vehicle, heard.ear, heard.mouth, reader, routines, cabin)


def _journal_file(folder: Path, now: datetime) -> Path:
    return folder / "journals" / f"{now:%Y%m%d-%H%M%S}.jsonl"


def _opening(
    settings: Settings,
    server: str | None,
    clock: Clock,
    cabin: Cabin | None,
    own: tuple[()] | tuple[ProfileStore, RoutineBook],
    records: Path,
) -> AbstractAsyncContextManager[ToolClient]:
    profile, routines = own or (None, None)
    return open_tool_client(
        settings, server=server, clock=clock, cabin=cabin, profile=profile, routines=routines, records=records
    )


def _silence(clock: Clock) -> Sound:
    return Sound(SilentMouth(clock.sleep, hurried=True))


def _first_state(settings: Settings, now: datetime) -> State:
    """Return the state of a conversation that begins now."""
    offset = (now.utcoffset() or timedelta(0)).total_seconds()
    return replace(State(f"live-{uuid.uuid4().hex[:12]}"), utc_offset=offset, language=settings.language)


async def _watch_figures(
    settings: Settings,
    runtime: Runtime,
    tools: ToolClient,
    clock: Clock,
    complain: Callable[[str], None],
    stack: AsyncExitStack,
) -> None:
    """Count and serve the figures of the conversation, and trace it, each if it is wished."""
    if settings.metrics.in_car or traces_wished():
        from assistant.metrics.conversation_figures import conversation_figures  # heavy: only if figures are wanted

        await stack.enter_async_context(conversation_figures(settings.metrics, runtime, tools, clock, complain))


def _tell_who_is_away(tools: ToolClient, complain: Callable[[str], None]) -> None:
    """Name each server that cannot be reached, with what is known of its tools."""
    for known in tools.server_states():
        detail = sentence(known.detail)
        if known.code == "misconfigured":
            complain(detail)
        elif not known.healthy:
            complain(f"{detail} {known.tools} of its tools are known; McQueen connects as soon as it answers.")


def _tell_what_does_nothing(
    settings: Settings, tools: ToolClient, complain: Callable[[str], None], *, asked: str | None
) -> None:
    """Say each setting that does nothing; not where one server was asked for in place of the configured ones."""
    if asked is not None or not settings.model_fields_set:
        return
    from assistant.settings.without_effect import known_tools, without_effect  # only where something is set

    away = [state.name for state in tools.server_states() if not state.healthy]
    known, steers = known_tools(settings, tools.catalog, away), steering(settings.language)
    for idle in without_effect(settings, known, steers=steers, broken=False):
        complain(sentence(idle))


async def _open_vehicle(
    settings: Settings, clock: Clock, complain: Callable[[str], None], stack: AsyncExitStack, *, only: bool
) -> tuple[SimulatedVehicle, Cabin | None]:
    """Return the vehicle, which follows a real one if settings name it, and its cabin if its tools are on.

    With `only`, the cabin is left out.
    """
    vehicle = SimulatedVehicle()
    real = settings.car.databroker
    if not real:
        return vehicle, Cabin(vehicle) if settings.car.tools and not only else None
    from assistant.vehicle.kuksa import KuksaSource, follow  # heavy: only with a real car

    words = words_of("car", settings.language)
    source = KuksaSource(vehicle, real, clock, lambda message: complain(words(message)))
    stack.push_async_callback(_ended, await follow(source))
    return vehicle, None  # a simulated cabin is no real car's


def _announce(
    settings: Settings,
    runtime: Runtime,
    tools: ToolClient,
    vehicle: SimulatedVehicle,
    cabin: Cabin | None,
    clock: Clock,
    stack: AsyncExitStack,
) -> None:
    """Have the runtime say, unasked, what the vehicle, the timers and the calendar give reason for."""
    watch_vehicle(runtime, vehicle, settings.car.announcements)
    if cabin is not None:
        ring_timers(runtime, cabin)
    if "calendar" in settings.car.announcements:
        calendar = CalendarWatch(tools, clock, lambda: datetime.now().astimezone(), settings.language)
        stack.push_async_callback(_ended, asyncio.create_task(calendar.run(runtime.notice)))
    _ask_ahead(settings, runtime, tools, vehicle, cabin, stack)


def _ask_ahead(
    settings: Settings,
    runtime: Runtime,
    tools: ToolClient,
    vehicle: SimulatedVehicle,
    cabin: Cabin | None,
    stack: AsyncExitStack,
) -> None:
    """Have asked ahead what settings name, if they name anything."""
    rules = AheadRules.of(settings.warming)
    if not rules.every and not rules.before_dead_zones:
        return
    here = settings.profile.here
    ahead = AskingAhead(tools, SystemClock(), rules, lambda name: place_named(name, here, cabin))
    runtime.observe(ahead.saw)
    vehicle.subscribe(lambda: ahead.moved(vehicle.journey, vehicle.speed))
    stack.push_async_callback(ahead.close)
    stack.push_async_callback(_ended, asyncio.create_task(ahead.run()))


async def _open_reader(
    settings: Settings,
    tools: ToolClient,
    stack: AsyncExitStack,
    folder: Path,
    vehicle: SimulatedVehicle,
    routines: RoutineBook,
) -> Reader:
    """Return what reads the driver's words, with the helps that settings allow."""
    wanted = settings.understanding
    model = None
    if wanted.model_url:
        http = await stack.enter_async_context(open_http_client())
        key = os.environ.get("OPENAI_API_KEY", "")
        model = Model(ModelSettings(wanted.model_url, wanted.model, key, wanted.model_seconds), http)
    experience = Experience(folder / EXPERIENCE_FILE) if wanted.learning else None
    material = tools.material() if wanted.server_hints else None
    kept = IndexFolder.on_this_machine()
    return Reader(
        experience=experience,
        model=model,
        material=material,
        spoken=settings.language,
        kept=kept,
        routines=routines,
        rules=settings.routing.rules,
        circumstances=lambda: Circumstances(
            settings.profile.here, vehicle.speed > 0, tools.connectivity is not Connectivity.OFFLINE
        ),
    )


@dataclass(frozen=True)
class Sound:
    """Ears and mouth of a live conversation; without devices, a mouth that only takes its time."""

    mouth: LiveMouth | SilentMouth
    ear: LiveEar | None = None
    interruptions: LiveInterruptions | None = None
    waking: Waking | None = None


async def _quiet_fan(tools: ToolClient, stack: AsyncExitStack) -> Quiet:
    from assistant.vehicle.car_server import NAME  # only where the car's tools are wanted
    from assistant.vehicle.quiet import QuietFan

    fan = QuietFan(tools.call, NAME)
    stack.push_async_callback(fan.close)
    return fan.quiet


async def _open_sound(
    settings: Settings, complain: Callable[[str], None], stack: AsyncExitStack, quiet: Quiet | None
) -> Sound:
    from voice.capture import Capture  # heavy: only with sound
    from voice.devices import load_sounddevice
    from voice.microphone import Microphone
    from voice.speaker import Speaker

    silent = SilentMouth(SystemClock().sleep, hurried=True)
    voice = chosen_voice(settings)
    try:
        load_sounddevice()
        recognizer = open_recognizer(settings)
        synthesizer = open_chosen_synthesizer(settings, complain)
    except VoiceError as error:
        complain(str(error))
        return Sound(silent)
    stack.push_async_callback(recognizer.close)
    stack.push_async_callback(synthesizer.close)
    speaker = Speaker(settings.voice.speaker, volume=settings.voice.volume / 100, on_notice=complain)
    stack.push_async_callback(speaker.close)
    mouth = Mouth(synthesizer, speaker, voice)
    canceller = _open_echo_canceller(complain)
    capture = Capture(
        Microphone(settings.voice.microphone),
        speaking=lambda: mouth.speaking,
        reference=speaker.reference,
        canceller=canceller,
        on_notice=complain,
        pre_roll=PRE_ROLL_SECONDS,
        over_ours=INTERRUPT_SECONDS + PRE_ROLL_SECONDS + 0.4,  # a detector is sure of speech up to 0.4 s late
    )
    listening = asyncio.create_task(capture.run())
    stack.push_async_callback(_ended, listening)
    await capture.wait_ready(MICROPHONE_SECONDS)
    ear = LiveEar(recognizer, capture, complain, mouth, quiet, limits=turn_ending(settings.voice.turn_ending_silence))
    # Without echo cancellation our own voice would interrupt us: then only push-to-talk does.
    interruptions = LiveInterruptions(ear, capture, mouth, speaker.duck) if canceller else None
    waking = Waking(
        settings.voice.wake_words,
        capture,
        lambda: mouth.speaking,
        complain,
        server=settings.voice.wyoming_wake,
        language=settings.language,
    )
    return Sound(LiveMouth(mouth, silent, complain), ear, interruptions, waking)


def _open_echo_canceller(complain: Callable[[str], None]) -> EchoCanceller | None:
    from voice.front_end import EchoCanceller  # heavy: only with sound

    try:
        return EchoCanceller()
    except DeviceError as error:
        complain(f"{error}; until then only push-to-talk interrupts McQueen")
        return None


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
