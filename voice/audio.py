"""Sound as samples: WAV files in and out, and the interfaces of sound sources and sound sinks.

Never touches a sound device, and keeps audio only on request.
"""

from __future__ import annotations

import asyncio
import io
import struct
import wave
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.voice_errors import AudioFileError

BLOCK = SAMPLE_RATE // 50
"""Samples of one block: 20 ms at 16 kHz."""
BLOCK_SECONDS = BLOCK / SAMPLE_RATE
LONGEST_FILE_SECONDS = 600.0
"""Seconds; longer files are refused, because an utterance lasts seconds, not hours."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_ENCODINGS = {2: "ADPCM", 6: "A-law", 7: "mu-law", 17: "IMA ADPCM", 80: "MPEG", 85: "MP3"}

Sleep = Callable[[float], Awaitable[None]]
"""Waits that many seconds, on the machine's clock or a virtual one."""


class AudioSource(Protocol):
    """Something to listen to."""

    def blocks(self) -> AsyncGenerator[Samples]:
        """Yield blocks of 20 ms at 16 kHz until the listener stops or the sound ends."""
        ...


class AudioSink(Protocol):
    """Something to play on."""

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Play, and return when playback has ended. Cancelling stops the sound."""
        ...


def read_wav(path: Path) -> Samples:
    """Return a WAV file as 16 kHz mono; any rate, channel count, 8 to 32 bit integers and floats are converted.

    Raises `AudioFileError`, naming the file and the cure.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise AudioFileError(f"{path} is a folder; give WAV files")
        if size == 0:
            raise AudioFileError(f"{path} is empty; record it again")
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise AudioFileError(f"there is no file {path}; check the name") from error
    except OSError as error:
        raise AudioFileError(f"cannot read {path}: {error.strerror}; check its permissions") from error
    encoding, channels, rate, bits, data = _chunks(path, raw)
    if channels < 1 or not 1_000 <= rate <= 768_000:
        raise AudioFileError(f"the header of {path} is broken ({channels} channels, {rate} Hz); save it again as WAV")
    values = _decode(path, encoding, bits, data)
    values = values[: len(values) // channels * channels].reshape(-1, channels).mean(axis=1)
    if len(values) == 0:
        raise AudioFileError(f"{path} holds no sound; record it again")
    if len(values) / rate > LONGEST_FILE_SECONDS:
        raise AudioFileError(
            f"{path} is longer than {LONGEST_FILE_SECONDS / 60:.0f} minutes; give one utterance a file"
        )
    return resampled(to_samples(values), rate)


def _chunks(path: Path, raw: bytes) -> tuple[int, int, int, int, bytes]:
    """Return encoding, channels, rate, bits per sample and the sound of a RIFF file; tolerates a truncated last
    chunk."""
    if len(raw) < 12 or raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        raise AudioFileError(f"{path} is not a WAV file; convert it, for example: ffmpeg -i IN OUT.wav")
    position, layout, data = 12, None, None
    while position + 8 <= len(raw):
        name, length = raw[position : position + 4], struct.unpack_from("<I", raw, position + 4)[0]
        body = raw[position + 8 : position + 8 + length]
        if name == b"fmt " and len(body) >= 16:
            encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if encoding == _EXTENSIBLE and len(body) >= 26:
                encoding = struct.unpack_from("<H", body, 24)[0]
            layout = (encoding, channels, rate, bits)
        elif name == b"data" and data is None:
            data = body
        position += 8 + length + length % 2
    if layout is None or data is None:
        raise AudioFileError(f"{path} is a WAV file without sound in it; record it again")
    return (*layout, data)


def _decode(path: Path, encoding: int, bits: int, data: bytes) -> npt.NDArray[np.float64]:
    """Return the sound as samples from -1 to 1."""
    width = bits // 8
    data = data[: len(data) // width * width] if width else b""
    if encoding == _FLOAT and bits in (32, 64):
        return np.nan_to_num(np.frombuffer(data, dtype=f"<f{width}").astype(np.float64))
    if encoding != _PCM or bits not in (8, 16, 24, 32):
        kind = _ENCODINGS.get(encoding, f"encoding {encoding}, {bits} bit")
        raise AudioFileError(
            f"{path} is a WAV file with {kind} inside; convert it: ffmpeg -i IN -c:a pcm_s16le OUT.wav"
        )
    if bits == 8:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float64) - 128.0) / 128.0
    if bits == 24:
        triples = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
        values = triples[:, 0] | triples[:, 1] << 8 | triples[:, 2] << 16
        return np.where(values >= 1 << 23, values - (1 << 24), values) / float(1 << 23)
    return np.frombuffer(data, dtype=f"<i{width}").astype(np.float64) / float(1 << (bits - 1))


