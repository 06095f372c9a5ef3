"""Puts real parts together from settings: the one place that picks them.

Every function is an async context manager that opens parts in order and closes them in reverse. It holds no state of
its own and decides nothing during a conversation.
"""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.conversation.announcements import CalendarWatch, ring_timers, watch_vehicle
from assistant.conversation.journal import Journal
from assistant.conversation.live_sound import LiveEar, LiveInterruptions, LiveMouth, Quiet, SilentMouth
from assistant.conversation.own_servers import car_server, profile_of, profile_server
from assistant.conversation.reader import Reader
from assistant.conversation.runtime import Runtime
from assistant.conversation.turn_ending import turn_ending
from assistant.conversation.wake_word import Waking
from assistant.dialogue.state import State
from assistant.policy.sensitivity import assess, is_deferrable
from assistant.policy.timing import INTERRUPT_SECONDS, PRE_ROLL_SECONDS, YES_SECONDS
from assistant.profile.store import FILE_NAME as PROFILE_FILE
from assistant.profile.store import ProfileStore
from assistant.settings.settings import DATABASE, Settings
from assistant.town.world import World
from assistant.understanding.language import BASE
from assistant.understanding.learning.experience import FILE_NAME as EXPERIENCE_FILE
from assistant.understanding.learning.experience import Experience
from assistant.understanding.learning.index_cache import IndexFolder
from assistant.understanding.learning.language_model import Model, ModelSettings
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.wording.host_messages import words_of
from assistant.wording.languages import wording_of
from client.access.credentials import CredentialStore
from client.calls.call_settings import CallSettings
from client.catalog import Tool
from client.clock import Clock, SystemClock
from client.http import open_http_client
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON
from voice.mouth import Mouth
from voice.recognition.recognizer_base import Recognizer
from voice.synthesis.synthesizer_base import Synthesizer, Voice
from voice.voice_errors import DeviceError, RecognitionError, VoiceError

if TYPE_CHECKING:
    from assistant.serving.server import RunningTown
    from voice.front_end import EchoCanceller

_log = logging.getLogger(__name__)
TOWN = "town"
"""Name of the embedded server."""
READY_SECONDS = 3.0
"""How long the start waits for servers before it says which are away; nobody waits for the dead ones after that."""
MICROPHONE_SECONDS = 2.0
"""How long the start waits for the microphone's first sound."""


def needs_consent(tool: Tool, arguments: Mapping[str, JSON]) -> bool:
    """Return whether policy asks for a yes; what the client is given to ask."""
    return assess(tool, arguments).sensitive


@asynccontextmanager
async def open_tools(
    servers: Sequence[ToolServer], data_path: Path, clock: Clock, settings: CallSettings | None = None
) -> AsyncIterator[ToolClient]:
    """Open the client with its records in that folder. Raises `client.client_errors.RecordsError`."""
    storage = await Storage.open(data_path / DATABASE)
    try:
        async with ToolClient(
            servers,
            storage=storage,
            clock=clock,
            needs_consent=needs_consent,
            deferrable=is_deferrable,
            settings=replace(settings or CallSettings(), consent_age=YES_SECONDS),
        ) as tools:
            yield tools
    finally:
        await storage.close()


@asynccontextmanager
async def open_town(
    now: Callable[[], datetime], http: httpx.AsyncClient, clock: Clock, place: str = "", language: str = "en"
) -> AsyncIterator[tuple[RunningTown, ToolServer]]:
    """Serve the town on a loopback port and return it with the way to reach it."""
    from assistant.serving.server import serve_town  # heavy: only where the town is the server

    async with serve_town(World(now=now, start=place or "Heidelberg"), language) as town:
        yield town, StreamableHttpServer(TOWN, town.mcp_url, http, clock, trusted=True, built_in=True)


