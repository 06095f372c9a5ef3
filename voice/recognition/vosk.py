"""Vosk, if its model is installed: streaming, with a runtime grammar of phrases. Decoding runs on one thread of its
own.

Loads models, never fetches them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.jsgf import vocabulary
from voice.recognition.network import WordNetwork, build_heads, build_network, goes_on_openly
from voice.recognition.recognizer_base import (
    SAMPLE_RATE,
    Alternative,
    Ending,
    Grammar,
    Samples,
    Transcript,
    has_open_part,
)
from voice.voice_errors import RecognitionError

_ALTERNATIVES = 5
_UNKNOWN = "[unk]"


class VoskRecognizer:
    """Vosk behind the `Recognizer` protocol."""

    name = "vosk"

    def __init__(self, model: Path) -> None:
        """Load the model. Raises `RecognitionError`."""
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise RecognitionError(f"the vosk library cannot be loaded ({error}); pip install vosk") from error
        vosk.SetLogLevel(-1)
        try:
            self._model: Any = vosk.Model(str(model))
        except Exception as error:  # vosk raises bare Exception and nothing narrower
            raise RecognitionError(f"{model} is not a model that Vosk can load; fetch it again") from error
        self._make = vosk.KaldiRecognizer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vosk")

    def begin(self, grammar: Grammar, *, partials: bool = False) -> VoskRecognition:
        """Start an utterance limited to the words of the grammar that the model knows, and the unknown word."""
        words = [word for word in vocabulary(grammar) if self._model.vosk_model_find_word(word) >= 0]
        recognition = VoskRecognition(self._thread, lambda: self._recognizer(words), lambda: build_network(grammar))
        if has_open_part(grammar):
            recognition.take_dictation(self._free, lambda: build_heads(grammar))
        return recognition

    def _recognizer(self, words: list[str]) -> Any:
        recognizer = self._make(self._model, SAMPLE_RATE, json.dumps([*words, _UNKNOWN]))
        recognizer.SetMaxAlternatives(_ALTERNATIVES)
        return recognizer

    def _free(self) -> Any:
        """Return a recognizer of all words of the model: it takes dictation."""
        recognizer = self._make(self._model, SAMPLE_RATE)
        recognizer.SetMaxAlternatives(_ALTERNATIVES)
        return recognizer

    async def close(self) -> None:
        """End the thread; idempotent."""
        await asyncio.to_thread(self._thread.shutdown, True, cancel_futures=True)


class VoskRecognition:
    """One utterance."""

    def __init__(self, thread: ThreadPoolExecutor, make: Callable[[], Any], network: Callable[[], WordNetwork]) -> None:
        self._free: Callable[[], Any] | None = None
        self._heads: Callable[[], WordNetwork | None] = lambda: None
        self._sound: list[bytes] = []
        self._thread = thread
        self._make = make
        self._network = network
        self._recognizer: Any = None
        self._texts: list[list[Alternative]] = []
        self._samples = 0
        self._seconds = 0.0

    def take_dictation(self, free: Callable[[], Any], heads: Callable[[], WordNetwork | None]) -> None:
        """Hear the utterance again without a grammar if it goes on behind one of the heads; keep its sound for that."""
        self._free, self._heads = free, heads

    async def feed(self, samples: Samples) -> str:
        """Decode the samples; return the partial text so far."""
        return await asyncio.wrap_future(self._thread.submit(self._feed, samples))

    def _feed(self, samples: Samples) -> str:
        started = time.perf_counter()
        if self._recognizer is None:
            self._recognizer = self._make()
        self._samples += len(samples)
        if self._free is not None:
            self._sound.append(samples.tobytes())
        if self._recognizer.AcceptWaveform(samples.tobytes()):  # Vosk's own endpoint: the utterance goes on here
            self._texts.append(_alternatives(self._recognizer.Result()))
        partial = str(json.loads(self._recognizer.PartialResult()).get("partial", ""))
        self._seconds += time.perf_counter() - started
        return _known(" ".join([*(texts[0].text for texts in self._texts if texts), partial]))

    async def ending(self, silence: float) -> Ending:
        """Return whether the words so far are a whole sentence of the grammar."""
        partial = await self.feed(np.zeros(0, np.int16))
        network = await asyncio.wrap_future(self._thread.submit(self._network))
        if not partial:
            return Ending.UNKNOWN
        return Ending.COMPLETE if network.accepts(partial) else Ending.OPEN

    async def finish(self) -> Transcript:
        """Return the final transcript."""
        return await asyncio.wrap_future(self._thread.submit(self._finish))

    def _finish(self) -> Transcript:
        started = time.perf_counter()
        if self._recognizer is not None:
            self._texts.append(_alternatives(self._recognizer.FinalResult()))
        if self._free is not None and any(_UNKNOWN in texts[0].text.split() for texts in self._texts if texts):
            free, heads = self._free(), self._heads()
            free.AcceptWaveform(b"".join(self._sound))
            taken_down = _alternatives(free.FinalResult())
            if heads is not None and goes_on_openly(heads, _known(taken_down[0].text)):
                self._texts = [taken_down]
        self._sound = []
        parts = [texts for texts in self._texts if texts and texts[0].text]
        self._recognizer = None
        head = " ".join(texts[0].text for texts in parts[:-1])
        last = parts[-1] if parts else []
        found = {_known(f"{head} {alternative.text}"): alternative.score for alternative in reversed(last)}
        ranked = [Alternative(text, found[text]) for text in sorted(found, key=lambda text: found[text], reverse=True)]
        self._seconds += time.perf_counter() - started
        text = ranked[0].text if ranked else ""
        understood = _share_known(last[0].text) if last else 0.0
        usable = text if understood >= 0.5 else ""
        return Transcript(
            usable,
            tuple(ranked) if usable else (),
            understood,
            VoskRecognizer.name,
            self._samples / SAMPLE_RATE,
            self._seconds,
        )

    def cancel(self) -> None:
        """Drop the utterance."""
        self._recognizer = None
        self._texts, self._sound = [], []


def _alternatives(result: str) -> list[Alternative]:
    value = json.loads(result)
    listed = value.get("alternatives") or [{"text": value.get("text", ""), "confidence": 0.0}]
    return [Alternative(str(entry["text"]).strip(), float(entry.get("confidence", 0.0))) for entry in listed]


def _known(text: str) -> str:
    return " ".join(word for word in text.split() if word != _UNKNOWN)


def _share_known(text: str) -> float:
    words = text.split()
    return sum(word != _UNKNOWN for word in words) / len(words) if words else 0.0
