"""A recognizer with another one that takes over if it fails: what was just said is heard by the other one instead.

It says once why, in the log, and stays with the other one from then on. It decodes nothing itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from voice.errors import RecognitionError
from voice.recognition.base import Ending, Grammar, Recognition, Recognizer, Samples, Transcript

_log = logging.getLogger(__name__)


class RecognizerWithStandIn:
    """The first recognizer as long as it works, then the one that `make` returns."""

    def __init__(self, first: Recognizer, make: Callable[[], Recognizer]) -> None:
        self._first = first
        self._make = make
        self._other: Recognizer | None = None
        self.name = first.name
        """The name of the one in use."""

    @property
    def in_use(self) -> Recognizer:
        """The one that hears now."""
        return self._other or self._first

    def begin(self, grammar: Grammar, *, partials: bool = False) -> Recognition:
        """Start an utterance."""
        if self._other is not None:
            return self._other.begin(grammar, partials=partials)
        return _Watched(self, self._first.begin(grammar, partials=partials), grammar)

    def take_over(self, error: RecognitionError) -> Recognizer:
        """Return the other recognizer, which hears from now on."""
        if self._other is None:
            self._other = self._make()
            self.name = self._other.name
            _log.warning("%s; %s hears instead", error, self._other.name)
        return self._other

    async def close(self) -> None:
        """End both; idempotent."""
        await self._first.close()
        if self._other is not None:
            await self._other.close()


class _Watched:
    """One utterance of the first recognizer. Its sound is kept until `finish`, in case the other one must hear it."""

    def __init__(self, owner: RecognizerWithStandIn, recognition: Recognition, grammar: Grammar) -> None:
        self._owner = owner
        self._recognition = recognition
        self._grammar = grammar
        self._blocks: list[Samples] = []

    async def feed(self, samples: Samples) -> str:
        """Take the samples; return the partial text."""
        self._blocks.append(samples)
        return await self._recognition.feed(samples)

    async def ending(self, silence: float) -> Ending:
        """Return what the words so far say about the end."""
        return await self._recognition.ending(silence)

    async def finish(self) -> Transcript:
        """Return the transcript, by the other recognizer if this one fails. Raises `RecognitionError` if both do."""
        blocks, self._blocks = self._blocks, []
        try:
            return await self._recognition.finish()
        except RecognitionError as error:
            again = self._owner.take_over(error).begin(self._grammar)
        for block in blocks:
            await again.feed(block)
        return await again.finish()

    def cancel(self) -> None:
        """Drop the utterance."""
        self._blocks = []
        self._recognition.cancel()
