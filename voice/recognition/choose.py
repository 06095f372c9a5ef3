"""Picks the recognizer that is used on this machine: Vosk where a model is found, else the embedded one."""

from __future__ import annotations

from pathlib import Path

from voice.recognition.base import Recognizer


def make_recognizer(vosk_model: Path | None = None) -> Recognizer:
    """Return a recognizer. Raises `voice.errors.RecognitionError` where a model is given that cannot be used."""
    from voice.recognition.models import find_vosk_model

    model = find_vosk_model(vosk_model)
    if model is not None:
        from voice.recognition.vosk import VoskRecognizer

        return VoskRecognizer(model)
    from voice.recognition.sphinx import SphinxRecognizer

    return SphinxRecognizer()
