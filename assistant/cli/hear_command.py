"""`mcqueen hear`: prints what WAV files ask for, one line each, without contacting a server.

`voice` recognizes, `assistant.understanding` interprets. Stores no audio.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.catalogs import choose_catalog, context_at
from assistant.cli.output import answer, answer_json

if TYPE_CHECKING:
    from assistant.understanding.reading import Context
    from client.catalog import Catalog

_AT_ONCE = 3
"""Files handled at a time: while two processes decode one, speech is searched in the next."""


@click.command()
@click.argument("wav", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--catalog", "catalog_file", type=click.Path(path_type=Path), help="A file with an MCP tools/list result."
)
@click.option("--server", help="Take the tools of this server: URL, configured name or command line.")
@click.option("--now", help="The clock for relative dates, ISO 8601; local time without an offset. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(
    wav: tuple[Path, ...], catalog_file: Path | None, server: str | None, now: str | None, as_json: bool
) -> None:
    """Hear WAV files and tell what they ask for.

    Each WAV is one utterance. An unusable file gets a line with its error, and the others go on.
    """
    context = context_at(now)
    catalog = choose_catalog(catalog_file, server)
    show = answer_json if as_json else lambda line: answer(_for_people(line))
    asyncio.run(_hear(wav, catalog, context, show))


async def _hear(
    paths: tuple[Path, ...], catalog: Catalog, context: Context, show: Callable[[dict[str, Any]], None]
) -> None:
    from assistant.settings.settings import load_settings  # the same
    from assistant.understanding.grammar.compiler import compile_grammar  # the same
    from assistant.understanding.hearing import read_heard  # the same
    from assistant.understanding.interpret import Interpreter  # the same
    from assistant.understanding.learning.index_cache import IndexFolder  # the same
    from assistant.understanding.lines import line_for  # the same
    from assistant.voice_opening import open_recognizer  # heavy: keeps --help instant
    from voice.audio import read_wav  # the same
    from voice.ears import hear_samples  # the same
    from voice.voice_errors import AudioFileError  # the same

    interpreter = Interpreter(catalog, kept=IndexFolder.on_this_machine())
    grammar = compile_grammar(catalog, context)
    recognizer = open_recognizer(load_settings())

    async def line(path: Path) -> dict[str, Any]:
        try:
            samples = await asyncio.to_thread(read_wav, path)
        except AudioFileError as error:
            return {"id": str(path), "error": {"code": "bad_audio", "message": str(error)}}
        transcript = await hear_samples(recognizer, samples, grammar)
        reading = read_heard(transcript, context, interpreter.read)
        return line_for(str(path), reading.text or transcript.text, reading, catalog)

    try:
        await _in_order([partial(line, path) for path in paths], show)
    finally:
        await recognizer.close()


async def _in_order(
    jobs: Sequence[Callable[[], Awaitable[dict[str, Any]]]], show: Callable[[dict[str, Any]], None]
) -> None:
    """Run several jobs at a time; print each line as soon as it and all before it are ready."""
    begun: deque[asyncio.Future[dict[str, Any]]] = deque()
    try:
        for job in jobs:
            begun.append(asyncio.ensure_future(job()))
            if len(begun) == _AT_ONCE:
                show(await begun.popleft())
        while begun:
            show(await begun.popleft())
    finally:
        for one in begun:
            one.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


def _for_people(line: dict[str, Any]) -> str:
    if "error" in line:
        return f"{line['id']}: {line['error']['message']}"
    heard = line["text"] or "(nothing understood)"
    if line["tool"] is None:
        return f"{line['id']}: {heard}: no tool fits"
    arguments = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in line["arguments"].items())
    missing = f"; missing: {', '.join(line['missing'])}" if line["missing"] else ""
    return f"{line['id']}: {heard}: {line['tool']}({arguments}) {line['score']:.2f}{missing}"
