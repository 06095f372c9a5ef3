"""The live speaker as an `AudioSink`, and the record of what it just played, from which the echo is removed.

The stream stays open for some seconds after a sound, so that the next sentence starts at once. The callback only copies
and fades. If the device is lost in mid-sentence, the rest is played on the default device, and McQueen says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.audio import BLOCK, resampled
from voice.devices import SYSTEM, Device, OpenStream, SoundSystem
from voice.microphone import Converter
from voice.recognition.recognizer_base import Samples
from voice.voice_errors import DeviceError

LINGER_SECONDS = 5.0
"""Seconds that the stream stays open after the last sound."""
LOST_SECONDS = 1.5
"""Seconds without taking a block after which a speaker is lost."""
_FADE_SECONDS = 0.01
_ECHO_BLOCKS = 15
"""Blocks within which an echo returns through the devices' buffers and the cabin: 0.3 s."""
_LEARNING_BLOCKS = 50
"""Blocks of silence that the canceller gets after a sound, so that it has seen the whole echo: 1 s."""
_REWIND_SECONDS = 0.3
"""Seconds of sound that are repeated when playback moves to another device: part of it was in the lost device's
buffer."""

Notice = Callable[[str], None]


class PlaybackReference:
    """Recent playback for the echo canceller: one block at 16 kHz for each block of the microphone."""

    _LEAD_BLOCKS = 2
    """Blocks of silence before the sound, so that a late callback leaves no gap; less than sound takes to the ear."""
    _MOST_BLOCKS = 100
    """Blocks by which the microphone's sound may be late, and then come all at once: 2 s."""
    _MOST_OWED = 25
    _GIVEN_BLOCKS = 75
    _LOOK_BLOCKS = 50
    """Blocks between two searches for lost blocks: 1 s. The microphone lost blocks that waited all that time."""
    _SLACK_BLOCKS = 2
    """Waiting blocks beyond those of the first second that do not count as lost."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque(maxlen=500)
        self._blocks: deque[Samples] = deque()
        self._given: deque[Samples] = deque(maxlen=self._GIVEN_BLOCKS)
        self._converter: Converter | None = None
        self._rate = 0
        self.active = False
        """Whether the canceller needs the microphone's sound, because sound was played within the last second."""
        self.sounding = False
        """Whether the microphone may still hear the playback; afterwards, echo cancelling would only weaken the
        driver's voice.
        """
        self._quiet = 0
        self._owed = 0
        """Blocks of silence given while sound was still on its way, so that as many blocks of sound come too late."""
        self._since_paid = 0
        """Blocks since the last of them was dropped."""
        self._flowing = False
        """Whether the device takes blocks, silence included."""
        self._usual: int | None = None
        """The smallest number of waiting blocks, as measured in the first second."""
        self._least = self._looked = 0

    def begin(self, rate: int) -> None:
        """Expect sound at that rate; called at the opening of a stream."""
        self._pieces.clear()
        if self._converter is None or rate != self._rate:
            self._converter, self._rate = Converter(rate), rate
        self._flowing = False
        self.align()

    def align(self) -> None:
        """Start again, because one of the two streams has just started."""
        self._pieces.clear()
        self._owed, self._since_paid = 0, self._LOOK_BLOCKS
        self._usual, self._looked = None, 0
        self._blocks.clear()
        self._blocks.extend(np.zeros(BLOCK, dtype=np.int16) for _ in range(self._LEAD_BLOCKS))

    def put(self, piece: bytes, *, gap: bool = False) -> None:
        """Take the block that goes to the device, `gap` if it was silent before; called in the device's thread."""
        if gap:
            self._owed = 0
        self._pieces.append(piece)
        self._flowing = True

    def end(self) -> None:
        """Expect no more sound; called when the stream closes."""
        self._flowing = False

    def lately(self) -> tuple[Samples, ...]:
        """Return the sound of the last 1.5 s given to the device, wherever the microphone is.

        This includes the echo even if a device that ran dry or lost blocks has changed its delay.
        """
        self._gather()
        return tuple(self._given)

    def _catch_up(self) -> None:
        """Drop blocks that wait since the microphone lost blocks; otherwise an echo would come before its sound."""
        waiting = len(self._blocks)
        self._least = min(self._least, waiting) if self._looked else waiting
        self._looked += 1
        if self._looked < self._LOOK_BLOCKS:
            return
        self._looked = 0
        if self._usual is None:
            self._usual = self._least
        elif self._flowing and self._least > self._usual + self._SLACK_BLOCKS:
            for _ in range(self._least - self._usual):
                self._blocks.popleft()

    def _gather(self) -> None:
        while self._pieces and self._converter is not None:
            blocks = self._converter.blocks(self._pieces.popleft())
            self._blocks.extend(blocks)
            self._given.extend(blocks)

    def next_block(self) -> Samples:
        """Return the sound played during one block of the microphone, silence if there was none."""
        self._gather()
        while self._owed and self._blocks:  # late, but played in time: the device had sound in its buffer
            self._blocks.popleft()
            self._owed -= 1
            self._since_paid = 0
        self._since_paid += 1
        self._catch_up()
        while len(self._blocks) > self._MOST_BLOCKS:  # nobody listened for a while: old sound is of no use
            self._blocks.popleft()
        if self._blocks:
            block = self._blocks.popleft()
        else:
            block = np.zeros(BLOCK, dtype=np.int16)
            # A block that is missed again at once is not owed, else each block would be dropped for the one before, for
            # ever.
            if not self._flowing:
                self._owed = 0
            elif self._since_paid > self._LOOK_BLOCKS:
                self._owed = min(self._owed + 1, self._MOST_OWED)
        self._quiet = 0 if block.any() else self._quiet + 1
        self.active = self._quiet < _LEARNING_BLOCKS
        self.sounding = self._quiet < _ECHO_BLOCKS
        return block


