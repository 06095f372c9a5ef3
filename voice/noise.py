"""Noise of a moving car, made from a seed, and mixing at a given ratio. Pure; for drives, tests and measurements.

Never used with a real microphone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.audio import to_samples
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples

_FRAME = 2048
"""Samples whose energy is compared: 128 ms, as in Picovoice's speech-to-intent benchmark."""


def cabin_noise(seconds: float, seed: int, *, sample_rate: int = SAMPLE_RATE, level: float = 0.1) -> Samples:
    """Return car-like noise: road rumble falling by 6 dB an octave above 60 Hz, some wind, a slow swell.

    `level` is the root mean square in full scale. The same seed gives the same samples.
    """
    count = max(1, round(seconds * sample_rate))
    random = np.random.default_rng(seed)
    frequencies = np.fft.rfftfreq(count, 1.0 / sample_rate)
    rumble = 1.0 / np.maximum(frequencies, 60.0)
    wind = 0.0006 / (1.0 + (frequencies / 1200.0) ** 2)
    spectrum = (random.normal(size=len(frequencies)) + 1j * random.normal(size=len(frequencies))) * (rumble + wind)
    spectrum[frequencies < 25.0] = 0.0
    noise = np.fft.irfft(spectrum, count)
    swell = 1.0 + 0.2 * np.sin(2.0 * np.pi * 0.35 * np.arange(count) / sample_rate + random.uniform(0.0, 6.28))
    noise = noise * swell
    return to_samples(noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12) * level)


def mix(speech: Samples, noise: Samples, snr_db: float, *, peak: float = 0.5) -> Samples:
    """Return speech with noise at a ratio of their loudest 128 ms, the sum scaled to `peak` of full scale.

    The noise is repeated or cut to the length of the speech.
    """
    if len(speech) == 0:
        return speech
    clean = speech.astype(np.float64) / 32768.0
    piece = np.resize(noise.astype(np.float64) / 32768.0, len(clean))
    quiet = _loudest(piece)
    gain = np.sqrt(_loudest(clean) / (quiet * 10.0 ** (snr_db / 10.0))) if quiet > 0 else 0.0
    mixed = clean + gain * piece
    return to_samples(mixed / max(float(np.abs(mixed).max()), 1e-12) * peak)


def _loudest(values: npt.NDArray[np.float64]) -> float:
    frames = max(1, len(values) // _FRAME)
    whole = values[: frames * _FRAME] if len(values) >= _FRAME else values
    return float((whole.reshape(frames, -1) ** 2).sum(axis=1).max())
