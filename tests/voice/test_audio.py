"""Sound files that people really have, and those that are none."""

from __future__ import annotations

import asyncio
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from voice.audio import BLOCK, SamplesSource, TimelineRecorder, WavSource, no_wait, read_wav, wav_bytes, write_wav
from voice.front_end import HighPass
from voice.noise import cabin_noise, mix
from voice.voice_errors import AudioFileError


def tone(rate: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


def riff(encoding: int, channels: int, rate: int, bits: int, data: bytes) -> bytes:
    layout = struct.pack("<HHIIHH", encoding, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def encoded(bits: int, values: np.ndarray) -> bytes:
    if bits == 8:
        return bytes((values * 127 + 128).astype(np.uint8))
    if bits == 24:
        whole = (values * (2**23 - 1)).astype("<i4")
        return b"".join(value.tobytes()[:3] for value in whole)
    return bytes((values * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes())


@pytest.mark.proves("B.wav")
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_other_shapes_of_wav_are_converted(tmp_path: Path, bits: int, rate: int, channels: int) -> None:
    values = np.repeat(tone(rate), channels)
    path = tmp_path / "speech.wav"
    path.write_bytes(riff(1, channels, rate, bits, encoded(bits, values)))
    samples = read_wav(path)
    assert samples.dtype == np.int16
    assert abs(len(samples) - 8_000) <= 8
    spectrum = np.abs(np.fft.rfft(samples[1000:7000].astype(float)))
    assert np.argmax(spectrum) * 16_000 / 6_000 == pytest.approx(440, abs=5)
    assert np.abs(samples[1000:7000]).max() == pytest.approx(16_384, rel=0.05)


def test_float_samples_and_a_cut_off_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "float.wav"
    path.write_bytes(riff(3, 1, 16_000, 32, tone(16_000).astype("<f4").tobytes())[:-1001])
    assert 7_000 < len(read_wav(path)) < 8_000


@pytest.mark.proves("B.wav")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file"),
        (b"", "is empty"),
        (b"ID3 this is an mp3 file, not sound in RIFF", "is not a WAV file"),
        (riff(1, 1, 16_000, 16, b""), "holds no sound"),
        (riff(6, 1, 8_000, 8, b"abcdefgh"), "A-law"),
        (riff(1, 0, 16_000, 16, b"abcd"), "header"),
        (b"RIFF\x04\x00\x00\x00WAVE", "without sound"),
    ],
)
def test_what_is_no_usable_wav_is_named_with_the_cure(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "speech.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioFileError, match=words) as caught:
        read_wav(path)
    assert "speech.wav" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_written_wav_is_read_back_unchanged(tmp_path: Path) -> None:
    samples = np.arange(-3000, 3000, dtype=np.int16)
    write_wav(tmp_path / "a.wav", samples, 16_000)
    assert np.array_equal(read_wav(tmp_path / "a.wav"), samples)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getnchannels() == 1
    with pytest.raises(AudioFileError, match="cannot write"):
        write_wav(tmp_path / "missing" / "a.wav", samples, 16_000)


async def test_a_source_gives_blocks_of_20_ms_and_then_a_faint_hiss(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(np.full(BLOCK + 10, 1000, np.int16), 16_000))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    blocks = []
    async for block in WavSource(path, sleep).blocks():
        blocks.append(block)
        if len(blocks) == 5:
            break
    assert [len(block) for block in blocks] == [BLOCK] * 5
    assert slept == [0.02] * 5
    assert 0 < np.abs(blocks[4]).max() < 200


async def test_a_timeline_mixes_voices_where_they_were_heard() -> None:
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    recorder = TimelineRecorder(sleep, lambda: now)
    await recorder.play(np.full(22_050, 1000, np.int16), 22_050)
    assert now == pytest.approx(1.0)
    recorder.place(np.full(16_000, 500, np.int16), 16_000, 0.5)
    mixed = recorder.mixed()
    assert recorder.seconds == pytest.approx(1.5)
    assert mixed[4_000] == pytest.approx(1000, abs=20)
    assert mixed[12_000] == pytest.approx(1500, abs=20)
    assert mixed[20_000] == pytest.approx(500, abs=20)


async def test_a_cancelled_playback_keeps_only_what_was_heard() -> None:
    now = 0.0
    begun = asyncio.Event()

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds / 4
        begun.set()
        await asyncio.Event().wait()

    recorder = TimelineRecorder(sleep, lambda: now)
    playing = asyncio.ensure_future(recorder.play(np.full(16_000, 1000, np.int16), 16_000))
    await begun.wait()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert recorder.seconds == pytest.approx(0.25)


def test_cabin_noise_is_repeatable_rumble_and_mixes_at_the_ratio_asked_for() -> None:
    noise = cabin_noise(2.0, seed=1)
    assert np.array_equal(noise, cabin_noise(2.0, seed=1))
    assert not np.array_equal(noise, cabin_noise(2.0, seed=2))
    power = np.abs(np.fft.rfft(noise.astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(noise), 1 / 16_000)
    assert power[hertz < 300].sum() > 5 * power[hertz > 1000].sum()
    speech = (tone(16_000, 2.0) * 20_000).astype(np.int16)
    mixed = mix(speech, noise, 10.0).astype(float)
    clean = speech.astype(float)
    rest = mixed - clean * (mixed @ clean) / (clean @ clean)
    assert 10 * np.log10(((mixed - rest) ** 2).mean() / (rest**2).mean()) == pytest.approx(10, abs=3)
    assert np.abs(mixed).max() == pytest.approx(16_384, abs=2)


async def test_samples_source_without_a_wait_is_read_at_once() -> None:
    count = 0
    async for _ in SamplesSource(np.zeros(16_000, np.int16), no_wait).blocks():
        count += 1
        if count == 100:
            break
    assert count == 100


def test_the_high_pass_takes_rumble_and_leaves_speech_whatever_the_blocks() -> None:
    time = np.arange(16_000) / 16_000
    for hertz, kept in ((10, 0.2), (1_000, 1.0)):
        sound = (8_000 * np.sin(2 * np.pi * hertz * time)).astype(np.int16)
        whole = HighPass().filter(sound)
        blockwise = HighPass()
        pieces = [blockwise.filter(sound[start : start + 320]) for start in range(0, 16_000, 320)]
        assert np.array_equal(np.concatenate(pieces), whole)
        assert np.std(whole[4_000:]) / np.std(sound) == pytest.approx(kept, abs=0.1)
