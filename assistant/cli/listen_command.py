"""`mcqueen listen`: shows the level, the words so far and the endpointer's decisions, live or from WAV files.

Only listens and prints; nothing is interpreted, sent or stored.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.catalogs import choose_catalog, context_at
from assistant.cli.output import answer, answer_json
from client.terminal_text import terminal_text

if TYPE_CHECKING:
    from client.catalog import Catalog
    from voice.audio import AudioSource
    from voice.ears import Ears, ListeningResult, Progress
    from voice.recognition.recognizer_base import Grammar

_METER = 20
_QUIETEST = -60.0
"""Level of an empty meter, in decibels of full scale."""


@click.command()
@click.option("--wav", type=click.Path(path_type=Path), help="A WAV file instead of the microphone.")
@click.option(
    "--catalog", "catalog_file", type=click.Path(path_type=Path), help="A file with an MCP tools/list result."
)
@click.option("--server", help="Take the tools of this server: URL, configured name or command line.")
@click.option("--device", help="The microphone, by name. Default: the system's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(wav: Path | None, catalog_file: Path | None, server: str | None, device: str | None, as_json: bool) -> None:
    """Show what is heard, live.

    Ends with the WAV, or with Ctrl-C.
    """
    # Before the loop: the servers are asked in one of their own.
    asyncio.run(_listen(wav, choose_catalog(catalog_file, server), device, as_json))


async def _listen(wav: Path | None, catalog: Catalog, device: str | None, as_json: bool) -> None:
    from assistant.conversation.turn_ending import turn_ending  # the same
    from assistant.settings.settings import load_settings  # the same
    from assistant.understanding.grammar.compiler import compile_grammar  # the same
    from assistant.voice_opening import open_recognizer  # heavy: keeps --help instant
    from voice.audio import WavSource  # the same
    from voice.devices import SYSTEM  # the same
    from voice.ears import Ears  # the same
    from voice.microphone import Microphone  # the same

    settings = load_settings()
    if wav is None:
        SYSTEM.choose("microphone", device or "")  # a wrong name is said: nobody stands in for who was asked for
    source: AudioSource = WavSource(wav) if wav is not None else Microphone(device or settings.voice.microphone)
    grammar = compile_grammar(catalog, context_at(None))
    recognizer = open_recognizer(settings)
    limits = turn_ending(settings.voice.turn_ending_silence)
    try:
        while True:
            heard = await _turn(Ears(recognizer, limits), source, grammar, as_json)
            _show_turn(heard, as_json)
            if wav is not None:
                return
    finally:
        await recognizer.close()


async def _turn(ears: Ears, source: AudioSource, grammar: Grammar, as_json: bool) -> ListeningResult:
    """Listen to one turn and show every change."""
    last: tuple[Any, ...] = ()
    live: Callable[[str], None] = _on_one_line if sys.stderr.isatty() and not as_json else lambda _: None

    def watch(now: Progress) -> None:
        nonlocal last
        live(f"{_meter(now.level)} {now.speech:4.2f} {now.state:<8} {now.partial}")
        changed = (now.state, now.partial)
        if changed == last and now.ending is None:
            return
        last = changed
        line = {"second": round(now.seconds, 2), "level": round(now.level, 1), "state": now.state.value,
                "partial": now.partial, "ending": now.ending.value if now.ending else None}  # fmt: skip
        if as_json:
            answer_json(line)
        elif not sys.stderr.isatty():
            pause = f" pause: {now.ending}" if now.ending else ""
            answer(f"{now.seconds:6.2f} s {_meter(now.level)} {now.state:<8}{pause} {now.partial}")

    return await ears.listen(source, grammar, watch=watch)


def _show_turn(heard: ListeningResult, as_json: bool) -> None:
    if as_json:
        answer_json({"text": heard.transcript.text, "ended_by": heard.ended_by.value,
                     "endpoint_wait": round(heard.endpoint_wait, 2), "decode_seconds": round(heard.decode_seconds, 3),
                     "audio_seconds": round(heard.audio_seconds, 2)})  # fmt: skip
        return
    text = heard.transcript.text or ("(not understood)" if heard.speech_began else "(nobody spoke)")
    answer(f"{text}   [{heard.ended_by}, {heard.endpoint_wait:.2f} s after the last speech, "
           f"transcript {heard.decode_seconds * 1000:.0f} ms later]")  # fmt: skip


def _meter(level: float) -> str:
    full = round(_METER * min(1.0, max(0.0, 1.0 - level / _QUIETEST)))
    return "[" + "#" * full + "." * (_METER - full) + "]"


def _on_one_line(text: str) -> None:
    """Show the text on the present line of the terminal, in place of what was there."""
    click.echo(f"\r\x1b[2K{terminal_text(text)}", nl=False, err=True)
