"""Prepares sound for recognition: removes our own voice, then the tones below speech.

Never suppresses noise, because that was measured to hurt recognition (15 dB: 0.75 -> 0.45 right with WebRTC's).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.voice_errors import DeviceError

DITHER = 0.0005
"""Standard deviation of the white noise added before decoding, in full scale, because digital silence breaks the
features."""
SILENT_DB = -96.0
"""The level of digital silence: one step of 16 bits."""

_PIECE = 320
"""Samples filtered at a time: a block of 20 ms."""


def level_db(samples: npt.NDArray[np.integer[Any]]) -> float:
    """Return the level of a block in decibels of full scale: -96 (silence) to 0."""
    if len(samples) == 0:
        return SILENT_DB
    values = samples.astype(np.float64)
    power = float(values @ values) / (len(values) * 32768.0**2)
    return max(SILENT_DB, 10.0 * math.log10(max(power, 1e-12)))


class HighPass:
    """Removes the tones below speech (one pole), block after block without seams."""

    def __init__(self, cut_hertz: float = 80.0, sample_rate: int = SAMPLE_RATE) -> None:
        keep = float(np.exp(-2.0 * np.pi * cut_hertz / sample_rate))
        self._powers = keep ** np.arange(_PIECE + 1)
        self._last_in = 0.0
        self._last_out = 0.0

    def filter(self, samples: Samples) -> Samples:
        """Return the block without its lowest tones."""
        pieces = [self._piece(samples[at : at + _PIECE]) for at in range(0, len(samples), _PIECE)]
        return np.concatenate(pieces) if pieces else samples

    def _piece(self, samples: Samples) -> Samples:
        count = len(samples)
        values = np.empty(count + 1)
        values[0], values[1:] = self._last_in, samples
        steps = values[1:] - values[:-1]
        # The sum of the remainders of all steps so far, without a loop; powers of 0.97 stay exact enough for one piece.
        filtered = self._powers[1 : count + 1] * (self._last_out + np.cumsum(steps / self._powers[:count]))
        self._last_in, self._last_out = float(values[-1]), float(filtered[-1])
        return np.asarray(np.clip(np.rint(filtered), -32768, 32767), dtype=np.int16)


class EchoCanceller:
    """Removes our own playback from the sound, with WebRTC's AEC3 in the `pywebrtc-audio` wheel (extra
    `mcqueen[echo]`).

    For each block of the microphone, call `reference`, then `process`. It finds the delay between the two by itself.
    """

    def __init__(self) -> None:
        """Raises `DeviceError` if the extra is not installed."""
        try:
            from pywebrtc_audio import EchoCanceller as WebRtc  # an extra
        except ImportError as error:
            raise DeviceError("echo cancellation is not installed; pip install 'mcqueen[echo]'") from error
        self._canceller: Any = WebRtc(sample_rate=SAMPLE_RATE, num_channels=1)
        self._played: Samples = np.zeros(0, dtype=np.int16)

    def reference(self, block: Samples) -> None:
        """Take the block (16 kHz) that is playing now; it is as long as the block that `process` gets next."""
        self._played = block

    def process(self, block: Samples) -> Samples:
        """Return the microphone's block without our own voice. Without a reference, nothing was played."""
        played = self._played if len(self._played) == len(block) else np.zeros(len(block), dtype=np.int16)
        self._played = played[:0]
        return np.asarray(
            self._canceller.process(np.ascontiguousarray(block), np.ascontiguousarray(played)), dtype=np.int16
        )
