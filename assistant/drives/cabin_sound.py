"""The cabin of a drive: the driver's voice and the road's noise reach the real recognizer, and McQueen's voice is
recorded. Handles sound only. With voice, each line is synthesised, mixed with noise and recognized; without voice, it
is taken as typed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from assistant.conversation.turn_ending import turn_ending
from voice.audio import BLOCK, BLOCK_SECONDS, Sleep, resampled, to_samples
from voice.ears import Ears
from voice.noise import cabin_noise, mix
from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Grammar, Recognition, Recognizer, Samples, Transcript
from voice.synthesis.synthesizer_base import Speech, Synthesizer, Voice

QUIET_DB = 24.0
"""Speech above noise in dB while the vehicle stands, measured on their loudest stretches.

The clean end of Picovoice's speech-to-intent benchmark, whose other end is 6 dB.
"""
ROAD_DB = 9.0
"""Decibels that driving at 120 km/h takes away: 15 dB remain on the motorway."""
FAN_DB = 6.0
"""Decibels that the fan takes away at its highest level."""
LEAST_DB = 6.0
FAN_LEVELS = 7
NOISE_LEVEL = 0.03
"""Root mean square of the noise between lines at 15 dB, in full scale: close to the noise under the lines."""
NOISE_SECONDS = 30.0
"""Length of the noise that is repeated without end."""

Working = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class DriveLine:
    """A line that the driver says."""

    text: str
    samples: Samples | None = None
    """Its sound with noise; None for a typed line."""
    heard: str | None = None
    """A simulated misrecognition: the text that the recognizer returns instead."""


class WorkingRecognizer:
    """A recognizer that stops virtual time while it decodes."""

    def __init__(self, real: Recognizer, working: Working) -> None:
        self._real = real
        self._working = working
        self.name = real.name

    def begin(self, grammar: Grammar, *, partials: bool = False) -> Recognition:
        """Start an utterance."""
        return _WorkingRecognition(self._real.begin(grammar, partials=partials), self._working)

    async def close(self) -> None:
        """Do nothing: the owner closes the real recognizer."""


class _WorkingRecognition:
    def __init__(self, real: Recognition, working: Working) -> None:
        self._real = real
        self._working = working

    async def feed(self, samples: Samples) -> str:
        with self._working():
            return await self._real.feed(samples)

    async def ending(self, silence: float) -> Ending:
        with self._working():
            return await self._real.ending(silence)

    async def finish(self) -> Transcript:
        with self._working():
            return await self._real.finish()

    def cancel(self) -> None:
        self._real.cancel()


class WorkingSynthesizer:
    """A synthesizer that stops virtual time while it works."""

    def __init__(self, real: Synthesizer, working: Working) -> None:
        self._real = real
        self._working = working
        self.name = real.name

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Make the sound."""
        with self._working():
            return await self._real.synthesize(text, voice)

    async def close(self) -> None:
        """Do nothing: the owner closes the real synthesizer."""


class _ScriptedEar:
    """The common part of both ears: lines that wait to be said, and whether the microphone is open."""

    def __init__(self, sleep: Sleep) -> None:
        self._sleep = sleep
        self._lines: deque[DriveLine] = deque()
        self._ended = False
        self._on_said: Callable[[DriveLine, bool], None] = lambda _line, _ended: None
        self.open = False
        self.taken = 0
        """Number of lines that were heard to their end."""

    def watch(self, on_said: Callable[[DriveLine, bool], None]) -> None:
        """Set a listener that is called with False when a line begins and with True when it ends."""
        self._on_said = on_said

    def say(self, line: DriveLine) -> None:
        """Say this line as soon as the microphone opens."""
        self._lines.append(line)

    def end_turn(self) -> None:
        """Take what was said so far as the whole utterance."""
        self._ended = True


