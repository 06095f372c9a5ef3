"""Streams that are given up at any moment, on the real PortAudio: no stream is left, and the interpreter lives on."""

from __future__ import annotations

import asyncio
import gc

import numpy as np
import pytest

from tests.system.audio.cabin import MICROPHONE, SPEAKER, Cabin
from voice.devices import SYSTEM
from voice.microphone import Microphone
from voice.speaker import Speaker

pytestmark = pytest.mark.system


async def _listen(microphone: Microphone) -> None:
    blocks = microphone.blocks()
    try:
        async for _ in blocks:
            pass
    finally:
        await blocks.aclose()


@pytest.mark.proves("V.streams")
async def test_sound_that_is_stopped_while_its_device_opens_or_plays_leaves_no_stream_behind(cabin: Cabin) -> None:
    tone = (8_000 * np.sin(np.arange(16_000) / 5)).astype(np.int16)
    speaker = Speaker(SPEAKER)
    for number in range(30):
        playing = asyncio.ensure_future(speaker.play(tone, 16_000))
        listening = asyncio.ensure_future(_listen(Microphone(MICROPHONE)))
        await asyncio.wait([playing, listening], timeout=number * 0.004)
        playing.cancel()
        listening.cancel()
        async with asyncio.timeout(10):
            await asyncio.wait([playing, listening])
        await speaker.close()
        gc.collect()  # a stream that nobody holds goes with its callback
    async with asyncio.timeout(10):
        while not SYSTEM.look_again():  # noqa: ASYNC110  # a thread closes what was opened too late
            await asyncio.sleep(0.01)
    before = cabin.now()
    await speaker.play(tone, 16_000)
    await speaker.close()
    assert np.abs(cabin.heard(before).astype(np.int32)).max() > 4_000