def to_samples(values: npt.NDArray[np.floating]) -> Samples:
    """Return sound from -1 to 1 as 16-bit samples; louder sound is clipped."""
    return np.asarray(np.clip(np.round(values * 32768.0), -32768, 32767), dtype=np.int16)


def resampled(samples: Samples, rate: int, to_rate: int = SAMPLE_RATE) -> Samples:
    """Return the samples at another rate."""
    if rate == to_rate or len(samples) == 0:
        return samples
    import soxr  # only if the rates differ

    return np.asarray(soxr.resample(samples, rate, to_rate), dtype=np.int16)


def wav_bytes(samples: Samples, sample_rate: int) -> bytes:
    """Return a 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.asarray(samples, dtype="<i2").tobytes())
    return buffer.getvalue()


def write_wav(path: Path, samples: Samples, sample_rate: int) -> None:
    """Write a 16-bit mono WAV file. Raises `AudioFileError`."""
    try:
        path.write_bytes(wav_bytes(samples, sample_rate))
    except OSError as error:
        raise AudioFileError(f"cannot write {path}: {error.strerror}; give another place") from error


class SamplesSource:
    """Samples as if from a microphone: one block every 20 ms of the clock, then a faint hiss until nobody listens."""

    def __init__(self, samples: Samples, sleep: Sleep = asyncio.sleep, *, hiss: float = 0.0003, seed: int = 0) -> None:
        """`hiss` is the standard deviation of the noise after the samples, in full scale."""
        self._samples = samples
        self._sleep = sleep
        self._hiss = hiss
        self._random = np.random.default_rng(seed)

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield the samples, then hiss."""
        for start in range(0, len(self._samples), BLOCK):
            await self._sleep(BLOCK_SECONDS)
            block = self._samples[start : start + BLOCK]
            if len(block) < BLOCK:
                block = np.concatenate([block, self._noise(BLOCK - len(block))])
            yield block
        while True:
            await self._sleep(BLOCK_SECONDS)
            yield self._noise(BLOCK)

    def _noise(self, count: int) -> Samples:
        return to_samples(self._random.normal(0.0, self._hiss, count))


async def no_wait(_: float) -> None:
    """Yield to the event loop once; the sleep of a source that is read as fast as possible."""
    await asyncio.sleep(0)


class WavSource(SamplesSource):
    """A WAV file as a source. Raises `AudioFileError` when it is made."""

    def __init__(self, path: Path, sleep: Sleep = no_wait) -> None:
        super().__init__(read_wav(path), sleep)


class TimelineRecorder:
    """A sink that mixes all sounds onto one timeline and writes it as one WAV only on request."""

    def __init__(self, sleep: Sleep, now: Callable[[], float], *, sample_rate: int = SAMPLE_RATE) -> None:
        """`now` returns the second on the timeline at which `play` begins."""
        self._sleep = sleep
        self._now = now
        self._rate = sample_rate
        self._placed: list[tuple[int, Samples]] = []

    def place(self, samples: Samples, sample_rate: int, at_seconds: float, gain: float = 1.0) -> None:
        """Put samples onto the timeline; overlapping samples are mixed."""
        scaled = to_samples(resampled(samples, sample_rate, self._rate).astype(np.float64) / 32768.0 * gain)
        self._placed.append((max(0, round(at_seconds * self._rate)), scaled))

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Put the samples at the current second and wait for their length; if cancelled, keep only the part that was
        heard."""
        begun = self._now()
        try:
            await self._sleep(len(samples) / sample_rate)
        except asyncio.CancelledError:
            samples = samples[: max(0, round((self._now() - begun) * sample_rate))]
            raise
        finally:
            self.place(samples, sample_rate, begun)

    @property
    def seconds(self) -> float:
        """Length of the timeline in seconds."""
        return max((start + len(samples) for start, samples in self._placed), default=0) / self._rate

    def mixed(self) -> Samples:
        """Return the whole timeline."""
        total = np.zeros(max((start + len(samples) for start, samples in self._placed), default=0), dtype=np.float64)
        for start, samples in self._placed:
            total[start : start + len(samples)] += samples
        return np.asarray(np.clip(np.round(total), -32768, 32767), dtype=np.int16)

    def write(self, path: Path) -> None:
        """Write the timeline as a WAV file. Raises `AudioFileError`."""
        write_wav(path, self.mixed(), self._rate)