class _Playback:
    """One sound being played; the callback reads from it, the event loop may end it."""

    def __init__(self, sound: Samples, rate: int, position: int) -> None:
        self.sound = sound
        self.position = position
        self.ended = asyncio.Event()
        self.fade = round(_FADE_SECONDS * rate)
        self.stopped = False

    def take(self, frames: int) -> Samples:
        """Return the next frames, followed by silence; a stopped sound fades within 10 ms."""
        piece = self.sound[self.position : self.position + frames]
        self.position += len(piece)
        if self.stopped:
            faded = piece[: self.fade] * np.linspace(1.0, 0.0, len(piece[: self.fade]))
            piece, self.position = faded.astype(np.int16), len(self.sound)
        return piece if len(piece) == frames else np.concatenate([piece, np.zeros(frames - len(piece), dtype=np.int16)])


class Speaker:
    """The device whose name contains `device`, or the default device while that one is away or none is named."""

    def __init__(
        self, device: str = "", *, volume: float = 1.0, on_notice: Notice = lambda _: None, system: SoundSystem = SYSTEM
    ) -> None:
        """`volume` is a factor from 0 to 1; `on_notice` is called when another device takes over."""
        self._wanted = device
        self._system = system
        self._on_notice = on_notice
        self._volume = volume
        self._share = 1.0
        self._gain = volume
        """The factor of the last block; the next block fades to volume times share."""
        self.reference = PlaybackReference()
        self.underflows = 0
        """Blocks that were too late for the device since the start."""
        self.device: Device | None = None
        """The device in use, or the last one."""
        self._opened: OpenStream | None = None
        self._current: _Playback | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._channels = 1
        self._heartbeat = 0.0
        self._ended = False
        self._opening: asyncio.Task[OpenStream] | None = None
        self._closing: asyncio.TimerHandle | None = None

    @property
    def on_fallback(self) -> bool:
        """Whether another device replaces the named one."""
        return bool(self._wanted) and self.device is not None and self._wanted.lower() not in self.device.name.lower()

    def duck(self, factor: float) -> None:
        """Play at that share of the volume from now on; 1 is full volume."""
        self._share = factor

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Play, and return when the last sample was played. Raises `DeviceError`. Cancelling stops within 100 ms."""
        played = 0.0
        seconds = len(samples) / sample_rate
        for attempt in range(2):
            opened = await self._ready()
            sound = resampled(samples, sample_rate, opened.rate)
            playback = _Playback(sound, opened.rate, round(played * opened.rate))
            if await self._run(playback, opened, seconds - played):
                return
            played = max(0.0, playback.position / opened.rate - _REWIND_SECONDS)
            await self.close()
            if attempt == 0:
                self._on_notice(f"the speaker {opened.device.name} is gone; McQueen goes on with another one if it can")
                with contextlib.suppress(DeviceError):
                    await asyncio.to_thread(self._system.look_again)
        raise DeviceError("the speaker stopped taking sound; plug it in again")

    async def _run(self, playback: _Playback, opened: OpenStream, seconds: float) -> bool:
        """Return whether the sound was played to its end; False if the device was lost."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._heartbeat = time.monotonic()
        self._current = playback
        deadline = time.monotonic() + seconds * 1.5 + 5.0
        try:
            while not playback.ended.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.25):
                        await playback.ended.wait()
                late = time.monotonic() - self._heartbeat > LOST_SECONDS or time.monotonic() > deadline
                if not playback.ended.is_set() and (self._ended or late):
                    return False
            await asyncio.sleep(float(opened.stream.latency))  # the sound that the device still has in its buffer
        except asyncio.CancelledError:
            playback.stopped = True
            raise
        finally:
            if not playback.stopped:
                self._current = None
            self._linger()
        return True

    async def _ready(self) -> OpenStream:
        """Return a running stream on the named device, or on the default. Raises `DeviceError`."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._opened is not None and not self._ended:
            return self._opened
        if self._opened is not None:
            await self.close()
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open_now())
            self._opening.add_done_callback(_seen)
        try:
            return await asyncio.shield(self._opening)  # a cancelled caller leaves it to the next one
        except asyncio.CancelledError:
            self._linger()
            raise

    async def _open_now(self) -> OpenStream:
        before = self.device
        try:
            opened = await self._system.open_apart(self._open)
        finally:
            self._opening = None
        self._opened = opened
        if before is not None and before.name != opened.device.name:
            self._on_notice(f"McQueen speaks through {opened.device.name} now")
        elif before is None and self.on_fallback:
            self._on_notice(f"there is no speaker named {self._wanted}; McQueen speaks through {opened.device.name}")
        return opened

    def _open(self) -> OpenStream:
        """Open the named device, or the default. Raises `DeviceError`."""
        refusal: DeviceError | None = None
        for wanted in dict.fromkeys((self._wanted, "")):
            try:
                self._ended = False
                opened = self._system.open("speaker", wanted, self._fill, self._end)
                self.reference.begin(opened.rate)
                self._channels = opened.channels
                self._system.start(opened, "speaker")
            except DeviceError as error:
                refusal = refusal or error
                continue
            self.device = opened.device
            return opened
        assert refusal is not None
        raise refusal

    def _fill(self, out: Any, frames: int, _time: Any, status: Any) -> None:
        """Give the device its next block; runs in the device's thread."""
        self._heartbeat = time.monotonic()
        if status:
            self.underflows += 1
        playback = self._current
        target = self._volume * self._share
        if playback is None:
            piece = np.zeros(frames, dtype=np.int16)
        else:
            piece = _at_gain(playback.take(frames), self._gain, target)
            if playback.position >= len(playback.sound) and not playback.ended.is_set():
                self._current = None
                assert self._loop is not None
                with contextlib.suppress(RuntimeError):  # the loop may have ended with the sound
                    self._loop.call_soon_threadsafe(playback.ended.set)
        self._gain = target
        self.reference.put(piece.tobytes(), gap=bool(status))
        out[:] = piece.tobytes() if self._channels == 1 else np.repeat(piece, self._channels).tobytes()

    def _end(self) -> None:
        self._ended = True

    def _linger(self) -> None:
        """Keep the stream open for a while, in case more is said."""
        if self._closing is not None:
            self._closing.cancel()
        self._closing = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._close_when_idle)

    def _close_when_idle(self) -> None:
        self._closing = None
        if self._opening is not None:
            self._linger()
        elif self._current is None and self._opened is not None:
            opened, self._opened = self._opened, None
            self._system.close(opened)
            self.reference.end()

    async def close(self) -> None:
        """Release the device; the next sound opens it again. Idempotent."""
        if self._opening is not None:
            await asyncio.wait([self._opening])
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        self._current = None
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await asyncio.to_thread(self._system.close, opened)
            self.reference.end()


def _seen(opening: asyncio.Task[OpenStream]) -> None:
    """Retrieve the result of the task: those who waited for it may be gone."""
    if not opening.cancelled():
        opening.exception()


def _at_gain(piece: Samples, before: float, after: float) -> Samples:
    """Return the block with its loudness faded from one factor to the other, to avoid clicks."""
    if before == after == 1.0:
        return piece
    factors: npt.NDArray[np.float64] = np.linspace(before, after, len(piece))
    return np.asarray(np.clip(np.round(piece * factors), -32768, 32767), dtype=np.int16)
