"""Whether the driver speaks while we do, or the microphone only hears what we play. Pure: sound and figures in.

The canceller takes our voice away where it knows the delay; after a hiccup of the devices it must find that again, and
until then our own voice comes through. So what is left is compared with what was played before it counts as speech.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from voice.audio import BLOCK
from voice.recognition.recognizer_base import Samples

_GAP_SECONDS = 0.35
"""Pauses up to this are part of speech: between two words, and where the canceller took a part of one."""
_SPEECH_AT = 0.5
_STILL_SPEECH_AT = 0.15
"""Probability of speech at which it begins and goes on; low, as the canceller thins the voice that speaks over ours."""
_ABOVE_NOISE_DB = 6.0
"""Softer than this above the noise is no speech, however it sounds: what is left of noise can sound like a voice."""
_NOISE_BLOCKS = 150
_NO_ECHO_DB = -40.0
"""Where the microphone stays this far below what we play, it hears nothing of it: a headset. The canceller, which has
nothing to learn from then, would take a part of the driver instead."""
_ECHO_BLOCKS = 150
"""Blocks of playback that this is judged by: the last 3 s; a third of them are enough to begin with."""
_HEARD_BLOCKS = 12
"""What is compared with playback: 240 ms, about a syllable."""
_PARTS = 3
"""Each part of what is heard may have come by a delay of its own. For a driver over our voice that changes nothing (the
share in the whole and in thirds is the same to 0.02); of our own voice after a hiccup a tenth was missed without it."""
_ECHO_SHARE = 0.4
"""From this share of the sound that playback explains it is our own voice."""


class OverSpeech:
    """How long somebody has been speaking while we do, short pauses included. Probabilities in, seconds out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._gap = 0.0

    @property
    def enough(self) -> float:
        """The probability of speech that counts now."""
        return _STILL_SPEECH_AT if self.seconds else _SPEECH_AT

    def advance(self, speech: bool, seconds: float) -> float:
        """Take the next stretch of sound and return the seconds of speech so far; 0 once it has ended."""
        if speech:
            self.seconds += seconds
            self._gap = 0.0
        elif self.seconds:
            self._gap += seconds
            if self._gap > _GAP_SECONDS:
                self.seconds = self._gap = 0.0
        return self.seconds


class NoiseMeter:
    """The level that the microphone does not go below: the noise of the cabin, over the last 3 s."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_NOISE_BLOCKS)

    def above(self, level: float) -> bool:
        """Take the level of a block, in dB, and return whether it stands out."""
        self._levels.append(level)
        quiet = sorted(self._levels)[len(self._levels) // 10]
        return level >= quiet + _ABOVE_NOISE_DB


class EchoMeter:
    """Whether the microphone hears what we play. Levels in; until it knows, it takes that for granted."""

    def __init__(self) -> None:
        self._below: deque[float] = deque(maxlen=_ECHO_BLOCKS)

    def advance(self, heard: float, played: float) -> bool:
        """Take the levels of one block, in dB, and return whether there is an echo."""
        if played > -40.0:
            self._below.append(heard - played)
        # The median: a driver who speaks makes some of them louder, the delay of an echo makes some of them quieter.
        return len(self._below) < _ECHO_BLOCKS // 3 or sorted(self._below)[len(self._below) // 2] > _NO_ECHO_DB


class EchoShare:
    """How much of what the microphone hears is what was just played, at whatever delay."""

    def __init__(self) -> None:
        self._heard: deque[Samples] = deque(maxlen=_HEARD_BLOCKS)

    def take(self, heard: Samples) -> None:
        """Take the next block of the microphone."""
        self._heard.append(heard)

    def is_ours(self, played: Sequence[Samples]) -> bool:
        """Whether the last sound is mostly our own voice; `played` is all that was given to the device lately."""
        if len(self._heard) < _HEARD_BLOCKS or len(played) < _HEARD_BLOCKS:
            return False
        # Differences: the rumble of a car would hide any likeness.
        heard = np.diff(np.concatenate(self._heard).astype(np.float64))
        return explained(heard, np.diff(np.concatenate(played).astype(np.float64)), _PARTS) >= _ECHO_SHARE


def explained(heard: npt.NDArray[np.float64], played: npt.NDArray[np.float64], parts: int = 1) -> float:
    """Return the largest share of the energy of `heard`, 0 to 1, that stretches of `played` explain.

    Each of its `parts` has a stretch of its own: where a device hiccups, the delay changes in the midst of a word.
    """
    energy = float(heard @ heard)
    if energy == 0.0:
        return 0.0
    size = 1 << (len(heard) + len(played) - 1).bit_length()
    spectrum = np.fft.rfft(played, size)
    sums = np.concatenate([[0.0], np.cumsum(played * played)])
    found = 0.0
    for part in np.array_split(heard, parts):
        count = len(part)
        products = np.fft.irfft(spectrum * np.conj(np.fft.rfft(part, size)), size)[: len(played) - count + 1]
        energies = sums[count:] - sums[:-count]
        loud = energies > max(energies.max() * 1e-4, BLOCK)  # a stretch of silence explains nothing
        found += float((products[loud] ** 2 / energies[loud]).max()) if loud.any() else 0.0
    return found / energy
