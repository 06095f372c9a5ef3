"""Speaks with Piper inside a worker process. Runs only in the child started by `piper.py`; keeps no text."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from voice.recognition.recognizer_base import Samples
from voice.synthesis.piper import PiperRequest


def start() -> Callable[[PiperRequest], tuple[Samples, int]]:
    """Return the function that turns a request into samples and their rate. Raises `ImportError`."""
    from piper import PiperVoice, SynthesisConfig

    @lru_cache(maxsize=2)
    def load(model: str) -> Any:
        return PiperVoice.load(model)

    def answer(request: PiperRequest) -> tuple[Samples, int]:
        try:
            pace = SynthesisConfig(length_scale=request.length_scale)
            pieces = list(load(request.model).synthesize(request.text, pace))
        except Exception as error:  # noqa: BLE001  # the engine's own errors cannot be known if it is not installed
            raise RuntimeError(f"{type(error).__name__}: {str(error)[:200]}") from None
        if not pieces:
            raise RuntimeError("no sound came")
        return np.concatenate([piece.audio_int16_array for piece in pieces]), int(pieces[0].sample_rate)

    return answer
