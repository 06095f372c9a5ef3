"""Decodes audio with pocketsphinx inside a worker process: several passes over differently resampled audio.

Runs only in the child started by `sphinx.py`. It keeps one decoder and the last grammars; it chooses nothing.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice.front_end import dithered
from voice.recognition.base import SAMPLE_RATE, Grammar, Samples
from voice.recognition.network import build_network
from voice.recognition.pronunciation import pronunciations

_KEPT_GRAMMARS = 32
_LOG_BASE = 1.0001
"""Base of the decoder's logarithms (its setting `logbase`)."""


@dataclass(frozen=True)
class PreparedGrammar:
    """A grammar ready for the decoder."""

    digest: str
    grammar: Grammar


@dataclass(frozen=True)
class DecodePasses:
    """A request: decode these samples once for each factor."""

    digest: str
    samples: Samples
    factors: tuple[float, ...]
    phones: bool = False
    """Whether to decode once more with a free loop of phones, the rival of every sentence: a `Pass` with factor 0."""


@dataclass(frozen=True)
class Pass:
    """What one pass heard. `score` is the decoder's path score: a logarithm to the base 1.0001; -inf for no path."""

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
        self._phone_loop: Any = None
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
        network = build_network(grammar.grammar)
        new_words = {word for arcs in network.arcs for word in arcs} - self._known_words
        for word, spoken in pronunciations(sorted(new_words)).items():
            for number, phones in enumerate(spoken, start=1):
                self._decoder.add_word(word if number == 1 else f"{word}({number})", phones, False)
            self._known_words.add(word)
        end = len(network.arcs)  # pocketsphinx wants one state to end in
        transitions: list[tuple[int, int, float, str] | tuple[int, int, float]] = [
            (state, following, likelihood, word)
            for state, arcs in enumerate(network.arcs)
            for word, (following, likelihood) in arcs.items()
        ]
        transitions += [(state, end, likelihood) for state, likelihood in sorted(network.finals.items())]
        self._decoder.add_fsg(grammar.digest, self._decoder.create_fsg(grammar.digest, 0, end, transitions))
        self._grammars[grammar.digest] = grammar

    def _decode(self, request: DecodePasses) -> list[Pass]:
        self._decoder.activate_search(request.digest)
        passes = [_pass(self._decoder, request.samples, factor) for factor in request.factors]
        if request.phones:
            if self._phone_loop is None:
                self._phone_loop = _make_decoder(allphone=_model_folder() / "en-us-phone.lm.bin")
            passes.append(replace(_pass(self._phone_loop, request.samples, 1.0), factor=0.0))
        return passes


def _pass(decoder: Any, samples: Samples, factor: float) -> Pass:
    import soxr

    started = time.perf_counter()
    audio = samples.astype(np.float32) / 32768.0
    if factor != 1.0:  # stretching the spectrum stands in for normalising the length of the vocal tract
        audio = soxr.resample(audio, SAMPLE_RATE, SAMPLE_RATE * factor)
    pcm = (np.clip(dithered(audio), -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
    decoder.start_utt()
    decoder.process_raw(pcm, no_search=False, full_utt=True)
    decoder.end_utt()
    heard = decoder.hyp()
    found = heard is not None and heard.best_score > 0.0
    score = math.log(heard.best_score) / math.log(_LOG_BASE) if found else float("-inf")
    return Pass(factor, heard.hypstr if found else "", score, int(decoder.n_frames()), time.perf_counter() - started)


def _model_folder() -> Path:
    import pocketsphinx

    return Path(pocketsphinx.get_model_path()) / "en-us"


def _make_decoder(allphone: Path | None = None) -> Any:
    import pocketsphinx

    with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
        dictionary.write(
            "-nothing- SIL\n"
        )  # words come with each grammar: the whole dictionary takes longer than a turn
        dictionary.flush()
        common = {
            "hmm": str(_model_folder() / "en-us"),
            "dict": dictionary.name,
            "lm": None,
            "loglevel": "FATAL",
            "topn": 8,
        }
        if allphone is None:
            return pocketsphinx.Decoder(pocketsphinx.Config(**common, bestpath=False))
        loop = {"allphone": str(allphone), "lw": 2.0, "beam": 1e-20, "pbeam": 1e-20}
        return pocketsphinx.Decoder(pocketsphinx.Config(**common, **loop))
