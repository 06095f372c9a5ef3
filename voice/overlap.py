"""Decides whether the driver speaks over McQueen, or the microphone only hears our playback. Pure: sound and figures
in.

The canceller removes our voice if it knows the delay. After a hiccup of the devices it must find the delay again, and
our own voice comes through until then. So the rest is compared with the playback before it counts as speech.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from voice.audio import BLOCK
from voice.recognition.recognizer_base import Samples

_GAP_SECONDS = 0.35
"""Seconds; shorter pauses are part of speech: between two words, and if the canceller removed part of a word."""
_SPEECH_AT = 0.5
_STILL_SPEECH_AT = 0.15
"""Probability at which speech begins and goes on; low, because the canceller thins a voice that speaks over ours."""
_ABOVE_NOISE_DB = 6.0
"""Decibels above the noise; softer sound is no speech, because remaining noise can sound like a voice."""
_NOISE_BLOCKS = 150
_NO_ECHO_DB = -40.0
"""Decibels; if the microphone stays this far below our playback, it does not hear it, as with a headset. The canceller
has nothing to learn from then, and would remove part of the driver's voice."""
_ECHO_BLOCKS = 150
"""Blocks of playback that decide this: the last 3 s; a third of them are enough to begin with."""
_HEARD_BLOCKS = 12
"""Blocks of sound that are compared with playback: 240 ms, about a syllable."""
_PARTS = 3
"""Each part of the sound may have its own delay. For a driver who speaks over McQueen this makes no difference (the
share in the whole and in thirds agrees within 0.02). Without it, a tenth of our own voice after a hiccup was missed."""
_ECHO_SHARE = 0.4
"""Share of the sound that playback explains, from which it is our own voice."""


class OverSpeech:
    """Seconds for which a person has been speaking over McQueen, short pauses included. Probabilities in, seconds
    out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._gap = 0.0

    @property
    def enough(self) -> float:
        """The probability of speech that counts now."""
        return _STILL_SPEECH_AT if self.seconds else _SPEECH_AT

    def advance(self, speech: bool, seconds: float) -> float:
        """Take the next sound and return the seconds of speech so far; 0 once speech has ended."""
        if speech:
            self.seconds += seconds
            self._gap = 0.0
        elif self.seconds:
            self._gap += seconds
            if self._gap > _GAP_SECONDS:
                self.seconds = self._gap = 0.0
        return self.seconds


class NoiseMeter:
    """The lowest level of the microphone over the last 3 s: the noise of the cabin."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_NOISE_BLOCKS)

    def above(self, level: float) -> bool:
        """Take the level of a block, in dB, and return whether it exceeds the noise."""
        self._levels.append(level)
        quiet = sorted(self._levels)[len(self._levels) // 10]
        return level >= quiet + _ABOVE_NOISE_DB


class EchoMeter:
    """Decides whether the microphone hears our playback. Levels in; until it knows, it assumes so."""

    def __init__(self) -> None:
        self._below: deque[float] = deque(maxlen=_ECHO_BLOCKS)

    def advance(self, heard: float, played: float) -> bool:
        """Take the levels of one block, in dB, and return whether there is an echo."""
        if played > -40.0:
            self._below.append(heard - played)
        # The median, because a driver's speech makes some differences larger, and the delay of an echo makes some
        # smaller.
        return len(self._below) < _ECHO_BLOCKS // 3 or sorted(self._below)[len(self._below) // 2] > _NO_ECHO_DB


class EchoShare:
    """How much of the microphone's sound is recent playback, at any delay."""

    def __init__(self) -> None:
        self._heard: deque[Samples] = deque(maxlen=_HEARD_BLOCKS)

    def take(self, heard: Samples) -> None:
        """Take the next block of the microphone."""
        self._heard.append(heard)

    def is_ours(self, played: Sequence[Samples]) -> bool:
        """Whether the last sound is mostly our own voice; `played` is all sound recently given to the device."""
        if len(self._heard) < _HEARD_BLOCKS or len(played) < _HEARD_BLOCKS:
            return False
        # Differences, because the rumble of a car would hide the likeness.
        heard = np.diff(np.concatenate(self._heard).astype(np.float64))
        return explained(heard, np.diff(np.concatenate(played).astype(np.float64)), _PARTS) >= _ECHO_SHARE


def explained(heard: npt.NDArray[np.float64], played: npt.NDArray[np.float64], parts: int = 1) -> float:
    """Return the largest share of the energy of `heard`, 0 to 1, that stretches of `played` explain.

    Each of its `parts` has its own stretch, because a hiccup of a device changes the delay in the middle of a word.
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
