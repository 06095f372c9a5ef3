"""Wyoming servers as ears and mouth, against a real server in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
import pytest
from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, WakeModel, WakeProgram
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.wake import Detect, Detection

from assistant.conversation.wake_word import Waking
from assistant.dialogue.state import State
from assistant.settings.settings import Settings
from assistant.voice_opening import open_recognizer
from tests.voice.test_vosk import LIGHTS, spoken
from voice.audio import SamplesSource, no_wait
from voice.capture import Capture
from voice.ears import Ears, hear_samples
from voice.live_source import LiveSource
from voice.recognition.recognizer_base import Samples
from voice.synthesis.choose_synthesizer import StandInSynthesizer, open_synthesizer
from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer
from voice.voice_errors import RecognitionError, SynthesisError, VoiceError
from voice.wyoming import AWAY_SECONDS, Address, WyomingRecognizer, WyomingSpotter, WyomingSynthesizer

if TYPE_CHECKING:
    from assistant.conversation.runtime import Runtime


@contextmanager
def server(mode: str) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.voice.wyoming_server", mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"tcp://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def works() -> Iterator[str]:
    with server("works") as address:
        yield address


@pytest.mark.proves("V.wyoming")
async def test_a_wyoming_server_hears_in_plain_words(works: str) -> None:
    samples = await spoken("lights on")
    recognizer = WyomingRecognizer(works)
    heard = await Ears(recognizer).listen(SamplesSource(samples, no_wait), LIGHTS)
    assert heard.transcript.text == "lights on"
    assert heard.transcript.recognizer == "wyoming"
    assert (await hear_samples(recognizer, samples, LIGHTS)).text == "lights on"


@pytest.mark.proves("V.wyoming")
async def test_settings_choose_a_wyoming_server_and_a_bad_address_is_said() -> None:
    def chosen(address: str) -> Settings:
        return Settings.model_validate({"voice": {"recognizer": "wyoming", "wyoming": address}})

    assert open_recognizer(chosen("tcp://kitchen.local:10300")).name == "wyoming"
    with pytest.raises(VoiceError, match="tcp://HOST:PORT"):
        open_recognizer(chosen(""))


@pytest.mark.proves("V.wyoming")
async def test_a_wyoming_server_speaks(works: str) -> None:
    speech = await WyomingSynthesizer(works).synthesize("shall i book it", ASSISTANT_VOICE)
    assert 0.5 < speech.seconds < 3.0
    assert np.abs(speech.samples).max() > 3_000


MADE_BY = Attribution("the tests", "https://example.org")


class Heard(AsyncEventHandler):
    """A wake word server on the protocol's own package: wakes on loud sound, counts what it is given."""

    given: ClassVar[int] = 0
    connections: ClassVar[int] = 0
    asked: ClassVar[list[str]] = []

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            models = [
                WakeModel(
                    name=name,
                    attribution=MADE_BY,
                    installed=True,
                    description=None,
                    version=None,
                    languages=[],
                    phrase=None,
                )
                for name in ("okay_nabu", "hey_jarvis")
            ]
            program = WakeProgram(
                name="wakes", attribution=MADE_BY, installed=True, description=None, version=None, models=models
            )
            await self.write_event(Info(wake=[program]).event())
        elif Detect.is_type(event.type):
            Heard.connections += 1
            Heard.asked = Detect.from_event(event).names or []
        elif AudioChunk.is_type(event.type):
            sound = np.frombuffer(AudioChunk.from_event(event).audio, "<i2")
            Heard.given += len(sound)
            if np.abs(sound).max(initial=0) > 20_000:
                await self.write_event(Detection(name=Heard.asked[0]).event())
        return True


@asynccontextmanager
async def wake_server() -> AsyncIterator[str]:
    Heard.given = Heard.connections = 0
    running = AsyncServer.from_uri("tcp://127.0.0.1:0")
    await running.start(Heard)
    port = running._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # the package has no public way
    try:
        yield f"tcp://127.0.0.1:{port}"
    finally:
        await running.stop()


class Key:
    """What waking touches of a runtime."""

    def __init__(self) -> None:
        self.state = State("s")
        self.pressed = asyncio.Event()

    def press(self) -> None:
        self.pressed.set()


class Room(LiveSource):
    """A microphone in a loud room, at the pace of whoever listens; the same contract as a device."""

    def __init__(self) -> None:
        self.loud = False

    async def blocks(self) -> AsyncGenerator[Samples]:
        while True:
            await asyncio.sleep(0.002)
            yield np.full(320, 30_000 if self.loud else 100, np.int16)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.01))])


@pytest.mark.proves("V.wyoming")
async def test_a_wake_word_server_presses_the_key_and_a_muted_microphone_sends_it_nothing() -> None:
    room, key, complaints = Room(), Key(), list[str]()
    async with wake_server() as address:
        capture = Capture(room)
        waking = Waking(["okay nabu"], capture, lambda: False, complaints.append, server=address)
        tasks = [asyncio.create_task(capture.run()), asyncio.create_task(waking.run(cast("Runtime", key)))]
        try:
            await until(lambda: Heard.given > 16_000)
            assert Heard.asked == ["okay_nabu"]
            assert not key.pressed.is_set()
            capture.muted = room.loud = True
            await until(lambda: capture.backlog == 0)
            before = Heard.given
            await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.2))])  # a hundred blocks, if any came
            assert Heard.given <= before + 320
            assert not key.pressed.is_set()
            capture.muted = False
            await asyncio.wait_for(key.pressed.wait(), 5)
            assert Heard.connections >= 2
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    assert complaints == []


