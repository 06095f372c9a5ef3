"""The open microphone: always heard, so that first words are not lost and a driver can speak over McQueen.

Keeps only the last second of sound in memory, removes McQueen's own playback from the sound, and finds a lost
microphone again. Never recognizes words, and never stores or sends sound.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.audio import BLOCK_SECONDS, Sleep
from voice.devices import SYSTEM, SoundSystem
from voice.endpointing import SpeechDetector
from voice.front_end import level_db
from voice.live_source import LiveSource
from voice.overlap import EchoMeter, EchoShare, NoiseMeter, OverSpeech
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.speaker import PlaybackReference
from voice.voice_errors import DeviceError

RETRY_SECONDS = 2.0
HOMECOMING_SECONDS = 5.0
"""Seconds between two searches for the named device while another device replaces it."""
_MOSTLY_ECHO_DB = 25.0
"""In dB. If the canceller removed this much, the rest is our own voice. It removes 40 dB and more of our voice alone (0
dB echo, measured through PortAudio), and at most 20 dB of a second voice as loud as ours."""


_LOOKED_BLOCKS = 3
"""Blocks between two checks for a late echo after playback; a check takes 1 ms."""


class EchoCancelling(Protocol):
    """The interface of an echo canceller: `front_end.EchoCanceller`."""

    def reference(self, block: Samples) -> None:
        """Take the block that is being played."""
        ...

    def process(self, block: Samples) -> Samples:
        """Return the microphone's block without the echo."""
        ...


@dataclass(frozen=True)
class _Kept:
    block: Samples
    ours: bool
    """Whether McQueen spoke meanwhile."""


