"""`mcqueen hear`: what WAV files ask for, one line each, without contacting any server.

Reads files and prints; recognition is in `voice`, meaning in `assistant.understanding`. Keeps no audio.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from assistant.cli.output import answer, answer_json, stop

if TYPE_CHECKING:
    from assistant.understanding.reading import Context
    from client.catalog import Catalog
    from client.values import JSON


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
    moment = _moment(now)
    catalog = _catalog(catalog_file)
    from assistant.understanding.reading import Context  # heavy modules are loaded here: keeps --help instant

    offset = moment.utcoffset()
    context = Context(now=moment.timestamp(), utc_offset=offset.total_seconds() if offset else 0.0)
    show = answer_json if as_json else lambda line: answer(_for_people(line))
    asyncio.run(_hear(wav, catalog, context, show))


async def _hear(
    paths: tuple[Path, ...], catalog: Catalog, context: Context, show: Callable[[dict[str, Any]], None]
) -> None:
    from assistant.understanding.grammar import compile_grammar  # heavy: keeps --help instant
    from assistant.understanding.interpret import Interpreter  # the same
    from assistant.understanding.lines import line_for  # the same
    from voice.audio import read_wav  # the same
    from voice.ears import hear_samples  # the same
    from voice.errors import AudioFileError  # the same
    from voice.recognition.choose import make_recognizer  # the same

    interpreter = Interpreter(catalog)
    grammar = compile_grammar(catalog, context)
    recognizer = make_recognizer()
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


def _catalog(path: Path | None) -> Catalog:
    from client.catalog import Catalog  # heavy: keeps --help instant
    from client.listing import read_catalog_file, read_tools  # the same

    if path is not None:
        catalog = read_catalog_file(path)
    else:
        from assistant.town.tools import tool_definitions  # only where the town is wanted

        listing = read_tools(cast("list[JSON]", tool_definitions()), server="town")
        catalog = Catalog(tuple(listing.tools), tuple(listing.rejected))
    for rejected in catalog.rejected:
        click.echo(f"mcqueen: left out the tool {rejected.name}: {rejected.reason}", err=True)
    return catalog


def _moment(now: str | None) -> datetime:
    if now is None:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(now).astimezone()
    except (ValueError, OverflowError, OSError):
        stop(f"--now {now} is not a time; write it like 2026-11-22T19:00:00")


def _for_people(line: dict[str, Any]) -> str:
    if "error" in line:
        return f"{line['id']}: {line['error']['message']}"
    heard = line["text"] or "(nothing understood)"
    if line["tool"] is None:
        return f"{line['id']}: {heard}: no tool fits"
    arguments = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in line["arguments"].items())
    missing = f"; missing: {', '.join(line['missing'])}" if line["missing"] else ""
    return f"{line['id']}: {heard}: {line['tool']}({arguments}) {line['score']:.2f}{missing}"