@asynccontextmanager
async def open_tool_client(
    settings: Settings,
    *,
    server: str | None = None,
    dialect: str | None = None,
    clock: Clock | None = None,
    cabin: Cabin | None = None,
    profile: ProfileStore | None = None,
) -> AsyncIterator[ToolClient]:
    """Open what is configured: the server named, else the configured ones, else the town; the car's own tools, and
    those of the driver's profile, where they are given.

    `server` is a URL, a configured name, or a command line (docs/design.md). Raises `ConfigurationError`.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http_client())
        servers: Sequence[ToolServer] = ()
        if server is not None or settings.servers:
            from client.configuration.server_entries import servers_from  # only where servers are configured

            servers = servers_from(
                settings.servers,
                http,
                clock,
                server=server,
                dialect=dialect,
                upkeep=settings.upkeep,
                credentials=CredentialStore(settings.data_path),
            )
        if not servers or (settings.town and server is None):
            opening = open_town(lambda: datetime.now().astimezone(), http, clock, language=settings.language)
            _, town = await stack.enter_async_context(opening)
            servers = [*servers, town]
        if cabin is not None:
            servers = [*servers, car_server(cabin, clock, settings.language)]
        if profile is not None:
            servers = [*servers, profile_server(profile, clock, settings.language)]
        tools = await stack.enter_async_context(open_tools(servers, settings.data_path, clock, settings.call_settings))
        await _obey(settings, servers, tools, stack)
        yield tools


async def _obey(settings: Settings, servers: Sequence[ToolServer], tools: ToolClient, stack: AsyncExitStack) -> None:
    """Let `mcqueen servers` look at, stop and start the servers; where that cannot be, everything else works."""
    from client.servers.processes.control import control_folder, listening

    try:
        await stack.enter_async_context(listening(control_folder(settings.data_path), servers, tools))
    except OSError as error:
        _log.warning("mcqueen servers cannot reach this McQueen: %s", error)


@dataclass(frozen=True)
class Voices:
    """The parts that a drive with voice needs; shared by the drives of one run."""

    recognizer: Recognizer
    synthesizer: Synthesizer
    assistant: Voice
    driver: Voice


@asynccontextmanager
async def open_drive_voices(wanted: bool, settings: Settings | None = None) -> AsyncIterator[Voices | None]:
    """Open recognizer and synthesizer for drives; None where no voice is wanted."""
    if not wanted:
        yield None
        return
    from voice.synthesis.espeak import DRIVER_VOICE, RepeatableEspeakSynthesizer  # heavy: only with voice

    recognizer = open_recognizer(settings or Settings())
    synthesizer = RepeatableEspeakSynthesizer()  # a drive is heard alike each time it is run
    try:
        yield Voices(recognizer, synthesizer, _voice(settings or Settings()), DRIVER_VOICE)
    finally:
        await recognizer.close()
        await synthesizer.close()


def open_recognizer(settings: Settings) -> Recognizer:
    """Return the recognizer that settings name; by themselves they take the best that is installed.

    Raises `RecognitionError` where settings ask for what is not there.
    """
    from voice.recognition.choose_recognizer import make_neural_recognizer, make_recognizer  # heavy: only with voice

    wanted, model, threads = settings.voice.recognizer, settings.voice.vosk_model, settings.voice.threads
    neural = Path(settings.voice.neural_model) if settings.voice.neural_model else None
    if wanted == "neural":
        _need_english(settings, "neural")
        return make_neural_recognizer(neural, threads)
    if wanted == "sphinx":
        from voice.recognition.sphinx import SphinxRecognizer

        return SphinxRecognizer()
    if wanted == "wyoming":
        from voice.wyoming import WyomingRecognizer

        return WyomingRecognizer(settings.voice.wyoming)
    may_be_neural = wanted == "auto" and settings.language == BASE
    recognizer = make_recognizer(Path(model) if model else None, neural, neural=may_be_neural, threads=threads)
    if wanted == "vosk" and recognizer.name != "vosk":
        raise RecognitionError("no Vosk model is found; set voice.vosk_model to its folder")
    _need_english(settings, recognizer.name)
    return recognizer


def _need_english(settings: Settings, recognizer: str) -> None:
    if settings.language != BASE and recognizer != "vosk":
        raise RecognitionError(
            f"{settings.language} is heard only with a Vosk model of it; set voice.vosk_model to its folder, or type"
        )


def _voice(settings: Settings) -> Voice:
    """Return the voice that settings name, else one of the language that is spoken."""
    named = "name" in settings.voice.model_fields_set
    return Voice(settings.voice.name if named else wording_of(settings.language).voice, settings.voice.words_per_minute)


@dataclass(frozen=True)
class Live:
    """A running assistant and what its faces show."""

    runtime: Runtime
    tools: ToolClient
    vehicle: SimulatedVehicle
    ear: LiveEar | None
    mouth: LiveMouth | SilentMouth
    cabin: Cabin | None = None
    """The car's own state, with the way ahead; None where its tools are switched off."""

    @property
    def has_microphone(self) -> bool:
        """Whether a microphone gives sound now."""
        return self.ear is not None and self.ear.ready


