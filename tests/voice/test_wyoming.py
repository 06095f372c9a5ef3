"""Wyoming servers as ears and mouth, against a real server in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from assistant.assembly import open_recognizer
from assistant.settings import Settings
from tests.voice.test_vosk import LIGHTS, spoken
from voice.audio import SamplesSource, no_wait
from voice.ears import Ears, hear_samples
from voice.errors import RecognitionError, SynthesisError, VoiceError
from voice.synthesis.espeak import ASSISTANT_VOICE
from voice.wyoming import WyomingRecognizer, WyomingSynthesizer, wyoming_wakes


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


@pytest.mark.proves("V.wyoming")
async def test_a_wyoming_server_wakes(works: str) -> None:
    quiet = np.zeros(8_000, np.int16)
    loud = np.full(3_200, 30_000, np.int16)
    source = SamplesSource(np.concatenate([quiet, loud]), no_wait)
    wakes = wyoming_wakes(works, source, ["hey mcqueen"])
    assert await anext(wakes) == "hey mcqueen"
    await wakes.aclose()


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
