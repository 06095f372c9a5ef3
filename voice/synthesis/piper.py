"""Piper voices (extra `mcqueen[piper]`): neural speech from a model file, in a worker process of its own.

A voice is named by its file, `en_US-joe-medium.onnx` with its `.onnx.json` beside it. Never fetches one, and plays
nothing. The engine is under the GPL, so it is an extra and stays in the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.recognition.recognizer_base import Samples
from voice.synthesis.synthesizer_base import Speech, Voice
from voice.voice_errors import SynthesisError
from voice.worker_process import WorkerDiedError, WorkerProcess

SUFFIX = ".onnx"
USUAL_WORDS_PER_MINUTE = 165
"""The rate that means the voice's own pace; other rates are shares of it."""


@dataclass(frozen=True)
class PiperRequest:
    """A request to the worker."""

    text: str
    model: str
    length_scale: float
    """Length of the sounds: 2 is half the pace."""


class PiperSynthesizer:
    """Piper behind the `Synthesizer` protocol."""

    name = "piper"

    def __init__(self) -> None:
        self._worker = WorkerProcess("voice.synthesis.piper_worker:start")

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return the speech for one utterance; empty for a text without anything to say. Raises `SynthesisError`."""
        if not any(character.isalnum() for character in text):
            return Speech(np.zeros(0, dtype=np.int16), 22_050)
        model = _model(voice.name)
        request = PiperRequest(text, str(model), USUAL_WORDS_PER_MINUTE / voice.words_per_minute)
        try:
            answer: tuple[Samples, int] = await self._worker.ask(request)
        except WorkerDiedError as error:
            raise SynthesisError(f"speech synthesis stopped: {error}; the next sentence starts it again") from error
        except ImportError as error:
            raise SynthesisError("Piper is not installed; pip install 'mcqueen[piper]'") from error
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise SynthesisError(f"Piper cannot speak with {model.name}: {error}") from error
        return Speech(*answer)

    async def close(self) -> None:
        """End the worker; idempotent."""
        await self._worker.close()


def _model(name: str) -> Path:
    model = Path(name).expanduser()
    for part in (model, model.with_name(model.name + ".json")):
        if not part.is_file():
            raise SynthesisError(f"there is no file {part}; a Piper voice is a .onnx file with its .onnx.json")
    return model
