"""`mcqueen say`: speaks a text, or writes it to a WAV, in the voice of the settings.

It contacts only the speech server of the settings, and not even that if a voice is named.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, complain, stop

if TYPE_CHECKING:
    from assistant.settings.settings import VoiceSettings


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a WAV here instead of speaking.")
@click.option("--voice", default="", help="A voice, for example en-gb, en-us+f3 or de.")
@click.option("--rate", type=click.IntRange(80, 300), help="Words a minute.")
@click.option("--volume", type=click.IntRange(0, 100), help="Percent; holds for the speaker.")
@click.option("--device", help="The speaker, by a part of its name.")
def command(
    text: tuple[str, ...], out: Path | None, voice: str, rate: int | None, volume: int | None, device: str | None
) -> None:
    """Speak a text, or write it to a WAV.

    Numbers, times, dates and money are spoken as people say them. Other options come from the settings.
    """
    from assistant.settings.settings import load_settings  # heavy: keeps --help instant

    sentence = " ".join(text).strip()
    if not sentence:
        stop('give a text in quotation marks, for example: mcqueen say "the table is booked"')
    given = {"name": voice, "words_per_minute": rate, "volume": volume, "speaker": device}
    settings = load_settings().voice
    settings = settings.model_copy(update={key: value for key, value in given.items() if value not in (None, "")})
    if voice:
        settings = settings.model_copy(update={"wyoming_speech": ""})  # a voice of this machine
    asyncio.run(_say(sentence, out, settings))


async def _say(text: str, out: Path | None, settings: VoiceSettings) -> None:
    from voice.audio import write_wav  # heavy, too
    from voice.mouth import Mouth
    from voice.speaker import Speaker
    from voice.synthesis.choose_synthesizer import open_synthesizer
    from voice.synthesis.synthesizer_base import Voice
    from voice.synthesis.wording import as_spoken
    from voice.voice_errors import DeviceError

    voice = Voice(settings.name, settings.words_per_minute)
    synthesizer = open_synthesizer(
        voice, settings.wyoming_speech, server_voice=settings.wyoming_voice, complain=complain
    )
    try:
        if out is not None:
            speech = await synthesizer.synthesize(as_spoken(text, voice.language), voice)
            write_wav(out, speech.samples, speech.sample_rate)
            answer(f"{out}: {speech.seconds:.1f} s")
            return
        speaker = Speaker(settings.speaker, volume=settings.volume / 100, on_notice=complain)
        try:
            await Mouth(synthesizer, speaker, voice).say(text)
        except DeviceError as error:
            stop(f"{error}; to write a WAV instead: mcqueen say --out speech.wav TEXT", ExitCode.FAILED)
        finally:
            await speaker.close()
    finally:
        await synthesizer.close()
