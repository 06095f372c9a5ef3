"""When a turn begins and ends, as a table of what was heard and what was decided."""

from __future__ import annotations

import numpy as np
import pytest

from voice.endpointing import Endpoint, Endpointing, EndpointingSettings, SpeechDetector, speech_span
from voice.noise import cabin_noise

BLOCK = 0.02
QUIET, LOUD, UNSURE = 0.02, 0.95, 0.4


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
    ],
)
def test_a_turn_ends_when_it_should(spans: list[tuple[float, float]], expected: tuple[Endpoint, float]) -> None:
    assert decided(*spans) == expected


def test_a_reply_may_be_waited_for_longer() -> None:
    assert decided((QUIET, 20), no_speech=8.0) == (Endpoint.NO_SPEECH, 8.0)


def test_the_ending_silence_stays_within_its_range() -> None:
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
    assert speech_span(noise) is None
