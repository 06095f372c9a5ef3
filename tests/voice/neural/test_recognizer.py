"""The neural recognizer at its edges: bad models, bad sound, dead workers. Skipped, visibly, if there is no model."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from voice.audio import resampled
from voice.ears import hear_samples
from voice.recognition.choose_recognizer import make_neural_recognizer, make_recognizer
from voice.recognition.neural.files import SHA256, Lacking, find_model
from voice.recognition.neural.recognizer import NeuralRecognizer
from voice.recognition.recognizer_base import SAMPLE_RATE, Choice, Ending, Grammar, Samples, Transcript, Words
from voice.recognition.stand_in import RecognizerWithStandIn
from voice.synthesis.espeak import DRIVER_VOICE, RepeatableEspeakSynthesizer
from voice.voice_errors import RecognitionError

MODEL = find_model()
pytestmark = pytest.mark.skipif(isinstance(MODEL, Lacking), reason=MODEL.reason if isinstance(MODEL, Lacking) else "")
LIGHTS = Grammar(Choice(tuple(Words(f"turn {way} the {what}") for way in ("on", "off") for what in ("light", "fan"))))
ANSWERS = Grammar(Choice((Words("yes"), Words("yep"), Words("no"), Words("stop"), Words("yes please"))), closed=True)


@pytest.fixture
async def recognizer() -> AsyncIterator[NeuralRecognizer]:
    assert isinstance(MODEL, Path)
    made = NeuralRecognizer(MODEL)
    yield made
    await made.close()


async def spoken(text: str) -> Samples:
    synthesizer = RepeatableEspeakSynthesizer()
    try:
        speech = await synthesizer.synthesize(text, DRIVER_VOICE)
    finally:
        await synthesizer.close()
    return np.pad(resampled(speech.samples, speech.sample_rate), (4000, 4000))


async def heard(recognizer: NeuralRecognizer, sound: Samples, grammar: Grammar = LIGHTS) -> Transcript:
    recognition = recognizer.begin(grammar)
    for start in range(0, len(sound), 320):
        await recognition.feed(sound[start : start + 320])
    return await recognition.finish()


async def test_a_sentence_of_the_grammar_is_heard_with_its_likelihood(recognizer: NeuralRecognizer) -> None:
    transcript = await hear_samples(recognizer, await spoken("turn off the fan"), LIGHTS)
    assert transcript.text == "turn off the fan"
    assert transcript.alternatives[0].likelihood is not None


async def test_one_sound_is_heard_alike_whatever_was_heard_before_it(recognizer: NeuralRecognizer) -> None:
    sound = await spoken("turn on the light")
    first = await heard(recognizer, sound)
    await heard(recognizer, await spoken("turn off the fan"))
    assert (await heard(recognizer, sound)).alternatives == first.alternatives


@pytest.mark.parametrize("said", ["speed up", "she never eats breakfast before noon"])
@pytest.mark.proves("V.neural.edges")
async def test_speech_that_is_no_answer_is_never_a_yes(recognizer: NeuralRecognizer, said: str) -> None:
    assert "yes" not in (await heard(recognizer, await spoken(said), ANSWERS)).text


async def test_a_name_that_is_misspelled_in_free_words_is_heard_too(recognizer: NeuralRecognizer) -> None:
    sound = await spoken("we drive to heidelberg castle today")
    assert "heidelberg" not in " ".join(one.text.lower() for one in (await heard(recognizer, sound)).alternatives)
    named = Grammar(LIGHTS.root, names=("heidelberg castle", "bed light"))
    transcript = await heard(recognizer, sound, named)
    assert "heidelberg castle" in " ".join(one.text.lower() for one in transcript.alternatives)
    assert all(one.free for one in transcript.alternatives)


async def test_words_outside_the_grammar_are_heard_as_such_and_not_bent(recognizer: NeuralRecognizer) -> None:
    transcript = await heard(recognizer, await spoken("she never eats breakfast before noon"))
    assert all(one.free for one in transcript.alternatives)


def _edge(name: str) -> Samples:
    noise = np.random.default_rng(1)
    seconds = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    match name:
        case "silence":
            return np.zeros(4 * SAMPLE_RATE, np.int16)
        case "white noise":
            return noise.normal(0, 8000, 4 * SAMPLE_RATE).clip(-32768, 32767).astype(np.int16)
        case "music":
            chord = sum(np.sin(2 * np.pi * hertz * seconds) for hertz in (220, 277, 330))
            return np.asarray(8000 * chord * (1 + np.sign(np.sin(8 * seconds))) / 2, np.int16)
        case "clipping":
            return np.asarray(32767 * np.sign(np.sin(2 * np.pi * 150 * seconds)), np.int16)
        case "one sample":
            return np.ones(1, np.int16)
        case _:
            return np.zeros(0, np.int16)


@pytest.mark.parametrize("name", ["silence", "white noise", "music", "clipping", "one sample", "nothing"])
@pytest.mark.proves("V.neural.edges")
async def test_sound_without_speech_is_no_sentence(recognizer: NeuralRecognizer, name: str) -> None:
    transcript = await hear_samples(recognizer, _edge(name), ANSWERS)
    assert transcript.text == ""
    assert "yes" not in (await heard(recognizer, _edge(name), ANSWERS)).text  # also if it were taken for speech


@pytest.mark.proves("V.neural.edges")
async def test_a_minute_of_speech_takes_no_longer_than_its_first_twelve_seconds(recognizer: NeuralRecognizer) -> None:
    sentence = await spoken("turn off the fan")
    minute = np.tile(sentence, 60 * SAMPLE_RATE // len(sentence) + 1)
    await heard(recognizer, sentence)
    took = []
    for sound in (minute[: 12 * SAMPLE_RATE], minute):
        began = time.perf_counter()
        await heard(recognizer, sound)
        took.append(time.perf_counter() - began)
    assert took[1] < 3 * took[0] + 1.0  # the machine may be busy with other work, but not five times as busy


async def test_a_telephones_sound_is_heard(recognizer: NeuralRecognizer) -> None:
    narrow = resampled(resampled(await spoken("turn on the light"), SAMPLE_RATE, 8000), 8000, SAMPLE_RATE)
    assert (await heard(recognizer, narrow)).text == "turn on the light"


async def test_clipped_speech_is_heard(recognizer: NeuralRecognizer) -> None:
    loud = (await spoken("turn on the light")).astype(np.int32) * 12
    assert (await heard(recognizer, loud.clip(-32768, 32767).astype(np.int16))).text == "turn on the light"


@pytest.mark.proves("V.neural.edges")
async def test_two_people_at_once_are_never_a_yes(recognizer: NeuralRecognizer) -> None:
    one, other = await spoken("no i do not want that"), await spoken("did you see the match on sunday")
    both = np.pad(one, (0, max(0, len(other) - len(one))))[: len(other)] // 2 + other // 2
    assert "yes" not in (await heard(recognizer, both.astype(np.int16), ANSWERS)).text


async def test_a_worker_that_dies_is_replaced(recognizer: NeuralRecognizer) -> None:
    sound = await spoken("turn on the light")
    await heard(recognizer, sound)
    pid = recognizer.workers[0].process_id
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert (await heard(recognizer, sound)).text == "turn on the light"


async def test_a_whole_sentence_is_known_to_be_complete(recognizer: NeuralRecognizer) -> None:
    recognition = recognizer.begin(LIGHTS)
    await recognition.feed(await spoken("turn off the light"))
    assert await recognition.ending(0.3) is Ending.COMPLETE
    recognition.cancel()


async def test_the_loop_stays_free_while_it_hears(recognizer: NeuralRecognizer) -> None:
    sound = await spoken("turn off the light")
    await heard(recognizer, sound)
    longest, last = 0.0, time.process_time()
    hearing = asyncio.ensure_future(heard(recognizer, sound))
    while not hearing.done():
        await asyncio.sleep(0)
        now = time.process_time()
        longest, last = max(longest, now - last), now
    assert longest < 0.1  # of this process's own computing


@pytest.mark.parametrize("broken", [*SHA256])
@pytest.mark.proves("V.neural.stand-in")
async def test_a_model_file_that_is_cut_off_has_the_other_recognizer_take_over(
    tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(MODEL, Path)
    for name in SHA256:
        shutil.copy(MODEL / name, tmp_path / name)
    content = (tmp_path / broken).read_bytes()
    (tmp_path / broken).write_bytes(content[: len(content) // 2])
    recognizer = make_neural_recognizer(tmp_path)
    try:
        with caplog.at_level(logging.WARNING):
            transcript = await hear_samples(recognizer, await spoken("turn off the fan"), LIGHTS)
            await hear_samples(recognizer, await spoken("turn on the light"), LIGHTS)
    finally:
        await recognizer.close()
    assert (transcript.text, transcript.recognizer) == ("turn off the fan", "pocketsphinx")
    assert len([record for record in caplog.records if "hears instead" in record.message]) == 1


async def test_a_file_of_another_model_is_told_as_such(tmp_path: Path) -> None:
    assert isinstance(MODEL, Path)
    for name in SHA256:
        shutil.copy(MODEL / name, tmp_path / name)
    shutil.copy(MODEL / "encoder_model.ort", tmp_path / "decoder_model_merged.ort")
    recognizer = NeuralRecognizer(tmp_path)
    try:
        with pytest.raises(RecognitionError, match="do not belong together"):
            await heard(recognizer, await spoken("yes"))
    finally:
        await recognizer.close()


async def test_it_is_taken_by_itself_where_its_model_is() -> None:
    recognizer = make_recognizer()
    assert recognizer.name == "neural"
    assert isinstance(recognizer, RecognizerWithStandIn)
    await recognizer.close()


async def test_the_makers_own_library_is_never_loaded(recognizer: NeuralRecognizer) -> None:
    await heard(recognizer, await spoken("turn on the light"))
    assert "moonshine_voice" not in sys.modules
    maps = Path(f"/proc/{recognizer.workers[0].process_id}/maps")
    assert "libmoonshine" not in await asyncio.to_thread(maps.read_text)
