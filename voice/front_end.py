"""What is done to sound on its way to the ears: conversion is in `audio.py`; here a high-pass, and the tiny noise.

Never suppresses noise: that was measured to hurt recognition.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.recognition.base import SAMPLE_RATE, Samples

DITHER = 0.0005
"""Standard deviation of the white noise added before decoding, in full scale: digital silence breaks the features."""


def dithered(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return sound in -1 to 1 with the tiny noise; the same sound always gets the same noise."""
    return values + np.random.default_rng(0).normal(0.0, DITHER, len(values)).astype(np.float32)


class HighPass:
    """Takes away what lies under speech (one pole), block after block without seams."""

    def __init__(self, cut_hertz: float = 80.0, sample_rate: int = SAMPLE_RATE) -> None:
        self._keep = float(np.exp(-2.0 * np.pi * cut_hertz / sample_rate))
        self._last_in = 0.0
        self._last_out = 0.0

    def filter(self, samples: Samples) -> Samples:
        """Return the block without its lowest tones."""
        values = samples.astype(np.float64)
        steps = np.diff(values, prepend=self._last_in)
        filtered = np.empty_like(values)
        last = self._last_out
        for index, step in enumerate(steps):  # 320 steps a block: about 0.1 ms
            last = self._keep * (last + step)
            filtered[index] = last
        if len(values):
            self._last_in, self._last_out = float(values[-1]), last
        return np.asarray(np.clip(np.round(filtered), -32768, 32767), dtype=np.int16)
