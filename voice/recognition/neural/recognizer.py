"""The neural recognizer: a small speech model in a worker process, which follows the current grammar as far as the
sound agrees. It starts to search in a pause, before the turn has surely ended. It never stores audio and never blocks
the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.neural.deciding import RECOGNIZER, ending_of, transcript_of
from voice.recognition.neural.sound_search import Effort
from voice.recognition.neural.speech_model_worker import FollowGrammar, Hear, NeuralHearing
from voice.recognition.recognizer_base import Ending, Grammar, Samples, Transcript
from voice.recognition.utterance import (
    LEAST_SECONDS,
    PreparedGrammar,
    PreparedGrammars,
    Utterance,
    ask_again,
    keeps_ending,
)
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerProcess

_PARTIAL_EVERY = 0.6
"""Seconds of sound between two partial texts."""


class NeuralRecognizer:
    """The speech model behind the `Recognizer` protocol.

    Utterances may overlap; their searches run one after another.
    """

    name = RECOGNIZER

    def __init__(self, model: Path, *, threads: int = 1, effort: Effort | None = None) -> None:
        """`threads` is the number of threads for the model's computation."""
        self.workers = [
            WorkerProcess(
                "voice.recognition.neural.speech_model_worker:start", folder=str(model), threads=max(1, threads)
            )
        ]
        self._effort = effort or Effort()
        self._grammars = PreparedGrammars()

    def begin(self, grammar: Grammar, *, partials: bool = False) -> NeuralRecognition:
        """Start an utterance; the worker gets the grammar before anybody speaks."""
        return NeuralRecognition(self.workers[0], self._grammars.of(grammar), self._effort, partials)

    async def close(self) -> None:
        """End the worker; idempotent."""
        await asyncio.gather(*(worker.close() for worker in self.workers))


class NeuralRecognition(Utterance[NeuralHearing]):
    """One utterance."""

    def __init__(self, worker: WorkerProcess, prepared: PreparedGrammar, effort: Effort, partials: bool) -> None:
        super().__init__(partials, _PARTIAL_EVERY)
        self._worker = worker
        self._prepared = prepared
        self._effort = effort
        worker.tell(prepared)

    def _ask_partial(self, blocks: list[Samples], new: int) -> Awaitable[Any]:
        return self._worker.ask(FollowGrammar(np.concatenate(blocks)))

    async def ending(self, silence: float) -> Ending:
        """Return whether the words so far mean that the turn has ended; `UNKNOWN` if they cannot be decoded."""
        try:
            heard = await self._found()
        except RecognitionError:  # `finish` raises it
            return Ending.UNKNOWN
        return ending_of(heard.found, self._prepared.grammar.closed)

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        seconds = self.seconds
        began = time.perf_counter()
        try:
            found = (await self._found()).found if seconds >= LEAST_SECONDS else ()
        finally:
            self.cancel()
        return transcript_of(found, self._prepared.grammar.closed, seconds, time.perf_counter() - began)

    async def _search(self, samples: Samples) -> NeuralHearing:
        try:
            answer = await ask_again(self._worker, Hear(self._prepared.digest, samples, self._effort), self._prepared)
        except ValueError as error:
            raise RecognitionError(f"the grammar cannot be used: {error}") from error
        if isinstance(answer, NeuralHearing):
            return answer
        raise keeps_ending()