class CabinEar(_ScriptedEar):
    """The ear of a drive with voice."""

    def __init__(self, recognizer: Recognizer, sleep: Sleep, working: Working, *, seed: int = 0) -> None:
        super().__init__(sleep)
        self._ears = Ears(WorkingRecognizer(recognizer, working), turn_ending())
        self._noise = cabin_noise(NOISE_SECONDS, seed, level=NOISE_LEVEL)
        self._gain = 1.0
        self._position = 0
        self._current: DriveLine | None = None

    def set_noise(self, noise_db: float) -> None:
        """Set the noise between lines to the level that lies under lines at that many dB above noise."""
        self._gain = float(10.0 ** ((15.0 - noise_db) / 20.0))

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Listen to the simulated microphone."""
        self.open, self._ended = True, False
        self._current = None
        try:
            heard = await self._ears.listen(_Cabin(self), grammar, no_speech_seconds=seconds)
        finally:
            self.open = False
        line = self._line()
        if line is not None:
            self.taken += 1
        if not heard.speech_began:
            return Transcript("") if line is not None else None
        if line is not None and line.heard is not None:
            return Transcript(line.heard, recognizer="injected", decode_seconds=heard.decode_seconds)
        return heard.transcript

    def _line(self) -> DriveLine | None:
        """The line that is being said; `blocks` sets it while `listen` waits."""
        return self._current

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield the microphone's sound in blocks of 20 ms."""
        speech: Samples = np.zeros(0, dtype=np.int16)
        while not self._ended:
            await self._sleep(BLOCK_SECONDS)
            if not len(speech) and self._lines and self._current is None:
                self._current = self._lines.popleft()
                assert self._current.samples is not None
                speech = self._current.samples
                self._on_said(self._current, False)
            if len(speech):
                block, speech = speech[:BLOCK], speech[BLOCK:]
                if not len(speech) and self._current is not None:
                    self._on_said(self._current, True)
                yield block if len(block) == BLOCK else np.concatenate([block, self._bed(BLOCK - len(block))])
            else:
                yield self._bed(BLOCK)

    def _bed(self, count: int) -> Samples:
        """Return the next samples of the repeated noise, at the level that lines are mixed with."""
        places = (self._position + np.arange(count)) % len(self._noise)
        self._position = (self._position + count) % len(self._noise)
        return to_samples(self._noise[places] / 32768.0 * self._gain)


class _Cabin:
    """The simulated microphone as an audio source."""

    def __init__(self, ear: CabinEar) -> None:
        self._ear = ear

    def blocks(self) -> AsyncGenerator[Samples]:
        return self._ear.blocks()


class TypedEar(_ScriptedEar):
    """The ear of a drive without voice: a line is taken as written."""

    def set_noise(self, noise_db: float) -> None:
        """Do nothing: typed lines have no noise."""

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Return the next line, or wait until the time is over."""
        self.open, self._ended = True, False
        try:
            waited = 0.0
            while waited < seconds and not self._ended:
                if self._lines:
                    line = self._lines.popleft()
                    self._on_said(line, False)
                    self._on_said(line, True)
                    self.taken += 1
                    if line.heard is not None:
                        return Transcript(line.heard, recognizer="injected")
                    return Transcript(line.text)
                await self._sleep(0.1)
                waited += 0.1
        finally:
            self.open = False
        return None


def noise_level(speed: float, fan: int) -> float:
    """Return how many dB speech stands above noise at that speed in km/h and that fan level (0 to 7)."""
    road = ROAD_DB * min(max(speed, 0.0), 160.0) / 120.0
    return max(LEAST_DB, QUIET_DB - road - FAN_DB * fan / FAN_LEVELS)


def in_the_cabin(speech: Samples, sample_rate: int, seed: int, noise_db: float) -> Samples:
    """Return a line as the microphone hears it: that many dB above cabin noise, with a moment of noise before and
    after.
    """
    line = resampled(speech, sample_rate)
    pad = np.zeros(SAMPLE_RATE // 4, dtype=np.int16)
    line = np.concatenate([pad, line])
    noise = cabin_noise(len(line) / SAMPLE_RATE + 1.0, seed)
    return mix(line, noise, noise_db)
