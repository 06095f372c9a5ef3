"""The live microphone and speaker as the runtime sees them: a device that is lost becomes a sentence, not an end.

Without a device McQueen goes on with typed text and shown answers. Never stores audio.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from voice.audio import AudioSource
from voice.ears import Ears
from voice.errors import VoiceError
from voice.mouth import Mouth, Spoken
from voice.recognition.base import Grammar, Recognizer, Samples, Transcript

Sleep = Callable[[float], Awaitable[None]]
Complaint = Callable[[str], None]


class LiveEar:
    """The runtime's ear at a real microphone."""

    def __init__(self, recognizer: Recognizer, microphone: AudioSource, complain: Complaint) -> None:
        self._ears = Ears(recognizer)
        self._microphone = microphone
        self._complain = complain
        self._ended = False

    def end_turn(self) -> None:
        """Take what was said until now as the whole utterance."""
        self._ended = True

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Listen until the turn ends; a lost microphone counts as silence, and is said."""
        self._ended = False
        try:
            heard = await self._ears.listen(_UntilEnded(self), grammar, no_speech_seconds=seconds)
        except VoiceError as error:
            self._complain(str(error))
            return None
        return heard.transcript if heard.speech_began else None

    async def blocks(self) -> AsyncIterator[Samples]:
        """Yield what the microphone picks up until the turn is ended."""
        async for block in self._microphone.blocks():
            if self._ended:
                return
            yield block


class _UntilEnded:
    def __init__(self, ear: LiveEar) -> None:
        self._ear = ear

    def blocks(self) -> AsyncIterator[Samples]:
        return self._ear.blocks()


@dataclass(frozen=True)
class ShownSpeech:
    """An utterance that was shown instead of spoken."""

    synthesis_seconds: float = 0.0


class SilentMouth:
    """The runtime's mouth without voice: takes as long as speaking would, or no time where `hurried`."""

    WORDS_A_SECOND = 165 / 60
    """At the speaking rate that McQueen has by default."""

    def __init__(self, sleep: Sleep, *, hurried: bool = False) -> None:
        self._sleep = sleep
        self._hurried = hurried
        self._pace = 1.0

    async def say(self, text: str) -> ShownSpeech:
        """Wait as long as it would take to say."""
        await self._sleep(0.0 if self._hurried else max(0.5, len(text.split()) / self.WORDS_A_SECOND / self._pace))
        return ShownSpeech()

    async def earcon(self, name: str) -> None:
        """Sound nothing."""

    def set_pace(self, pace: float) -> None:
        """Take that much longer."""
        self._pace = pace


class LiveMouth:
    """The runtime's mouth at a real speaker; without it the words are shown only."""

    def __init__(self, mouth: Mouth, fallback: SilentMouth, complain: Complaint) -> None:
        self._mouth = mouth
        self._fallback = fallback
        self._complain = complain
        self.muted = False

    async def say(self, text: str) -> Spoken | ShownSpeech:
        """Speak, or show."""
        if self.muted:
            return await self._fallback.say(text)
        try:
            return await self._mouth.say(text)
        except VoiceError as error:
            self._complain(str(error))
            return await self._fallback.say(text)

    def set_pace(self, pace: float) -> None:
        """Speak, or show, at that share of the usual rate."""
        self._mouth.set_pace(pace)
        self._fallback.set_pace(pace)

    async def earcon(self, name: str) -> None:
        """Sound a short sign where there is a speaker."""
        if self.muted:
            return
        try:
            await self._mouth.earcon(name)
        except VoiceError as error:
            self._complain(str(error))
