"""What a conversation needs of ears and mouth: the protocols that live devices, drives and tests keep.

Types only.
"""

from __future__ import annotations

from typing import Protocol

from voice.recognition.recognizer_base import Grammar, Transcript


class Ear(Protocol):
    """What the runtime needs of ears."""

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Return what was said, an empty text for speech not understood, None when nobody spoke within `seconds`."""
        ...

    def end_turn(self) -> None:
        """Take what was said until now as the whole utterance."""
        ...


class SpokenPort(Protocol):
    """What a mouth tells of an utterance."""

    @property
    def synthesis_seconds(self) -> float:
        """How long making the sound took."""
        ...


class MouthPort(Protocol):
    """What the runtime needs of a mouth."""

    async def say(self, text: str) -> SpokenPort:
        """Speak, and return when playback ended. Cancelling it stops playback."""
        ...

    async def earcon(self, name: str) -> None:
        """Sound a short sign."""
        ...

    def set_pace(self, pace: float) -> None:
        """Speak from now on at this share of the usual rate."""
        ...

    def set_loudness(self, loudness: float) -> None:
        """Speak from now on at this share of the usual volume."""
        ...


class Interruptions(Protocol):
    """What the runtime needs to let the driver speak over what is being said."""

    def watch(self, watching: bool) -> None:
        """Begin or end to look for speech over ours."""
        ...

    async def interruption(self) -> None:
        """Return when somebody has spoken over us long enough."""
        ...

    def overlapping(self) -> bool:
        """Return whether somebody began to speak while we did and still does."""
        ...

    async def words(self, grammar: Grammar) -> Transcript | None:
        """Fall silent and return what is said; None where no words come."""
        ...

    def go_on(self) -> None:
        """Say on what was interrupted."""
        ...
