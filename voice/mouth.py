"""The mouth: from text to sound that has been played. Joins a synthesizer and a sink; knows when playback ended.

Never decides what is said, and never plays two things at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from dataclasses import dataclass

from voice.audio import AudioSink
from voice.earcons import EARCON_RATE, earcon
from voice.synthesis.base import Speech, Synthesizer, Voice
from voice.synthesis.wording import as_spoken

_KEPT_PHRASES = 64


@dataclass(frozen=True)
class Spoken:
    """What became of a sentence."""

    seconds: float
    """Length of the sound in full."""
    synthesis_seconds: float
    """From the text to its samples; 0 for a phrase that was kept."""
    interrupted: bool = False
    """Whether `stop` ended it early."""


class Mouth:
    """Says one thing at a time; a second request waits for the first."""

    def __init__(self, synthesizer: Synthesizer, sink: AudioSink, voice: Voice) -> None:
        self._synthesizer = synthesizer
        self._sink = sink
        self._voice = voice
        self._kept: OrderedDict[tuple[str, Voice], Speech] = OrderedDict()
        self._turn = asyncio.Lock()
        self._playing: asyncio.Task[None] | None = None
        self._generation = 0

    async def say(self, text: str) -> Spoken:
        """Say it, figures in words, and return when playback has ended or `stop` was called.

        Raises `SynthesisError`, `DeviceError`.
        """
        generation = self._generation
        async with self._turn:
            if generation != self._generation:  # stopped while it waited its turn
                return Spoken(0.0, 0.0, interrupted=True)
            began = time.perf_counter()
            speech = self._kept.get((text, self._voice))
            if speech is None:
                speech = await self._synthesizer.synthesize(as_spoken(text), self._voice)
                self._keep(text, speech)
                synthesis_seconds = time.perf_counter() - began
            else:
                synthesis_seconds = 0.0
            if generation != self._generation:
                return Spoken(speech.seconds, synthesis_seconds, interrupted=True)
            interrupted = not await self._play(speech)
            return Spoken(speech.seconds, synthesis_seconds, interrupted)

    async def prepare(self, text: str) -> None:
        """Synthesise a phrase now, so that saying it later starts at once. Raises `SynthesisError`."""
        if (text, self._voice) not in self._kept:
            self._keep(text, await self._synthesizer.synthesize(as_spoken(text), self._voice))

    async def earcon(self, name: str) -> None:
        """Play the sound of that name to its end. Raises `KeyError`, `DeviceError`."""
        async with self._turn:
            await self._play(Speech(earcon(name), EARCON_RATE))

    def stop(self) -> None:
        """Stop at once what is playing and drop what waits; without effect in silence."""
        self._generation += 1
        if self._playing is not None:
            self._playing.cancel()

    async def _play(self, speech: Speech) -> bool:
        """Return whether it was played to its end."""
        playing = asyncio.ensure_future(self._sink.play(speech.samples, speech.sample_rate))
        self._playing = playing
        try:
            await asyncio.wait([playing])
        except asyncio.CancelledError:  # our caller was cancelled: the sound ends with it
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

    def _keep(self, text: str, speech: Speech) -> None:
        self._kept[(text, self._voice)] = speech
        while len(self._kept) > _KEPT_PHRASES:
            self._kept.popitem(last=False)
