"""When McQueen wakes: on its phrase, never on its own voice, never twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from assistant.conversation.wake_word import Waking
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode
from tests.assistant.dialogue.conversation import TURNS
from tests.voice.test_vosk import spoken
from voice.audio import SamplesSource, no_wait
from voice.noise import cabin_noise, mix
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.voice_errors import DeviceError, RecognitionError
from voice.wake import REFRACTORY_SECONDS, MicroSpotter, PhraseSpotter, wakes

if TYPE_CHECKING:
    from assistant.conversation.runtime import Runtime
    from voice.capture import Capture

SECOND = np.zeros(SAMPLE_RATE, np.int16)


class LoudSpotter:
    """Spots loud blocks; the same contract."""

    phrase = "loud"

    def __init__(self) -> None:
        self.resets = 0

    async def spots(self, samples: Samples) -> bool:
        return bool(np.abs(samples).max() > 10_000)

    async def reset(self) -> None:
        self.resets += 1

    async def close(self) -> None: ...


async def woken(samples: Samples, seconds: float, *, own_voice: tuple[float, float] = (0.0, 0.0)) -> int:
    """Return how often a source of that length wakes; our own voice sounds between two seconds."""
    taken = 0

    class Source(SamplesSource):
        async def blocks(self):  # type: ignore[no-untyped-def]  # a generator that ends
            nonlocal taken
            async for block in super().blocks():
                taken += len(block)
                if taken > seconds * SAMPLE_RATE:
                    return
                yield block

    def speaking() -> bool:
        return own_voice[0] <= taken / SAMPLE_RATE < own_voice[1]

    return len([one async for one in wakes(Source(samples, no_wait), [LoudSpotter()], speaking=speaking)])


@pytest.mark.proves("V.wake")
async def test_it_wakes_once_in_two_seconds_and_never_on_its_own_voice() -> None:
    loud = np.full(SAMPLE_RATE, 20_000, np.int16)
    assert REFRACTORY_SECONDS == 2.0
    assert await woken(np.concatenate([SECOND, loud, SECOND]), 3.0) == 1
    assert await woken(np.concatenate([loud] * 5), 5.0) == 3  # at 0, 2 and 4 s
    assert await woken(np.concatenate([SECOND, loud, SECOND]), 3.0, own_voice=(0.9, 2.1)) == 0
    assert await woken(np.concatenate([SECOND, loud, SECOND]), 3.0, own_voice=(0.2, 0.8)) == 1  # 0.5 s after ours


@pytest.fixture
async def spotter() -> AsyncIterator[PhraseSpotter]:
    one = PhraseSpotter()
    yield one
    await one.close()


@pytest.mark.proves("V.wake")
async def test_hey_mcqueen_wakes_in_the_pause_or_when_speech_goes_on_and_commands_do_not(
    spotter: PhraseSpotter,
) -> None:
    hits = []
    texts = ("play music volume up", "hey mcqueen", "find a fuel station", "hey mcqueen find a fuel station near here")
    for text in texts:
        speech = np.pad(await spoken(text), (0, SAMPLE_RATE))
        sound = mix(speech, cabin_noise(len(speech) / SAMPLE_RATE, seed=len(text)), 20.0)
        found = [await spotter.spots(sound[start : start + 320]) for start in range(0, len(sound), 320)]
        hits.append((text, sum(found)))
    assert hits == [(text, int(text.startswith("hey mcqueen"))) for text in texts]


class Pressed:
    """The two things of a runtime that waking touches."""

    def __init__(self, mode: Mode) -> None:
        self.state = State("s", TURNS[mode])
        self.presses = 0

    def press(self) -> None:
        self.presses += 1


class OpenMicrophone(SamplesSource):
    """A microphone that is lost when its sound is over."""

    def __init__(self, samples: Samples) -> None:
        super().__init__(samples, no_wait)
        self.waited = asyncio.Event()

    async def blocks(self) -> AsyncGenerator[Samples]:
        taken = 0
        async for block in super().blocks():
            taken += len(block)
            if taken > 6 * SAMPLE_RATE:
                raise DeviceError("gone")
            yield block

    async def wait_ready(self, _seconds: float) -> bool:
        self.waited.set()
        await asyncio.Event().wait()
        return False


@pytest.mark.proves("V.wake")
@pytest.mark.parametrize(("mode", "presses"), [(Mode.IDLE, 1), (Mode.CONFIRMING, 0)])
async def test_the_wake_word_presses_the_key_while_nothing_goes_on(mode: Mode, presses: int) -> None:
    microphone, runtime, complaints = OpenMicrophone(await spoken("hey mcqueen")), Pressed(mode), list[str]()
    waking = Waking(["hey mcqueen"], cast("Capture", microphone), lambda: False, complaints.append)
    running = asyncio.create_task(waking.run(cast("Runtime", runtime)))
    await microphone.waited.wait()
    running.cancel()
    await asyncio.wait([running])
    assert (runtime.presses, complaints) == (presses, [])


@pytest.mark.proves("V.wake")
async def test_a_phrase_that_nothing_spots_is_told_and_without_phrases_nothing_listens() -> None:
    complaints: list[str] = []
    microphone, runtime = cast("Capture", OpenMicrophone(SECOND)), cast("Runtime", Pressed(Mode.IDLE))
    await Waking(["hey nobody"], microphone, lambda: False, complaints.append).run(runtime)
    assert "hey_jarvis" in complaints[0]
    assert "push-to-talk" in complaints[0]
    await Waking([], microphone, lambda: False, complaints.append).run(runtime)
    assert len(complaints) == 1


async def test_a_neural_model_listens_for_its_own_phrase_only() -> None:
    spotter = MicroSpotter("okay_nabu")
    assert spotter.phrase == "okay nabu"
    other = await spoken("play music")
    hits = [await spotter.spots(other[start : start + 320]) for start in range(0, len(other), 320)]
    await spotter.reset()
    await spotter.close()
    assert not any(hits)
    with pytest.raises(RecognitionError, match="hey_jarvis"):
        MicroSpotter("hey_nobody")
