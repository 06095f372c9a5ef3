"""The neural recognizer: a small speech model in a worker process, bound to the grammar of the moment as far as the
sound bears it out.

It begins in a pause, while it is not yet clear that the turn has ended. It never stores audio and never blocks the
event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import pickle  # only to digest our own objects
import time
from collections import OrderedDict
from pathlib import Path

import numpy as np

from voice.recognition.neural.deciding import RECOGNIZER, ending_of, transcript_of
from voice.recognition.neural.sound_search import Effort
from voice.recognition.neural.speech_model_worker import FollowGrammar, Hear, NeuralGrammar, NeuralHearing
from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Grammar, Samples, Transcript
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerDiedError, WorkerProcess

_LEAST_SECONDS = 0.2
_PARTIAL_EVERY = 0.6
"""Seconds of sound between two partial texts."""
_TRIES = 3
"""How often a worker that ended is started again for one utterance."""
_KEPT = 16
"""Grammars whose digests are known."""


class NeuralRecognizer:
    """The speech model behind the `Recognizer` protocol. Utterances may overlap; their searches take turns."""

    name = RECOGNIZER

    def __init__(self, model: Path, *, threads: int = 1, effort: Effort | None = None) -> None:
        """`threads` is how many the model may compute with."""
        self.workers = [
            WorkerProcess(
                "voice.recognition.neural.speech_model_worker:start", folder=str(model), threads=max(1, threads)
            )
        ]
        self._effort = effort or Effort()
        self._prepared: OrderedDict[int, tuple[Grammar, NeuralGrammar]] = OrderedDict()

    def begin(self, grammar: Grammar, *, partials: bool = False) -> NeuralRecognition:
        """Start an utterance; the worker gets the grammar while nobody speaks yet."""
        return NeuralRecognition(self.workers[0], self._prepare(grammar), self._effort, partials)

    def _prepare(self, grammar: Grammar) -> NeuralGrammar:
        known = self._prepared.get(id(grammar))
        if known is None or known[0] is not grammar:
            digest = hashlib.sha256(pickle.dumps(grammar)).hexdigest()[:24]
            known = self._prepared[id(grammar)] = grammar, NeuralGrammar(digest, grammar)
            if len(self._prepared) > _KEPT:
                self._prepared.popitem(last=False)
        return known[1]

    async def close(self) -> None:
        """End the worker; idempotent."""
        await asyncio.gather(*(worker.close() for worker in self.workers))


class NeuralRecognition:
    """One utterance. The sound is kept in memory until `finish`, and dropped then."""

    def __init__(self, worker: WorkerProcess, prepared: NeuralGrammar, effort: Effort, partials: bool) -> None:
        self._worker = worker
        self._prepared = prepared
        self._effort = effort
        self._partials = partials
        self._blocks: list[Samples] = []
        self._partial = ""
        self._followed = 0
        self._following: asyncio.Task[object] | None = None
        self._hearing: asyncio.Task[NeuralHearing] | None = None
        worker.tell(prepared)

    async def feed(self, samples: Samples) -> str:
        """Take the samples; return what was heard until now, if partial texts are wanted."""
        if len(samples):
            self._drop_hearing()  # it was no end, only a pause
            self._blocks.append(samples)
        if self._partials:
            self._follow()
        return self._partial

    def _follow(self) -> None:
        if self._following is not None:
            if not self._following.done():
                return
            asked, self._following = self._following, None
            with contextlib.suppress(WorkerDiedError, RecognitionError):  # the search itself tells it
                self._partial = str(asked.result() or self._partial)
        if sum(map(len, self._blocks[self._followed :])) >= _PARTIAL_EVERY * SAMPLE_RATE:
            self._followed = len(self._blocks)
            self._following = asyncio.ensure_future(self._worker.ask(FollowGrammar(np.concatenate(self._blocks))))

    async def ending(self, silence: float) -> Ending:
        """Return what the words so far say about the end; `UNKNOWN` if they cannot be heard."""
        try:
            heard = await self._heard()
        except RecognitionError:  # `finish` raises it
            return Ending.UNKNOWN
        return ending_of(heard.found, self._prepared.grammar.closed)

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        seconds = sum(map(len, self._blocks)) / SAMPLE_RATE
        began = time.perf_counter()
        try:
            found = (await self._heard()).found if seconds >= _LEAST_SECONDS else ()
        finally:
            self.cancel()
        return transcript_of(found, self._prepared.grammar.closed, seconds, time.perf_counter() - began)

    async def _heard(self) -> NeuralHearing:
        """Return what was found in the sound so far; searched once, however often it is asked for."""
        if self._hearing is None:
            samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
            self._hearing = asyncio.ensure_future(self._search(samples))
            self._hearing.add_done_callback(lambda task: task.cancelled() or task.exception())  # told where awaited
        hearing = self._hearing
        await asyncio.wait([hearing])  # whoever stops waiting does not stop the search
        return hearing.result()

    async def _search(self, samples: Samples) -> NeuralHearing:
        request = Hear(self._prepared.digest, samples, self._effort)
        try:
            for _ in range(_TRIES):
                with contextlib.suppress(WorkerDiedError):
                    answer = await self._worker.ask(request)
                    if isinstance(answer, NeuralHearing):
                        return answer
                    await self._worker.ask(self._prepared)  # it started anew, or forgot the grammar
        except ValueError as error:
            raise RecognitionError(f"the grammar cannot be used: {error}") from error
        raise RecognitionError("the recognizer's process keeps ending; see the messages before this one")

    def _drop_hearing(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    def cancel(self) -> None:
        """Drop the sound."""
        self._drop_hearing()
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._blocks = []
