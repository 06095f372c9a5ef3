"""The protocols for ears and mouth that a conversation needs; live devices, drives and tests implement them. Types
only.
"""

from __future__ import annotations

from typing import Protocol

from voice.recognition.recognizer_base import Grammar, Transcript


class Ear(Protocol):
    """The ear that the runtime needs."""

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Return what was said: an empty text if it was not understood, None if nobody spoke within `seconds`."""
        ...

    def end_turn(self) -> None:
        """End the turn now; what was said so far is the whole utterance."""
        ...


class SpokenPort(Protocol):
    """What a mouth reports about an utterance."""

    @property
    def synthesis_seconds(self) -> float:
        """Seconds that it took to make the sound."""
        ...


class MouthPort(Protocol):
    """The mouth that the runtime needs."""

    async def say(self, text: str) -> SpokenPort:
        """Speak, and return when playback ended. Cancelling it stops playback."""
        ...

    async def earcon(self, name: str) -> None:
        """Play a short sign."""
        ...

    def set_pace(self, pace: float) -> None:
        """Speak from now on at this share of the usual rate."""
        ...

    def set_loudness(self, loudness: float) -> None:
        """Speak from now on at this share of the usual volume."""
        ...


class Interruptions(Protocol):
    """What the runtime needs so that the driver can speak over it."""

    def watch(self, watching: bool) -> None:
        """Start or stop listening for speech over ours."""
        ...

    async def interruption(self) -> None:
        """Return when somebody has spoken over us long enough."""
        ...

    def overlapping(self) -> bool:
        """Return whether somebody began to speak while we did and still does."""
        ...

    async def words(self, grammar: Grammar) -> Transcript | None:
        """Stop speaking and return what is said; None if no words come."""
        ...

    def go_on(self) -> None:
        """Resume the speech that was interrupted."""
        ...
