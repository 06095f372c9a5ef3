"""Synthesis never gives silence for words: pyttsx3 rarely does, so the worker speaks again, or says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice.audio import wav_bytes
from voice.synthesis import espeak_worker
from voice.synthesis.base import Voice
from voice.synthesis.espeak_library import load_library


class FlakyEngine:
    """pyttsx3's engine as far as the worker uses it; its first sentences come without sound."""

    def __init__(self, silent: int) -> None:
        self.silent = silent
        self.runs = 0
        self._path = ""

    def setProperty(self, name: str, value: object) -> None:  # noqa: N802  # pyttsx3's name
        """Take any property."""

    def save_to_file(self, text: str, path: str) -> None:
        """Remember where to write."""
        self._path = path

    def runAndWait(self) -> None:  # noqa: N802  # pyttsx3's name
        """Write the sound, or none."""
        self.runs += 1
        samples = np.zeros(0 if self.runs <= self.silent else 4000, dtype=np.int16)
        samples[100:-100] = 5000
        Path(self._path).write_bytes(wav_bytes(samples, 22_050))


def test_a_sentence_that_came_without_sound_is_spoken_again() -> None:
    load_library()
    engine = FlakyEngine(silent=2)
    assert len(espeak_worker._speak(engine, "yes", Voice("en-us")).samples) > 3000
    assert engine.runs == 3


def test_a_synthesizer_that_stays_silent_is_an_error_and_not_silence() -> None:
    load_library()
    with pytest.raises(RuntimeError, match="no sound came"):
        espeak_worker._speak(FlakyEngine(silent=99), "yes", Voice("en-us"))
