"""Runs the speech model in a worker process that `recognizer.py` starts.

Keeps only the last sound in memory, and decides nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice.plain_words import plain_words
from voice.recognition.neural.deciding import agreeing, likely_repairs, settled, worth_comparing, worth_repairing
from voice.recognition.neural.fluency import Fluency
from voice.recognition.neural.model import Floats, SpeechModel
from voice.recognition.neural.paths import Paths
from voice.recognition.neural.repairing import repaired
from voice.recognition.neural.sound_search import QUICK, Effort, FoundText, Search
from voice.recognition.neural.spelled_paths import SpelledPaths
from voice.recognition.neural.together import AS_IT_IS, STRETCHES, SeveralHearings
from voice.recognition.recognizer_base import SAMPLE_RATE, Choice, Grammar, Samples, Words
from voice.recognition.utterance import PreparedGrammar

_KEPT_GRAMMARS = 4
"""Number of grammars in memory, with the tables made for them."""
MOST_SECONDS = 12.0
"""Longer sound is cut here; a turn ends after ten seconds anyway."""
_ONE_LOOK = 8.0
"""Seconds of sound from which only one search is made, because a closer one would keep the driver waiting."""


@dataclass(frozen=True)
class Hear:
    """Request: what does this sound say? The answer is `NeuralHearing`, or None if the worker lacks the grammar."""

    digest: str
    samples: Samples
    effort: Effort


@dataclass(frozen=True)
class FollowGrammar:
    """Request: what does this sound say so far, quickly? The answer is a text."""

    samples: Samples


Request = PreparedGrammar | Hear | FollowGrammar


@dataclass(frozen=True)
class NeuralHearing:
    """All texts of a search, likeliest first."""

    found: tuple[FoundText, ...]
    seconds: float
    """Seconds of computing."""


def start(folder: str, threads: int) -> Callable[[Any], Any]:
    """Return the function that answers requests.

    Raises `voice.voice_errors.RecognitionError` if the model is unusable.
    """
    return _Hearing(SpeechModel(Path(folder), threads)).answer


@dataclass(frozen=True)
class _Known:
    """A grammar, and the names that free words may hold misspelled."""

    paths: SpelledPaths
    names: tuple[str, ...]


class _Hearing:
    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self._fluency = Fluency()
        self._grammars: OrderedDict[str, _Known] = OrderedDict()

    def answer(self, request: Request) -> NeuralHearing | str | None:
        match request:
            case PreparedGrammar(digest, grammar):
                if digest not in self._grammars:
                    paths = SpelledPaths(Paths(grammar), self._model.vocabulary)
                    paths.allowed(paths.start)  # the widest table, while nobody speaks yet
                    self._grammars[digest] = _Known(paths, () if grammar.closed else grammar.names)
                self._grammars.move_to_end(digest)
                if len(self._grammars) > _KEPT_GRAMMARS:
                    self._grammars.popitem(last=False)
                return None
            case Hear(digest, samples, effort):
                return self._hear(digest, samples, effort)
            case FollowGrammar(samples):
                found = self._search(None, samples, Effort(width=1, free_width=1))
                return found[0].text if found else ""

    def _hear(self, digest: str, samples: Samples, effort: Effort) -> NeuralHearing | None:
        known = self._grammars.get(digest)
        if known is None:
            return None
        began = time.perf_counter()
        found = self._fluency.weighed(self._search(known, samples, effort))
        _give_back()
        return NeuralHearing(tuple(found), time.perf_counter() - began)

    def _search(self, known: _Known | None, samples: Samples, effort: Effort) -> list[FoundText]:
        sound = samples[: round(MOST_SECONDS * SAMPLE_RATE)].astype(np.float32) / 32768.0
        if known is None:
            return Search(self._model, None, effort).run(self._model.encode(sound), len(sound) / SAMPLE_RATE)
        together = SeveralHearings(self._model)
        states: dict[float, Floats] = {}
        found = self._looks(known.paths, sound, effort, together, states)
        return self._with_names(found, known.names, together, list(states.values()), len(sound) / SAMPLE_RATE)

    def _with_names(
        self,
        found: list[FoundText],
        names: Sequence[str],
        together: SeveralHearings,
        states: Sequence[Floats],
        seconds: float,
    ) -> list[FoundText]:
        """Return the texts, and free ones in which names are put where words sound like them, if likely enough."""
        proposed = repaired(worth_repairing(found), names) if names else []
        if not proposed:
            return found
        sentences = Grammar(Choice(tuple(Words(plain_words(one.text)) for one in proposed)))
        paths = SpelledPaths(Paths(sentences), self._model.vocabulary)
        checked = Search(together, paths, QUICK, free=False).run(states, seconds)
        more = [replace(one, text=one.written, free=True, grammar=0.0, rank=one.score) for one in checked]
        return sorted([*found, *likely_repairs(more, found)], key=lambda one: one.score, reverse=True)

    def _looks(
        self,
        paths: SpelledPaths,
        sound: Floats,
        effort: Effort,
        together: SeveralHearings,
        states: dict[float, Floats],
    ) -> list[FoundText]:
        """Look once, quickly; if that settles nothing, once more in another length; if those differ, widely."""

        def look(stretches: Sequence[float], wide: Effort) -> list[FoundText]:
            for factor in stretches:
                if factor not in states:
                    states[factor] = together.encode(sound, factor)
            return Search(together, paths, wide).run([states[each] for each in stretches], len(sound) / SAMPLE_RATE)

        first = look((AS_IT_IS,), QUICK)
        if settled(first) or len(sound) > _ONE_LOOK * SAMPLE_RATE:
            return first
        if worth_comparing(first):
            agreed = agreeing(first, look(STRETCHES[-1:], QUICK), len(sound) / SAMPLE_RATE)
            if agreed is not None:
                return agreed
        return look(STRETCHES, effort)


def _give_back() -> None:
    """Return freed memory to the system: glibc would keep the 200 MB that one search takes."""
    with contextlib.suppress(AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
