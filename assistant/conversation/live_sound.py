"""The live microphone and speaker behind the runtime's protocols. If a device is lost, McQueen says so and goes on.

Without a device McQueen takes typed text and shows its answers. It never stores audio.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from assistant.conversation.turn_ending import turn_ending
from assistant.policy.timing import DUCK_SECONDS, INTERRUPT_SECONDS, INTERRUPTING_WORDS_SECONDS
from assistant.understanding.language import BASE
from assistant.wording.languages import wording_of
from voice.audio import BLOCK_SECONDS
from voice.capture import Capture
from voice.ears import Ears, Watcher
from voice.endpointing import EndpointingSettings
from voice.mouth import Mouth, Spoken
from voice.recognition.recognizer_base import Grammar, Recognizer, Samples, Transcript
from voice.voice_errors import DeviceError, VoiceError

Sleep = Callable[[float], Awaitable[None]]
Complaint = Callable[[str], None]
Quiet = Callable[[], AbstractAsyncContextManager[None]]
"""Makes the cabin quiet while the context is entered."""

DUCKED = 0.25
"""Share of the volume while it is unclear whether the driver interrupts."""


class LiveEar:
    """The runtime's ear at a real microphone. It stays open between turns, so that first words are not lost."""

    def __init__(
        self,
        recognizer: Recognizer,
        capture: Capture,
        complain: Complaint,
        mouth: Mouth,
        quiet: Quiet | None = None,
        *,
        limits: EndpointingSettings | None = None,
        language: str = BASE,
    ) -> None:
        """`quiet` turns the cabin's noise down while the driver is listened to; `limits` say when a turn ends.

        A lost microphone is reported in `language`.
        """
        self._ears = Ears(recognizer, limits or turn_ending())
        self._capture = capture
        self._complain = complain
        self._mouth = mouth
        self._quiet = quiet
        self._language = language
        self._ended = asyncio.Event()
        self._had_sound = False
        self.watcher: Watcher | None = None
        """Receives, block by block, what listening decides, for displays."""
        self.tap: Callable[[Samples], None] | None = None
        """Receives the sound of turns, only while the driver has asked to keep it."""

    def blocks(self) -> AsyncGenerator[Samples]:
        """Yield the microphone's sound, for a level meter or a test recording. Raises `DeviceError`."""
        return self._capture.blocks()

    @property
    def ready(self) -> bool:
        """Whether a microphone delivers sound now."""
        return self._capture.ready

    @property
    def level(self) -> float:
        """How loud it is at the microphone, in dB below full scale: -96 to 0."""
        return self._capture.level

    @property
    def lost_seconds(self) -> float:
        """Seconds of sound lost since the start, because the machine was too busy."""
        return self._capture.lost_blocks * BLOCK_SECONDS

    @property
    def heard_seconds(self) -> float:
        """Seconds of sound received since the start."""
        return self._capture.seconds

    @property
    def muted(self) -> bool:
        """Whether the driver closed the microphone."""
        return self._capture.muted

    def mute(self, muted: bool) -> None:
        """Close the microphone, or open it again."""
        self._capture.muted = muted

    def end_turn(self) -> None:
        """End the turn now; the utterance is what was said so far."""
        self._ended.set()

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Listen until the turn ends. A lost microphone counts as silence, and is reported."""
        self._had_sound = self._had_sound or self._capture.ready
        if not self._had_sound:  # there was never a microphone: the driver types, and nobody is silent
            while not await self._capture.wait_ready(60.0):
                pass
        if self._quiet is None:
            return await self._listen(grammar, seconds, over_ours=False)
        async with self._quiet():
            return await self._listen(grammar, seconds, over_ours=False)

    async def words(self, grammar: Grammar) -> Transcript | None:
        """Return what the driver says over us; None if no words come."""
        return await self._listen(grammar, INTERRUPTING_WORDS_SECONDS, over_ours=True)

    async def _listen(self, grammar: Grammar, seconds: float, *, over_ours: bool) -> Transcript | None:
        self._ended.clear()
        try:
            heard = await self._ears.listen(
                _UntilEnded(self._capture, self._ended, over_ours, self.tap),
                grammar,
                no_speech_seconds=seconds,
                watch=self.watcher,
            )
        except DeviceError as error:
            self._complain(str(error))
            await self._say_deaf()
            await self._capture.wait_ready(seconds)
            return None
        except VoiceError as error:
            self._complain(str(error))
            return None
        return heard.transcript if heard.speech_began else None

    async def _say_deaf(self) -> None:
        if self._capture.muted:
            return
        with contextlib.suppress(VoiceError):  # also without a speaker, the complaint is all that there is
            await self._mouth.say(wording_of(self._language).text("sound", "no_microphone"))


class _UntilEnded:
    """The open microphone until the turn is ended by hand, even if no sound comes."""

    def __init__(
        self, capture: Capture, ended: asyncio.Event, over_ours: bool, tap: Callable[[Samples], None] | None = None
    ) -> None:
        self._tap = tap
        self._capture = capture
        self._ended = ended
        self._over_ours = over_ours

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield the microphone's sound."""
        async with contextlib.aclosing(self._capture.blocks(over_ours=self._over_ours)) as blocks:
            async for block in blocks:
                if self._ended.is_set():
                    return
                if self._tap is not None:
                    self._tap(block)
                yield block


