"""The embedded recognizer: pocketsphinx with the model in its wheel, in worker processes that are started once.

Several passes over differently resampled audio stand in for normalising the speaker's vocal tract; what they agree on
is the evidence. They begin in a pause, while it is not yet clear that the turn has ended; where the first ones agree
the others are not made. It never stores audio and never blocks the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import pickle  # only to digest our own objects
import time
from collections import OrderedDict, deque

import numpy as np

from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Grammar, Samples, Transcript, has_open_part
from voice.recognition.selection import DICTATION, RECOGNIZER, dictated, ending_of, next_pass, transcript_of
from voice.recognition.sphinx_worker import Decode, Dictate, Dictated, Follow, Pass, PreparedGrammar
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerDiedError, WorkerProcess

_WORKERS = 2
"""Processes: the machines that McQueen is made for have two cores to spare at least."""
_LEAST_SECONDS = 0.2
_PARTIAL_EVERY = 0.3
"""Seconds of sound between two partial texts."""
_TRIES = 3
"""How often a worker that ended is started again for one pass."""


class SphinxRecognizer:
    """pocketsphinx behind the `Recognizer` protocol. Utterances may overlap; their passes take turns."""

    name = RECOGNIZER

    def __init__(self) -> None:
        self.workers = [WorkerProcess("voice.recognition.sphinx_worker:start") for _ in range(_WORKERS)]
        self._prepared: OrderedDict[str, PreparedGrammar] = OrderedDict()
        self._digests: OrderedDict[int, tuple[Grammar, str]] = OrderedDict()
        self._numbers = itertools.count()

    def begin(self, grammar: Grammar, *, partials: bool = False) -> SphinxRecognition:
        """Start an utterance; the workers get the grammar while nobody speaks yet."""
        return SphinxRecognition(self.workers, self._prepare(grammar), next(self._numbers), partials)

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
    """One utterance. The audio is kept in memory until `finish`, and dropped then."""

    def __init__(self, workers: list[WorkerProcess], prepared: PreparedGrammar, number: int, partials: bool) -> None:
        self._workers = workers
        self._prepared = prepared
        self._number = number
        self._partials = partials
        self._blocks: list[Samples] = []
        self._partial = ""
        self._followed = 0
        self._following: asyncio.Task[str | None] | None = None
        self._decoding: asyncio.Task[list[Pass]] | None = None
        for worker in workers:
            worker.tell(prepared)

    async def feed(self, samples: Samples) -> str:
        """Take the samples; return what was heard until now, where partial texts are wanted."""
        if len(samples):
            self._drop_decoding()  # it was no end, only a pause
            self._blocks.append(samples)
        if self._partials:
            self._follow()
        return self._partial

    def _follow(self) -> None:
        if self._following is not None:
            if not self._following.done():
                return
            asked, self._following = self._following, None
            with contextlib.suppress(WorkerDiedError):  # another pass starts it again
                self._partial = asked.result() or self._partial
        if sum(len(block) for block in self._blocks[self._followed :]) >= _PARTIAL_EVERY * SAMPLE_RATE:
            new, self._followed = np.concatenate(self._blocks[self._followed :]), len(self._blocks)
            request = Follow(self._number, self._prepared.digest, new)
            self._following = asyncio.ensure_future(self._workers[-1].ask(request))

    async def ending(self, silence: float) -> Ending:
        """Return what the words so far say about the end. Nothing more to say than `UNKNOWN` where decoding fails."""
        try:
            return ending_of(await self._passes())
        except RecognitionError:  # `finish` raises it
            return Ending.UNKNOWN

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        seconds = sum(len(block) for block in self._blocks) / SAMPLE_RATE
        began = time.perf_counter()
        try:
            passes = await self._passes() if seconds >= _LEAST_SECONDS else []
            heard = transcript_of(passes, seconds, time.perf_counter() - began)
            if not heard.text and passes and has_open_part(self._prepared.grammar):
                taken = await self._dictate(np.concatenate(self._blocks))
                heard = dictated(passes, taken, seconds, time.perf_counter() - began)
        finally:
            self.cancel()
        return heard

    async def _dictate(self, samples: Samples) -> list[Dictated]:
        """Return what was taken down of a sentence with an open end."""
        requests = [Dictate(self._prepared.digest, factor, samples) for factor in DICTATION]
        pairs = zip(self._workers, requests, strict=True)
        answers = await asyncio.gather(*(self._asked(worker, request) for worker, request in pairs))
        return [answer for answer in answers if isinstance(answer, Dictated)]

    async def _passes(self) -> list[Pass]:
        """Return the passes over what was fed so far; made once, however often they are asked for."""
        if self._decoding is None:
            samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
            self._decoding = asyncio.ensure_future(self._decode(samples))
            self._decoding.add_done_callback(lambda task: task.cancelled() or task.exception())  # told where awaited
        decoding = self._decoding
        await asyncio.wait([decoding])  # whoever stops waiting does not stop the decoding
        return decoding.result()

    async def _decode(self, samples: Samples) -> list[Pass]:
        """Make the passes that are needed; none waits for another one where its worker is free."""
        passes: list[Pass] = []
        free = deque(self._workers)
        running: dict[asyncio.Future[Pass], tuple[WorkerProcess, float]] = {}
        try:
            while True:
                while free and (factor := next_pass(passes, [begun for _, begun in running.values()])) is not None:
                    worker = free.popleft()
                    request = Decode(self._prepared.digest, factor, samples)
                    running[asyncio.ensure_future(self._pass(worker, request))] = worker, factor
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                free.extend(running.pop(task)[0] for task in done)
                passes += await asyncio.gather(*done)  # all errors are taken, the first is raised
        finally:
            for task in running:
                task.cancel()
        return sorted(passes, key=lambda one: one.factor)

    async def _pass(self, worker: WorkerProcess, request: Decode) -> Pass:
        answer = await self._asked(worker, request)
        if isinstance(answer, Pass):
            return answer
        raise RecognitionError("the recognizer's process keeps ending; see the messages before this one")

    async def _asked(self, worker: WorkerProcess, request: Decode | Dictate) -> object:
        """Return the worker's answer; None where it has none."""
        try:
            for _ in range(_TRIES):
                with contextlib.suppress(WorkerDiedError):
                    answer = await worker.ask(request)
                    if answer is not None:
                        return answer
                    await worker.ask(self._prepared)  # it started anew, or forgot a grammar, or could not take it
        except (RuntimeError, ValueError, KeyError) as error:
            raise RecognitionError(f"pocketsphinx cannot use the grammar: {error}") from error
        return None

    def _drop_decoding(self) -> None:
        if self._decoding is not None:
            self._decoding.cancel()
            self._decoding = None

    def cancel(self) -> None:
        """Drop the audio."""
        self._drop_decoding()
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._blocks = []
