"""Picks the synthesizer: a server's if the settings name one, else the synthesizer that has the voice.

Loads nothing by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from voice.synthesis.espeak import EspeakSynthesizer
from voice.synthesis.piper import SUFFIX, PiperSynthesizer
from voice.synthesis.synthesizer_base import Speech, Synthesizer, Voice
from voice.voice_errors import SynthesisError

AWAY_SECONDS = 30.0
"""Seconds for which our own synthesizer is used after the server failed, so that a hanging server costs its wait only
once."""


def open_synthesizer(
    voice: Voice, server: str = "", *, server_voice: str = "", complain: Callable[[str], None] = lambda _: None
) -> Synthesizer:
    """Return Piper for a model file and espeak-ng for any other name, behind the Wyoming `server` if one is named.

    While the server is away this machine's own voice speaks, and `complain` is called once. Raises `VoiceError` for an
    invalid address.
    """
    ours = PiperSynthesizer() if voice.name.endswith(SUFFIX) else EspeakSynthesizer()
    if not server:
        return ours
    from voice.wyoming import WyomingSynthesizer

    return StandInSynthesizer(WyomingSynthesizer(server, voice=server_voice), ours, complain)


class StandInSynthesizer:
    """The first synthesizer, or the second if the first fails, so that the driver is never left in silence."""

    def __init__(
        self,
        first: Synthesizer,
        second: Synthesizer,
        complain: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = first.name
        self._first = first
        self._second = second
        self._complain = complain
        self._away = False
        self._monotonic = monotonic
        self._again_at = 0.0

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return the speech for one utterance. Raises `SynthesisError` if both fail."""
        if self._away and self._monotonic() < self._again_at:
            return await self._second.synthesize(text, voice)
        try:
            speech = await self._first.synthesize(text, voice)
        except SynthesisError as error:
            if not self._away:
                self._complain(f"{error}; until then {self._second.name} speaks")
            self._away, self._again_at = True, self._monotonic() + AWAY_SECONDS
            return await self._second.synthesize(text, voice)
        self._away = False
        return speech

    async def close(self) -> None:
        """End both; idempotent."""
        await self._first.close()
        await self._second.close()
