"""The base of microphones that `Capture` keeps open: sound, and facts about the device that it comes from.

Holds no device itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator

from voice.devices import Device
from voice.front_end import SILENT_DB
from voice.recognition.recognizer_base import Samples


class LiveSource(ABC):
    """A sound source that may come and go. If a source does not know a fact, the value says so."""

    level: float = SILENT_DB
    """Loudness of the last block in dB below full scale; -96 is silence, or not known."""
    overflows: int = 0
    """Blocks that were lost since the start, because the machine was too busy."""
    device: Device | None = None
    """The device that sound comes from now; None if it has no name."""

    @property
    def on_fallback(self) -> bool:
        """Whether another device replaces the named one."""
        return False

    @abstractmethod
    def blocks(self) -> AsyncGenerator[Samples]:
        """Yield blocks of 20 ms at 16 kHz until the listener closes it. Raises `DeviceError` if the device is lost."""