@asynccontextmanager
async def open_live(settings: Settings, complain: Callable[[str], None], *, sound: bool = True) -> AsyncIterator[Live]:
    """Open the whole assistant: tools, dialogue, journal, and microphone and speaker where they exist.

    What is missing is told to `complain` in one sentence each, and everything else works.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        vehicle = SimulatedVehicle()
        real = settings.car.databroker
        cabin = Cabin(vehicle) if settings.car.tools and not real else None  # a simulated cabin is no real car's
        if real:
            from assistant.vehicle.kuksa import KuksaSource, follow  # heavy: only with a real car

            words = words_of("car", settings.language)
            source = KuksaSource(vehicle, real, clock, lambda message: complain(words(message)))
            stack.push_async_callback(_ended, await follow(source))
        kept = ProfileStore(settings.data_path / PROFILE_FILE)
        tools = await stack.enter_async_context(open_tool_client(settings, clock=clock, cabin=cabin, profile=kept))
        quiet = await _quiet_fan(tools, stack) if cabin and settings.car.quiet_fan else None
        silent = Sound(SilentMouth(clock.sleep, hurried=True))
        heard = await _open_sound(settings, complain, stack, quiet) if sound else silent
        now = datetime.now().astimezone()
        offset = (now.utcoffset() or timedelta(0)).total_seconds()
        state = replace(State(f"live-{uuid.uuid4().hex[:12]}"), utc_offset=offset, language=settings.language)
        journal = settings.data_path / "journals" / f"{now:%Y%m%d-%H%M%S}.jsonl"
        reader = await _open_reader(settings, tools, stack)
        runtime = Runtime(
            state,
            reader=reader,
            tools=tools,
            clock=clock,
            mouth=heard.mouth,
            ear=heard.ear,
            interruptions=heard.interruptions,
            profile=lambda: profile_of(settings.profile, kept.read()),
            journal=Journal(journal, state) if settings.journal else None,
            here=lambda: settings.profile.here,
            deadline=settings.deadline,
        )
        await tools.ready(READY_SECONDS)  # first, so that nothing is understood with half of the tools
        await stack.enter_async_context(runtime)
        if settings.metrics.in_car:
            from assistant.metrics.conversation_figures import (
                conversation_figures,  # heavy: only where figures are wanted
            )

            watched = conversation_figures(settings.metrics, runtime, tools, clock, complain)
            await stack.enter_async_context(watched)
        if heard.waking:
            stack.push_async_callback(_ended, asyncio.create_task(heard.waking.run(runtime)))
        watch_vehicle(runtime, vehicle, settings.car.announcements)
        if cabin is not None:
            ring_timers(runtime, cabin)
        if "calendar" in settings.car.announcements:
            calendar = CalendarWatch(tools, clock, lambda: datetime.now().astimezone(), settings.language)
            stack.push_async_callback(_ended, asyncio.create_task(calendar.run(runtime.notice)))
        for server in tools.server_states():
            if not server.healthy:
                complain(
                    f"{server.detail} {server.tools} of its tools are known; McQueen connects as soon as it answers."
                )
        yield Live(runtime, tools, vehicle, heard.ear, heard.mouth, cabin)


async def _open_reader(settings: Settings, tools: ToolClient, stack: AsyncExitStack) -> Reader:
    """Return what reads the driver's words, with the helps that settings allow."""
    wanted = settings.understanding
    model = None
    if wanted.model_url:
        http = await stack.enter_async_context(open_http_client())
        key = os.environ.get("OPENAI_API_KEY", "")
        model = Model(ModelSettings(wanted.model_url, wanted.model, key, wanted.model_seconds), http)
    experience = Experience(settings.data_path / EXPERIENCE_FILE) if wanted.learning else None
    material = tools.material() if wanted.server_hints else None
    kept = IndexFolder.on_this_machine()
    return Reader(experience=experience, model=model, material=material, spoken=settings.language, kept=kept)


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
    from voice.synthesis.choose_synthesizer import open_synthesizer

    silent = SilentMouth(SystemClock().sleep, hurried=True)
    named, voice = settings.voice, _voice(settings)
    try:
        load_sounddevice()
        recognizer = open_recognizer(settings)
        synthesizer = open_synthesizer(voice, named.wyoming_speech, server_voice=named.wyoming_voice, complain=complain)
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
        named.wake_words,
        capture,
        lambda: mouth.speaking,
        complain,
        server=named.wyoming_wake,
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
