"""A recognizer with a substitute, which decodes short answers that the first one cannot, and replaces it if it fails.

A failure is logged once, and the substitute is used from then on. This module decodes nothing itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from voice.recognition.neural.recognizer import NeuralRecognizer
from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Grammar, Recognition, Recognizer, Samples, Transcript
from voice.recognition.sphinx import SphinxRecognizer
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerProcess

_log = logging.getLogger(__name__)
SHORT_SECONDS = 2.5
"""How long an answer may be to be heard by both: one name has too little context for a model of whole sentences."""

PLACED = -4.5
"""Natural logarithm, for the whole text and the grammar's own weights, from which a short answer counts as heard. Ten
synthetic names and control words at 15 dB that were heard right had -4.0 and more; "stuttgart" heard as "stop talking"
had -5.5 and -6.1."""


class RecognizerWithStandIn:
    """The first recognizer while it works, then the substitute from `make`, which is created when it is needed."""

    def __init__(self, first: Recognizer, make: Callable[[], Recognizer]) -> None:
        self._first = first
        self._make = make
        self._other: Recognizer | None = None
        self._failed = False
        self.name = first.name
        """The name of the one in use."""

    @property
    def in_use(self) -> Recognizer:
        """The recognizer that is in use now."""
        return self.other() if self._failed else self._first

    @property
    def workers(self) -> list[WorkerProcess]:
        """The processes of both."""
        return [*_workers(self._first), *(_workers(self._other) if self._other is not None else ())]

    def begin(self, grammar: Grammar, *, partials: bool = False) -> Recognition:
        """Start an utterance."""
        if self._failed:
            return self.other().begin(grammar, partials=partials)
        beside = self.other().begin(grammar) if grammar.answer else None
        return _Watched(self, self._first.begin(grammar, partials=partials), grammar, beside)

    def other(self) -> Recognizer:
        """Return the other recognizer."""
        if self._other is None:
            self._other = self._make()
        return self._other

    def take_over(self, error: RecognitionError) -> Recognizer:
        """Return the other recognizer, which hears from now on."""
        other = self.other()
        if not self._failed:
            self._failed, self.name = True, other.name
            _log.warning("%s; %s hears instead", error, other.name)
        return other

    async def close(self) -> None:
        """End both; idempotent."""
        await self._first.close()
        if self._other is not None:
            await self._other.close()


class _Watched:
    """One utterance of the first recognizer. Its sound is held until `finish`, in case the substitute must
    decode it.
    """

    def __init__(
        self, owner: RecognizerWithStandIn, recognition: Recognition, grammar: Grammar, beside: Recognition | None
    ) -> None:
        self._owner = owner
        self._recognition = recognition
        self._grammar = grammar
        self._beside = beside
        self._blocks: list[Samples] = []

    async def feed(self, samples: Samples) -> str:
        """Take the samples; return the partial text."""
        self._blocks.append(samples)
        return await self._recognition.feed(samples)

    async def ending(self, silence: float) -> Ending:
        """Return whether the words so far mean that the turn has ended."""
        return await self._recognition.ending(silence)

    async def finish(self) -> Transcript:
        """Return the transcript. The substitute makes it if this recognizer fails or cannot decode a short answer.

        Raises `RecognitionError` if both fail.
        """
        blocks, self._blocks = self._blocks, []
        beside, self._beside = self._beside, None
        try:
            heard = await self._recognition.finish()
        except RecognitionError as error:
            other = self._owner.take_over(error)
            return await _fed(beside or other.begin(self._grammar), blocks)
        if beside is None or _is_placed(heard) or not _is_short(blocks):
            if beside is not None:
                beside.cancel()
            return heard
        try:
            second = await _fed(beside, blocks)
        except RecognitionError as error:
            _log.warning("%s; a short answer is heard by %s alone", error, heard.recognizer)
            return heard
        return second if second.text else heard

    def cancel(self) -> None:
        """Drop the utterance."""
        self._blocks = []
        self._recognition.cancel()
        if self._beside is not None:
            self._beside.cancel()
            self._beside = None


def _workers(recognizer: Recognizer) -> list[WorkerProcess]:
    return recognizer.workers if isinstance(recognizer, NeuralRecognizer | SphinxRecognizer) else []


async def _fed(recognition: Recognition, blocks: list[Samples]) -> Transcript:
    for block in blocks:
        await recognition.feed(block)
    return await recognition.finish()


def _is_placed(heard: Transcript) -> bool:
    """Return whether an answer was heard that the grammar has, and not as its least unlikely sentence alone."""
    sentences = [one for one in heard.alternatives if not one.free]
    return bool(sentences) and sentences[0].score >= PLACED


def _is_short(blocks: list[Samples]) -> bool:
    return sum(map(len, blocks)) <= SHORT_SECONDS * SAMPLE_RATE
