"""`mcqueen say`: speaks a text through the speaker, or writes it to a WAV. Never contacts a server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from assistant.cli.output import ExitCode, answer, stop


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a WAV here instead of speaking.")
@click.option("--voice", default="", help="An espeak-ng voice, for example en-gb or en-us+f3.")
def command(text: tuple[str, ...], out: Path | None, voice: str) -> None:
    """Speak a text, or write it to a WAV.

    Numbers, times, dates and money are spoken as people say them.
    """
    sentence = " ".join(text).strip()
    if not sentence:
        stop('give a text in quotation marks, for example: mcqueen say "the table is booked"')
    asyncio.run(_say(sentence, out, voice))


async def _say(text: str, out: Path | None, voice_name: str) -> None:
    from dataclasses import replace  # the modules below are heavy: keeps --help instant

    from voice.audio import write_wav
    from voice.errors import DeviceError
    from voice.speaker import Speaker
    from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer
    from voice.synthesis.wording import as_spoken

    synthesizer = EspeakSynthesizer()
    try:
        voice = replace(ASSISTANT_VOICE, name=voice_name) if voice_name else ASSISTANT_VOICE
        speech = await synthesizer.synthesize(as_spoken(text), voice)
        if out is not None:
            write_wav(out, speech.samples, speech.sample_rate)
            answer(f"{out}: {speech.seconds:.1f} s")
            return
        try:
            await Speaker().play(speech.samples, speech.sample_rate)
        except DeviceError as error:
            stop(f"{error}; to write a WAV instead: mcqueen say --out speech.wav TEXT", ExitCode.FAILED)
    finally:
        await synthesizer.close()
