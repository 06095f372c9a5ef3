"""The common part of the recognizers that run in their own process: the sound of one utterance, searched once in each
pause, partial texts while it is spoken, grammars that are known by their digest, and a process that may end.

It never decodes, and keeps sound only until the utterance is finished.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import pickle  # only to digest our own objects
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from voice.recognition.recognizer_base import SAMPLE_RATE, Grammar, Samples
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerDiedError, WorkerProcess

LEAST_SECONDS = 0.2
"""Shorter sound says nothing."""
_TRIES = 3
"""How often a process that ended is started again for one request."""
_KEPT_GRAMMARS = 64

Found = TypeVar("Found")
"""The result of a search."""


@dataclass(frozen=True)
class PreparedGrammar:
    """A grammar, known by its digest from then on."""

    digest: str
    grammar: Grammar = field(repr=False)


class PreparedGrammars:
    """The last grammars with their digests: to make one takes longer than a block of sound."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[Grammar, PreparedGrammar]] = OrderedDict()

    def of(self, grammar: Grammar) -> PreparedGrammar:
        """Return the grammar with its digest."""
        known = self._known.get(id(grammar))
        if known is None or known[0] is not grammar:
            digest = hashlib.sha256(pickle.dumps(grammar)).hexdigest()[:24]
            known = self._known[id(grammar)] = grammar, PreparedGrammar(digest, grammar)
            if len(self._known) > _KEPT_GRAMMARS:
                self._known.popitem(last=False)
        return known[1]


async def ask_again(worker: WorkerProcess, request: Any, prepared: PreparedGrammar) -> object:
    """Return the worker's answer, though it started anew or forgot the grammar; None if its process keeps ending."""
    for _ in range(_TRIES):
        with contextlib.suppress(WorkerDiedError):
            answer: object = await worker.ask(request)
            if answer is not None:
                return answer
            await worker.ask(prepared)
    return None


def keeps_ending() -> RecognitionError:
    """Return the error of a recognizer whose process gives no answer."""
    return RecognitionError("the recognizer's process keeps ending; see the messages before this one")


class Utterance(ABC, Generic[Found]):
    """One utterance. Its sound is held in memory until it is cancelled."""

    def __init__(self, partials: bool, partial_every: float) -> None:
        """`partial_every` is the sound between two partial texts, in seconds."""
        self._partials = partials
        self._partial_every = partial_every
        self._blocks: list[Samples] = []
        self._partial = ""
        self._followed = 0
        self._following: asyncio.Future[Any] | None = None
        self._searching: asyncio.Task[Found] | None = None

    @abstractmethod
    async def _search(self, samples: Samples) -> Found:
        """Return the texts found in the sound. Raises `RecognitionError`."""

    @abstractmethod
    def _ask_partial(self, blocks: list[Samples], new: int) -> Awaitable[Any]:
        """Ask for the text so far; the blocks from number `new` on were not asked about before."""

    @property
    def seconds(self) -> float:
        """Seconds of sound so far."""
        return sum(map(len, self._blocks)) / SAMPLE_RATE

    async def feed(self, samples: Samples) -> str:
        """Take the samples; return the text so far, if partial texts are wanted."""
        if len(samples):
            self._drop_search()  # it was no end, only a pause
            self._blocks.append(samples)
        if self._partials:
            self._follow()
        return self._partial

    def _follow(self) -> None:
        if self._following is not None:
            if not self._following.done():
                return
            asked, self._following = self._following, None
            with contextlib.suppress(WorkerDiedError, RecognitionError):  # the search itself reports the error
                self._partial = str(asked.result() or self._partial)
        if sum(map(len, self._blocks[self._followed :])) >= self._partial_every * SAMPLE_RATE:
            new, self._followed = self._followed, len(self._blocks)
            self._following = asyncio.ensure_future(self._ask_partial(self._blocks, new))

    async def _found(self) -> Found:
        """Return the texts in the sound so far; it is searched once, even if several callers ask."""
        if self._searching is None:
            samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
            self._searching = asyncio.ensure_future(self._search(samples))
            self._searching.add_done_callback(lambda task: task.cancelled() or task.exception())  # seen by the caller
        searching = self._searching
        await asyncio.wait([searching])  # a caller that stops waiting does not stop the search
        return searching.result()

    def _drop_search(self) -> None:
        if self._searching is not None:
            self._searching.cancel()
            self._searching = None

    def cancel(self) -> None:
        """Drop the sound."""
        self._drop_search()
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._blocks = []
