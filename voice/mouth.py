"""Turns text into played sound: joins a synthesizer and a sink, and knows when playback ended.

The first sentence plays while the others are synthesised. It never chooses the words, and never plays two texts at
once.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from voice.audio import AudioSink
from voice.earcons import EARCON_RATE, earcon
from voice.recognition.recognizer_base import Samples
from voice.synthesis.synthesizer_base import Speech, Synthesizer, Voice
from voice.synthesis.wording import as_spoken

_KEPT_PHRASES = 64
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Za-z]\.)(?<!\b(?:Mr|Dr|St|No|vs|Nr)\.)(?<!\bMrs\.)\s+(?=[^a-zäöü\d])")
"""The boundary between sentences: not after an initial, an abbreviation or "p.m.", nor before a small letter or a
digit."""


_ITEM_END = re.compile(r"(?<=;)\s+")
ITEM_PAUSE = 0.36
"""Seconds of silence between the items of a list: 350 to 400 ms are easiest to follow (row V3, Amazon's checklist)."""
_SILENT = 150
"""Samples below this are silence; espeak-ng ends a word with a little silence."""


@dataclass(frozen=True)
class Spoken:
    """How an utterance ended."""

    seconds: float
    """Seconds of synthesised sound."""
    synthesis_seconds: float
    """Seconds from the text to its first samples; 0 for a phrase that was prepared."""
    interrupted: bool = False
    """Whether `stop` ended it early."""


class Mouth:
    """Speaks one text at a time; a second request waits for the first."""

    def __init__(self, synthesizer: Synthesizer, sink: AudioSink, voice: Voice) -> None:
        self._synthesizer = synthesizer
        self._sink = sink
        self._voice = self._usual = voice
        self._kept: OrderedDict[tuple[str, Voice], Speech] = OrderedDict()
        self._turn = asyncio.Lock()
        self._playing: asyncio.Task[None] | None = None
        self._generation = 0
        self._loudness = 1.0
        self._going = asyncio.Event()
        self._going.set()

    @property
    def speaking(self) -> bool:
        """Whether sound is being played now, earcons included."""
        return self._playing is not None

    async def say(self, text: str) -> Spoken:
        """Speak the text, figures in words, and return when playback has ended or `stop` was called.

        Raises `SynthesisError`, `DeviceError`.
        """
        generation = self._generation
        async with self._turn:
            if generation != self._generation:  # stopped while it waited its turn
                return Spoken(0.0, 0.0, interrupted=True)
            began = time.perf_counter()
            first, *others = self._sentences(text) or [text]
            kept = (first, self._voice) in self._kept
            speech = await self._speech(first)
            synthesis_seconds = 0.0 if kept else time.perf_counter() - began
            seconds = 0.0
            for sentence in (*others, None):
                # The next sentence is synthesised while this one plays; both end together if the caller is cancelled.
                coming = None if sentence is None else asyncio.ensure_future(self._speech(sentence))
                try:
                    seconds += speech.seconds
                    if not await self._play_to_end(speech, generation):
                        return Spoken(seconds, synthesis_seconds, interrupted=True)
                    if coming is not None:
                        speech = await coming
                finally:
                    if coming is not None and not coming.done():
                        coming.cancel()
                        await asyncio.wait([coming])
            return Spoken(seconds, synthesis_seconds)

    async def prepare(self, text: str) -> None:
        """Synthesise a phrase now, so that it can be spoken at once later. Raises `SynthesisError`."""
        for sentence in self._sentences(text):
            await self._speech(sentence)

    async def earcon(self, name: str) -> None:
        """Play the earcon of that name to its end. Raises `KeyError`, `DeviceError`."""
        async with self._turn:
            await self._play(Speech(earcon(name), EARCON_RATE))

    def set_pace(self, pace: float) -> None:
        """Speak from now on at this share of the voice's own rate (0.5 to 1.5)."""
        words = round(self._usual.words_per_minute * min(1.5, max(0.5, pace)))
        self._voice = replace(self._usual, words_per_minute=words)

    def set_loudness(self, share: float) -> None:
        """Play speech and earcons from now on at this share of the volume, as loud as possible without distortion."""
        self._loudness = share

    def stop(self) -> None:
        """Stop playback at once and drop what waits; no effect in silence."""
        self._generation += 1
        self._going.set()
        if self._playing is not None:
            self._playing.cancel()

    def pause(self) -> None:
        """Fall silent; `resume` repeats the interrupted sentence from its start."""
        self._going.clear()
        if self._playing is not None:
            self._playing.cancel()

    def resume(self) -> None:
        """Go on after `pause`; no effect otherwise."""
        self._going.set()

    async def _play_to_end(self, speech: Speech, generation: int) -> bool:
        """Return whether it was played to its end, pauses included; False if `stop` ended it."""
        while True:
            await self._going.wait()
            if generation != self._generation:
                return False
            if await self._play(speech):
                return True

    async def _play(self, speech: Speech) -> bool:
        """Return whether it was played to its end."""
        playing = asyncio.ensure_future(self._sink.play(amplified(speech.samples, self._loudness), speech.sample_rate))
        self._playing = playing
        try:
            await asyncio.wait([playing])
        except asyncio.CancelledError:  # the caller was cancelled: stop the sound too
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
            raise
        finally:
            self._playing = None
        if playing.cancelled():
            return False
        playing.result()
        return True

    def _sentences(self, text: str) -> list[str]:
        """Return the text, sentence by sentence. Figures become words first, because the point in `22. Mai` ends no
        sentence."""
        return sentences(as_spoken(text, self._voice.language))

    async def _speech(self, sentence: str) -> Speech:
        key = (sentence, self._voice)
        speech = self._kept.get(key)
        if speech is None:
            item = sentence.endswith(";")
            speech = await self._synthesizer.synthesize(sentence[:-1] if item else sentence, key[1])
            speech = with_pause(speech) if item else speech
            self._kept[key] = speech
            while len(self._kept) > _KEPT_PHRASES:
                self._kept.popitem(last=False)
        return speech


def amplified(samples: Samples, share: float) -> Samples:
    """Return the samples at that share of their loudness, less if they would clip."""
    peak = int(np.max(np.abs(samples.astype(np.int32)), initial=0))
    if share == 1.0 or not peak:
        return samples
    return (samples * min(share, 32_767 / peak)).astype(np.int16)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each with its mark; the items of a list with ";" are separate."""
    return [part for sentence in _SENTENCE_END.split(text.strip()) for part in _ITEM_END.split(sentence) if part]


def with_pause(speech: Speech) -> Speech:
    """Return an item of a list followed by silence, so that listeners can tell the items apart (row V3)."""
    loud = np.flatnonzero(np.abs(speech.samples.astype(np.int32)) > _SILENT)
    end = int(loud[-1]) + 1 if len(loud) else 0
    silence = np.zeros(round(ITEM_PAUSE * speech.sample_rate), dtype=np.int16)
    return replace(speech, samples=np.concatenate([speech.samples[:end], silence]))
