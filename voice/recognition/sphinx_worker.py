"""Decodes audio with pocketsphinx inside a worker process: several passes over differently resampled audio.

Runs only in the child started by `sphinx.py`. It keeps one decoder and the last grammars; it chooses nothing.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.base import SAMPLE_RATE, Samples

NOISE = 0.0005
"""Standard deviation of the white noise added before decoding, in full scale: digital silence breaks the features."""
_KEPT_GRAMMARS = 32


@dataclass(frozen=True)
class PreparedGrammar:
    """A grammar ready for the decoder."""

    digest: str
    jsgf: str
    pronunciations: tuple[tuple[str, tuple[str, ...]], ...]
    """Each word's pronunciations in the phones of the model, best first."""


@dataclass(frozen=True)
class DecodePasses:
    """A request: decode these samples once for each factor."""

    digest: str
    samples: Samples
    factors: tuple[float, ...]


@dataclass(frozen=True)
class Pass:
    """What one pass heard. `score` is the decoder's path score (log probability, its own base)."""

    factor: float
    text: str
    score: float
    frames: int
    seconds: float


def start() -> Callable[[Any], Any]:
    """Return the function that answers requests: `PreparedGrammar` gives None, `DecodePasses` a list of `Pass`."""
    return _Decoding().answer


class _Decoding:
    def __init__(self) -> None:
        self._decoder: Any = None
        self._grammars: dict[str, PreparedGrammar] = {}
        self._known_words: set[str] = set()

    def answer(self, request: PreparedGrammar | DecodePasses | str) -> Any:
        if isinstance(request, str):
            return request in self._grammars
        if isinstance(request, PreparedGrammar):
            self._prepare(request)
            return None
        return self._decode(request)

    def _prepare(self, grammar: PreparedGrammar) -> None:
        if self._decoder is None:
            self._decoder = _make_decoder()
        if grammar.digest in self._grammars:
            return
        if len(self._grammars) >= _KEPT_GRAMMARS:
            oldest = next(iter(self._grammars))
            if self._decoder.current_search() != oldest:
                self._decoder.remove_search(oldest)
                del self._grammars[oldest]
        for word, pronunciations in grammar.pronunciations:
            if word in self._known_words:
                continue
            self._known_words.add(word)
            for number, phones in enumerate(pronunciations, start=1):
                self._decoder.add_word(word if number == 1 else f"{word}({number})", phones, False)
        self._decoder.add_jsgf_string(grammar.digest, grammar.jsgf)
        self._grammars[grammar.digest] = grammar

    def _decode(self, request: DecodePasses) -> list[Pass]:
        self._decoder.activate_search(request.digest)
        return [self._pass(request.samples, factor) for factor in request.factors]

    def _pass(self, samples: Samples, factor: float) -> Pass:
        import soxr

        started = time.perf_counter()
        audio = samples.astype(np.float32) / 32768.0
        if factor != 1.0:  # stretching the spectrum stands in for normalising the length of the vocal tract
            audio = soxr.resample(audio, SAMPLE_RATE, SAMPLE_RATE * factor)
        noise = np.random.default_rng(0).normal(0.0, NOISE, len(audio)).astype(np.float32)
        pcm = (np.clip(audio + noise, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, no_search=False, full_utt=True)
        self._decoder.end_utt()
        heard = self._decoder.hyp()
        text = heard.hypstr if heard is not None else ""
        score = float(heard.best_score) if heard is not None else float("-inf")
        return Pass(factor, text, score, int(self._decoder.n_frames()), time.perf_counter() - started)


def _make_decoder() -> Any:
    import pocketsphinx

    model = Path(pocketsphinx.get_model_path()) / "en-us" / "en-us"
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
        dictionary.write("a AH\n")  # the rest comes with each grammar: the whole dictionary takes longer than a turn
        dictionary.flush()
        settings = pocketsphinx.Config(
            hmm=str(model), dict=dictionary.name, lm=None, loglevel="FATAL", topn=8, bestpath=False
        )
        return pocketsphinx.Decoder(settings)
