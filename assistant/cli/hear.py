"""`mcqueen hear`: what WAV files ask for, one line each, without contacting any server.

Reads files and prints; recognition is in `voice`, meaning in `assistant.understanding`. Keeps no audio.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.catalogs import choose_catalog, context_at
from assistant.cli.output import answer, answer_json

if TYPE_CHECKING:
    from assistant.understanding.reading import Context
    from client.catalog import Catalog


@click.command()
@click.argument("wav", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--catalog", "catalog_file", type=click.Path(path_type=Path), help="A file with an MCP tools/list result."
)
@click.option("--now", help="The clock for relative dates, ISO 8601; local time without an offset. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(wav: tuple[Path, ...], catalog_file: Path | None, now: str | None, as_json: bool) -> None:
    """Hear WAV files and say what they ask for.

    Each WAV is one utterance. A file that cannot be used gets a line with its error, and the rest go on.
    """
    context = context_at(now)
    catalog = choose_catalog(catalog_file)
    show = answer_json if as_json else lambda line: answer(_for_people(line))
    asyncio.run(_hear(wav, catalog, context, show))


async def _hear(
    paths: tuple[Path, ...], catalog: Catalog, context: Context, show: Callable[[dict[str, Any]], None]
) -> None:
    from assistant.assembly import open_recognizer  # heavy: keeps --help instant
    from assistant.settings import load_settings  # the same
    from assistant.understanding.grammar import compile_grammar  # the same
    from assistant.understanding.interpret import Interpreter  # the same
    from assistant.understanding.lines import line_for  # the same
    from voice.audio import read_wav  # the same
    from voice.ears import hear_samples  # the same
    from voice.errors import AudioFileError  # the same

    interpreter = Interpreter(catalog)
    grammar = compile_grammar(catalog, context)
    recognizer = open_recognizer(load_settings())
    try:
        for path in paths:
            try:
                samples = await asyncio.to_thread(read_wav, path)
            except AudioFileError as error:
                show({"id": str(path), "error": {"code": "bad_audio", "message": str(error)}})
                continue
            transcript = await hear_samples(recognizer, samples, grammar)
            others = [alternative.text for alternative in transcript.alternatives]
            texts = [transcript.text, *(text for text in others if text != transcript.text)] if transcript.text else []
            reading = interpreter.read(texts, context)
            show(line_for(str(path), reading.text or transcript.text, reading, catalog))
    finally:
        await recognizer.close()


def _for_people(line: dict[str, Any]) -> str:
    if "error" in line:
        return f"{line['id']}: {line['error']['message']}"
    heard = line["text"] or "(nothing understood)"
    if line["tool"] is None:
        return f"{line['id']}: {heard}: no tool fits"
    arguments = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in line["arguments"].items())
    missing = f"; missing: {', '.join(line['missing'])}" if line["missing"] else ""
    return f"{line['id']}: {heard}: {line['tool']}({arguments}) {line['score']:.2f}{missing}"
