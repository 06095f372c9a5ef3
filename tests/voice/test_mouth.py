"""The mouth: sentences one after the other, interruptible, and honest about voices that are not there."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from voice.audio import resampled
from voice.earcons import EARCON_RATE, EARCONS, earcon
from voice.endpointing import SpeechDetector
from voice.mouth import Mouth, amplified, sentences
from voice.recognition.recognizer_base import Samples
from voice.synthesis.espeak import EspeakSynthesizer
from voice.synthesis.synthesizer_base import Speech, Voice
from voice.voice_errors import SynthesisError

VOICE = Voice("en-us")


class Sink:
    """Plays until told that the sound has ended; keeps what it was given."""

    def __init__(self) -> None:
        self.played: list[int] = []
        self.cut = 0
        self.begun = asyncio.Event()
        self.end = asyncio.Event()

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Sound until `end`."""
        self.played.append(len(samples))
        self.begun.set()
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cut += 1
            raise


class Letters:
    """A synthesizer whose sound is as long as its text; the second sentence waits until it may be made."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.allowed = asyncio.Event()

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Make as many samples as there are letters."""
        self.asked.append(text)
        if len(self.asked) > 1:
            await self.allowed.wait()
        return Speech(np.ones(len(text), dtype=np.int16), 16_000)

    async def close(self) -> None:
        """Hold nothing."""


@pytest.mark.proves("V.first-sample")
async def test_the_first_sentence_sounds_while_the_next_is_made() -> None:
    synthesizer, sink = Letters(), Sink()
    saying = asyncio.ensure_future(Mouth(synthesizer, sink, VOICE).say("It is done. Anything else?"))
    await sink.begun.wait()
    await asyncio.sleep(0)
    assert synthesizer.asked == ["It is done.", "Anything else?"]
    assert sink.played == [11]
    synthesizer.allowed.set()
    sink.end.set()
    spoken = await saying
    assert sink.played == [11, 14]
    assert not spoken.interrupted


@pytest.mark.proves("V.languages")
async def test_figures_are_said_in_the_language_of_the_voice() -> None:
    synthesizer, sink = Letters(), Sink()
    synthesizer.allowed.set()
    sink.end.set()
    await Mouth(synthesizer, sink, Voice("de+f2")).say("Um 7:30 Uhr am 22. Mai. Gut?")
    assert synthesizer.asked == ["Um sieben Uhr dreißig am zweiundzwanzigsten Mai.", "Gut?"]


@pytest.mark.proves("V.go-on")
async def test_after_a_pause_the_sentence_that_was_cut_is_said_again() -> None:
    synthesizer, sink = Letters(), Sink()
    synthesizer.allowed.set()
    mouth = Mouth(synthesizer, sink, VOICE)
    saying = asyncio.ensure_future(mouth.say("It is done. Anything else?"))
    await sink.begun.wait()
    mouth.pause()
    for _ in range(3):  # the cancelled sound ends with the next turns of the loop
        await asyncio.sleep(0)
    assert (sink.played, sink.cut) == ([11], 1)
    sink.end.set()
    mouth.resume()
    assert not (await saying).interrupted
    assert sink.played == [11, 11, 14]


async def test_stop_ends_it_also_while_it_is_paused() -> None:
    synthesizer, sink = Letters(), Sink()
    mouth = Mouth(synthesizer, sink, VOICE)
    saying = asyncio.ensure_future(mouth.say("It is done."))
    await sink.begun.wait()
    mouth.pause()
    mouth.stop()
    assert (await saying).interrupted
    sink.end.set()
    assert not (await mouth.say("It is done.")).interrupted


def test_sentences_end_where_people_hear_an_end() -> None:
    assert sentences("It rains at 5 p.m. Take St. John's street. Ok?") == [
        "It rains at 5 p.m. Take St. John's street.",
        "Ok?",
    ]
    assert sentences("It is 21.5 degrees! Done.") == ["It is 21.5 degrees!", "Done."]
    assert sentences("  ") == []


@pytest.mark.proves("V.voice-named")
@pytest.mark.parametrize("name", ["xx", "en-us+nobody"])
async def test_a_voice_that_is_not_there_is_said_and_not_replaced(name: str) -> None:
    synthesizer = EspeakSynthesizer()
    try:
        with pytest.raises(SynthesisError, match="espeak-ng has for example"):
            await synthesizer.synthesize("hello", Voice(name))
        for known in ("de+f2", "en-gb"):
            assert (await synthesizer.synthesize("hello", Voice(known))).seconds > 0.2
    finally:
        await synthesizer.close()


@pytest.mark.proves("V.earcons")
@pytest.mark.parametrize("name", EARCONS)
def test_an_earcon_is_short_as_loud_as_the_others_and_no_speech(name: str) -> None:
    sound = earcon(name)
    assert len(sound) / EARCON_RATE < 0.2
    loud = sound[np.abs(sound) > 0].astype(np.float64) / 32_768
    assert np.sqrt((loud**2).mean()) == pytest.approx(0.08, rel=0.15)
    around = np.zeros(16_000, dtype=np.int16)
    heard = np.concatenate([around, resampled(sound, EARCON_RATE), around])
    assert max(SpeechDetector().probabilities(heard)) < 0.5


class Recording:
    """Takes everything that is played, at once."""

    def __init__(self) -> None:
        self.sounds: list[Samples] = []
        self.rate = 0

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Keep it."""
        self.sounds.append(samples)
        self.rate = sample_rate


def pauses(sound: Samples, rate: int) -> list[float]:
    """Return the stretches of silence inside a sound that are longer than a tenth of a second."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 200) / rate
    gaps = np.diff(loud)
    return [round(float(gap), 2) for gap in gaps if gap > 0.2]


@pytest.mark.proves("V3")
async def test_the_items_of_a_list_have_a_pause_between_them_that_can_be_followed() -> None:
    synthesizer = EspeakSynthesizer()
    sink = Recording()
    await Mouth(synthesizer, sink, VOICE).say("There are 3: Ritz; Ibis; and Hilton.")
    await synthesizer.close()
    found = pauses(np.concatenate(sink.sounds), sink.rate)
    assert len(found) >= 2
    assert all(0.35 <= pause <= 0.40 for pause in found[-2:]), found


@pytest.mark.proves("D.louder")
async def test_louder_and_quieter_hold_for_speech_and_earcons_and_nothing_is_cut_off() -> None:
    synthesizer = EspeakSynthesizer()
    sink = Recording()
    mouth = Mouth(synthesizer, sink, VOICE)
    for share in (1.0, 0.25, 4.0):
        mouth.set_loudness(share)
        await mouth.say("Ritz.")
        await mouth.earcon("done")
    await synthesizer.close()
    peaks = [int(np.max(np.abs(sound.astype(np.int32)))) for sound in sink.sounds]
    for usual, quiet, loud in (peaks[0::2], peaks[1::2]):
        assert quiet == pytest.approx(usual / 4, rel=0.02)
        assert usual < loud <= 32_767
    assert not amplified(np.zeros(4, dtype=np.int16), 2.0).any()
