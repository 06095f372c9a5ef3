"""Speaks with pyttsx3 on espeak-ng inside a worker process: espeak-ng can be initialised once a process.

Runs only in the child started by `espeak.py`. It opens no sound device and keeps no text.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.recognizer_base import Samples
from voice.synthesis.espeak_library import known_voice, load_library
from voice.synthesis.synthesizer_base import Voice

_QUIET = 40
"""Samples at the edges below this (of 32,768) are silence that espeak-ng adds."""
_TRIES = 4
_EDGE_SECONDS = 0.03
_FADE_SECONDS = 0.004


@dataclass(frozen=True)
class EspeakSound:
    """Samples and their rate."""

    samples: Samples
    sample_rate: int


def start() -> Callable[[tuple[str, Voice]], EspeakSound]:
    """Return the function that turns a text and a voice into sound."""
    load_library()  # before pyttsx3 looks for it by its SONAME
    import pyttsx3

    engine = pyttsx3.init("espeak")

    def answer(request: tuple[str, Voice]) -> EspeakSound:
        text, voice = request
        return _speak(engine, text, replace(voice, name=known_voice(voice.name)))

    return answer


def _speak(engine: Any, text: str, voice: Voice) -> EspeakSound:
    """Return the sound. Tries again if none came, as pyttsx3 did for 5 of 900 sentences."""
    for _ in range(_TRIES):
        spoken = _speak_once(engine, text, voice)
        if len(spoken.samples):
            return spoken
    raise RuntimeError(f"no sound came for {len(text)} characters, {_TRIES} times")


def _speak_once(engine: Any, text: str, voice: Voice) -> EspeakSound:
    from pyttsx3.drivers import _espeak

    _espeak.Synchronize()  # the rest of the previous sentence would count as the end of this one
    for _ in range(2):  # once is not enough: after a change of voice the old rate lasts for one more sentence
        engine.setProperty("voice", voice.name)
        engine.setProperty("rate", voice.words_per_minute)
        engine.setProperty("pitch", voice.pitch)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        engine.save_to_file(text, str(path))
        engine.runAndWait()
        _espeak.Synchronize()  # pyttsx3 may return early; espeak-ng's remaining sound goes into this folder
        try:
            with wave.open(str(path)) as file:
                rate = file.getframerate()
                samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
        except (FileNotFoundError, EOFError, wave.Error):  # no sound or half of it, once in some hundred sentences
            return EspeakSound(np.zeros(0, dtype=np.int16), 22_050)
    return EspeakSound(_without_edges(samples, rate), rate)


def _without_edges(samples: Samples, rate: int) -> Samples:
    """Return the samples with at most 30 ms of silence before and after, and without a click at either end."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _QUIET)
    if len(loud) == 0:
        return samples[:0]
    edge = round(_EDGE_SECONDS * rate)
    kept = samples[max(0, loud[0] - edge) : loud[-1] + 1 + edge].astype(np.float64)
    ramp = np.minimum(1.0, np.arange(len(kept)) / (_FADE_SECONDS * rate))
    return np.asarray(kept * ramp * ramp[::-1], dtype=np.int16)
