"""The interface of every synthesizer: text in, samples out. Nothing here plays sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from voice.recognition.recognizer_base import Samples


@dataclass(frozen=True)
class Voice:
    """How to speak. `name` is the synthesizer's own (espeak-ng: `en-us+f3`; Piper: the path of a model file)."""

    name: str
    words_per_minute: int = 165
    pitch: int = 50
    """0 to 99."""

    @property
    def language(self) -> str:
        """The voice's language code: `de` for `de+f2` and `de_DE-thorsten-medium`; `en` if the name has none."""
        code = re.split(r"[-_+]", PurePath(self.name).name.lower(), maxsplit=1)[0]
        return code if 2 <= len(code) <= 3 and code.isalpha() else "en"


@dataclass(frozen=True)
class Speech:
    """Synthesised sound."""

    samples: Samples
    sample_rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


class Synthesizer(Protocol):
    """Something that speaks."""

    name: str

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return the speech for one utterance. Runs off the event loop. Raises `voice.voice_errors.SynthesisError`."""
        ...

    async def close(self) -> None:
        """End its workers; idempotent."""
        ...
