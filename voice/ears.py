"""Turns sound into a transcript: joins front end, endpointing and a recognizer. Never stores sound, never understands
words.

A recording is read block by block, like a microphone, so that both are heard alike.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import numpy as np

from voice.audio import BLOCK, AudioSource
from voice.endpointing import Endpoint, Endpointing, EndpointingSettings, SpeechDetector
from voice.front_end import HighPass, level_db
from voice.recognition.recognizer_base import SAMPLE_RATE, Ending, Grammar, Recognition, Recognizer, Samples, Transcript

_AFTER_SPEECH = 0.16
"""Seconds of sound given to the recognizer after the last speech, because final consonants are quiet."""
_DECODED_AFTER = 0.25
"""Seconds of a pause after which the recognizer decodes the utterance, before it is decided that the turn has ended. 13
of 27 pauses within commands of people that are longer than the sound above are this long (60, clean, 15 and 6 dB)."""
_CHUNK_SECONDS = SpeechDetector.CHUNK / SAMPLE_RATE


@dataclass(frozen=True)
class ListeningResult:
    """One turn of listening."""

    transcript: Transcript
    speech_began: bool
    audio_seconds: float
    """Seconds of sound, silence included."""
    endpoint_wait: float
    """Seconds from the last speech to the decision that the turn has ended."""
    decode_seconds: float
    """Seconds of waiting for the recognizer, from the moment at which the silence was long enough to the transcript."""
    ended_by: Endpoint = Endpoint.ENDED


@dataclass(frozen=True)
class Progress:
    """The state of the ears after a block, for observers."""

    seconds: float
    level: float
    """Decibels of full scale, -96 to 0."""
    speech: float
    """Probability of speech in the last 32 ms, 0 to 1."""
    state: Endpoint
    partial: str
    """The words heard so far; they may change."""
    ending: Ending | None
    """The recognizer's verdict on the sentence in this pause, or None."""


Watcher = Callable[[Progress], None]


class Ears:
    """A recognizer with speech detection."""

    def __init__(self, recognizer: Recognizer, settings: EndpointingSettings | None = None) -> None:
        self._recognizer = recognizer
        self._settings = settings or EndpointingSettings()
        self._stopped = False

    def end_turn(self) -> None:
        """End the turn with the next block: the speech until now is the whole utterance."""
        self._stopped = True

    async def listen(
        self,
        source: AudioSource,
        grammar: Grammar,
        *,
        no_speech_seconds: float | None = None,
        patient: bool = False,
        watch: Watcher | None = None,
    ) -> ListeningResult:
        """Listen until the turn ends or, if `patient`, until the sound ends.

        Raises `voice.voice_errors.RecognitionError`, `DeviceError`.
        """
        self._stopped = False
        endpointing = Endpointing(self._settings, no_speech=no_speech_seconds, patient=patient)
        recognition = self._recognizer.begin(grammar, partials=watch is not None)
        turn = _Turn(endpointing, recognition, watch)
        blocks = source.blocks()
        state = Endpoint.STOPPED
        try:
            async for block in blocks:
                state = await turn.take(block)
                if state.final or self._stopped:
                    break
        except BaseException:
            recognition.cancel()
            raise
        finally:
            await turn.close()
            await blocks.aclose()
        if endpointing.speech_began is None:
            recognition.cancel()
            nothing = Transcript(
                "", confidence=0.0, recognizer=self._recognizer.name, audio_seconds=endpointing.seconds
            )
            return ListeningResult(nothing, False, endpointing.seconds, 0.0, 0.0, Endpoint.NO_SPEECH)
        decided = time.perf_counter()
        transcript = await recognition.finish()
        ended_by = state if state.final else Endpoint.STOPPED
        return ListeningResult(
            transcript,
            True,
            endpointing.seconds,
            endpointing.silence,
            time.perf_counter()
            - decided
            + (turn.waited if endpointing.silence < self._settings.ending_silence else 0.0),
            ended_by,
        )


class _Turn:
    """One turn. Holds sound back: the pre-roll before speech, and silence that may be the end."""

    def __init__(
        self,
        endpointing: Endpointing,
        recognition: Recognition,
        watch: Watcher | None,
    ) -> None:
        self._endpointing = endpointing
        self._recognition = recognition
        self._high_pass = HighPass()
        self._detector = SpeechDetector()
        self._watch = watch
        self._held: deque[Samples] = deque()
        self._held_from = 0
        """Samples of the turn before those held."""
        self._speech = 0.0
        self._partial = ""
        self._judging: asyncio.Task[Ending] | None = None
        self.waited = 0.0
        """Seconds that the recognizer took for the last pause."""

    async def take(self, block: Samples) -> Endpoint:
        """Take a block and return its effect on the turn."""
        block = self._high_pass.filter(block)
        level = level_db(block)
        self._held.append(block)
        if self._endpointing.speech_began is None:
            self._forget()
        state, ending = Endpoint.WAITING if self._endpointing.speech_began is None else Endpoint.SPEECH, None
        for probability in self._detector.probabilities(block, waiting=self._endpointing.speech_began is None):
            self._speech = probability
            state = self._endpointing.advance(probability, _CHUNK_SECONDS, level)
            if state.final:
                break
        if self._endpointing.speech_began is not None:
            if self._endpointing.silence <= _AFTER_SPEECH:
                await self.close()  # it was no end
                for piece in self._release():
                    self._partial = await self._recognition.feed(piece)
            elif self._decodes:
                self._judging = asyncio.ensure_future(self._recognition.ending(self._endpointing.silence))
        if not state.final and self._endpointing.asks and self._judging is not None:
            began = time.perf_counter()
            ending = await self._judging
            self.waited = time.perf_counter() - began
            state = self._endpointing.judge(ending)
        if self._watch is not None:
            self._watch(Progress(self._endpointing.seconds, level, self._speech, state, self._partial, ending))
        return state

    @property
    def _decodes(self) -> bool:
        """Whether the pause is long enough to decode the words before it."""
        waiting = self._judging is None and not self._endpointing.patient
        return waiting and self._endpointing.silence >= _DECODED_AFTER

    async def close(self) -> None:
        """Stop asking about a pause."""
        if self._judging is not None:
            self._judging.cancel()
            await asyncio.wait([self._judging])
            self._judging = None

    def _forget(self) -> None:
        """Drop held sound that is from before the turn."""
        first = round(self._endpointing.kept_from * SAMPLE_RATE)
        while self._held and self._held_from + len(self._held[0]) <= first:
            self._held_from += len(self._held.popleft())

    def _release(self) -> list[Samples]:
        self._forget()
        released = list(self._held)
        self._held_from += sum(map(len, released))
        self._held.clear()
        return released


class _Recording:
    """A source that yields the samples as fast as the listener reads and ends with them."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    async def blocks(self) -> AsyncGenerator[Samples]:
        whole = np.pad(self._samples, (0, -len(self._samples) % BLOCK + SpeechDetector.CHUNK))
        for start in range(0, len(whole) // BLOCK * BLOCK, BLOCK):
            await asyncio.sleep(0)  # other tasks run meanwhile
            yield whole[start : start + BLOCK]


async def hear_samples(
    recognizer: Recognizer, samples: Samples, grammar: Grammar, *, watch: Watcher | None = None
) -> Transcript:
    """Return the transcript of a recording of one utterance, pauses included; silence around it is left out."""
    heard = await Ears(recognizer).listen(_Recording(samples), grammar, patient=True, watch=watch)
    return heard.transcript
