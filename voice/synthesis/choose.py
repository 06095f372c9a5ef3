"""Picks the synthesizer that a voice belongs to. Loads nothing by itself."""

from __future__ import annotations

from voice.synthesis.base import Synthesizer, Voice
from voice.synthesis.espeak import EspeakSynthesizer
from voice.synthesis.piper import SUFFIX, PiperSynthesizer


def open_synthesizer(voice: Voice) -> Synthesizer:
    """Return Piper for the name of a model file, espeak-ng for any other name."""
    return PiperSynthesizer() if voice.name.endswith(SUFFIX) else EspeakSynthesizer()
