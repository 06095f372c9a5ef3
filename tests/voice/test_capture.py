"""The open microphone: first words kept, our own voice told from the driver's, lost devices found again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.policy.timing import DUCK_SECONDS
from tests.voice.test_vosk import spoken
from voice.audio import BLOCK
from voice.capture import Capture
from voice.devices import Device, SoundSystem, portaudio_cure
from voice.front_end import EchoCanceller, level_db
from voice.live_source import LiveSource
from voice.microphone import Converter
from voice.noise import cabin_noise
from voice.overlap import EchoMeter, EchoShare, NoiseMeter, OverSpeech
from voice.recognition.recognizer_base import Samples
from voice.recording import describe_recording
from voice.speaker import PlaybackReference
from voice.voice_errors import DeviceError


class Handset(LiveSource):
    """A microphone by hand: gives the blocks that are put into it, and is lost on demand."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Samples | None] = asyncio.Queue()
        self.opened = 0

    def put(self, *values: int) -> None:
        """Give blocks of these values."""
        for value in values:
            self.queue.put_nowait(np.full(BLOCK, value, dtype=np.int16))

    def lose(self) -> None:
        """Pull the cable."""
        self.queue.put_nowait(None)

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield what was put in."""
        self.opened += 1
        while (block := await self.queue.get()) is not None:
            yield block
        raise DeviceError("the microphone is gone")


class NoDevices(SoundSystem):
    """A sound system that needs no PortAudio: looking again finds nothing new."""

    def look_again(self) -> bool:
        """Find nothing."""
        return True


class Open:
    """A capture that runs."""

    def __init__(self) -> None:
        self.handset = Handset()
        self.notices: list[str] = []
        self.ours = False
        self.retry = asyncio.Event()
        self.capture = Capture(
            self.handset,
            speaking=lambda: self.ours,
            on_notice=self.notices.append,
            sleep=self._sleep,
            system=NoDevices(),
        )

    async def _sleep(self, _: float) -> None:
        await self.retry.wait()

    async def taken(self) -> None:
        """Wait until everything put in has been taken."""
        for _ in range(self.handset.queue.qsize() + 5):
            await asyncio.sleep(0)


async def listened(capture: Capture, count: int) -> list[int]:
    """Return the first values that a listener gets."""
    heard: list[int] = []
    blocks = capture.blocks()
    async for block in blocks:
        heard.append(int(block[0]))
        if len(heard) == count:
            break
    await blocks.aclose()
    return heard


@pytest.mark.proves("V.first-words")
async def test_a_listener_gets_half_a_second_from_before_and_nothing_of_ours() -> None:
    parts = Open()
    running = asyncio.ensure_future(parts.capture.run())
    parts.handset.put(*range(1, 61))
    await parts.taken()
    assert await listened(parts.capture, 25) == list(range(36, 61))
    parts.ours = True
    parts.handset.put(*range(61, 71))
    await parts.taken()
    parts.ours = False
    parts.handset.put(71, 72)
    await parts.taken()
    assert await listened(parts.capture, 2) == [71, 72]
    running.cancel()


@pytest.mark.proves("V.device-loss")
async def test_a_lost_microphone_is_told_once_and_taken_up_again_unnoticed_by_who_listens() -> None:
    parts = Open()
    running = asyncio.ensure_future(parts.capture.run())
    parts.handset.put(1)
    await parts.taken()
    listening = asyncio.ensure_future(listened(parts.capture, 2))
    await asyncio.sleep(0)
    parts.handset.lose()
    parts.handset.put(2)
    assert await listening == [1, 2]
    assert parts.notices == ["the microphone is gone", "the microphone is back"]
    running.cancel()


@pytest.mark.proves("V.device-loss")
async def test_who_listens_is_told_when_no_microphone_stands_in() -> None:
    parts = Open()
    running = asyncio.ensure_future(parts.capture.run())
    parts.handset.put(1)
    await parts.taken()
    listening = asyncio.ensure_future(listened(parts.capture, 9))
    await asyncio.sleep(0)
    parts.handset.lose()
    parts.handset.lose()
    with pytest.raises(DeviceError, match="no microphone"):
        await listening
    assert parts.notices == ["the microphone is gone"]
    assert not parts.capture.ready
    running.cancel()


def test_speech_over_ours_counts_through_short_gaps_and_starts_again_after_long_ones() -> None:
    over = OverSpeech()
    for speech in [True] * 5 + [False] * 5 + [True] * 5:
        over.advance(speech, 0.032)
    assert over.seconds == pytest.approx(0.32)
    for _ in range(12):
        over.advance(False, 0.032)
    assert over.seconds == 0.0


def test_a_microphone_that_hears_nothing_of_us_has_no_echo() -> None:
    meter = EchoMeter()
    assert all(meter.advance(-96.0, -20.0) for _ in range(49))
    assert not meter.advance(-96.0, -20.0)
    for _ in range(20):
        assert not meter.advance(-25.0, -20.0), "a driver who speaks is taken for an echo"
    loud = EchoMeter()
    assert all(loud.advance(-20.0 if block % 3 else -80.0, -20.0) for block in range(300))


def babble(seed: int, seconds: float = 1.0) -> Samples:
    """Something like a voice: a tone whose pitch and loudness wander."""
    random = np.random.default_rng(seed)
    count = round(16_000 * seconds)
    swell = 1.5 + np.sin(np.cumsum(random.normal(0, 0.02, count)))
    wave = sum(np.sin(np.cumsum(0.05 * tone + random.normal(0, 0.1, count))) for tone in range(1, 6))
    return (1_500 * swell * wave).astype(np.int16)


@pytest.mark.proves("V.self-interruption")
@pytest.mark.parametrize("late", [0, 700, 4_800])
@pytest.mark.parametrize("loudness", [1.0, 0.1])
def test_our_own_voice_is_known_at_any_delay_also_where_the_canceller_lost_it(late: int, loudness: float) -> None:
    share, ours, noise = EchoShare(), babble(1), cabin_noise(1.0, seed=3, level=0.004)
    heard = np.concatenate([np.zeros(late), ours])[:16_000] * loudness + noise
    for start in range(0, 16_000, BLOCK):
        share.take(heard[start : start + BLOCK].astype(np.int16))
    assert share.is_ours(list(ours.reshape(-1, BLOCK)))


@pytest.mark.proves("V.barge-in")
def test_a_driver_as_loud_as_our_echo_is_no_echo() -> None:
    share, ours, driver = EchoShare(), babble(1), babble(2)
    heard = np.concatenate([np.zeros(1_600), ours])[:16_000] * 0.5 + driver
    for start in range(0, 16_000, BLOCK):
        share.take(heard[start : start + BLOCK].astype(np.int16))
    assert not share.is_ours(list(ours.reshape(-1, BLOCK)))


def test_what_does_not_stand_out_of_the_noise_is_no_speech() -> None:
    noise = NoiseMeter()
    assert not any(noise.above(-50.0 + block % 3) for block in range(50))
    assert noise.above(-40.0)


@pytest.mark.proves("V.self-interruption")
def test_a_hiccup_of_the_devices_leaves_the_delay_of_the_echo_as_it_was() -> None:
    reference = PlaybackReference()
    reference.begin(16_000)
    pieces = [np.full(BLOCK, value, np.int16) for value in range(1, 200)]
    taken = []
    for number in range(150):
        # The callback of the speaker comes late twice, by ten blocks; once the microphone does.
        if not 20 <= number % 60 < 30:
            while pieces and int(pieces[0][0]) <= number + 1:
                reference.put(pieces.pop(0).tobytes())
        if not 50 <= number < 58:
            taken.append((number, int(reference.next_block()[0])))
        if number == 58:
            taken += [(late, int(reference.next_block()[0])) for late in range(50, 58)]
    steady = [number - value for number, value in taken if value and (number > 60 or number < 20)]
    assert set(steady) == {1}


@pytest.mark.proves("V.self-interruption")
def test_blocks_that_the_microphone_lost_do_not_leave_our_voice_behind_its_echo() -> None:
    reference, taken = PlaybackReference(), list[int]()
    reference.begin(16_000)
    for number in range(1, 400):
        reference.put(np.full(BLOCK, number, np.int16).tobytes())
        if not 100 <= number < 110:
            taken.append(number - int(reference.next_block()[0]))
    assert set(taken[2:98]) == {2}
    assert taken[100] == 12
    assert set(taken[-150:]) == {2}


@pytest.mark.proves("V.self-interruption")
def test_a_speaker_that_is_late_now_and_then_does_not_have_all_of_its_sound_dropped() -> None:
    reference, taken = PlaybackReference(), list[int]()
    reference.begin(16_000)
    for number in range(1, 400):
        if number % 2 or number < 100:  # from then on by two blocks at once
            reference.put(np.full(BLOCK, number, np.int16).tobytes())
            if number > 100:
                reference.put(np.full(BLOCK, number + 1, np.int16).tobytes())
        if number == 100:  # the microphone gives all that it had held back
            taken += [int(reference.next_block()[0]) for _ in range(10)]
        taken.append(int(reference.next_block()[0]))
    assert np.count_nonzero(taken[-200:]) > 180


def hiccuping(ours: Samples, what: str) -> Iterator[tuple[Samples, Samples | None]]:
    """Yield, every 20 ms, what the speaker is given and what the microphone gives of it, with a hiccup every 0.6 s."""
    random = np.random.default_rng(7)
    silence = np.zeros(BLOCK, np.int16)
    air, hiccup = deque([silence] * 4), 0
    for number, given in enumerate(ours[: len(ours) // BLOCK * BLOCK].reshape(-1, BLOCK)):
        air.append(given)
        if number % 30 == 29:
            hiccup = int(random.integers(1, 8))
        hiccup -= 1
        if what == "the speaker runs dry" and hiccup >= 0 and len(air) < 40:  # it is that much later from then on
            yield given, silence
        else:
            heard = air.popleft()
            yield given, None if what == "the microphone loses blocks" and hiccup >= 0 else heard


@pytest.mark.proves("V.self-interruption")
@pytest.mark.parametrize("what", ["the speaker runs dry", "the microphone loses blocks"])
async def test_our_own_voice_at_0_db_never_interrupts_us_whatever_hiccups_the_devices_have(what: str) -> None:
    ours = np.concatenate([await spoken("a table at luigi's tomorrow at eight for four shall i book it")] * 3) * 2
    noise = cabin_noise(len(ours) / 16_000, seed=3, level=0.004)
    reference = PlaybackReference()
    reference.begin(16_000)
    capture = Capture(Handset(), speaking=lambda: True, reference=reference, canceller=EchoCanceller())
    capture.watching = True
    longest = 0.0
    for number, (given, heard) in enumerate(hiccuping(ours, what)):
        reference.put(given.tobytes())
        if heard is not None:
            mixed = heard + noise[number * BLOCK : (number + 1) * BLOCK]
            capture._take(np.clip(mixed, -32768, 32767).astype(np.int16))
        longest = max(longest, capture.over_seconds)
    assert longest < DUCK_SECONDS


@pytest.mark.proves("V.self-interruption")
@pytest.mark.parametrize("driver", [False, True])
async def test_the_end_of_what_we_said_is_no_answer_where_its_echo_comes_late(driver: bool) -> None:
    ours, noise = babble(1, 2.0), cabin_noise(4.0, seed=3, level=0.004)
    silence = np.zeros(16_000, np.int16)
    given = np.concatenate([ours, silence, silence])
    late = np.concatenate([np.zeros(10_000), ours, silence, silence])[: len(given)]
    answer = np.concatenate([ours * 0, babble(2, 2.0)]) if driver else given * 0
    heard = np.clip((answer if driver else late) + noise, -32768, 32767).astype(np.int16)
    reference, speaking = PlaybackReference(), True
    reference.begin(16_000)
    capture = Capture(Handset(), speaking=lambda: speaking, reference=reference, canceller=EchoCanceller())
    capture._ready.set()
    levels: list[float] = []
    for number in range(len(given) // BLOCK):
        place = slice(number * BLOCK, (number + 1) * BLOCK)
        reference.put(given[place].tobytes())
        if number == 2 * 50 + 10:  # the microphone opens 0.2 s after playback
            speaking = False
            listening = asyncio.ensure_future(listened_levels(capture, levels))
            await asyncio.sleep(0)
        capture._take(heard[place])
    await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.wait([listening])
    assert (max(levels) > -30.0) == driver


async def listened_levels(capture: Capture, levels: list[float]) -> None:
    """Note the level of each block that a listener gets."""
    async for block in capture.blocks():
        levels.append(level_db(block))


@pytest.mark.proves("V.self-interruption")
def test_our_own_voice_leaves_nothing_and_the_driver_is_left_whole_after_it() -> None:
    random = np.random.default_rng(1)
    tones = np.cumsum(random.normal(0, 1, 16_000 * 3))
    sound = (8_000 * np.sin(tones / 8) * (1 + np.sin(np.arange(len(tones)) / 3_000)) / 2).astype(np.int16)
    canceller, reference = EchoCanceller(), PlaybackReference()
    reference.begin(16_000)
    left = []
    for start in range(0, len(sound), BLOCK):
        reference.put(sound[start : start + BLOCK].tobytes())
        canceller.reference(reference.next_block())
        late = sound[max(0, start - 1_600) : max(0, start - 1_600) + BLOCK] if start >= 1_600 else np.zeros(BLOCK)
        left.append(canceller.process(late.astype(np.int16)))
    assert level_db(sound[32_000:]) - level_db(np.concatenate(left[100:])) > 30
    for _ in range(20):
        reference.next_block()
    assert not reference.sounding


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 2), (44_100, 1), (8_000, 1), (16_000, 4), (96_000, 2)])
def test_any_rate_and_channel_count_becomes_blocks_of_16_khz(rate: int, channels: int) -> None:
    time = np.arange(rate) / rate
    sound = (10_000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
    converter = Converter(rate, channels)
    step = rate // 50 * channels
    data = np.repeat(sound, channels)
    heard = [
        block for start in range(0, len(data), step) for block in converter.blocks(data[start : start + step].tobytes())
    ]
    assert {len(block) for block in heard} == {BLOCK}
    assert len(heard) >= 47
    spectrum = np.abs(np.fft.rfft(np.concatenate(heard)[3_200:11_200].astype(float)))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=4)


class Listed(SoundSystem):
    """A sound system with these devices."""

    def devices(self) -> list[Device]:
        """Return them."""
        return [
            Device(0, "HDA Intel", 2, 2, 48_000, ("speaker",)),
            Device(1, "USB Headset", 1, 2, 16_000, ("microphone",)),
            Device(2, "HDMI", 0, 8, 48_000),
        ]


@pytest.mark.proves("V.devices")
def test_a_device_is_chosen_by_a_part_of_its_name_and_a_wrong_name_lists_what_there_is() -> None:
    system = Listed()
    assert system.choose("speaker", "headset").number == 1
    assert system.choose("microphone").number == 1
    assert system.choose("speaker").number == 0
    with pytest.raises(DeviceError, match="no microphone named hdmi; there are: HDA Intel, USB Headset"):
        system.choose("microphone", "hdmi")


@pytest.mark.proves("V.no-portaudio")
@pytest.mark.parametrize(
    ("release", "cure"),
    [
        ("ID=debian\n", "apt install libportaudio2"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "apt install libportaudio2"),
        ("ID=fedora\n", "dnf install portaudio"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "zypper install libportaudio2"),
        ("ID=unheard-of\n", "libportaudio.so.2"),
    ],
)
def test_the_cure_for_a_missing_portaudio_fits_the_system(tmp_path: Path, release: str, cure: str) -> None:
    (tmp_path / "os-release").write_text(release)
    assert cure in portaudio_cure("linux", tmp_path / "os-release")
    assert "brew" in portaudio_cure("darwin")


@pytest.mark.proves("V.audio-doctor")
@pytest.mark.parametrize(
    ("level", "words"), [(0.0, "digital silence"), (0.001, "very quiet"), (0.3, ""), (3.0, "too loud")]
)
def test_what_is_wrong_with_a_recording_is_named(level: float, words: str) -> None:
    sound = np.clip(level * np.sin(np.arange(32_000) / 10), -1, 1) * 32_767
    found = describe_recording(sound.astype(np.int16))
    assert words in found if words else found == ""
