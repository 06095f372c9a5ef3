"""Decodes audio with pocketsphinx in a worker process that `sphinx.py` starts: whole utterances on request, and one
live for partial texts. Chooses nothing, and keeps no sound.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.front_end import DITHER
from voice.recognition.network import ANY, WordNetwork, build_heads, build_network
from voice.recognition.pronunciation import pronunciations
from voice.recognition.recognizer_base import SAMPLE_RATE, Grammar, Samples
from voice.recognition.utterance import PreparedGrammar

PHONE_LOOP = 0.0
"""The "factor" that stands for the free loop of phones, the rival of every sentence."""
_KEPT_GRAMMARS = 3
"""Number of grammars in memory; a large one takes 50 MB in each decoder, and 0.15 s to build again."""
_IDLE_UTTERANCES = 8
"""Utterances without dictation after which its language model is unloaded; loading takes 0.5 s."""
_LATE_WORD = 0.1
"""Seconds at the end of the sound in which no word begins; anything heard there is noise."""
_OVERLAP = 0.05
"""Seconds before the open words that are decoded together with them."""
FRAMES_A_SECOND = 100
_LOG_BASE = 1.0001
"""Base of the decoder's logarithms (its setting `logbase`)."""


@dataclass(frozen=True)
class Decode:
    """Request: decode an utterance in one pass. The answer is a `Pass`, or None without the grammar."""

    digest: str
    factor: float
    samples: Samples


@dataclass(frozen=True)
class Follow:
    """Request: take the next samples. The answer is the text so far, which may be empty."""

    utterance: int
    digest: str
    samples: Samples


@dataclass(frozen=True)
class FindPhrase:
    """Request: find a phrase in the sound. The answer is a tuple of `Spotted`."""

    pronunciations: tuple[str, ...]
    """Pronunciations of the whole phrase in the model's phones."""
    threshold: float
    """How much likelier than a free loop of phones the phrase must be: from 1e-50 (lax) to 1."""
    factor: float
    samples: Samples


@dataclass(frozen=True)
class Spotted:
    """A stretch of sound that may be the phrase."""

    begins: float
    """Its beginning in seconds."""
    seconds: float


@dataclass(frozen=True)
class Dictate:
    """Request: decode an utterance with an open end. The answer is `Dictated`, or None without such sentences."""

    digest: str
    factor: float
    samples: Samples


Request = PreparedGrammar | Decode | Dictate | Follow | FindPhrase


@dataclass(frozen=True)
class Pass:
    """The result of one pass. `score` is the path score, a logarithm to the base 1.0001; -inf without a path."""

    factor: float
    text: str
    """A sentence of the grammar."""
    score: float
    fit: npt.NDArray[np.float32]
    """For each 10 ms, how well the chosen phones fit the sound without the grammar: a logarithm to the base 1.0001
    against the best phone, at most 0. NaN if no word is spoken.
    """
    seconds: float
    """Seconds of computing."""
    begun: str = ""
    """What is heard if the sentence need not be complete."""
    whole: bool = True
    """Whether `begun` is a sentence of the grammar all the same."""


@dataclass(frozen=True)
class Dictated:
    """The result of one pass of dictation."""

    head: Pass
    """The words of the grammar; empty if the whole utterance is open."""
    tail: str
    """The words after them, by the wheel's language model: one in three is wrong."""
    score: float
    """The path score of the tail."""


def start() -> Callable[[Any], Any]:
    """Return the function that answers requests."""
    return _Decoding().answer


class _Decoding:
    def __init__(self) -> None:
        self._networks: OrderedDict[str, WordNetwork] = OrderedDict()
        self._dictation = _Dictation()
        self._sentences: _SentenceDecoder | None = None
        self._live: _LiveDecoder | None = None
        self._spotting: dict[tuple[tuple[str, ...], float], Any] = {}

    def answer(self, request: Request) -> Pass | Dictated | str | tuple[Spotted, ...] | None:
        match request:
            case PreparedGrammar(digest, grammar):
                self._prepare(digest, grammar)
                return None
            case Decode(_, factor, samples) if factor == PHONE_LOOP:
                # Anew each time (8 ms): scoring every second frame, it would begin with the scores of the sound before.
                return _decoded(_make_decoder(_model_folder() / "en-us-phone.lm.bin"), factor, samples, None)
            case Decode(digest, factor, samples) if digest in self._networks:
                network = self._network(digest)
                self._sentences = self._sentences or _SentenceDecoder()
                return _decoded(self._sentences.using(digest, network), factor, samples, network)
            case Dictate(digest, factor, samples):
                return self._dictation.take(digest, factor, samples)
            case Follow(utterance, digest, samples) if digest in self._networks:
                self._live = self._live or _LiveDecoder()
                return self._live.follow(utterance, digest, self._network(digest), samples)
            case FindPhrase(spoken, threshold, factor, samples):
                key = (spoken, threshold)
                if key not in self._spotting:
                    self._spotting[key] = _make_spotter(*key)
                return _spotted(self._spotting[key], factor, samples)
            case Decode() | Follow():  # its grammar was dropped; the caller sends it again
                return None

    def _network(self, digest: str) -> WordNetwork:
        self._networks.move_to_end(digest)  # the last used is forgotten last
        return self._networks[digest]

    def _prepare(self, digest: str, grammar: Grammar) -> None:
        self._dictation.know(digest, grammar)
        if digest not in self._networks:
            self._networks[digest] = build_network(grammar)
            if len(self._networks) > _KEPT_GRAMMARS:
                self._networks.popitem(last=False)
        self._sentences = self._sentences or _SentenceDecoder()
        self._sentences.using(digest, self._network(digest))