@pytest.mark.proves("V.wyoming")
async def test_a_wake_word_server_that_is_away_is_told_once_and_tried_again() -> None:
    complaints: list[str] = []
    block = np.full(320, 30_000, np.int16)
    spotter = WyomingSpotter("tcp://127.0.0.1:9", ["okay_nabu"], complaints.append)
    tries = round(2.5 * AWAY_SECONDS / 0.02)
    assert not any([await spotter.spots(block) for _ in range(tries)])
    assert len(complaints) == 1
    assert "voice.wyoming_wake" in complaints[0]
    async with wake_server() as address:
        spotter._address = Address.parse(address)
        for _ in range(tries):
            if await spotter.spots(block):
                break
            await asyncio.sleep(0)
        else:
            pytest.fail("it was not tried again")
        await spotter.close()


@pytest.mark.proves("V.wyoming")
@pytest.mark.parametrize(("name", "told"), [("ok_nabu", True), ("hey_mcqueen", True), ("hey_jarvis", False)])
async def test_a_wake_word_that_the_server_does_not_know_is_said_at_start(name: str, told: bool) -> None:
    complaints: list[str] = []
    async with wake_server() as address:
        spotter = WyomingSpotter(address, [name, "okay_nabu"], complaints.append)
        await spotter.spots(np.full(320, 100, np.int16))
        assert spotter._asking is not None
        await spotter._asking
        await spotter.close()
    assert [line.split(" does not know ")[1] for line in complaints] == (
        [f"{name}; it knows okay_nabu, hey_jarvis"] if told else []
    )


@pytest.mark.proves("V.wyoming")
async def test_a_speech_server_that_hangs_costs_its_wait_once_and_is_tried_again_later(works: str) -> None:
    now, complaints = [0.0], list[str]()
    with server("mute") as mute:
        hangs = WyomingSynthesizer(mute, answer_seconds=0.3)
        mouth = StandInSynthesizer(hangs, EspeakSynthesizer(), complaints.append, lambda: now[0])
        took = []
        for _ in range(3):
            began = time.monotonic()
            assert (await mouth.synthesize("hello", ASSISTANT_VOICE)).seconds > 0.2
            took.append(time.monotonic() - began)
        assert took[0] >= 0.3
        assert max(took[1:]) < 0.3
        now[0] = 31.0
        began = time.monotonic()
        await mouth.synthesize("hello", ASSISTANT_VOICE)
        assert time.monotonic() - began >= 0.3
        hangs._address, hangs._answer_seconds = Address.parse(works), 10.0
        now[0] = 62.0
        for _ in range(2):  # back, and used at once from then on
            await mouth.synthesize("hello", ASSISTANT_VOICE)
            assert not mouth._away
        await mouth.close()
    assert len(complaints) == 1


@pytest.mark.proves("V.wyoming")
async def test_a_server_says_what_it_is(works: str) -> None:
    assert await WyomingRecognizer(works).described() == f"{works}: vosk"
    assert await WyomingSynthesizer(works).described() == f"{works}: espeak-ng"
    with pytest.raises(RecognitionError, match="cannot be reached"):
        await WyomingRecognizer("tcp://127.0.0.1:9").described()


@pytest.mark.proves("V.wyoming")
async def test_settings_choose_a_speech_server_and_ours_speaks_while_it_is_away(works: str) -> None:
    complaints: list[str] = []
    there = open_synthesizer(ASSISTANT_VOICE, works, complain=complaints.append)
    away = open_synthesizer(ASSISTANT_VOICE, "tcp://127.0.0.1:9", complain=complaints.append)
    try:
        assert (await there.synthesize("hello", ASSISTANT_VOICE)).seconds > 0.2
        assert complaints == []
        for _ in range(2):
            assert (await away.synthesize("hello", ASSISTANT_VOICE)).seconds > 0.2
    finally:
        await there.close()
        await away.close()
    assert len(complaints) == 1
    assert "voice.wyoming_speech" in complaints[0]
    with pytest.raises(VoiceError, match="tcp://HOST:PORT"):
        open_synthesizer(ASSISTANT_VOICE, "nowhere")


@pytest.mark.proves("V.wyoming")
@pytest.mark.parametrize("mode", ["mute", "rude"])
async def test_a_server_that_does_not_answer_is_an_error_with_a_cure(mode: str) -> None:
    with server(mode) as address:
        with pytest.raises(RecognitionError, match="speech server at"):
            await hear_samples(WyomingRecognizer(address, answer_seconds=0.2), await spoken("lights on"), LIGHTS)
        with pytest.raises(SynthesisError, match="speech server at"):
            await WyomingSynthesizer(address, answer_seconds=0.2).synthesize("hello", ASSISTANT_VOICE)


async def test_a_server_that_is_not_there_is_named_and_so_is_a_bad_address() -> None:
    recognition = WyomingRecognizer("tcp://127.0.0.1:9").begin(LIGHTS)
    with pytest.raises(RecognitionError, match=r"127\.0\.0\.1:9 cannot be reached"):
        await recognition.feed(np.zeros(320, np.int16))
    with pytest.raises(VoiceError, match="tcp://HOST:PORT"):
        WyomingRecognizer("nowhere")


async def test_what_is_no_wyoming_server_is_said() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(SynthesisError, match="speech server at"):
            await WyomingSynthesizer(f"127.0.0.1:{port}").synthesize("hello", ASSISTANT_VOICE)
