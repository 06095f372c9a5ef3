"""The embedded recognizer: pocketsphinx with the model in its wheel, in worker processes that start once.

Several passes over differently resampled audio replace normalising the speaker's vocal tract; their agreement is the
evidence. They begin in a pause, before the turn has surely ended; if the first ones agree, the others are skipped. It
never stores audio and never blocks the event loop.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable
from typing import Any

import numpy as np

from voice.recognition.recognizer_base import Ending, Grammar, Samples, Transcript, has_open_part
from voice.recognition.selection import DICTATION, RECOGNIZER, dictated, ending_of, next_pass, transcript_of
from voice.recognition.sphinx_worker import Decode, Dictate, Dictated, Follow, Pass
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

_WORKERS = 2
"""Number of worker processes; the machines that McQueen is made for can spare two cores."""
_PARTIAL_EVERY = 0.3
"""Seconds of sound between two partial texts."""


class SphinxRecognizer:
    """pocketsphinx behind the `Recognizer` protocol. Utterances may overlap; their passes run one after another."""

    name = RECOGNIZER

    def __init__(self) -> None:
        self.workers = [WorkerProcess("voice.recognition.sphinx_worker:start") for _ in range(_WORKERS)]
        self._grammars = PreparedGrammars()
        self._numbers = itertools.count()

    def begin(self, grammar: Grammar, *, partials: bool = False) -> SphinxRecognition:
        """Start an utterance; the workers get the grammar before anybody speaks."""
        return SphinxRecognition(self.workers, self._grammars.of(grammar), next(self._numbers), partials)

    async def close(self) -> None:
        """End the workers; idempotent."""
        await asyncio.gather(*(worker.close() for worker in self.workers))


class SphinxRecognition(Utterance[list[Pass]]):
    """One utterance."""

    def __init__(self, workers: list[WorkerProcess], prepared: PreparedGrammar, number: int, partials: bool) -> None:
        super().__init__(partials, _PARTIAL_EVERY)
        self._workers = workers
        self._prepared = prepared
        self._number = number
        for worker in workers:
            worker.tell(prepared)

    def _ask_partial(self, blocks: list[Samples], new: int) -> Awaitable[Any]:
        return self._workers[-1].ask(Follow(self._number, self._prepared.digest, np.concatenate(blocks[new:])))

    async def ending(self, silence: float) -> Ending:
        """Return whether the words so far mean that the turn has ended; `UNKNOWN` if decoding fails."""
        try:
            return ending_of(await self._found())
        except RecognitionError:  # `finish` raises it
            return Ending.UNKNOWN

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        seconds = self.seconds
        began = time.perf_counter()
        try:
            passes = await self._found() if seconds >= LEAST_SECONDS else []
            heard = transcript_of(passes, seconds, time.perf_counter() - began)
            if not heard.text and passes and has_open_part(self._prepared.grammar):
                taken = await self._dictate(np.concatenate(self._blocks))
                heard = dictated(passes, taken, seconds, time.perf_counter() - began)
        finally:
            self.cancel()
        return heard

    async def _dictate(self, samples: Samples) -> list[Dictated]:
        """Return the transcript of a sentence with an open end."""
        requests = [Dictate(self._prepared.digest, factor, samples) for factor in DICTATION]
        pairs = zip(self._workers, requests, strict=True)
        answers = await asyncio.gather(*(self._asked(worker, request) for worker, request in pairs))
        return [answer for answer in answers if isinstance(answer, Dictated)]

    async def _search(self, samples: Samples) -> list[Pass]:
        """Make the necessary passes; none waits for another one while its worker is free."""
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
        raise keeps_ending()

    async def _asked(self, worker: WorkerProcess, request: Decode | Dictate) -> object:
        """Return the worker's answer; None if there is none."""
        try:
            return await ask_again(worker, request, self._prepared)
        except (RuntimeError, ValueError, KeyError) as error:
            raise RecognitionError(f"pocketsphinx cannot use the grammar: {error}") from error
