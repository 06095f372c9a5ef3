"""Decodes audio with pocketsphinx inside a worker process, while it is still being spoken.

Runs only in the child started by `sphinx.py`. One decoder for each factor hears the sound resampled by it; they choose
nothing. It keeps no sound beyond the first second, and no utterance but the last.
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
import numpy.typing as npt

from voice.front_end import DITHER
from voice.recognition.base import SAMPLE_RATE, Grammar, Samples
from voice.recognition.network import Network, build_network
from voice.recognition.pronunciation import pronunciations

PHONE_LOOP = 0.0
"""The "factor" of the free loop of phones, the rival of every sentence."""
_KEPT_GRAMMARS = 3
"""A large grammar takes 50 MB in each decoder, and 0.15 s to build again."""
_SETTLING_SECONDS = 4.0
"""Sound from which the channel is estimated (the mean of the cepstra) before decoding begins; less where a pause or the
end comes first. A mean of 1.2 or 2 s is one of much silence and little speech: of 40 clean human commands four were
wrong with it, two of them because of it."""
_PIECE = SAMPLE_RATE // 20
"""Samples that a decoder takes at once: it moves its estimate of the channel between pieces, so that other pieces would
give other results."""
_FRAMES_A_SECOND = 100
_LATE_WORD = 0.1
"""Seconds by which a word may begin after the last noticed speech: the detector is a little early."""
_LOG_BASE = 1.0001
"""Base of the decoder's logarithms (its setting `logbase`)."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PreparedGrammar:
    """A grammar ready for the decoder. Asked with its digest alone, the worker says whether it knows it."""

    digest: str
    grammar: Grammar


@dataclass(frozen=True)
class Begin:
    """A new utterance, which ends the one before."""

    utterance: int
    digest: str


@dataclass(frozen=True)
class Feed:
    """The next samples of the utterance."""

    utterance: int
    samples: Samples


@dataclass(frozen=True)
class Peek:
    """What do the passes hear so far? Answered with a list of `Pass`."""

    utterance: int
    silence: float = 0.0
    """Seconds at the end in which nobody spoke: words that begin in them are noise."""


@dataclass(frozen=True)
class Finish:
    """The utterance has ended. Answered with a list of `Pass`; None where the worker does not know the utterance."""

    utterance: int


Request = PreparedGrammar | Begin | Feed | Peek | Finish


@dataclass(frozen=True)
class Pass:
    """What one pass heard. `score` is the decoder's path score: a logarithm to the base 1.0001; -inf for no path."""

    factor: float
    text: str
    score: float
    frames: int
    seconds: float
    """Seconds of computing for the whole utterance."""
    whole: bool = True
    """Whether the text is a sentence of the grammar; always so for what was finished."""


def start(factors: tuple[float, ...]) -> Callable[[Any], Any]:
    """Return the function that answers requests, with a pass for each factor."""
    return _Decoding(factors).answer


class _Decoding:
    def __init__(self, factors: tuple[float, ...]) -> None:
        self._factors = factors
        self._passes: list[_StreamingPass] = []
        self._networks: dict[str, Network] = {}
        self._known_words: set[str] = set()
        self._utterance = -1
        self._digest = ""

    def answer(self, request: Request) -> Any:
        match request:
            case PreparedGrammar():
                return self._prepare(request)
            case Begin(utterance, digest):
                if digest in self._networks:
                    self._begin(utterance, digest)
                return None
            case Feed(utterance, samples) if utterance == self._utterance:
                sound = samples.astype(np.float32) / 32768.0
                for one in self._passes:
                    one.feed(sound)
                return None
            case Peek(utterance, silence) if utterance == self._utterance:
                network = self._networks[self._digest]
                return [one.so_far(network, silence) for one in self._passes if one.factor != PHONE_LOOP]
            case Finish(utterance) if utterance == self._utterance:
                self._utterance = -1
                return [one.finish() for one in self._passes]
            case _:
                return None

    def _begin(self, utterance: int, digest: str) -> None:
        self._utterance, self._digest = utterance, digest
        self._networks[digest] = self._networks.pop(digest)  # the last used is forgotten last
        for one in self._passes:
            one.begin(digest)

    def _prepare(self, grammar: PreparedGrammar) -> None:
        if not self._passes:
            channel = _Channel()
            self._passes = [_StreamingPass(factor, channel) for factor in self._factors]
        if grammar.digest in self._networks:
            return
        network = build_network(grammar.grammar)
        spoken = pronunciations(sorted({word for arcs in network.arcs for word in arcs} - self._known_words))
        forgotten = next((old for old in self._networks if old != self._digest), None)
        for one in self._passes:
            if one.factor != PHONE_LOOP:
                one.learn(spoken, grammar.digest, network)
                if forgotten is not None and len(self._networks) >= _KEPT_GRAMMARS:
                    one.forget(forgotten)
        if forgotten is not None and len(self._networks) >= _KEPT_GRAMMARS:
            del self._networks[forgotten]
        self._known_words |= spoken.keys()
        self._networks[grammar.digest] = network


class _Channel:
    """Measures the mean of the cepstra. A decoder of its own: one that has ever streamed gives a mean that drifts."""

    def __init__(self) -> None:
        self._decoder: Any = _make_decoder(_model_folder() / "en-us-phone.lm.bin")

    def mean(self, pcm: Samples) -> str:
        """Return the mean as pocketsphinx writes it."""
        self._decoder.start_stream()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), no_search=True, full_utt=True)
        self._decoder.end_utt()
        return str(self._decoder.get_cmn(False))