class LiveInterruptions:
    """Lets the driver speak over McQueen: its voice gets quieter, then stops, and resumes if no words come."""

    def __init__(self, ear: LiveEar, capture: Capture, mouth: Mouth, duck: Callable[[float], None]) -> None:
        """`duck` sets the share of the volume."""
        self._ear = ear
        self._capture = capture
        self._mouth = mouth
        self._duck = duck

    def watch(self, watching: bool) -> None:
        """Start or stop listening for speech over ours."""
        self._capture.watching = watching
        self.go_on()

    async def interruption(self) -> None:
        """Return when somebody has spoken over us for half a second. Meanwhile our voice is quieter; if they stop, it
        is loud again.
        """
        while True:
            await self._capture.spoken_over(DUCK_SECONDS)
            self._duck(DUCKED)
            over = asyncio.ensure_future(self._capture.over_ended())
            long = asyncio.ensure_future(self._capture.spoken_over(INTERRUPT_SECONDS))
            try:
                await asyncio.wait((over, long), return_when=asyncio.FIRST_COMPLETED)
                if long.done():
                    return
            finally:
                over.cancel()
                long.cancel()
            self._duck(1.0)

    def overlapping(self) -> bool:
        """Whether somebody began to speak while we did and still does."""
        return self._capture.watching and self._capture.over_seconds >= DUCK_SECONDS

    async def words(self, grammar: Grammar) -> Transcript | None:
        """Stop speaking and return what the driver says; None if no words come within 2 s."""
        self._mouth.pause()
        return await self._ear.words(grammar)

    def go_on(self) -> None:
        """Resume the speech that was interrupted."""
        self._capture.forget_over()
        self._duck(1.0)
        self._mouth.resume()


@dataclass(frozen=True)
class ShownSpeech:
    """An utterance that was shown instead of spoken."""

    synthesis_seconds: float = 0.0


class SilentMouth:
    """The runtime's mouth without a voice. It takes as long as speaking would, or no time if `hurried`."""

    WORDS_A_SECOND = 165 / 60
    """McQueen's speaking rate by default."""

    def __init__(self, sleep: Sleep, *, hurried: bool = False) -> None:
        self._sleep = sleep
        self._hurried = hurried
        self._pace = 1.0

    async def say(self, text: str) -> ShownSpeech:
        """Wait as long as it would take to say."""
        await self._sleep(0.0 if self._hurried else max(0.5, len(text.split()) / self.WORDS_A_SECOND / self._pace))
        return ShownSpeech()

    async def earcon(self, name: str) -> None:
        """Play nothing."""

    def set_pace(self, pace: float) -> None:
        """Add this much to the time."""
        self._pace = pace

    def set_loudness(self, loudness: float) -> None:
        """Do nothing: there is no sound."""


class LiveMouth:
    """The runtime's mouth at a real speaker. Without a speaker the words are only shown."""

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

    def set_loudness(self, loudness: float) -> None:
        """Speak at that share of the usual volume."""
        self._mouth.set_loudness(loudness)

    async def earcon(self, name: str) -> None:
        """Play a short sign if there is a speaker."""
        if self.muted:
            return
        try:
            await self._mouth.earcon(name)
        except VoiceError as error:
            self._complain(str(error))
