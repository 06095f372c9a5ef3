"""Chooses the recognizer of this machine: the neural one if its model is installed, else Vosk if it has a model, else
pocketsphinx, which needs none.
"""

from __future__ import annotations

from pathlib import Path

from voice.recognition.recognizer_base import Recognizer
from voice.voice_errors import RecognitionError


def make_recognizer(
    vosk_model: Path | None = None, neural_model: Path | None = None, *, neural: bool = True, threads: int = 1
) -> Recognizer:
    """Return a recognizer; `neural` allows the neural one.

    Raises `voice.voice_errors.RecognitionError` if the given model cannot be used.
    """
    from voice.recognition.model_store import find_vosk_model

    if neural and vosk_model is None:
        from voice.recognition.neural.files import find_model

        found = find_model(neural_model)
        if isinstance(found, Path):
            return make_neural_recognizer(found, threads)
    model = find_vosk_model(vosk_model)
    if model is not None:
        from voice.recognition.vosk import VoskRecognizer

        return VoskRecognizer(model)
    return _sphinx()


def make_neural_recognizer(model: Path | None = None, threads: int = 1) -> Recognizer:
    """Return the neural recognizer, which pocketsphinx replaces if it fails.

    Raises `voice.voice_errors.RecognitionError` without its model.
    """
    from voice.recognition.neural.files import Lacking, find_model
    from voice.recognition.neural.recognizer import NeuralRecognizer
    from voice.recognition.stand_in import RecognizerWithStandIn

    found = find_model(model)
    if isinstance(found, Lacking):
        raise RecognitionError(found.reason)
    return RecognizerWithStandIn(NeuralRecognizer(found, threads=threads), _sphinx)


def _sphinx() -> Recognizer:
    from voice.recognition.sphinx import SphinxRecognizer

    return SphinxRecognizer()
