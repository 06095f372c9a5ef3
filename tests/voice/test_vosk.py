"""The real vosk library on a tiny genuine model that knows thirty words of one synthesizer: not accuracy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from voice.audio import SamplesSource, no_wait, resampled
from voice.ears import Ears, hear_samples
from voice.recognition.recognizer_base import Choice, Ending, Grammar, Open, Samples, Sequence, Words
from voice.recognition.vosk import VoskRecognizer
from voice.synthesis.espeak import EspeakSynthesizer
from voice.synthesis.synthesizer_base import Voice
from voice.voice_errors import RecognitionError

MODEL = Path(__file__).parent / "tiny_vosk" / "model"
"""Made by `tiny_vosk/build.py`."""
LIGHTS = Grammar(Choice((Words("lights on"), Words("lights off"), Words("play music"), Words("volume up"))))
ANSWERS = Grammar(Choice((Words("yes"), Words("no"), Words("stop"))))


@pytest.fixture
async def recognizer() -> AsyncIterator[VoskRecognizer]:
    one = VoskRecognizer(MODEL)
    yield one
    await one.close()


async def spoken(text: str) -> Samples:
    synthesizer = EspeakSynthesizer()
    try:
        speech = await synthesizer.synthesize(text, Voice("en-us", 150))
    finally:
        await synthesizer.close()
    samples = np.pad(resampled(speech.samples, speech.sample_rate), (8_000, 12_000))
    noise = np.random.default_rng(0).normal(0.0, 3.0, len(samples))
    return np.asarray(np.clip(samples // 2 + noise, -32768, 32767), dtype=np.int16)


@pytest.mark.proves("V.vosk")
async def test_words_come_while_they_are_spoken_and_the_state_decides_which(recognizer: VoskRecognizer) -> None:
    samples = await spoken("play music")
    recognition = recognizer.begin(LIGHTS)
    partials = [await recognition.feed(samples[start : start + 320]) for start in range(0, len(samples), 320)]
    assert "play" in partials
    assert await recognition.ending(0.3) is Ending.COMPLETE
    transcript = await recognition.finish()
    assert transcript.text == "play music"
    assert transcript.alternatives[0].text == "play music"
    assert transcript.recognizer == "vosk"
    # The next turn listens for something else: the same sound is no answer.
    assert (await hear_samples(recognizer, samples, ANSWERS)).text == ""
    assert (await hear_samples(recognizer, await spoken("yes"), ANSWERS)).text == "yes"


@pytest.mark.proves("V.dictation")
async def test_vosk_takes_dictation_behind_a_head_of_the_grammar_and_nowhere_else(recognizer: VoskRecognizer) -> None:
    saying = Sequence((Words("play"), Open(Words("next"))))
    grammar = Grammar(Choice((saying, Words("stop"))))
    assert (await hear_samples(recognizer, await spoken("play weather"), grammar)).text == "play weather"
    assert (await hear_samples(recognizer, await spoken("lights on"), grammar)).text == ""
    closed = Grammar(Choice((Words("play next"), Words("stop"))))
    assert (await hear_samples(recognizer, await spoken("play weather"), closed)).text != "play weather"


@pytest.mark.proves("V.vosk")
async def test_ears_end_the_turn_with_vosk_as_with_any_recognizer(recognizer: VoskRecognizer) -> None:
    heard = await Ears(recognizer).listen(SamplesSource(await spoken("lights on"), no_wait), LIGHTS)
    assert heard.transcript.text == "lights on"
    assert heard.endpoint_wait < 0.7
    open_sentence = recognizer.begin(LIGHTS)
    await open_sentence.feed(await spoken("volume"))
    assert await open_sentence.ending(0.3) is Ending.OPEN
    open_sentence.cancel()


async def test_the_loop_is_free_while_vosk_decodes_and_words_that_the_model_lacks_are_left_out(
    recognizer: VoskRecognizer,
) -> None:
    samples = await spoken("lights off")
    ticks = 0

    async def count() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    grammar = Grammar(Choice((Words("lights off"), Words("photosynthesis please"))))
    transcript = await hear_samples(recognizer, samples, grammar)
    counting.cancel()
    assert transcript.text == "lights off"
    assert ticks > len(samples) / 320


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"broken")
    with pytest.raises(RecognitionError, match="fetch it again"):
        VoskRecognizer(tmp_path)
