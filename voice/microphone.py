"""The live microphone as an `AudioSource`: any rate and channel count in, blocks of 20 ms at 16 kHz out.

Its callback only copies into a ring, so it never blocks; sound that nobody took in time is counted, not hidden. Never
keeps sound beyond that ring, and never decides what to do about a device that is lost: it says so and ends.
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
"""Blocks kept for a listener that is late: 10 s."""
FIRST_SECONDS = 4.0
"""How long a microphone may take to give its first block: some wake up slowly."""
GATHERED_BLOCKS = 4
"""Blocks that are taken at once while nothing stands out of the noise: waking up costs more than taking them."""
PROMPT_BLOCKS = 100
"""Blocks after one that stood out that are taken one by one: 2 s, so that no pause is noticed late."""
LOST_SECONDS = 1.5
"""A microphone without a block for this long is lost: it gives one every 20 ms, silence included."""


class Microphone(LiveSource):
    """The device whose name holds `device`, or the default one while that is away or none is named."""

    def __init__(self, device: str = "", *, system: SoundSystem = SYSTEM) -> None:
        self._wanted = device
        self._system = system

    @property
    def on_fallback(self) -> bool:
        """Whether another device stands in for the one that was named."""
        return bool(self._wanted) and self.device is not None and self._wanted.lower() not in self.device.name.lower()

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield blocks until the listener stops. Raises `DeviceError` when there is none, or when it is lost."""
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
                try:
                    async with asyncio.timeout(patience):  # `wait_for` drops a cancellation that comes with a block
                        await arrived.wait()
                except TimeoutError as error:
                    raise DeviceError(f"the microphone {opened.device.name} gives no sound any more") from error
                arrived.clear()
                patience = LOST_SECONDS
                while ring:
                    gathered = [ring.popleft() for _ in range(min(len(ring), GATHERED_BLOCKS))]
                    for block in converter.blocks(b"".join(gathered)):
                        self.level = level_db(block)
                        # Of the differences, which leave out the rumble that varies most.
                        stands_out = noise.above(level_db(block[1:].astype(np.int32) - block[:-1]))
                        prompt = PROMPT_BLOCKS if stands_out else max(0, prompt - 1)
                        yield block
                if ended:
                    raise DeviceError(f"the microphone {opened.device.name} is gone; plug it in again")
        finally:
            self.device = None
            self.level = SILENT_DB
            # Not in a thread: a generator that is closed late has no loop to wait in, and closing takes milliseconds.
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


class Converter:
    """Any rate and channel count to blocks of 20 ms at 16 kHz mono, without seams."""

    def __init__(self, rate: int, channels: int = 1) -> None:
        self._channels = channels
        self._rest: Samples = np.zeros(0, dtype=np.int16)
        self._stream: Any = None
        if rate != SAMPLE_RATE:
            import soxr  # only where rates differ

            # "HQ" holds back 30 ms at 48 kHz; "MQ" 10 ms, with 90 dB against what it folds back.
            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16", quality="MQ")

    def blocks(self, data: bytes) -> list[Samples]:
        """Return the blocks that are complete now; the rest waits for the next call."""
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
