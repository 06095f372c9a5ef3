"""What a driver would use instead: one pass of pocketsphinx, and faster-whisper, beside ours, understood alike.

    python -m benchmarks.voice_others --speech FOLDER [--whisper FOLDER ...] [--level 15 --level 6] [--half 1]

FOLDER is as for `make bench-voice`, or holds cases of the form {"id", "wav", "tools"}, which are heard without more
noise. `--whisper` names folders of faster-whisper models (`pip install faster-whisper`; it is no dependency). Every
recognizer gets the clip as a file, without an endpoint; whisper gets the words of the catalog as hot words. One thread
each. Measures; nothing passes or fails.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.cli.catalogs import choose_catalog
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.hearing import read_heard
from assistant.understanding.interpret import Interpreter
from assistant.understanding.lines import line_for
from assistant.understanding.reading import Context
from benchmarks.benchmark_rows import row
from benchmarks.voice_parts import TAIL, cpu_seconds, level_name, noisy, share
from client.catalog import Catalog
from voice.audio import read_wav
from voice.plain_words import plain_words
from voice.recognition.choose_recognizer import make_recognizer
from voice.recognition.network import build_network
from voice.recognition.pronunciation import pronunciations
from voice.recognition.recognizer_base import SAMPLE_RATE, Alternative, Recognizer, Samples, Transcript

Hear = Callable[[Samples], Awaitable[Transcript]]


@dataclass(frozen=True)
class Case:
    """A recording, and what is right for it: one of some tools, and for a command of ours every argument."""

    id: str
    samples: Samples
    tools: Sequence[str] | None
    arguments: dict[str, Any] | None


def cases_of(folder: Path) -> list[Case]:
    """Return the cases of a folder."""
    found = []
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        tools = one["tools"] if "tools" in one else [one["tool"]]
        found.append(Case(one["id"], read_wav(folder / one["wav"]), tools, one.get("arguments")))
    return found


def ours(recognizer: Recognizer, catalog: Catalog, context: Context) -> Hear:
    """Return our recognizer."""
    grammar = compile_grammar(catalog, context)

    async def hear(samples: Samples) -> Transcript:
        recognition = recognizer.begin(grammar)
        await recognition.feed(samples)
        return await recognition.finish()

    return hear


def sphinx_once(catalog: Catalog, context: Context) -> Hear:
    """Return pocketsphinx with its defaults: our grammar as a network, one pass over the sound as it is."""
    decoder = importlib.import_module("pocketsphinx").Decoder(samprate=SAMPLE_RATE, lm=None, loglevel="FATAL")
    network = build_network(compile_grammar(catalog, context))
    words = sorted({word for arcs in network.arcs for word in arcs})
    for word, ways in pronunciations(word for word in words if decoder.lookup_word(word) is None).items():
        decoder.add_word(word, ways[0], False)
    end = len(network.arcs)
    arcs: list[Any] = [
        (state, following, likelihood, word)
        for state, leaving in enumerate(network.arcs)
        for word, (following, likelihood) in leaving.items()
    ]
    arcs += [(state, end, likelihood) for state, likelihood in sorted(network.finals.items())]
    decoder.add_fsg("all", decoder.create_fsg("all", 0, end, arcs))
    decoder.activate_search("all")

    async def hear(samples: Samples) -> Transcript:
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return _typed(best.hypstr if best is not None else "")

    return hear


def whisper(folder: Path, catalog: Catalog) -> Hear:
    """Return faster-whisper with a model."""
    engine = importlib.import_module("faster_whisper")
    model = engine.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    words = dict.fromkeys(word for tool in catalog.tools for word in _words_of(tool.input_schema))

    async def hear(samples: Samples) -> Transcript:
        sound = samples.astype(np.float32) / 32768.0
        pieces, _ = model.transcribe(
            sound, language="en", beam_size=5, without_timestamps=True, condition_on_previous_text=False,
            hotwords=", ".join(words),
        )  # fmt: skip
        return _typed(" ".join(piece.text.strip() for piece in pieces))

    return hear


def _words_of(schema: Any) -> list[str]:
    """Return the values that a schema lists."""
    if isinstance(schema, dict):
        listed = [str(one) for one in schema.get("enum", ())] + [str(one) for one in schema.get("examples", ())]
        return listed + [word for value in schema.values() for word in _words_of(value)]
    return [word for value in schema for word in _words_of(value)] if isinstance(schema, list) else []


def _typed(text: str) -> Transcript:
    return Transcript(text, (Alternative(text, 0.0),) if text else ())


async def measure(name: str, hear: Hear, cases: Sequence[Case], seconds: Callable[[], float], catalog: Catalog) -> None:
    """Hear all, and print the rows."""
    context, interpreter = Context(now=time.time()), Interpreter(catalog)
    right, wrong, whole, began = [], [], [], seconds()
    for case in cases:
        transcript = await hear(case.samples)
        whole.append((case, transcript))
    spent = seconds() - began
    for case, transcript in whole:
        line = line_for(case.id, transcript.text, read_heard(transcript, context, interpreter.read), catalog)
        fits = line["tool"] in case.tools if case.tools else line["tool"] is None
        if case.arguments is not None:
            said = {key: plain_words(str(value)) for key, value in line["arguments"].items() if value is not None}
            fits = fits and said == {key: plain_words(str(value)) for key, value in case.arguments.items()}
        right.append(fits)
        wrong.append(line["tool"] is not None and not line["missing"] and not fits)
    sound = sum(len(case.samples) for case in cases) / SAMPLE_RATE
    row(f"{name}: right; wrong whole calls", f"{share(right)}; {sum(wrong)}")
    row(f"{name}: processor seconds a second of sound", f"{spent / sound:.3f}")


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--whisper", type=Path, action="append", default=[])
    parser.add_argument("--level", type=int, action="append", help="dB of speech above the kitchen noise")
    parser.add_argument("--half", type=int, choices=(0, 1), help="every other case only: 1 is the half not chosen on")
    parser.add_argument("--only", action="append", help="ours, sphinx, or the name of a whisper folder")
    options = parser.parse_args()
    catalog, context = choose_catalog(options.speech / "catalog.json"), Context(now=time.time())
    cases = cases_of(options.speech)
    cases = cases if options.half is None else cases[options.half :: 2]
    recognizer = make_recognizer()
    everyone: dict[str, Callable[[], Hear]] = {
        "ours": lambda: ours(recognizer, catalog, context),
        "sphinx": lambda: sphinx_once(catalog, context),
        **{folder.name: (lambda folder=folder: whisper(folder, catalog)) for folder in options.whisper},  # type: ignore[misc]  # the folder is bound at once
    }
    try:
        for name in options.only or everyone:
            hear = everyone[name]()
            for level in options.level or [None]:
                heard = [case if level is None else _in_noise(case, options.speech, level) for case in cases]
                await measure(f"{name}, {level_name(level)}", hear, heard, lambda: cpu_seconds(recognizer), catalog)
    finally:
        await recognizer.close()


def _in_noise(case: Case, folder: Path, level: int) -> Case:
    """Return the clip in the noise that `make bench-voice` gives it, without the two seconds behind it."""
    return replace(case, samples=noisy(case.samples, read_wav(folder / "kitchen-noise.wav"), level, case.id)[:-TAIL])


if __name__ == "__main__":
    asyncio.run(main())