class _SentenceDecoder:
    """A decoder that can switch grammars."""

    def __init__(self) -> None:
        self.decoder: Any = _make_decoder()
        self._grammars: OrderedDict[str, None] = OrderedDict()

    def using(self, digest: str, network: WordNetwork) -> Any:
        """Return the decoder with this grammar loaded."""
        if digest not in self._grammars:
            if len(self._grammars) == _KEPT_GRAMMARS:  # first, so that the new one takes its room
                self.decoder.remove_search(self._grammars.popitem(last=False)[0])
            self._learn(digest, network)
        self._grammars[digest] = None
        self._grammars.move_to_end(digest)
        self.decoder.activate_search(digest)
        return self.decoder

    def _learn(self, digest: str, network: WordNetwork) -> None:
        words = sorted({word for arcs in network.arcs for word in arcs})
        for word, ways in pronunciations(word for word in words if self.decoder.lookup_word(word) is None).items():
            for number, phones in enumerate(ways, start=1):
                self.decoder.add_word(word if number == 1 else f"{word}({number})", phones, False)
        end = len(network.arcs)  # pocketsphinx wants one state to end in
        transitions: list[tuple[int, int, float, str] | tuple[int, int, float]] = [
            (state, following, likelihood, word)
            for state, arcs in enumerate(network.arcs)
            for word, (following, likelihood) in arcs.items()
        ]
        transitions += [(state, end, likelihood) for state, likelihood in sorted(network.finals.items())]
        self.decoder.add_fsg(digest, self.decoder.create_fsg(digest, 0, end, transitions))


def _decoded(decoder: Any, factor: float, samples: Samples, network: WordNetwork | None) -> Pass:
    """Decode a whole utterance; its channel is estimated from all of it (the mean of the cepstra)."""
    began = time.perf_counter()
    speed = factor or 1.0
    pcm = _prepared_sound(samples, speed)
    decoder.reinit_feat()  # forgets the noise of the utterance before: the same sound is always heard the same
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), False, True)
    begun = _begun(decoder, speed) if network is not None else ""
    decoder.end_utt()
    heard = decoder.hyp()
    found = heard is not None and heard.best_score > 0.0
    return Pass(
        factor,
        heard.hypstr if found else "",
        _logarithm(heard.best_score) if found else float("-inf"),
        _fit(decoder, speed) if found else np.zeros(0, np.float32),
        time.perf_counter() - began,
        begun,
        bool(begun) and network is not None and network.accepts(begun),
    )


def _fit(decoder: Any, speed: float) -> npt.NDArray[np.float32]:
    fit = np.full(int(decoder.n_frames()) + 1, np.nan, np.float32)
    for segment in decoder.seg():
        if not segment.word.startswith("<") and segment.word != "(NULL)":
            frames = segment.end_frame - segment.start_frame + 1
            fit[segment.start_frame : segment.end_frame + 1] = _logarithm(segment.ascore) / frames
    times = (np.arange(int(len(fit) / speed)) * speed).astype(int)
    return np.asarray(fit[times], np.float32)


def _logarithm(likelihood: float) -> float:
    return math.log(max(likelihood, 1e-300)) / math.log(_LOG_BASE)


def _begun(decoder: Any, speed: float) -> str:
    """Return the words heard, whether or not they are a whole sentence."""
    if decoder.hyp() is None:
        return ""
    spoken = decoder.n_frames() - _LATE_WORD * FRAMES_A_SECOND * speed
    words = [segment.word.partition("(")[0] for segment in decoder.seg() if segment.start_frame < spoken]
    return " ".join(word for word in words if word and not word.startswith("<"))


def _prepared_sound(samples: Samples, speed: float) -> Samples:
    """Return the sound with a stretched spectrum, which replaces normalising the vocal tract's length."""
    sound = samples.astype(np.float32) / 32768.0
    if speed != 1.0:
        import soxr

        sound = soxr.resample(sound, SAMPLE_RATE, SAMPLE_RATE * speed)
    noise = np.random.default_rng(0).normal(0.0, DITHER, len(sound)).astype(np.float32)
    return np.asarray(np.clip(sound + noise, -1.0, 1.0) * 32767.0, dtype=np.int16)


