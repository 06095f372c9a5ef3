"""The live microphone as an `AudioSource`: any rate and channel count in, blocks of 20 ms at 16 kHz out.

Its callback only copies into a ring, so it never blocks. It counts sound that nobody read in time. Never keeps sound
beyond that ring. If the device is lost, it says so and ends; the caller decides what to do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.audio import BLOCK
from voice.devices import SYSTEM, OpenStream, SoundSystem
from voice.front_end import SILENT_DB, level_db
from voice.live_source import LiveSource
from voice.overlap import NoiseMeter
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.voice_errors import DeviceError

RING_BLOCKS = 500
"""Blocks that are stored for a late listener: 10 s."""
FIRST_SECONDS = 4.0
"""Seconds that a microphone may take for its first block: some wake up slowly."""
GATHERED_BLOCKS = 4
"""Blocks read together while nothing exceeds the noise, because each wake-up of the thread costs more than a read."""
PROMPT_BLOCKS = 100
"""Blocks after a loud one that are read one by one: 2 s, so that no pause is noticed late."""
LOST_SECONDS = 1.5
"""Seconds without a block after which a microphone is lost: it gives one every 20 ms, silence included."""


class Microphone(LiveSource):
    """The device whose name contains `device`, or the default device while that one is away or none is named."""

    def __init__(self, device: str = "", *, system: SoundSystem = SYSTEM) -> None:
        self._wanted = device
        self._system = system

    @property
    def on_fallback(self) -> bool:
        """Whether another device replaces the named one."""
        return bool(self._wanted) and self.device is not None and self._wanted.lower() not in self.device.name.lower()

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield blocks until the listener stops. Raises `DeviceError` if there is no device, or if it is lost."""
        loop = asyncio.get_running_loop()
        ring: deque[bytes] = deque(maxlen=RING_BLOCKS)
        arrived = asyncio.Event()
        noise, prompt = NoiseMeter(), PROMPT_BLOCKS
        ended = False

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop may have ended between two blocks
                loop.call_soon_threadsafe(arrived.set)

        def copy(data: Any, _frames: int, _time: Any, status: Any) -> None:
            if status or len(ring) == RING_BLOCKS:
                self.overflows += 1
            ring.append(bytes(data))
            if prompt or len(ring) >= GATHERED_BLOCKS:
                wake()

        def end() -> None:
            nonlocal ended
            ended = True
            wake()

        opened = await self._system.open_apart(lambda: self._open(copy, end))
        converter = Converter(opened.rate, opened.channels)
        patience = FIRST_SECONDS
        try:
            while True:
                await _arrival(arrived, patience, opened)
                patience = LOST_SECONDS
                while ring:
                    gathered = [ring.popleft() for _ in range(min(len(ring), GATHERED_BLOCKS))]
                    for block in converter.blocks(b"".join(gathered)):
                        self.level = level_db(block)
                        # Of the differences, which leave out the most variable rumble.
                        stands_out = noise.above(level_db(block[1:].astype(np.int32) - block[:-1]))
                        prompt = PROMPT_BLOCKS if stands_out else max(0, prompt - 1)
                        yield block
                if ended:
                    raise DeviceError(f"the microphone {opened.device.name} is gone; plug it in again")
        finally:
            self.device = None
            self.level = SILENT_DB
            # Not in a thread: a generator that is closed late has no event loop to wait in, and closing takes
            # milliseconds.
            self._system.close(opened)

    def _open(self, copy: Any, end: Any) -> OpenStream:
        """Open the named device, else the default. Raises `DeviceError`."""
        refusal: DeviceError | None = None
        for wanted in dict.fromkeys((self._wanted, "")):
            try:
                opened = self._system.open("microphone", wanted, copy, end)
                self._system.start(opened, "microphone")
            except DeviceError as error:
                refusal = refusal or error
                continue
            self.device = opened.device
            return opened
        assert refusal is not None
        raise refusal


async def _arrival(arrived: asyncio.Event, seconds: float, opened: OpenStream) -> None:
    """Wait until there is sound, and take note of it. Raises `DeviceError` if none comes for that long."""
    try:
        async with asyncio.timeout(seconds):  # `wait_for` drops a cancellation that comes with a block
            await arrived.wait()
    except TimeoutError as error:
        raise DeviceError(f"the microphone {opened.device.name} gives no sound any more") from error
    arrived.clear()


class Converter:
    """Turns any rate and channel count into blocks of 20 ms at 16 kHz mono, without seams."""

    def __init__(self, rate: int, channels: int = 1) -> None:
        self._channels = channels
        self._rest: Samples = np.zeros(0, dtype=np.int16)
        self._stream: Any = None
        if rate != SAMPLE_RATE:
            import soxr  # only if the rates differ

            # "HQ" delays 30 ms at 48 kHz, "MQ" 10 ms with 90 dB of suppression of aliases.
            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16", quality="MQ")

    def blocks(self, data: bytes) -> list[Samples]:
        """Return the complete blocks; the rest waits for the next call."""
        samples = mono(np.frombuffer(data, dtype=np.int16), self._channels)
        if self._stream is not None:
            samples = self._stream.resample_chunk(samples)
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // BLOCK * BLOCK
        self._rest = sound[whole:]
        return list(sound[:whole].reshape(-1, BLOCK))


def mono(samples: Samples, channels: int) -> Samples:
    """Return interleaved channels as their mean."""
    if channels == 1:
        return samples
    together: npt.NDArray[np.float64] = samples.reshape(-1, channels).mean(axis=1)
    return np.asarray(np.round(together), dtype=np.int16)
