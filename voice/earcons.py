"""Short sounds that say what McQueen is doing. Generated, under 200 ms, equally loud. Never speech-like."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from voice.audio import to_samples
from voice.recognition.recognizer_base import Samples

EARCON_RATE = 22_050
_LEVEL = 0.08
"""Root mean square in full scale, clearly quieter than speech."""
_RAMP_SECONDS = 0.008

_TONES: Mapping[str, tuple[tuple[float, float, float], ...]] = {
    # All above 600 Hz: the speech detector takes lower ones for voices (440 Hz: 0.67, 330 falling to 247 Hz: 0.88).
    # name: (hertz at the start, hertz at the end, seconds); 0 Hz is a pause
    "listening": ((660.0, 660.0, 0.06), (990.0, 990.0, 0.09)),
    "heard": ((990.0, 880.0, 0.08),),
    "working": ((1320.0, 1320.0, 0.05), (0.0, 0.0, 0.04), (1320.0, 1320.0, 0.05)),
    "done": ((784.0, 784.0, 0.06), (1047.0, 1047.0, 0.10)),
    "error": ((1480.0, 1245.0, 0.08), (1109.0, 1109.0, 0.08)),
    "barge_in": ((880.0, 660.0, 0.07),),
}

EARCONS = tuple(_TONES)
"""The names of all earcons."""


@cache
def earcon(name: str) -> Samples:
    """Return the sound of that name at `EARCON_RATE`. Raises `KeyError` for an unknown name."""
    parts = [_tone(*tone) for tone in _TONES[name]]
    sound = np.concatenate(parts)
    loud = sound[np.abs(sound) > 1e-6]
    return to_samples(sound / np.sqrt(np.mean(loud**2)) * _LEVEL)


def _tone(begin: float, end: float, seconds: float) -> np.ndarray:
    count = round(seconds * EARCON_RATE)
    if begin == 0.0:
        return np.zeros(count)
    phase = 2.0 * np.pi * np.cumsum(np.linspace(begin, end, count)) / EARCON_RATE
    ramp = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / (_RAMP_SECONDS * EARCON_RATE))
    return (np.sin(phase) + 0.25 * np.sin(2.0 * phase)) * ramp
