"""Ears: from sound to a transcript. Joins endpointing and a recognizer; never stores sound, never understands words."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from voice.audio import AudioSource
from voice.endpointing import Endpoint, Endpointing, EndpointingSettings, SpeechDetector, speech_span
from voice.recognition.base import SAMPLE_RATE, Grammar, Recognizer, Samples, Transcript

_AFTER_SPEECH = 0.3
"""Seconds of sound kept after the last speech: final consonants are quiet."""
_CHUNK_SECONDS = SpeechDetector.CHUNK / SAMPLE_RATE


@dataclass(frozen=True)
class Heard:
    """One turn of listening."""

    transcript: Transcript
    speech_began: bool
    audio_seconds: float
    """Sound taken, silence included."""
    endpoint_wait: float
    """Seconds from the last speech to the decision that the turn has ended."""
    decode_seconds: float
    """Seconds from that decision to the transcript."""
    ended_by: Endpoint = Endpoint.ENDED


class Ears:
    """A recognizer with the sense of when somebody speaks."""

    def __init__(self, recognizer: Recognizer, settings: EndpointingSettings | None = None) -> None:
        self._recognizer = recognizer
        self._settings = settings or EndpointingSettings()

    async def listen(self, source: AudioSource, grammar: Grammar, *, no_speech_seconds: float | None = None) -> Heard:
        """Listen until the turn ends. Raises `voice.errors.RecognitionError`, `DeviceError`."""
        endpointing = Endpointing(self._settings, no_speech=no_speech_seconds)
        detector = SpeechDetector()
        recognition = self._recognizer.begin(grammar)
        turn = _Turn(round((self._settings.pre_roll + self._settings.least_speech) * SAMPLE_RATE))
        state = Endpoint.WAITING
        blocks = source.blocks()
        try:
            async for block in blocks:
                turn.take(block)
                for probability in detector.probabilities(block):
                    state = endpointing.advance(probability, _CHUNK_SECONDS)
                    if state in (Endpoint.ENDED, Endpoint.TOO_LONG, Endpoint.NO_SPEECH):
                        break
                if endpointing.speech_began is not None:
                    keep = endpointing.silence <= _AFTER_SPEECH
                    for piece in turn.release(hold=not keep):
                        await recognition.feed(piece)
                if state in (Endpoint.ENDED, Endpoint.TOO_LONG, Endpoint.NO_SPEECH):
                    break
        except BaseException:
            recognition.cancel()
            raise
        finally:
            closing = getattr(blocks, "aclose", None)
            if closing is not None:
                await closing()
        if endpointing.speech_began is None:
            recognition.cancel()
            nothing = Transcript(
                "", confidence=0.0, recognizer=self._recognizer.name, audio_seconds=endpointing.seconds
            )
            return Heard(nothing, False, endpointing.seconds, 0.0, 0.0, Endpoint.NO_SPEECH)
        decided = time.perf_counter()
        transcript = await recognition.finish()
        decoding = time.perf_counter() - decided
        return Heard(transcript, True, endpointing.seconds, endpointing.silence, decoding, state)


class _Turn:
    """Holds sound back: the pre-roll before speech, and silence that may turn out to be the end."""

    def __init__(self, pre_roll: int) -> None:
        self._pre_roll = pre_roll
        self._held: deque[Samples] = deque()
        self._held_samples = 0
        self._speaking = False

    def take(self, block: Samples) -> None:
        self._held.append(block)
        self._held_samples += len(block)
        while not self._speaking and self._held_samples - len(self._held[0]) >= self._pre_roll:
            self._held_samples -= len(self._held.popleft())

    def release(self, *, hold: bool) -> list[Samples]:
        """Return what may go to the recognizer; nothing while silence is held back."""
        self._speaking = True
        if hold:
            return []
        released = list(self._held)
        self._held.clear()
        self._held_samples = 0
        return released


async def hear_samples(recognizer: Recognizer, samples: Samples, grammar: Grammar) -> Transcript:
    """Return the transcript of a recording that is one utterance, pauses included; silence around it is cut off."""
    span = speech_span(samples, margin=_AFTER_SPEECH)
    seconds = len(samples) / SAMPLE_RATE
    if span is None:
        return Transcript("", confidence=0.0, recognizer=recognizer.name, audio_seconds=seconds)
    recognition = recognizer.begin(grammar)
    await recognition.feed(np.ascontiguousarray(samples[span[0] : span[1]]))
    return await recognition.finish()
