"""Microphone and speaker through sounddevice (PortAudio), where they exist.

The callbacks only copy; everything else happens elsewhere. Imported lazily: without PortAudio all other parts work.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from voice.audio import BLOCK, BLOCK_SECONDS, resampled
from voice.errors import DeviceError
from voice.recognition.base import SAMPLE_RATE, Samples

_CURE = "apt install libportaudio2"
_RING_BLOCKS = 500
"""Blocks kept for a listener that is late: 10 s."""


def _sounddevice() -> Any:
    try:
        import sounddevice  # loads PortAudio, which a machine may lack
    except OSError as error:
        raise DeviceError(f"PortAudio is missing, so there is no sound ({error}); {_CURE}") from error
    except ImportError as error:
        raise DeviceError("sounddevice is missing, so there is no sound; pip install sounddevice") from error
    return sounddevice


def describe_devices() -> list[str]:
    """Return one line a sound device, the defaults marked. Raises `DeviceError` where there are none."""
    sounddevice = _sounddevice()
    try:
        devices = sounddevice.query_devices()
        default_in, default_out = sounddevice.default.device
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"the sound system does not answer: {error}; is a sound card plugged in?") from error
    if len(devices) == 0:
        raise DeviceError("there is no sound device; plug in a microphone and a speaker, or use WAV files")
    lines = []
    for number, device in enumerate(devices):
        marks = [word for word, index in (("microphone", default_in), ("speaker", default_out)) if index == number]
        lines.append(
            f"{device['name']}: {device['max_input_channels']} in, {device['max_output_channels']} out, "
            f"{device['default_samplerate']:.0f} Hz{' (default ' + ' and '.join(marks) + ')' if marks else ''}"
        )
    return lines


class Microphone:
    """The microphone as an `AudioSource`. A listener 10 s behind loses the oldest sound; that is counted."""

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device
        self.overflows = 0
        """Blocks lost since the start."""

    async def blocks(self) -> AsyncIterator[Samples]:
        """Yield blocks of 20 ms until the listener stops. Raises `DeviceError`."""
        sounddevice = _sounddevice()
        loop = asyncio.get_running_loop()
        ring: deque[bytes] = deque(maxlen=_RING_BLOCKS)
        arrived = asyncio.Event()

        def copy(data: Any, _frames: int, _time: Any, status: Any) -> None:
            if status or len(ring) == _RING_BLOCKS:
                self.overflows += 1
            ring.append(bytes(data))
            with contextlib.suppress(RuntimeError):  # the loop may have ended between two blocks
                loop.call_soon_threadsafe(arrived.set)

        try:
            stream, rate = _open_input(sounddevice, self._device, copy)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                f"no microphone can be used: {error}; plug one in, or use typed text or WAV files"
            ) from error
        converter = _Converter(rate)
        try:
            with stream:
                while True:
                    try:
                        await asyncio.wait_for(arrived.wait(), 2.0)
                    except TimeoutError as error:
                        raise DeviceError("the microphone went silent; plug it in again") from error
                    arrived.clear()
                    while ring:
                        for block in converter.blocks(np.frombuffer(ring.popleft(), dtype=np.int16)):
                            yield block
        except sounddevice.PortAudioError as error:
            raise DeviceError(f"the microphone was lost: {error}; plug it in again") from error


def _open_input(sounddevice: Any, device: str | int | None, copy: Any) -> tuple[Any, int]:
    """Return a stream and its rate: 16 kHz where the device has it, else the device's own."""
    own = int(sounddevice.query_devices(device, "input")["default_samplerate"])
    for rate in dict.fromkeys((SAMPLE_RATE, own)):
        try:
            stream = sounddevice.RawInputStream(
                samplerate=rate,
                blocksize=round(rate * BLOCK_SECONDS),
                device=device,
                channels=1,
                dtype="int16",
                callback=copy,
            )
        except sounddevice.PortAudioError:
            if rate == own:
                raise
            continue
        return stream, rate
    raise AssertionError("unreachable: the last rate either opens or raises")


class _Converter:
    """Any rate to blocks of 20 ms at 16 kHz, without seams."""

    def __init__(self, rate: int) -> None:
        self._rest: Samples = np.zeros(0, dtype=np.int16)
        self._stream: Any = None
        if rate != SAMPLE_RATE:
            import soxr  # only where rates differ

            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16")

    def blocks(self, samples: Samples) -> list[Samples]:
        if self._stream is not None:
            samples = self._stream.resample_chunk(samples)
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // BLOCK * BLOCK
        self._rest = sound[whole:]
        return list(sound[:whole].reshape(-1, BLOCK))


class Speaker:
    """The speaker as an `AudioSink`."""

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Play, and return when the last sample has left. Raises `DeviceError`. Cancelling stops within a block."""
        sounddevice = _sounddevice()
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        try:
            rate = int(sounddevice.query_devices(self._device, "output")["default_samplerate"])
            sound = resampled(samples, sample_rate, rate).tobytes()
            position = 0
            lock = threading.Lock()

            def fill(out: Any, _frames: int, _time: Any, _status: Any) -> None:
                nonlocal position
                with lock:
                    piece = sound[position : position + len(out)]
                    position += len(piece)
                out[:] = piece + bytes(len(out) - len(piece))
                if position >= len(sound):
                    raise sounddevice.CallbackStop

            def finished() -> None:
                with contextlib.suppress(RuntimeError):  # the loop may have ended with the sound
                    loop.call_soon_threadsafe(ended.set)

            stream = sounddevice.RawOutputStream(
                samplerate=rate, blocksize=round(rate * BLOCK_SECONDS), device=self._device, channels=1, dtype="int16",
                callback=fill, finished_callback=finished,
            )  # fmt: skip
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(f"no speaker can be used: {error}; plug one in, or write WAV files") from error
        with stream:
            try:
                await asyncio.wait_for(ended.wait(), len(samples) / sample_rate + 5.0)
            except TimeoutError as error:
                raise DeviceError("the speaker stopped taking sound; plug it in again") from error
            except asyncio.CancelledError:
                stream.abort()
                raise
