"""A driver with a voice talks to the real McQueen in the cabin, in real time, and writes down what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from assistant.assembly import Live, open_live
from assistant.conversation.observations import Called, Observation, Recognized, Spoke
from assistant.dialogue.turns import Mode
from assistant.settings.settings import Settings
from client.call import Succeeded
from tests.system.audio.cabin import MICROPHONE, SPEAKER, Cabin
from voice.recognition.recognizer_base import SAMPLE_RATE
from voice.synthesis.espeak import DRIVER_VOICE, RepeatableEspeakSynthesizer
from voice.synthesis.synthesizer_base import Speech

Seen = TypeVar("Seen", bound=Observation)
_PATIENCE = 90.0
"""Seconds: a busy machine takes its time, and a wait ends as soon as what it waits for is there."""
_TRIES = 5
"""How often the driver says a line that was not understood: what is tried here is the way of the sound."""


class Conversation:
    """What the driver can do, and what was observed."""

    def __init__(
        self, cabin: Cabin, live: Live, synthesizer: RepeatableEspeakSynthesizer, complaints: list[str]
    ) -> None:
        self.cabin = cabin
        self.live = live
        self.complaints = complaints
        self.observed: list[Observation] = []
        self._synthesizer = synthesizer
        self._lines: dict[str, Speech] = {}
        self._changed = asyncio.Event()
        live.runtime.observe(self._observe)

    def _observe(self, seen: Observation) -> None:
        self.observed.append(seen)
        self._changed.set()

    def seen(self, kind: type[Seen]) -> list[Seen]:
        """Return what was observed of that kind."""
        return [seen for seen in self.observed if isinstance(seen, kind)]

    async def until(self, condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
        """Wait until the condition holds. Raises `TimeoutError`, with what happened until then."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._changed.clear()
                    # Sound and complaints do not go through the runtime, so look now and then, too.
                    await asyncio.wait([asyncio.ensure_future(self._changed.wait())], timeout=0.05)
        except TimeoutError as error:
            said = [spoke.text for spoke in self.seen(Spoke)]
            raise TimeoutError(f"it never came about; {self.complaints}; heard {self.words()}; said {said}") from error

    async def prepare(self, text: str) -> Speech:
        """Make the sound of a line now, so that it can be said at once."""
        if text not in self._lines:
            self._lines[text] = await self._synthesizer.synthesize(text, DRIVER_VOICE)
        return self._lines[text]

    async def says(self, text: str, *, loudness: float = 0.6) -> None:
        """The driver says it, and has said it."""
        speech = await self.prepare(text)
        samples = (speech.samples * loudness).astype(np.int16)
        await asyncio.to_thread(self.cabin.speak, samples, speech.sample_rate)

    async def asks_by_key(self, text: str) -> None:
        """The driver presses the key and says it; what was misheard is given up, and asked again."""
        await self.prepare(text)
        state = self.live.runtime
        for _ in range(_TRIES):
            heard, shown = len(self.words()), len(self.seen(Spoke))
            state.press()
            await self.says(text)
            await self.until(lambda: len(self.words()) > heard or len(self.seen(Spoke)) > shown)  # noqa: B023  # at once
            if self.words()[heard:] == [text]:
                return
            await self.until(lambda: not state.state.said.playing)
            await state.type("never mind")
            await self.until(lambda: state.state.mode is Mode.IDLE and not state.state.said.playing)
        raise TimeoutError(f"{text!r} was not understood; {self.complaints}; heard {self.words()}")

    async def answers(self, text: str) -> None:
        """The driver waits for the question to end, and for the microphone to open, and answers."""
        await self.prepare(text)
        await self._listened_to()
        await self._insists(text)

    async def _listened_to(self) -> None:
        state = self.live.runtime
        await self.until(lambda: state.state.listening and not state.state.said.playing)
        await asyncio.sleep(0.7)  # as long as people wait; the microphone opens 0.5 s after playback

    async def _insists(self, text: str) -> None:
        for _ in range(_TRIES):
            heard, shown = len(self.words()), len(self.seen(Spoke))
            await self.says(text)
            await self.until(lambda: len(self.words()) > heard or len(self.seen(Spoke)) > shown)  # noqa: B023  # at once
            if self.words()[heard:] == [text]:
                return
            await self.until(lambda: len(self.seen(Spoke)) > shown)  # noqa: B023  # it asks again: not to speak over it
            await self._listened_to()
        raise TimeoutError(f"{text!r} was not understood; {self.complaints}; heard {self.words()}")

    async def interrupts(self, request: str, words: str) -> None:
        """The driver types a request and says these words over the read-back, again where they were not understood."""
        await self.prepare(words)
        for _ in range(_TRIES):
            await self.until(lambda: self.live.runtime.state.mode is Mode.IDLE)
            heard, cut = len(self.words()), len(self.cut())
            await self.live.runtime.type(request)
            await self.speaking(1.0)
            await self.says(words)
            await self.until(
                lambda: len(self.words()) > heard or self.live.runtime.state.mode is Mode.IDLE  # noqa: B023  # at once
            )
            await self.until(lambda: not self.live.runtime.state.said.playing)
            if self.words()[heard:] == [words] and len(self.cut()) > cut:
                return
            await self.live.runtime.type("never mind")
        raise TimeoutError(f"{words!r} did not interrupt; {self.complaints}; heard {self.words()}; cut {self.cut()}")

    async def confirming(self) -> None:
        """Wait until a read-back has begun."""
        await self.until(lambda: self.live.runtime.state.mode is Mode.CONFIRMING)

    async def speaking(self, seconds: float) -> None:
        """Wait until the speaker has sounded for that long."""
        begun = self.cabin.now()
        await self.until(lambda: loud_seconds(self.cabin.heard(begun)) >= seconds)

    def done(self) -> list[str]:
        """Return the tools that were called with success."""
        return [seen.call.tool for seen in self.seen(Called) if isinstance(seen.outcome, Succeeded)]

    def words(self) -> list[str]:
        """Return what was recognized, in order."""
        return [seen.transcript.text for seen in self.seen(Recognized)]

    def cut(self) -> list[str]:
        """Return what McQueen did not say to its end."""
        return [seen.text for seen in self.seen(Spoke) if not seen.complete]


def loud_seconds(samples: np.ndarray) -> float:
    """Return how long something was to be heard, in steps of 20 ms."""
    blocks = samples[: len(samples) // 320 * 320].reshape(-1, 320).astype(np.float64)
    return float((np.sqrt((blocks**2).mean(axis=1)) > 100).sum()) * 320 / SAMPLE_RATE if len(blocks) else 0.0


@asynccontextmanager
async def open_conversation(cabin: Cabin, folder: Path, *, car: bool = False) -> AsyncIterator[Conversation]:
    """Open McQueen as `mcqueen` itself does, with its devices chosen by name; with the town, and `car`: its tools."""
    settings = Settings.model_validate(
        {"voice": {"microphone": MICROPHONE, "speaker": SPEAKER}, "car": {"tools": car}, "data_folder": str(folder)}
    )
    complaints: list[str] = []
    synthesizer = RepeatableEspeakSynthesizer()
    try:
        async with open_live(settings, complaints.append) as live:
            conversation = Conversation(cabin, live, synthesizer, complaints)
            await conversation.until(lambda: bool(len(live.runtime.state.catalog)) and live.has_microphone)
            yield conversation
    finally:
        await synthesizer.close()
