"""When a turn begins and ends, as a table of what was heard and what was decided."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.voice.test_vosk import spoken
from voice.endpointing import Endpoint, Endpointing, EndpointingSettings, SpeechDetector
from voice.noise import cabin_noise, mix
from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Samples

BLOCK = 0.02
QUIET, LOUD, UNSURE, CLATTER, FAINT = 0.02, 0.95, 0.4, 0.7, 0.2


def decided(*spans: tuple[float, float], no_speech: float | None = None) -> tuple[Endpoint, float]:
    """Feed (probability, seconds) spans; return the last decision and when it came."""
    machine = Endpointing(EndpointingSettings(), no_speech=no_speech)
    for probability, seconds in spans:
        for _ in range(round(seconds / BLOCK)):
            decision = machine.advance(probability, BLOCK)
            if decision not in (Endpoint.WAITING, Endpoint.SPEECH):
                return decision, round(machine.seconds, 2)
    return decision, round(machine.seconds, 2)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(QUIET, 10)], (Endpoint.NO_SPEECH, 3.0)),
        ([(QUIET, 1), (LOUD, 1), (QUIET, 5)], (Endpoint.ENDED, 2.6)),
        ([(LOUD, 0.5), (QUIET, 0.5), (LOUD, 0.5), (QUIET, 5)], (Endpoint.ENDED, 2.1)),
        ([(LOUD, 30)], (Endpoint.TOO_LONG, 10.0)),
        ([(QUIET, 1), (LOUD, 0.06), (QUIET, 5)], (Endpoint.NO_SPEECH, 3.0)),
        ([(LOUD, 1), (UNSURE, 0.5), (QUIET, 5)], (Endpoint.ENDED, 2.1)),
        ([(UNSURE, 10)], (Endpoint.NO_SPEECH, 3.0)),
        ([(QUIET, 2.9), (LOUD, 1), (QUIET, 1)], (Endpoint.ENDED, 4.5)),
        ([(QUIET, 1), (LOUD, 1)], (Endpoint.SPEECH, 2.0)),
        ([(QUIET, 1), (CLATTER, 0.3), (QUIET, 1.7), (LOUD, 1), (QUIET, 5)], (Endpoint.ENDED, 4.6)),
        ([(QUIET, 1), (CLATTER, 0.3), (QUIET, 5)], (Endpoint.ENDED, 3.3)),
    ],
)
def test_a_turn_ends_when_it_should(spans: list[tuple[float, float]], expected: tuple[Endpoint, float]) -> None:
    assert decided(*spans) == expected


@pytest.mark.parametrize(
    ("spans", "kept_from"),
    [
        ([(QUIET, 2), (LOUD, 1)], 1.5),
        ([(QUIET, 2), (FAINT, 0.6), (LOUD, 1)], 1.5),
        ([(QUIET, 2), (FAINT, 0.2), (QUIET, 0.1), (FAINT, 0.2), (LOUD, 1)], 1.5),
        ([(QUIET, 1), (FAINT, 0.2), (QUIET, 0.8), (LOUD, 1)], 1.5),
        ([(QUIET, 1), (FAINT, 3), (LOUD, 1)], 2.5),
    ],
)
def test_a_turn_has_the_faint_words_before_those_that_were_noticed(
    spans: list[tuple[float, float]], kept_from: float
) -> None:
    machine = Endpointing()
    for probability, seconds in spans:
        for _ in range(round(seconds / BLOCK)):
            machine.advance(probability, BLOCK)
    assert machine.kept_from == pytest.approx(kept_from)


def test_a_reply_may_be_waited_for_longer() -> None:
    assert decided((QUIET, 20), no_speech=8.0) == (Endpoint.NO_SPEECH, 8.0)


@pytest.mark.parametrize(
    ("ending", "seconds"), [(Ending.COMPLETE, 0.46), (Ending.UNKNOWN, 0.6), (Ending.OPEN, 1.5), (None, 0.6)]
)
def test_a_whole_sentence_ends_early_and_an_open_one_is_waited_for(ending: Ending | None, seconds: float) -> None:
    machine = Endpointing()
    for _ in range(50):
        machine.advance(LOUD, BLOCK)
    decision = Endpoint.SPEECH
    while not decision.final:
        decision = machine.advance(QUIET, BLOCK)
        if machine.asks and ending is not None:
            assert machine.silence == pytest.approx(0.46)
            decision = machine.judge(ending)
    assert (decision, round(machine.silence, 2)) == (Endpoint.ENDED, seconds)


def test_what_was_said_of_a_pause_is_forgotten_when_speech_goes_on() -> None:
    machine = Endpointing()
    for probability, blocks in ((LOUD, 50), (QUIET, 24)):
        for _ in range(blocks):
            machine.advance(probability, BLOCK)
    assert machine.judge(Ending.OPEN) is Endpoint.SPEECH
    for _ in range(10):
        machine.advance(LOUD, BLOCK)
    assert not machine.asks
    for _ in range(24):
        machine.advance(QUIET, BLOCK)
    assert machine.asks


def test_a_recording_is_one_turn_whatever_its_pauses() -> None:
    machine = Endpointing(patient=True)
    states = {machine.advance(probability, 1.0) for probability in (QUIET,) * 20 + (LOUD,) * 20 + (QUIET,) * 20}
    assert not any(state.final for state in states)
    assert not machine.judge(Ending.COMPLETE).final


def test_more_is_asked_of_speech_where_noise_is_near_its_level() -> None:
    def needed(noise: float, speech: float) -> float:
        machine = Endpointing()
        for _ in range(100):
            machine.advance(QUIET, BLOCK, noise)
            machine.advance(LOUD, BLOCK, speech)
        return next(p / 100 for p in range(101) if began(copy.deepcopy(machine), p / 100))

    def began(machine: Endpointing, probability: float) -> bool:
        for _ in range(20):
            machine.advance(QUIET, BLOCK)
        for _ in range(10):
            machine.advance(probability, BLOCK)
        return machine.speech_began is not None

    assert needed(-60.0, -20.0) == pytest.approx(0.5)
    assert needed(-25.0, -20.0) == pytest.approx(0.7)


def test_the_ending_silence_stays_within_its_range() -> None:
    with pytest.raises(ValueError, match="rise from a complete"):
        EndpointingSettings(complete_silence=0.7)
    with pytest.raises(ValueError, match=r"0\.5 to 3\.0"):
        EndpointingSettings(ending_silence=0.2)


def test_the_detector_takes_sound_of_any_length_and_finds_no_speech_in_a_cabin() -> None:
    noise = cabin_noise(4.0, seed=3)
    detector = SpeechDetector()
    probabilities = [
        value for start in range(0, len(noise), 320) for value in detector.probabilities(noise[start : start + 320])
    ]
    assert len(probabilities) == len(noise) // SpeechDetector.CHUNK
    assert np.mean(probabilities) < 0.2


def beginning(sound: Samples, *, waiting: bool) -> tuple[float | None, int]:
    """Return when speech is noticed, and how often the model was asked until then."""
    detector, machine = SpeechDetector(), Endpointing()
    for start in range(0, len(sound), 320):
        for value in detector.probabilities(sound[start : start + 320], waiting=waiting):
            machine.advance(value, SpeechDetector.CHUNK / SAMPLE_RATE)
        if machine.speech_began is not None:
            break
    return machine.speech_began, detector.asked


@pytest.mark.proves("V.idle")
@pytest.mark.parametrize("snr", [15.0, 6.0])
async def test_steady_noise_costs_little_and_speech_is_noticed_at_once_all_the_same(snr: float) -> None:
    speech = np.pad(await spoken("play music"), (10 * SAMPLE_RATE, 0))
    sound = mix(speech, cabin_noise(len(speech) / SAMPLE_RATE, seed=11), snr)
    always, asked_always = beginning(sound, waiting=False)
    spared, asked = beginning(sound, waiting=True)
    assert always is not None
    assert spared is not None
    assert spared - always <= 0.3  # within what is kept from before speech
    assert asked < 0.4 * asked_always


@pytest.mark.proves("V.idle")
def test_noise_that_rises_is_noise_again_after_seconds() -> None:
    detector = SpeechDetector()
    fan_on = np.concatenate([cabin_noise(4.0, 1, level=0.003), cabin_noise(8.0, 2, level=0.03)])
    assert max(detector.probabilities(fan_on[: 8 * SAMPLE_RATE], waiting=True)) < 0.5
    asked = detector.asked
    detector.probabilities(fan_on[8 * SAMPLE_RATE :], waiting=True)
    assert detector.asked - asked < 60  # of 125
