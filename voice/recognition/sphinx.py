"""The embedded recognizer: pocketsphinx with the model in its wheel, in worker processes that are started once.

Seven passes over differently resampled audio stand in for normalising the speaker's vocal tract; what they agree on is
the evidence. It never stores audio and never blocks the event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import pickle  # only to digest our own objects
import time
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from voice.errors import RecognitionError
from voice.recognition.base import SAMPLE_RATE, Alternative, Grammar, Samples, Transcript
from voice.recognition.sphinx_worker import DecodePasses, Pass, PreparedGrammar
from voice.worker import WorkerDiedError, WorkerProcess

FACTORS = (0.88, 0.92, 0.96, 1.0, 1.04, 1.08, 1.12)
"""Resampling factors of the passes; the range of vocal tract lengths of adults."""
_SHARES = ((0.96, 1.04, 0.88, 1.08), (1.0, 0.92, 1.12))
"""Which worker does which passes: the halves take about the same time."""
_LEAST_SECONDS = 0.2


class SphinxRecognizer:
    """pocketsphinx behind the `Recognizer` protocol."""

    name = "pocketsphinx"

    def __init__(self) -> None:
        self._workers = [WorkerProcess("voice.recognition.sphinx_worker:start") for _ in _SHARES]
        self._prepared: OrderedDict[str, PreparedGrammar] = OrderedDict()
        self._digests: OrderedDict[int, tuple[Grammar, str]] = OrderedDict()

    def begin(self, grammar: Grammar) -> SphinxRecognition:
        """Start an utterance; the workers get the grammar while the driver speaks."""
        prepared = self._prepare(grammar)
        for worker in self._workers:
            worker.tell(prepared)
        return SphinxRecognition(self, prepared)

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

    async def decode(self, prepared: PreparedGrammar, samples: Samples) -> list[Pass]:
        """Return what every pass heard, in the order of the factors. Raises `RecognitionError`."""
        halves = await asyncio.gather(
            *(
                self._share(worker, prepared, samples, factors)
                for worker, factors in zip(self._workers, _SHARES, strict=True)
            )
        )
        return sorted((one for half in halves for one in half), key=lambda one: one.factor)

    async def _share(
        self, worker: WorkerProcess, prepared: PreparedGrammar, samples: Samples, factors: tuple[float, ...]
    ) -> list[Pass]:
        try:
            for _ in range(2):  # a worker that died starts anew, without the grammar
                try:
                    await worker.ask(prepared)
                    answer = await worker.ask(
                        DecodePasses(prepared.digest, samples, factors, worker is self._workers[-1])
                    )
                except WorkerDiedError:
                    continue
                return list(answer)
            raise RecognitionError("the recognizer's process keeps ending; see the messages before this one")
        except (RuntimeError, ValueError, KeyError) as error:
            raise RecognitionError(f"pocketsphinx cannot use the grammar: {error}") from error

    async def close(self) -> None:
        """End the workers; idempotent."""
        await asyncio.gather(*(worker.close() for worker in self._workers))


class SphinxRecognition:
    """One utterance. The audio is kept in memory until `finish` and dropped then."""

    def __init__(self, recognizer: SphinxRecognizer, prepared: PreparedGrammar) -> None:
        self._recognizer = recognizer
        self._prepared = prepared
        self._blocks: list[Samples] = []

    async def feed(self, samples: Samples) -> str:
        """Keep the samples. A grammar decoder's partial texts change too much to be shown."""
        self._blocks.append(samples)
        return ""

    async def finish(self) -> Transcript:
        """Decode everything. Raises `RecognitionError`."""
        samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        self._blocks = []
        seconds = len(samples) / SAMPLE_RATE
        if seconds < _LEAST_SECONDS:
            return Transcript("", recognizer=SphinxRecognizer.name, confidence=0.0, audio_seconds=seconds)
        started = time.perf_counter()
        passes = await self._recognizer.decode(self._prepared, samples)
        return transcript_of(passes, seconds, time.perf_counter() - started)

    def cancel(self) -> None:
        """Drop the audio."""
        self._blocks = []


_VOTE = 200.0
"""What each pass with the same text adds to its path score: 60 to 500 did equally well on human commands."""
_LEAST_TEMPO = 6.0
"""Letters a second; the slowest of 480 human commands that were heard right had 7.6."""
_SHORT_SPEECH = 1.5
"""Seconds; shorter speech is never too slow ("no")."""
_MARGINS = 0.5
"""Seconds of quiet in what is decoded, before and after the speech."""
_AGREEMENT_WEIGHT = 6.0
_LEAST_EVIDENCE = -9.0
"""Speech that follows the grammar is near the phone loop's score (human: -14 to 5 a frame) or the passes agree (a bare
"no" in noise: -12, but six of seven); other speech is far below (-14 to -28), and one or two of them agree. Measured on
60 human commands at 6 dB, 60 of other speakers against a grammar that has nothing of what they say, and synthetic
speech; weights of 4 to 8 with their own limits part them as well."""


def evidence(passes: Sequence[Pass], text: str) -> float:
    """Return what speaks for the text: its score over the phone loop's, a frame, and the share of passes with it."""
    loop = next((one for one in passes if one.factor == 0.0), None)
    sentences = [one for one in passes if one.factor != 0.0]
    agreeing = [one for one in sentences if one.text == text]
    if not agreeing:
        return float("-inf")
    share = len(agreeing) / len(sentences)
    if loop is None or loop.score == float("-inf"):
        return _AGREEMENT_WEIGHT * share
    return (max(one.score for one in agreeing) - loop.score) / max(1, loop.frames) + _AGREEMENT_WEIGHT * share


def transcript_of(passes: Sequence[Pass], audio_seconds: float, decode_seconds: float) -> Transcript:
    """Return what the passes say together: the best by path score and votes, the others as alternatives.

    Empty where too little speaks for any text.
    """
    sentences = [one for one in passes if one.factor != 0.0 and one.text]
    best: dict[str, float] = {}
    votes: dict[str, int] = {}
    for one in sentences:
        best[one.text] = max(best.get(one.text, float("-inf")), one.score)
        votes[one.text] = votes.get(one.text, 0) + 1
    ranked = sorted(best, key=lambda text: best[text] + _VOTE * votes[text], reverse=True)
    if not ranked or evidence(passes, ranked[0]) < _LEAST_EVIDENCE or _too_slow(ranked[0], audio_seconds):
        return Transcript("", (), 0.0, SphinxRecognizer.name, audio_seconds, decode_seconds)
    share = votes[ranked[0]] / sum(one.factor != 0.0 for one in passes)
    alternatives = tuple(Alternative(text, best[text] + _VOTE * votes[text]) for text in ranked)
    return Transcript(ranked[0], alternatives, share, SphinxRecognizer.name, audio_seconds, decode_seconds)


def _too_slow(text: str, audio_seconds: float) -> bool:
    """Whether the sound is too long for so few words: a short command that was laid over a longer sentence."""
    spoken = audio_seconds - _MARGINS
    return spoken > _SHORT_SPEECH and len(text) < _LEAST_TEMPO * spoken
