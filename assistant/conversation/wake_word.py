"""The wake word in a live conversation: it acts like the driver's key, but only while nothing else goes on.

It hears only the open microphone, stores nothing, and never wakes on our own voice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.dialogue.turns import Mode
from assistant.understanding.language import BASE
from assistant.wording.languages import wording_of
from voice.voice_errors import DeviceError, VoiceError

if TYPE_CHECKING:
    from assistant.conversation.runtime import Runtime
    from voice.capture import Capture
    from voice.wake import WakeSpotter

_WAIT_SECONDS = 60.0


class Waking:
    """The phrases that wake McQueen without the key; without phrases it does nothing."""

    def __init__(
        self,
        phrases: Sequence[str],
        capture: Capture,
        speaking: Callable[[], bool],
        complain: Callable[[str], None],
        *,
        server: str = "",
        language: str = BASE,
    ) -> None:
        """`speaking` returns whether we are speaking; `complain` receives a phrase that no detector here knows.

        If there is a `server` (`tcp://HOST:PORT`, Wyoming), it spots the phrases instead.
        """
        self._server = server
        self._language = language
        self._phrases = phrases
        self._capture = capture
        self._speaking = speaking
        self._complain = complain

    async def run(self, runtime: Runtime) -> None:
        """Press the key whenever a phrase is heard and no conversation goes on, until cancelled."""
        if not self._phrases:
            return
        spotters: list[WakeSpotter] = []
        try:
            spotters.extend(self._spotters())
            while True:
                await self._wake(runtime, spotters)
        except VoiceError as error:
            self._complain(wording_of(self._language).text("sound", "only_the_key", problem=error))
        finally:
            for spotter in spotters:
                await spotter.close()

    def _spotters(self) -> list[WakeSpotter]:
        if not self._server:
            return [_spotter(phrase) for phrase in self._phrases]
        from voice.wyoming import WyomingSpotter  # heavy: only if the settings name a server

        return [WyomingSpotter(self._server, [_model_name(phrase) for phrase in self._phrases], self._complain)]

    async def _wake(self, runtime: Runtime, spotters: Sequence[WakeSpotter]) -> None:
        from voice.wake import wakes

        try:
            async for _ in wakes(self._capture, spotters, speaking=self._speaking):
                if runtime.state.mode is Mode.IDLE:
                    runtime.press()
        except DeviceError:  # the owner of the microphone reports this
            for spotter in spotters:
                await spotter.reset()
            await self._capture.wait_ready(_WAIT_SECONDS)


def _spotter(phrase: str) -> WakeSpotter:
    from voice.wake import PHRASE, MicroSpotter, PhraseSpotter  # heavy: only if a wake word is wanted

    return PhraseSpotter() if phrase == PHRASE else MicroSpotter(_model_name(phrase))


def _model_name(phrase: str) -> str:
    """Return the name that models give to a phrase: `okay_nabu`."""
    return phrase.replace(" ", "_")
