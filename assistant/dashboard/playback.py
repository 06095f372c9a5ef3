"""Plays a turn again or a test recording on the chosen speaker. Opens the device only for that sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voice.recognition.recognizer_base import Samples


class Sink(Protocol):
    """A sound output that is closed after use (`voice.speaker.Speaker`)."""

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Play, and return when playback has ended."""
        ...

    async def close(self) -> None:
        """Close the device."""
        ...


class Playback:
    """Plays one sound at a time."""

    def __init__(self, open_sink: Callable[[str], Sink] | None = None) -> None:
        """`open_sink` opens the device whose name contains a text; the default opens the real speaker."""
        self._open = open_sink or _speaker

    async def play(self, samples: Samples, device: str) -> None:
        """Play the sound, 16 kHz, to its end. Raises `voice.voice_errors.DeviceError`."""
        from voice.recognition.recognizer_base import SAMPLE_RATE

        sink = self._open(device)
        try:
            await sink.play(samples, SAMPLE_RATE)
        finally:
            await sink.close()


def _speaker(device: str) -> Sink:
    from voice.speaker import Speaker  # PortAudio: only if something is played

    return Speaker(device)
