"""The embedded recognizer: pocketsphinx with the model in its wheel, in worker processes that are started once.

Seven passes over differently resampled audio stand in for normalising the speaker's vocal tract; what they agree on is
the evidence. They run while the driver speaks, so that the transcript is there when the turn ends. It never stores
audio and never blocks the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import pickle  # only to digest our own objects
import time
from collections import OrderedDict

import numpy as np

from voice.errors import RecognitionError
from voice.recognition.base import SAMPLE_RATE, Ending, Grammar, Samples, Transcript
from voice.recognition.selection import RECOGNIZER, ending_of, transcript_of
from voice.recognition.sphinx_worker import PHONE_LOOP, Begin, Feed, Finish, Pass, Peek, PreparedGrammar, Request
from voice.worker import WorkerDiedError, WorkerProcess

SHARES = ((0.96, 1.04, 0.88, 1.08), (1.0, 0.92, 1.12, PHONE_LOOP))
"""Resampling factors by worker, over the range of vocal tract lengths of adults: the halves take about as long."""
_LEAST_SECONDS = 0.2
_PIECE = SAMPLE_RATE // 10
"""Samples that are sent to the workers at once."""
_PARTIAL_EVERY = 3
"""Pieces between two partial texts."""


class SphinxRecognizer:
    """pocketsphinx behind the `Recognizer` protocol. One utterance at a time: a new one ends the one before."""

    name = RECOGNIZER

    def __init__(self) -> None:
        self.workers = [WorkerProcess("voice.recognition.sphinx_worker:start", factors=share) for share in SHARES]
        self._prepared: OrderedDict[str, PreparedGrammar] = OrderedDict()
        self._digests: OrderedDict[int, tuple[Grammar, str]] = OrderedDict()
        self._numbers = itertools.count()

    def begin(self, grammar: Grammar) -> SphinxRecognition:
        """Start an utterance; the workers get the grammar while nobody speaks yet."""
        return SphinxRecognition(self.workers, self._prepare(grammar), next(self._numbers))

    def _prepare(self, grammar: Grammar) -> PreparedGrammar:
        known = self._digests.get(id(grammar))
        if known is not None and known[0] is grammar:
            return self._prepared[known[1]]
        digest = hashlib.sha256(pickle.dumps(grammar)).hexdigest()[:24]
        if digest not in self._prepared:
            self._prepared[digest] = PreparedGrammar(digest, grammar)
        self._digests[id(grammar)] = (grammar, digest)
        if len(self._digests) > 64:
            _, (_, old) = self._digests.popitem(last=False)
            if old not in {kept for _, kept in self._digests.values()}:
                self._prepared.pop(old, None)
        return self._prepared[digest]

    async def close(self) -> None:
        """End the workers; idempotent."""
        await asyncio.gather(*(worker.close() for worker in self.workers))


class SphinxRecognition:
    """One utterance. The audio is kept in memory until `finish`, in case a worker dies, and dropped then."""

    def __init__(self, workers: list[WorkerProcess], prepared: PreparedGrammar, number: int) -> None:
        self._workers = workers
        self._prepared = prepared
        self._number = number
        self._blocks: list[Samples] = []
        self._waiting: list[Samples] = []
        self._waiting_samples = 0
        self._pieces = 0
        self._partial = ""
        self._asking: asyncio.Task[list[Pass] | None] | None = None
        self._tell(prepared)
        self._tell(Begin(number, prepared.digest))

    def _tell(self, request: Request) -> None:
        for worker in self._workers:
            worker.tell(request)

    async def feed(self, samples: Samples) -> str:
        """Pass the samples on; return what one of the passes has heard until now."""
        self._blocks.append(samples)
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        if self._waiting_samples >= _PIECE:
            self._flush()
            self._pieces += 1
            if self._pieces % _PARTIAL_EVERY == 0 and self._asking is None:
                self._asking = asyncio.ensure_future(self._workers[-1].ask(Peek(self._number)))
        if self._asking is not None and self._asking.done():
            asked, self._asking = self._asking, None
            with contextlib.suppress(WorkerDiedError):  # `finish` starts it again
                self._partial = next((one.text for one in asked.result() or () if one.factor == 1.0), self._partial)
        return self._partial

    def _flush(self) -> None:
        if self._waiting:
            self._tell(Feed(self._number, np.concatenate(self._waiting)))
        self._waiting, self._waiting_samples = [], 0

    async def ending(self, silence: float) -> Ending:
        """Return what the words so far say about the end."""
        self._flush()
        try:
            answers = await asyncio.gather(*(worker.ask(Peek(self._number, silence)) for worker in self._workers))
        except WorkerDiedError:
            return Ending.UNKNOWN
        return ending_of([one for answer in answers for one in answer or ()])

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        self._flush()
        await self._stop_asking()
        samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        self._blocks = []
        seconds = len(samples) / SAMPLE_RATE
        if seconds < _LEAST_SECONDS:
            return Transcript("", recognizer=RECOGNIZER, confidence=0.0, audio_seconds=seconds)
        began = time.perf_counter()
        halves = await asyncio.gather(*(self._finished(worker, samples) for worker in self._workers))
        passes = sorted((one for half in halves for one in half), key=lambda one: one.factor)
        return transcript_of(passes, seconds, time.perf_counter() - began)

    async def _finished(self, worker: WorkerProcess, samples: Samples) -> list[Pass]:
        try:
            for _ in range(3):
                try:
                    answer = await worker.ask(Finish(self._number))
                    if answer is not None:
                        return list(answer)
                    # It started anew, without grammar and sound; or it could not take the grammar, and says so now.
                    await worker.ask(self._prepared)
                    await worker.ask(Begin(self._number, self._prepared.digest))
                    await worker.ask(Feed(self._number, samples))
                except WorkerDiedError:
                    continue
            raise RecognitionError("the recognizer's process keeps ending; see the messages before this one")
        except (RuntimeError, ValueError, KeyError) as error:
            raise RecognitionError(f"pocketsphinx cannot use the grammar: {error}") from error

    async def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            self._asking = None

    def cancel(self) -> None:
        """Drop the audio."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._blocks, self._waiting = [], []
