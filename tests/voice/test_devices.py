"""Streams of sound devices: none is left behind, and none is closed while its thread calls us. A fake PortAudio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from voice import devices
from voice.audio import BLOCK
from voice.devices import OpenStream, SoundSystem
from voice.microphone import GATHERED_BLOCKS, PROMPT_BLOCKS, Microphone
from voice.voice_errors import DeviceError


class PortAudioError(Exception):
    """Its kind of error."""


class CallbackAbort(Exception):  # noqa: N818  # the name is sounddevice's
    """What a callback raises to end its stream."""


class Stream:
    """A stream whose thread calls back until the callback raises, as PortAudio's does."""

    def __init__(self, callback: Any, finished_callback: Any, stuck: bool) -> None:
        self._callback = callback
        self._finished = finished_callback
        self._stuck = stuck
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.calls: list[str] = []
        self.active = False

    def start(self) -> None:
        """Begin to call."""
        self.active = True
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stopped.wait(0.001):
                if not self._stuck:
                    self._callback(bytearray(4), 2, None, None)
        except CallbackAbort:
            pass
        self.active = False
        self._finished()

    def _end(self, how: str) -> None:
        self.calls.append(how)
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def abort(self, ignore_errors: bool = True) -> None:
        """Cancel the thread, wherever it is."""
        self._end("abort")

    def stop(self, ignore_errors: bool = True) -> None:
        """Wait for the thread."""
        self._end("stop")

    def close(self, ignore_errors: bool = True) -> None:
        """Give the device back."""
        self.calls.append("close")


class PortAudio:
    """One device, and what is asked of it."""

    PortAudioError = PortAudioError
    CallbackAbort = CallbackAbort

    class default:  # noqa: N801  # the name is sounddevice's
        """The default devices."""

        device = (0, 0)

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self.may_open = threading.Event()
        self.may_open.set()
        self.opening = threading.Event()
        self.stuck = False
        self.initialised = 0

    def query_devices(self) -> list[dict[str, Any]]:
        """List the device."""
        return [{"name": "Cab", "max_input_channels": 1, "max_output_channels": 1, "default_samplerate": 16_000.0}]

    def RawInputStream(self, **wanted: Any) -> Stream:  # noqa: N802  # the name is sounddevice's
        """Open a stream, as soon as it may."""
        self.opening.set()
        assert self.may_open.wait(10.0)
        self.streams.append(Stream(wanted["callback"], wanted["finished_callback"], self.stuck))
        return self.streams[-1]

    RawOutputStream = RawInputStream

    def _terminate(self) -> None: ...

    def _initialize(self) -> None:
        self.initialised += 1


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[PortAudio]:
    fake = PortAudio()
    monkeypatch.setattr(devices, "load_sounddevice", lambda: fake)
    yield fake
    fake.may_open.set()


def opened(system: SoundSystem, ended: list[str]) -> OpenStream:
    stream = system.open("microphone", "", lambda *_: None, lambda: ended.append("end"))
    system.start(stream, "microphone")
    return stream


@pytest.mark.proves("V.streams")
async def test_who_is_cancelled_while_the_device_opens_leaves_no_stream_behind(port: PortAudio) -> None:
    system = SoundSystem()
    port.may_open.clear()
    waiting = asyncio.ensure_future(system.open_apart(lambda: opened(system, [])))
    await asyncio.to_thread(port.opening.wait, 10.0)
    waiting.cancel()
    await asyncio.wait([waiting])
    port.may_open.set()
    async with asyncio.timeout(10.0):
        while not port.streams or "close" not in port.streams[0].calls:  # noqa: ASYNC110  # a thread's work
            await asyncio.sleep(0.001)
    assert system.look_again()
    assert port.initialised == 1


@pytest.mark.proves("V.streams")
async def test_a_stream_is_told_to_end_and_its_thread_is_cancelled_only_where_it_calls_no_more(port: PortAudio) -> None:
    system, ended = SoundSystem(), list[str]()
    stream = await system.open_apart(lambda: opened(system, ended))
    assert not system.look_again(), "a stream is open"
    system.close(stream)
    system.close(stream)
    assert port.streams[0].calls == ["stop", "close"]
    assert ended == ["end"]
    port.stuck = True
    system.close(await system.open_apart(lambda: opened(system, ended)))
    assert port.streams[1].calls == ["abort", "close"]
    assert system.look_again()


@pytest.mark.proves("V.streams")
async def test_a_device_that_is_not_there_is_said_to_who_opens_it_apart(port: PortAudio) -> None:
    system = SoundSystem()
    with pytest.raises(DeviceError, match="no microphone named attic; there are: Cab"):
        await system.open_apart(lambda: system.open("microphone", "attic", lambda *_: None, lambda: None))
    assert system.look_again()


@pytest.mark.proves("V.idle", "V.first-words")
async def test_blocks_of_steady_noise_are_taken_some_at_once_and_speech_at_once(port: PortAudio) -> None:
    port.stuck = True  # its thread calls nothing: the test does
    noise = np.random.default_rng(1).normal(0, 100, (PROMPT_BLOCKS * 2, BLOCK)).astype(np.int16)
    wakes = 0

    def give(*sounds: np.ndarray) -> None:
        for sound in sounds:
            port.streams[0]._callback(sound.tobytes(), BLOCK, None, None)

    microphone = Microphone()
    source = microphone.blocks()
    first = asyncio.ensure_future(anext(source))
    while not port.streams or not port.streams[0].active:  # noqa: ASYNC110  # a thread opens it
        await asyncio.sleep(0.001)
    give(noise[0])
    assert np.array_equal(await first, noise[0])
    for block in noise[1 : PROMPT_BLOCKS + 1]:
        give(block)
        await anext(source)
    waiting = asyncio.ensure_future(anext(source))
    for _ in range(3):  # until it waits for the device
        await asyncio.sleep(0)
    for block in noise[: GATHERED_BLOCKS - 1]:
        give(block)
        await asyncio.sleep(0)
        wakes += waiting.done()
    assert wakes == 0
    give(noise[GATHERED_BLOCKS - 1])
    assert np.array_equal(await waiting, noise[0])
    for block in noise[1:GATHERED_BLOCKS]:
        assert np.array_equal(await anext(source), block)
    give(*[block * 20 for block in noise[:GATHERED_BLOCKS]])
    for _ in range(GATHERED_BLOCKS):
        await anext(source)
    waiting = asyncio.ensure_future(anext(source))
    await asyncio.sleep(0)
    give(noise[0])  # the first after speech comes alone
    assert np.array_equal(await waiting, noise[0])
    await source.aclose()
