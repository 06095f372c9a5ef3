"""`mcqueen doctor`: tells what works on this machine, what is missing, and how to get it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, NamedTuple

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain

if TYPE_CHECKING:
    from voice.devices import Kind


class MachinePart(NamedTuple):
    """One part of the machine."""

    part: str
    works: bool
    detail: str
    """What was found, or what is missing and how to get it."""
    needed: bool = False
    """Whether McQueen cannot run without this part."""


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="One object a line on stdout.")
@click.option("--audio", is_flag=True, help="Record two seconds, play them back, and say what is wrong.")
def command(as_json: bool, audio: bool) -> int:
    """Tell what works on this machine, what is missing and how to get it.

    Ends with 1 only if something is missing that McQueen needs; with --audio, also if sound does not work.
    """
    findings = asyncio.run(_try_audio()) if audio else [found for check in _CHECKS if (found := check()) is not None]
    findings += [] if audio else _idle_settings()
    for finding in findings:
        if as_json:
            answer_json(finding._asdict())
        else:
            mark = "ok     " if finding.works else "MISSING" if finding.needed else "without"
            answer(f"{mark}  {finding.part:<22}{finding.detail}")
    return ExitCode.FAILED if any(f.needed and not f.works for f in findings) else ExitCode.OK


def _python() -> MachinePart:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return MachinePart("Python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)", needed=True)


def _recognizer() -> MachinePart:
    from assistant.settings.settings import load_settings
    from assistant.voice_opening import open_recognizer
    from voice.recognition.neural.files import Lacking, find_model
    from voice.voice_errors import VoiceError
    from voice.wyoming import WyomingRecognizer

    try:
        recognizer = open_recognizer(load_settings())
    except VoiceError as error:
        return MachinePart("recognizer", False, str(error), needed=True)
    if isinstance(recognizer, WyomingRecognizer):
        return _server_says(recognizer.described(), "recognizer", needed=True)
    asyncio.run(recognizer.close())
    lacking = find_model() if recognizer.name == "pocketsphinx" else None
    better = f"; the neural one hears better: {lacking.reason}" if isinstance(lacking, Lacking) else ""
    return MachinePart("recognizer", True, f"{recognizer.name}, offline{better}", needed=True)


def _server_says(described: Coroutine[None, None, str], part: str, *, needed: bool) -> MachinePart:
    """Ask a speech server to describe itself."""
    from voice.voice_errors import VoiceError

    try:
        return MachinePart(part, True, asyncio.run(described), needed=needed)
    except VoiceError as error:
        return MachinePart(part, False, str(error), needed=needed)


def _speech_server() -> MachinePart | None:
    """Describe the speech server of the settings; None if they name none."""
    from assistant.settings.settings import load_settings
    from voice.voice_errors import VoiceError
    from voice.wyoming import WyomingSynthesizer

    voice = load_settings().voice
    if not voice.wyoming_speech:
        return None
    try:
        server = WyomingSynthesizer(voice.wyoming_speech, voice=voice.wyoming_voice)
    except VoiceError as error:
        return MachinePart("speech server", False, str(error))
    return _server_says(server.described(), "speech server", needed=False)


def _meaning() -> MachinePart:
    from assistant.understanding.routing.sentence_model import why_absent

    absent = why_absent()
    works = "understands by the meaning of whole sentences (all-MiniLM-L6-v2, English), offline"
    return MachinePart("meaning", not absent, f"by word vectors alone: {absent}" if absent else works)


def _synthesis() -> MachinePart:
    from voice.synthesis.espeak import EspeakSynthesizer
    from voice.synthesis.synthesizer_base import Voice
    from voice.voice_errors import VoiceError

    async def speak() -> tuple[float, float]:
        synthesizer = EspeakSynthesizer()
        try:
            began = time.perf_counter()
            speech = await synthesizer.synthesize("Everything works.", Voice("en-us"))
            return speech.seconds, time.perf_counter() - began
        finally:
            await synthesizer.close()

    try:
        seconds, took = asyncio.run(speak())
    except VoiceError as error:
        return MachinePart("speech", False, str(error), needed=True)
    return MachinePart("speech", seconds > 0.5, f"espeak-ng; {seconds:.1f} s of speech in {took:.2f} s", needed=True)


def _devices() -> MachinePart:
    from voice.devices import describe_devices
    from voice.voice_errors import DeviceError

    try:
        return MachinePart("microphone, speaker", True, "; ".join(describe_devices()))
    except DeviceError as error:
        return MachinePart("microphone, speaker", False, f"{error}; typed text and WAV files work")


async def _try_audio() -> list[MachinePart]:
    """Record and play back on the devices of the settings."""
    from assistant.settings.settings import load_settings
    from voice.devices import SYSTEM
    from voice.microphone import Microphone
    from voice.recognition.recognizer_base import SAMPLE_RATE
    from voice.recording import describe_recording, record
    from voice.speaker import Speaker
    from voice.voice_errors import DeviceError

    voice = load_settings().voice
    microphone = Microphone(voice.microphone)
    try:
        SYSTEM.choose("microphone")  # before anybody is asked to speak
        complain(f"say something: recording {_TRIED_SECONDS:.0f} seconds")
        samples, name = await record(microphone, _TRIED_SECONDS)
    except DeviceError as error:
        return [MachinePart("microphone", False, str(error), needed=True)]
    wrong = _stood_in("microphone", voice.microphone, name) or describe_recording(samples)
    lost = f"; {microphone.overflows} blocks were lost, the machine is too busy" if microphone.overflows else ""
    findings = [MachinePart("microphone", not wrong, f"{name}: {wrong or 'sound comes in'}{lost}", needed=True)]
    speaker = Speaker(voice.speaker, volume=voice.volume / 100)
    try:
        await speaker.play(samples, SAMPLE_RATE)
        device = speaker.device.name if speaker.device else "the speaker"
        wrong = _stood_in("speaker", voice.speaker, device)
        detail = f"{device}: {wrong or 'what was recorded has been played'}"
        findings.append(MachinePart("speaker", not wrong, detail, needed=True))
    except DeviceError as error:
        findings.append(MachinePart("speaker", False, str(error), needed=True))
    finally:
        await speaker.close()
    return findings


def _stood_in(kind: Kind, wanted: str, used: str) -> str:
    """Return why another device is used than the wanted one; empty if the wanted one is used."""
    from voice.devices import SYSTEM
    from voice.voice_errors import DeviceError

    if wanted.lower() in used.lower():
        return ""
    try:
        SYSTEM.choose(kind, wanted)
    except DeviceError as error:
        return f"{error}; set voice.{kind} to one of them"
    return f"stands in for {wanted}, which cannot be opened; plug it in, or close the program that holds it"


_TRIED_SECONDS = 2.0


def _keyring() -> MachinePart:
    from client.access.system_keyring import keyring_in_use
    from client.client_errors import CredentialsError

    try:
        name = keyring_in_use()
    except CredentialsError as error:
        return MachinePart("keyring", False, str(error))
    if not name:
        return MachinePart("keyring", False, "no keyring service; secrets go to files that only you can read (0600)")
    return MachinePart("keyring", True, name)


def _settings() -> MachinePart:
    from assistant.settings.settings import load_settings
    from client.client_errors import ConfigurationError

    try:
        settings = load_settings()
    except ConfigurationError as error:
        return MachinePart("settings", False, str(error), needed=True)
    servers = ", ".join(settings.servers) or "none configured, so the town answers"
    return MachinePart("settings", True, f"servers: {servers}; data in {settings.data_path}", needed=True)


def _idle_settings() -> list[MachinePart]:
    """Return a part for each setting that does nothing; tools of servers are known as they were listed last."""
    import sqlite3

    from assistant.conversation.own_servers import own_definitions, steering
    from assistant.settings.settings import load_settings
    from assistant.settings.sources import DATABASE
    from assistant.settings.without_effect import known_tools, without_effect
    from assistant.town.town_tools import tool_definitions
    from client.client_errors import ConfigurationError
    from client.records.cache import kept_listing
    from client.schemas.tool_listing import read_tools

    try:
        settings = load_settings()
    except ConfigurationError:
        return []  # said above
    listed = [tool for name, raw in own_definitions(settings) for tool in read_tools(raw, name).tools]
    if settings.town or not settings.servers:
        listed += read_tools([*tool_definitions()], "town").tools
    path = settings.data_path / DATABASE
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db,
    ):
        listed += [tool for name in settings.servers for tool in kept_listing(db, name, trusted=False) or ()]
    sentences = without_effect(settings, known_tools(settings, listed), steers=steering(settings.language))
    return [MachinePart("settings", False, sentence) for sentence in sentences]


def _records() -> MachinePart:
    from assistant.settings.settings import load_settings
    from assistant.settings.sources import DATABASE
    from client.client_errors import ConfigurationError
    from client.records.rescue import examine

    try:
        path = load_settings().data_path / DATABASE
        if not path.exists():
            return MachinePart("records", True, "none yet", needed=True)
        found = examine(path)
    except ConfigurationError:
        return MachinePart("records", False, "the settings do not say where they are")
    except OSError as error:
        return MachinePart("records", False, f"{path} cannot be read: {error.strerror}", needed=True)
    waits = f"{found.waiting} confirmed calls wait"
    if found.problem:
        cure = f"{waits} that can be read: mcqueen outbox rescue {path} prints them; then move the file away"
        return MachinePart("records", False, f"{path}: {found.problem}; {cure}", needed=True)
    return MachinePart("records", True, f"sound, {found.ledger_rows} rows in the ledger, {waits}", needed=True)


_CHECKS: tuple[Callable[[], MachinePart | None], ...] = (
    _python,
    _settings,
    _records,
    _recognizer,
    _meaning,
    _synthesis,
    _speech_server,
    _devices,
    _keyring,
)