class Capture:
    """One microphone for all listeners. `run` must be running; it ends only when it is cancelled."""

    def __init__(
        self,
        microphone: LiveSource,
        *,
        speaking: Callable[[], bool] = lambda: False,
        reference: PlaybackReference | None = None,
        canceller: EchoCancelling | None = None,
        on_notice: Callable[[str], None] = lambda _: None,
        sleep: Sleep = asyncio.sleep,
        system: SoundSystem = SYSTEM,
        pre_roll: float = 0.5,
        over_ours: float = 1.4,
    ) -> None:
        """`speaking` returns whether McQueen is playing; `on_notice` is called when the microphone is lost and when it
        is back.

        `pre_roll`: seconds of sound before a key press that belong to the turn. `over_ours`: the same for words spoken
        over McQueen, which are noticed later.
        """
        self._microphone = microphone
        self._speaking = speaking
        self._reference = reference
        self._canceller = canceller
        self._on_notice = on_notice
        self._sleep = sleep
        self._system = system
        self._kept: deque[_Kept] = deque(maxlen=round(over_ours / BLOCK_SECONDS))
        self._pre_roll = pre_roll
        self._listeners: set[asyncio.Queue[Samples | None]] = set()
        self._unmuted = asyncio.Event()
        self._unmuted.set()
        self._ready = asyncio.Event()
        self._detector: SpeechDetector | None = None
        self._over = OverSpeech()
        self._echo = EchoMeter()
        self._share = EchoShare()
        self._late_echo = False
        self._since_looked = 0
        self._noise = NoiseMeter()
        self._changed = asyncio.Event()
        self._blocks_on_fallback = 0
        self._heard_through = ""
        self.seconds = 0.0
        """Seconds of sound since the start."""
        self.watching = False
        """Whether to look for speech over ours. It runs a neural detector, so only while McQueen speaks."""

    @property
    def ready(self) -> bool:
        """Whether sound comes in."""
        return self._ready.is_set()

    @property
    def muted(self) -> bool:
        """Whether the driver muted the microphone."""
        return not self._unmuted.is_set()

    @muted.setter
    def muted(self, muted: bool) -> None:
        if muted:
            self._unmuted.clear()
            self._fail_listeners()
        else:
            self._unmuted.set()

    @property
    def level(self) -> float:
        """Loudness of the last block in dB below full scale; -96 is silence, or no microphone."""
        return self._microphone.level

    @property
    def lost_blocks(self) -> int:
        """Blocks of 20 ms lost since the start because the machine was too busy."""
        return self._microphone.overflows

    @property
    def backlog(self) -> int:
        """Blocks that the slowest listener has not read yet."""
        return max((listener.qsize() for listener in self._listeners), default=0)

    @property
    def over_seconds(self) -> float:
        """Seconds for which a person has been speaking over McQueen."""
        return self._over.seconds

    # -- the loop ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read sound until cancelled. Report a lost microphone once and look for it until it is back."""
        failures = 0
        while True:
            await self._unmuted.wait()
            blocks = self._microphone.blocks()
            if self._reference is not None:
                self._reference.align()
            try:
                async for block in blocks:
                    self._tell_device(failures)
                    failures = 0
                    self._ready.set()
                    self._take(block)
                    if self.muted or self._wants_home():
                        break
            except DeviceError as error:
                failures += 1
                if failures == 1:
                    self._on_notice(str(error))
                self._ready.clear()
                if failures > 1:  # at the first loss another device may replace it at once, unnoticed by listeners
                    self._fail_listeners()
                    await self._sleep(RETRY_SECONDS)
            finally:
                self._kept.clear()
                await blocks.aclose()  # it holds the device
            if not self.muted:
                with contextlib.suppress(DeviceError):
                    await asyncio.to_thread(self._system.look_again)

    def _tell_device(self, failures: int) -> None:
        """Report the device that sound comes from, if it has changed."""
        device = self._microphone.device
        name = device.name if device is not None else ""
        if failures or (self._heard_through and name != self._heard_through):
            self._on_notice(f"McQueen hears through the microphone {name} now" if name else "the microphone is back")
        self._heard_through = name

    def _wants_home(self) -> bool:
        """Whether to look for the named device now: from time to time, while nobody speaks or listens."""
        if not self._microphone.on_fallback:
            self._blocks_on_fallback = 0
            return False
        self._blocks_on_fallback += 1
        idle = not self._listeners and not self._speaking()
        if self._blocks_on_fallback * BLOCK_SECONDS < HOMECOMING_SECONDS or not idle:
            return False
        self._blocks_on_fallback = 0
        return True

    def _take(self, raw: Samples) -> None:
        self.seconds += BLOCK_SECONDS
        block = raw
        if self._reference is not None:
            played = self._reference.next_block()
            if self._canceller is not None and self._reference.active:
                self._canceller.reference(played)
                cleaned = self._canceller.process(raw)
                echo = self._echo.advance(level_db(raw), level_db(played))
                block = cleaned if echo and self._reference.sounding else raw
            self._share.take(raw)
        ours = self._speaking()
        if ours:
            self._since_looked = 0
        elif self._reference is not None and self._is_late_echo(self._reference):
            block, ours = np.zeros_like(raw), True
        self._kept.append(_Kept(block, ours))
        for listener in self._listeners:
            listener.put_nowait(block)
        if self.watching:
            self._watch(raw, block)

    def _is_late_echo(self, reference: PlaybackReference) -> bool:
        """Whether the end of our speech is heard only now, because a busy machine's devices delay sound."""
        if not reference.active:
            return False
        if self._since_looked % _LOOKED_BLOCKS == 0:
            self._late_echo = self._share.is_ours(reference.lately())
        self._since_looked += 1
        return self._late_echo

    def _watch(self, raw: Samples, block: Samples) -> None:
        if self._detector is None:
            self._detector = SpeechDetector()
        level = level_db(block)
        stands_out = self._noise.above(level)
        mostly_echo = level_db(raw) - level > _MOSTLY_ECHO_DB
        for probability in self._detector.probabilities(block):
            speech = stands_out and not mostly_echo and probability >= self._over.enough
            if speech and self._canceller is not None:
                speech = self._reference is None or not self._share.is_ours(self._reference.lately())
            self._over.advance(speech, SpeechDetector.CHUNK / SAMPLE_RATE)
        self._changed.set()

    def _fail_listeners(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)

    # -- who listens -------------------------------------------------------------------------------------------------

    async def blocks(self, *, over_ours: bool = False) -> AsyncGenerator[Samples]:
        """Yield sound, beginning shortly before the present moment. Raises `DeviceError` when the microphone is lost.

        Sound from the time when McQueen spoke is left out. With `over_ours` it is included, because the driver spoke
        then.
        """
        queue: asyncio.Queue[Samples | None] = asyncio.Queue()
        for kept in self._before(over_ours):
            queue.put_nowait(kept)
        if not self.ready:
            queue.put_nowait(None)
        self._listeners.add(queue)
        try:
            while (block := await queue.get()) is not None:
                yield block
            raise DeviceError("the microphone is muted" if self.muted else "there is no microphone; plug one in")
        finally:
            self._listeners.discard(queue)

    def _before(self, over_ours: bool) -> list[Samples]:
        if over_ours:
            return [kept.block for kept in self._kept]
        before: list[Samples] = []
        for kept in reversed(self._kept):
            if kept.ours or len(before) * BLOCK_SECONDS >= self._pre_roll:
                break
            before.append(kept.block)
        return before[::-1]

    async def wait_ready(self, seconds: float) -> bool:
        """Wait at most that long for sound; return whether it came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        return self.ready

    async def spoken_over(self, seconds: float) -> None:
        """Return once a person has spoken over McQueen for that long. Only while `watching`."""
        while self._over.seconds < seconds:
            self._changed.clear()
            await self._changed.wait()

    async def over_ended(self) -> None:
        """Return once nobody speaks over McQueen any more. Only while `watching`."""
        while self._over.seconds:
            self._changed.clear()
            await self._changed.wait()

    def forget_over(self) -> None:
        """Start watching anew: speech over McQueen until now has been handled."""
        self._over = OverSpeech()
        self._detector = None
