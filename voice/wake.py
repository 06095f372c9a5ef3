"""The wake word: "hey McQueen" by the embedded recognizer, and neural models of other phrases (an extra).

Off by default, because there is a push-to-talk key. It never fires on McQueen's own voice, nor twice within two
seconds, and it keeps no sound beyond the seconds that it examines.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

import numpy as np

from voice.audio import AudioSource
from voice.endpointing import Endpointing, SpeechDetector
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.recognition.sphinx_worker import FindPhrase, Spotted
from voice.voice_errors import RecognitionError
from voice.worker_process import WorkerDiedError, WorkerProcess

PHRASE = "hey mcqueen"
REFRACTORY_SECONDS = 2.0
"""Seconds after a wake without another wake (linux-voice-assistant)."""
OWN_VOICE_SECONDS = 0.5
"""Seconds after our own voice in which sound still counts as ours, because the room reverberates."""
_PRE_ROLL = round(0.3 * SAMPLE_RATE)
"""Samples from before the first detected speech that are included."""
_PAUSE = 0.2
"""Seconds of silence after which the spotter decides whether the phrase was said."""
_LONGEST = 2.0
"""Seconds of speech after which the spotter decides without a pause, for a driver who goes on to speak. It ignores
later words, because the phrase comes first."""
_FACTORS = (0.84, 0.92, 1.0, 1.08)
"""Resampling factors of the passes, which imitate other vocal tracts."""
_THRESHOLD = 1e-40
"""How much likelier than a free phone loop the phrase must be (pocketsphinx's `kws_threshold`). Lax, because start and
length separate it better from other speech."""
_LATEST = 0.4
"""Second of the sound, 0.3 s of silence included, by which the phrase must have begun, because it comes first. In an
hour of other speech three of four false finds begin later."""
_SHORTEST = 0.55
"""Seconds that the phrase takes at least, if two passes find it. Of 240 synthetic phrases three in four take 0.82 s and
more; of false finds in other speech, three in four take less than 0.5 s."""
_SURE = 0.65
"""Seconds from which one pass is enough."""
_LONGEST_PHRASE = 1.5
"""Seconds that the phrase takes at most."""
_NOISE_DB = -25.0
"""Level of the added white noise, relative to the level of the sound."""
_PRONUNCIATIONS = ("HH EY M AH K W IY N", "HH EY M IH K W IY N", "HH EY M AE K W IY N")
"""The phonemes of the phrase as one word."""


class WakeSpotter(Protocol):
    """Finds a phrase in sound."""

    phrase: str

    async def spots(self, samples: Samples) -> bool:
        """Take the next sound (16 kHz); return whether the phrase ended in it."""
        ...

    async def reset(self) -> None:
        """Forget the sound so far."""
        ...

    async def close(self) -> None:
        """End its processes; idempotent."""
        ...


class PhraseSpotter:
    """Finds the phrase at the beginning of speech, with pocketsphinx in a separate process. Decodes only speech."""

    def __init__(self) -> None:
        self.phrase = PHRASE
        self._worker = WorkerProcess("voice.recognition.sphinx_worker:start")
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._detector = SpeechDetector()
        self._endpointing = Endpointing(patient=True)
        self._held: deque[Samples] = deque()
        self._held_samples = 0
        self._decided = False

    async def spots(self, samples: Samples) -> bool:
        """Return whether the phrase was said. This is known in the pause after it or when speech goes on."""
        machine = self._endpointing
        for probability in self._detector.probabilities(samples, waiting=machine.speech_began is None):
            machine.advance(probability, SpeechDetector.CHUNK / SAMPLE_RATE)
        if machine.speech_began is None:
            self._hold(samples, _PRE_ROLL)
            return False
        paused = machine.silence >= _PAUSE
        spotted = False
        if not self._decided:
            self._hold(samples, None)
            if paused or machine.seconds - machine.speech_began >= _LONGEST:
                self._decided = True
                spotted = await self._spot()
        if paused:
            self._begin_anew()
        return spotted

    def _hold(self, samples: Samples, most: int | None) -> None:
        self._held.append(samples)
        self._held_samples += len(samples)
        while most is not None and self._held_samples - len(self._held[0]) >= most:
            self._held_samples -= len(self._held.popleft())

    async def _spot(self) -> bool:
        sound = _roughened(np.concatenate(self._held))
        self._held.clear()
        found = 0
        with contextlib.suppress(WorkerDiedError):  # the next request starts it again
            for factor in _FACTORS:
                spotted = await self._worker.ask(FindPhrase(_PRONUNCIATIONS, _THRESHOLD, factor, sound))
                longest = max((_length(one) for one in spotted), default=0.0)
                found += longest >= _SHORTEST
                if found > 1 or longest >= _SURE:
                    return True
        return False

    async def reset(self) -> None:
        """Forget the sound so far."""
        self._begin_anew()

    async def close(self) -> None:
        """End the process; idempotent."""
        await self._worker.close()


def _length(one: Spotted) -> float:
    """Return the seconds that the phrase takes, 0 if it cannot be the phrase."""
    return one.seconds if one.begins <= _LATEST and one.seconds <= _LONGEST_PHRASE else 0.0


def _roughened(sound: Samples) -> Samples:
    """Return the sound with white noise far below it; without noise, the phrase alone is hardly ever found."""
    level = float(np.sqrt(np.mean(np.square(sound.astype(np.float64))))) * 10.0 ** (_NOISE_DB / 20.0)
    noise = np.random.default_rng(0).normal(0.0, level, len(sound))
    return np.asarray(np.clip(sound + noise, -32768, 32767), dtype=np.int16)


class MicroSpotter:
    """A neural model of the `pymicro-wakeword` wheel (extra `mcqueen[wake]`), trained for its own phrase only."""

    def __init__(self, model: str = "okay_nabu") -> None:
        """Raises `RecognitionError` if the extra is missing or has no such model."""
        try:
            from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model  # an extra
        except ImportError as error:
            raise RecognitionError("neural wake words are not installed; pip install 'mcqueen[wake]'") from error
        try:
            chosen = Model(model)
        except ValueError as error:
            names = ", ".join(one.value for one in Model)
            raise RecognitionError(f"there is no wake word model {model!r}; choose from {names}") from error
        self.phrase = model.replace("_", " ")
        self._make_features = MicroWakeWordFeatures
        self._model: Any = MicroWakeWord.from_builtin(chosen)
        self._features: Any = self._make_features()
        self._recent: deque[float] = deque(maxlen=self._model.sliding_window_size)

    async def spots(self, samples: Samples) -> bool:
        """Return whether the mean over its window exceeds the model's own threshold."""
        spotted = False
        for features in self._features.process_streaming(np.asarray(samples, "<i2").tobytes()):
            probability = self._model.process_streaming_prob(features)
            if probability is not None:
                self._recent.append(float(probability))
            full = len(self._recent) == self._recent.maxlen
            spotted = spotted or (full and float(np.mean(self._recent)) > self._model.probability_cutoff)
        return spotted

    async def reset(self) -> None:
        """Forget the sound so far."""
        self._features = self._make_features()
        self._recent.clear()

    async def close(self) -> None:
        """Free the model."""
        self._model.close()


async def wakes(
    source: AudioSource, spotters: Sequence[WakeSpotter], *, speaking: Callable[[], bool] = lambda: False
) -> AsyncGenerator[str]:
    """Yield the phrase each time a spotter hears it while McQueen is not `speaking`."""
    since_wake = REFRACTORY_SECONDS
    since_own_voice = OWN_VOICE_SECONDS
    async with aclosing(source.blocks()) as blocks:
        async for block in blocks:
            seconds = len(block) / SAMPLE_RATE
            deaf = since_own_voice < OWN_VOICE_SECONDS
            since_own_voice = 0.0 if speaking() else since_own_voice + seconds
            since_wake += seconds
            if since_own_voice < OWN_VOICE_SECONDS:
                if not deaf:
                    for spotter in spotters:
                        await spotter.reset()
                continue
            for spotter in spotters:
                if await spotter.spots(block) and since_wake >= REFRACTORY_SECONDS:
                    since_wake = 0.0
                    yield spotter.phrase