class _LiveDecoder:
    """Follows an utterance live. Its channel is only a guess, so its words are shown but never acted on."""

    def __init__(self) -> None:
        self._sentences = _SentenceDecoder()
        self._utterance = -1
        self._running = False

    def follow(self, utterance: int, digest: str, network: WordNetwork, samples: Samples) -> str:
        if utterance != self._utterance:
            if self._running:
                self._sentences.decoder.end_utt()
            self._sentences.using(digest, network).start_utt()
            self._utterance, self._running = utterance, True
        self._sentences.decoder.process_raw(_prepared_sound(samples, 1.0).tobytes(), False, False)
        return _begun(self._sentences.decoder, 1.0)


class _Dictation:
    """Writes down the words after a grammar's. Its language model (90 MB) is loaded only while it is used."""

    def __init__(self) -> None:
        self._idle = 0
        self._grammars: OrderedDict[str, Grammar] = OrderedDict()
        self._heads: _SentenceDecoder | None = None
        self._words: Any = None

    def know(self, digest: str, grammar: Grammar) -> None:
        self._idle += 1
        if self._idle > _IDLE_UTTERANCES and self._words is not None:
            self._words = self._heads = None
            _give_back()
        self._grammars[digest] = grammar
        self._grammars.move_to_end(digest)
        if len(self._grammars) > _KEPT_GRAMMARS:
            self._grammars.popitem(last=False)

    def take(self, digest: str, factor: float, samples: Samples) -> Dictated | None:
        network = build_heads(self._grammars[digest]) if digest in self._grammars else None
        if network is None:
            return None
        self._heads = self._heads or _SentenceDecoder()
        decoder = self._heads.using(digest, network)
        head = _decoded(decoder, factor, samples, network)
        opened = [one for one in decoder.seg() if one.word.startswith(ANY)] if head.text else []
        if not opened:
            return None
        known = " ".join(word for word in head.text.split() if not word.startswith(ANY))
        begins = opened[0].start_frame / FRAMES_A_SECOND
        fit = head.fit.copy()
        fit[int(begins * FRAMES_A_SECOND / factor) :] = np.nan
        pcm = _prepared_sound(samples, factor)[max(0, round((begins - _OVERLAP) * SAMPLE_RATE)) :]
        self._words = self._words or _make_dictation_decoder()
        self._idle = 0
        tail, score = _taken_down(self._words, pcm)
        return Dictated(replace(head, text=known, fit=fit, begun=known), tail, score)


def _give_back() -> None:
    """Return freed memory to the system: glibc keeps most of what many small pieces took."""
    with contextlib.suppress(AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _taken_down(decoder: Any, pcm: Samples) -> tuple[str, float]:
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), False, True)
    decoder.end_utt()
    heard = decoder.hyp()
    if heard is None or heard.best_score <= 0.0:
        return "", float("-inf")
    return str(heard.hypstr), _logarithm(heard.best_score)


def _make_dictation_decoder() -> Any:
    import pocketsphinx

    folder = _model_folder()
    words, model = folder / "cmudict-en-us.dict", folder / "en-us.lm.bin"
    return pocketsphinx.Decoder(
        pocketsphinx.Config(hmm=str(folder / "en-us"), dict=str(words), lm=str(model), loglevel="FATAL", topn=4)
    )


def _make_spotter(spoken: tuple[str, ...], threshold: float) -> Any:
    decoder = _make_decoder()
    with tempfile.NamedTemporaryFile("w", suffix=".kws") as phrases:
        for number, phones in enumerate(spoken):
            decoder.add_word(f"phrase{number}", phones, False)
            phrases.write(f"phrase{number} /{threshold:g}/\n")
        phrases.flush()
        decoder.add_kws("phrase", phrases.name)
    decoder.activate_search("phrase")
    return decoder


def _spotted(decoder: Any, factor: float, samples: Samples) -> tuple[Spotted, ...]:
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(_prepared_sound(samples, factor).tobytes(), False, True)
    decoder.end_utt()
    second = FRAMES_A_SECOND * factor
    found = decoder.seg() if decoder.hyp() is not None else ()
    return tuple(Spotted(one.start_frame / second, (one.end_frame - one.start_frame + 1) / second) for one in found)


def _model_folder() -> Path:
    import pocketsphinx

    return Path(pocketsphinx.get_model_path()) / "en-us"


def _make_decoder(allphone: Path | None = None) -> Any:
    import pocketsphinx

    with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
        # Words come with each grammar: the whole dictionary takes longer than a turn.
        dictionary.write("-nothing- SIL\n")
        dictionary.flush()
        hmm = str(_model_folder() / "en-us")
        common = {"hmm": hmm, "dict": dictionary.name, "lm": None, "loglevel": "FATAL", "topn": 8}
        if allphone is None:
            return pocketsphinx.Decoder(pocketsphinx.Config(**common, bestpath=False))
        # Half of the computing, and it parts commands from other speech as well as with all frames and wide beams.
        loop = {"allphone": str(allphone), "lw": 2.0, "beam": 1e-10, "pbeam": 1e-10, "topn": 4, "ds": 2}
        return pocketsphinx.Decoder(pocketsphinx.Config(**{**common, **loop}))