class _StreamingPass:
    """One decoder on one utterance. The same sound gives the same result, in whatever pieces it comes."""

    def __init__(self, factor: float, channel: _Channel) -> None:
        self.factor = factor
        self._channel = channel
        self._speed = factor or 1.0
        loop = _model_folder() / "en-us-phone.lm.bin" if factor == PHONE_LOOP else None
        self._decoder: Any = _make_decoder(loop)
        self._resampler: Any = None
        self._random = np.random.default_rng(0)
        self._waiting: list[Samples] = []
        self._waiting_samples = 0
        self._started = False
        self._running = False
        self._seconds = 0.0

    def learn(self, spoken: dict[str, tuple[str, ...]], digest: str, network: Network) -> None:
        """Take new words and a grammar."""
        for word, ways in spoken.items():
            for number, phones in enumerate(ways, start=1):
                self._decoder.add_word(word if number == 1 else f"{word}({number})", phones, False)
        end = len(network.arcs)  # pocketsphinx wants one state to end in
        transitions: list[tuple[int, int, float, str] | tuple[int, int, float]] = [
            (state, following, likelihood, word)
            for state, arcs in enumerate(network.arcs)
            for word, (following, likelihood) in arcs.items()
        ]
        transitions += [(state, end, likelihood) for state, likelihood in sorted(network.finals.items())]
        self._decoder.add_fsg(digest, self._decoder.create_fsg(digest, 0, end, transitions))

    def forget(self, digest: str) -> None:
        """Drop a grammar that is not in use."""
        self._decoder.remove_search(digest)

    def begin(self, digest: str) -> None:
        """Start an utterance."""
        if self._running:
            self._decoder.end_utt()
        if self.factor != PHONE_LOOP:
            self._decoder.activate_search(digest)
        self._resampler = None
        if self._speed != 1.0:  # stretching the spectrum stands in for normalising the length of the vocal tract
            import soxr

            self._resampler = soxr.ResampleStream(SAMPLE_RATE, SAMPLE_RATE * self._speed, 1, dtype="float32")
        self._random = np.random.default_rng(0)
        self._waiting, self._waiting_samples, self._seconds = [], 0, 0.0
        self._started = self._running = False

    def feed(self, sound: Floats, *, last: bool = False) -> None:
        """Take the next sound."""
        began = time.perf_counter()
        if self._resampler is not None:
            sound = self._resampler.resample_chunk(sound, last=last)
        noise = self._random.normal(0.0, DITHER, len(sound)).astype(np.float32)
        pcm = (np.clip(sound + noise, -1.0, 1.0) * 32767.0).astype(np.int16)
        self._waiting.append(pcm)
        self._waiting_samples += len(pcm)
        if not self._started and (self._waiting_samples >= _SETTLING_SECONDS * SAMPLE_RATE * self._speed or last):
            self._settle()
        if self._started and (self._waiting_samples >= _PIECE or last):
            self._decode(np.concatenate(self._waiting), last)
        self._seconds += time.perf_counter() - began

    def _settle(self) -> None:
        """Begin, with the channel as the first seconds show it."""
        pcm = np.concatenate(self._waiting)[: round(_SETTLING_SECONDS * SAMPLE_RATE * self._speed)]
        self._started = self._running = True
        self._decoder.start_stream()  # forgets the noise of the utterance before
        self._decoder.set_cmn(self._channel.mean(pcm))
        self._decoder.start_utt()

    def _decode(self, pcm: Samples, last: bool) -> None:
        whole = len(pcm) if last else len(pcm) // _PIECE * _PIECE
        for start in range(0, whole, _PIECE):
            self._decoder.process_raw(pcm[start : min(start + _PIECE, whole)].tobytes(), False, False)
        self._waiting, self._waiting_samples = [pcm[whole:]], len(pcm) - whole

    def _result(self) -> Pass:
        heard: Any = self._decoder.hyp() if self._started else None
        found = heard is not None and heard.best_score > 0.0
        score = math.log(heard.best_score) / math.log(_LOG_BASE) if found else float("-inf")
        return Pass(self.factor, heard.hypstr if found else "", score, int(self._decoder.n_frames()), self._seconds)

    def so_far(self, network: Network, silence: float) -> Pass:
        """Return what was heard so far, without words that begin in the silence at the end."""
        if not self._started and self._waiting_samples:
            self._settle()
            self._decode(np.concatenate(self._waiting), False)
        heard = self._result()
        if not heard.text:
            return replace(heard, whole=False)
        spoken = heard.frames - (silence - _LATE_WORD) * _FRAMES_A_SECOND * self._speed
        words = [segment.word.partition("(")[0] for segment in self._decoder.seg() if segment.start_frame < spoken]
        text = " ".join(word for word in words if word and not word.startswith("<"))
        return replace(heard, text=text, whole=network.accepts(text))

    def finish(self) -> Pass:
        """End the utterance."""
        self.feed(np.zeros(0, np.float32), last=True)
        began = time.perf_counter()
        self._decoder.end_utt()
        self._running = False
        self._seconds += time.perf_counter() - began
        return self._result()


def _model_folder() -> Path:
    import pocketsphinx

    return Path(pocketsphinx.get_model_path()) / "en-us"


def _make_decoder(allphone: Path | None = None) -> Any:
    import pocketsphinx

    with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
        # Words come with each grammar: the whole dictionary takes longer than a turn.
        dictionary.write("-nothing- SIL\n")
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
