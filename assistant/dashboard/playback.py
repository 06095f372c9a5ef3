"""Plays a sound on the chosen speaker: a turn again, or a test recording. Opens the device for that sound alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voice.recognition.recognizer_base import Samples


class Sink(Protocol):
    """Something to play on, that is given back afterwards (`voice.speaker.Speaker`)."""

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Play, and return when playback has ended."""
        ...

    async def close(self) -> None:
        """Give the device back."""
        ...


class Playback:
    """One sound at a time."""

    def __init__(self, open_sink: Callable[[str], Sink] | None = None) -> None:
        """`open_sink` opens the device with that in its name; the real speaker where none is given."""
        self._open = open_sink or _speaker

    async def play(self, samples: Samples, device: str) -> None:
        """Play it to its end, at 16 kHz. Raises `voice.voice_errors.DeviceError`."""
        from voice.recognition.recognizer_base import SAMPLE_RATE

        sink = self._open(device)
        try:
            await sink.play(samples, SAMPLE_RATE)
        finally:
            await sink.close()


def _speaker(device: str) -> Sink:
    from voice.speaker import Speaker  # PortAudio: only where something is played

    return Speaker(device)
