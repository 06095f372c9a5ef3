"""The synthesizer: pyttsx3 on espeak-ng in a worker process, so that the event loop never waits for it.

Turns text into samples; it plays nothing, and it does not decide how numbers are worded (`wording.py` does).
"""

from __future__ import annotations

import numpy as np

from voice.synthesis.synthesizer_base import Speech, Voice
from voice.voice_errors import SynthesisError
from voice.worker_process import WorkerDiedError, WorkerProcess

ASSISTANT_VOICE = Voice("en-us+f3", words_per_minute=160, pitch=50)
"""How McQueen speaks."""
DRIVER_VOICE = Voice("en-us+m3", words_per_minute=150, pitch=45)
"""The driver's voice in drives: clearly another voice than McQueen's."""


class EspeakSynthesizer:
    """pyttsx3 on espeak-ng behind the `Synthesizer` protocol."""

    name = "espeak-ng"

    def __init__(self) -> None:
        self._worker = WorkerProcess("voice.synthesis.espeak_worker:start")

    async def synthesize(self, text: str, voice: Voice = ASSISTANT_VOICE) -> Speech:
        """Return the speech for one utterance; empty for a text without anything to say. Raises `SynthesisError`."""
        if not any(character.isalnum() for character in text):
            return Speech(np.zeros(0, dtype=np.int16), 22_050)
        try:
            spoken = await self._worker.ask((text, voice))
        except WorkerDiedError as error:
            raise SynthesisError(f"speech synthesis stopped: {error}; the next sentence starts it again") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise SynthesisError(f"espeak-ng cannot speak with the voice {voice.name}: {error}") from error
        return Speech(spoken.samples, spoken.sample_rate)

    def prepare(self) -> None:
        """Start the process now, so that the first text does not wait for it."""
        self._worker.start()

    async def close(self) -> None:
        """End the worker; idempotent."""
        await self._worker.close()


class RepeatableEspeakSynthesizer:
    """espeak-ng that always says the same text with the same samples, for tests and drives.

    espeak-ng's sound depends on earlier texts of the same process, because the flutter of the pitch continues. So a
    fresh process says each text, and the next process starts meanwhile. This costs 0.2 s of processor time a text.
    """

    name = EspeakSynthesizer.name

    def __init__(self) -> None:
        self._fresh = EspeakSynthesizer()

    async def synthesize(self, text: str, voice: Voice = ASSISTANT_VOICE) -> Speech:
        """Return the speech for one utterance; empty for a text without anything to say. Raises `SynthesisError`."""
        used, self._fresh = self._fresh, EspeakSynthesizer()
        self._fresh.prepare()
        try:
            return await used.synthesize(text, voice)
        finally:
            await used.close()

    async def close(self) -> None:
        """End the waiting process; idempotent."""
        await self._fresh.close()
