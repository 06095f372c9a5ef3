"""Picks the recognizer that is used on this machine: the neural one if its model is here, else Vosk if a model of it is
found, else pocketsphinx, which needs none.
"""

from __future__ import annotations

from pathlib import Path

from voice.recognition.recognizer_base import Recognizer
from voice.voice_errors import RecognitionError


def make_recognizer(
    vosk_model: Path | None = None, neural_model: Path | None = None, *, neural: bool = True, threads: int = 1
) -> Recognizer:
    """Return a recognizer; `neural` says whether the neural one may be taken.

    Raises `voice.voice_errors.RecognitionError` if a model is given that cannot be used.
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
    """Return the neural recognizer, with pocketsphinx to take over if it fails.

    Raises `voice.voice_errors.RecognitionError` if its model is not here.
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
