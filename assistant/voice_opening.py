"""Opens recognizers and voices from settings: what commands need that hear or speak and hold no conversation.

It picks parts and decides nothing about what is heard.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.settings.settings import Settings
from assistant.understanding.language import BASE
from assistant.wording.languages import wording_of
from voice.recognition.recognizer_base import Recognizer
from voice.synthesis.synthesizer_base import Synthesizer, Voice
from voice.voice_errors import RecognitionError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Voices:
    """The parts that a drive with voice needs; shared by the drives of one run."""

    recognizer: Recognizer
    synthesizer: Synthesizer
    """Speaks for McQueen."""
    drivers: Synthesizer
    """Speaks for the driver."""
    assistant: Voice
    driver: Voice


@asynccontextmanager
async def open_drive_voices(wanted: bool, settings: Settings | None = None) -> AsyncIterator[Voices | None]:
    """Open what settings choose to hear and speak in drives; None where no voice is wanted."""
    if not wanted:
        yield None
        return
    from voice.synthesis.espeak import DRIVER_VOICE, RepeatableEspeakSynthesizer  # heavy: only with voice
    from voice.synthesis.piper import SUFFIX

    settings = settings or Settings()
    recognizer, voice = open_recognizer(settings), chosen_voice(settings)
    drivers = RepeatableEspeakSynthesizer()  # a drive is heard alike each time it is run
    ours = not settings.voice.wyoming_speech and not voice.name.endswith(SUFFIX)
    synthesizer = drivers if ours else open_chosen_synthesizer(settings, _log.warning)
    try:
        yield Voices(recognizer, synthesizer, drivers, voice, DRIVER_VOICE)
    finally:
        await recognizer.close()
        await synthesizer.close()
        await drivers.close()


def open_chosen_synthesizer(settings: Settings, complain: Callable[[str], None]) -> Synthesizer:
    """Return the synthesizer that settings choose. Raises `VoiceError` for an address that is none."""
    from voice.synthesis.choose_synthesizer import open_synthesizer  # heavy: only with voice

    named = settings.voice
    return open_synthesizer(
        chosen_voice(settings), named.wyoming_speech, server_voice=named.wyoming_voice, complain=complain
    )


def open_recognizer(settings: Settings) -> Recognizer:
    """Return the recognizer that settings name; by themselves they take the best that is installed.

    Raises `RecognitionError` where settings ask for what is not there.
    """
    from voice.recognition.choose_recognizer import make_neural_recognizer, make_recognizer  # heavy: only with voice

    wanted, model, threads = settings.voice.recognizer, settings.voice.vosk_model, settings.voice.threads
    neural = Path(settings.voice.neural_model) if settings.voice.neural_model else None
    if wanted == "neural":
        _need_english(settings, "neural")
        return make_neural_recognizer(neural, threads)
    if wanted == "sphinx":
        from voice.recognition.sphinx import SphinxRecognizer

        return SphinxRecognizer()
    if wanted == "wyoming":
        from voice.wyoming import WyomingRecognizer

        return WyomingRecognizer(settings.voice.wyoming, language=settings.language)
    may_be_neural = wanted == "auto" and settings.language == BASE
    recognizer = make_recognizer(Path(model) if model else None, neural, neural=may_be_neural, threads=threads)
    if wanted == "vosk" and recognizer.name != "vosk":
        raise RecognitionError("no Vosk model is found; set voice.vosk_model to its folder")
    _need_english(settings, recognizer.name)
    return recognizer


def _need_english(settings: Settings, recognizer: str) -> None:
    if settings.language != BASE and recognizer != "vosk":
        raise RecognitionError(
            f"{settings.language} is heard only with a Vosk model of it; set voice.vosk_model to its folder, or type"
        )


def chosen_voice(settings: Settings) -> Voice:
    """Return the voice that settings name, else one of the language that is spoken."""
    named = "name" in settings.voice.model_fields_set
    return Voice(settings.voice.name if named else wording_of(settings.language).voice, settings.voice.words_per_minute)
