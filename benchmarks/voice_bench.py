"""`make bench-voice`: how well McQueen hears, as one table; human and synthetic speech apart. Nothing passes or fails.

Human recordings are no part of the repository: `--speech FOLDER` (or `MCQUEEN_SPEECH`) names a folder with
`catalog.json` (an MCP tools/list result), `cases.jsonl` ({"id", "wav", "tool", "arguments"} a line) and
`kitchen-noise.wav`. Every clip goes the live way: blocks of 20 ms, endpoint, recognizer; then two seconds of noise.
`--only PART` runs one part (several may be named), `--kept FILE` goes on where a run was stopped. Several recognizers
stand beside one another in one run: `--recognizer neural --recognizer sphinx`, which is what it does by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.cli.catalogs import choose_catalog
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.reading import Context
from benchmarks import voice_slots
from benchmarks.benchmark_rows import row
from benchmarks.voice_parts import (
    LEVELS,
    PROFILE,
    TOWN,
    Bench,
    Clip,
    Kept,
    cpu_seconds,
    human_clips,
    last_speech,
    level_name,
    memory_mb,
    noisy,
    quantiles,
    recordings,
    share,
    synthetic_clips,
)
from benchmarks.voice_sentences import (
    DOORS,
    NO_COMMANDS,
    NO_COMMANDS_UNSEEN,
    NUMBER_SENTENCES,
    NUMBERS,
    NUMBERS_UNSEEN,
    TOWN_SENTENCES,
    TOWN_UNSEEN,
    WITHHELD,
)
from benchmarks.voice_waking import false_wakes, hits
from voice.audio import BLOCK_SECONDS, SamplesSource, no_wait, read_wav
from voice.noise import cabin_noise
from voice.recognition.choose_recognizer import make_recognizer
from voice.recognition.model_store import find_vosk_model
from voice.recognition.recognizer_base import SAMPLE_RATE, Recognizer, Samples
from voice.recognition.sphinx import SphinxRecognizer
from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer

ANSWER = "It is eighteen degrees in Mannheim, and dry."
GOALS = {None: "0.99", 24: "0.98", 15: "0.96", 6: "0.85"}
SYNTHETIC_LEVELS: tuple[int | None, ...] = (None, 15, 6)
TIMED = 15
"""Recordings that the timing takes for each level: each is heard in real time from its last second on."""


@dataclass(frozen=True)
class Everything:
    """What the parts are given."""

    recognizer: Recognizer
    kept: Kept
    town: Bench
    cabin: Samples
    people: Bench | None
    clips: Sequence[Clip]
    kitchen: Samples
    minutes: float
    talk: Sequence[Path]
    """Folders of WAV files, none of which is a command."""


async def accuracy(given: Everything) -> None:
    """Rows by noise level: commands right, cut off, endpoint, wrong effects. No figure of time: any load will do."""
    if given.people is not None:
        name = given.recognizer.name
        print(f"\n{len(given.clips)} human recordings, {name}; the even ones are those that choices were made on\n")
        await _accuracy(f"human, {name}, chosen on", given.people, given.clips[::2], given.kitchen)
        await _accuracy(f"human, {name}, others", given.people, given.clips[1::2], given.kitchen)


async def synthetic(given: Everything) -> None:
    """The same with synthetic voices: the town's grammar, and numbers with their units. Plumbing, not accuracy."""
    name = given.recognizer.name
    print(f"\nsynthetic speech in synthetic cabin noise, {name}: plumbing, not accuracy\n")
    numbers = Bench("numbers", given.recognizer, NUMBERS, given.kept, given.town.context)
    for kind, bench, texts in (
        ("town", given.town, TOWN_SENTENCES),
        ("town, unseen", given.town, TOWN_UNSEEN),
        ("numbers", numbers, NUMBER_SENTENCES),
        ("numbers, unseen", numbers, NUMBERS_UNSEEN),
    ):
        clips = await synthetic_clips(bench, texts)
        await _accuracy(f"synthetic, {name}, {kind}", bench, clips, given.cabin, SYNTHETIC_LEVELS)


async def _accuracy(
    kind: str, bench: Bench, clips: Sequence[Clip], noise: Samples, levels: Sequence[int | None] = LEVELS
) -> None:
    for level in levels:
        results = [await bench.run(clip, noise, level) for clip in clips]
        name = f"{kind}, {level_name(level)}"
        waits = [one.wait for one in results if one.wait > -0.1]
        row(f"{name}: commands right", share([one.right for one in results]), f"goal >= {GOALS[level]}")
        row(f"{name}: cut off", share([one.wait <= -0.1 for one in results]), "goal <= 0.01")
        row(f"{name}: endpoint after the last word, median, p95", f"{quantiles(waits)} s", "goal median <= 0.5 s")
        wrong = [clip for clip, one in zip(clips, results, strict=True) if one.acts and not one.right]
        confirmed = [await bench.yes_to_no(noise, level, clip.id) for clip in wrong]
        effects = share([False] * (len(clips) - len(wrong)) + [True] * len(wrong))
        row(f"{name}: wrong effects, confirmation off", effects)
        row(f"{name}: wrong effects, on (a no heard as yes)", f"{sum(confirmed)} of {len(clips)}", "goal 0")


async def rejection(given: Everything) -> None:
    """How much speech that is no command of the catalog becomes one: idle, and while a yes is waited for."""
    name = given.recognizer.name
    print(f"\nspeech that is no command of the town, {name}\n")
    talk = await synthetic_clips(given.town, NO_COMMANDS)
    unseen = await synthetic_clips(given.town, NO_COMMANDS_UNSEEN)
    for kind, clips, noise in (
        ("human", given.clips[::4], given.kitchen),
        ("synthetic", talk, given.cabin),
        ("synthetic, unseen", unseen, given.cabin),
        *((f"talk, {folder.name}", recordings(folder), given.cabin) for folder in given.talk),
    ):
        for state, context in (("idle", given.town.context), ("a yes is waited for", given.town.waiting())):
            grammar = compile_grammar(given.town.catalog, context)
            for level in (None, 15):
                if not clips:
                    continue
                taken = []
                for clip in clips:
                    key = f"rejection/{name}/{kind}/{state}/{level_name(level)}/{clip.id}"
                    if given.kept.get(key) is None:
                        heard = await given.town.hear(noisy(clip.samples, noise, level, clip.id), grammar)
                        given.kept.put(key, given.town.taken(heard, context))
                    taken.append(str(given.kept.get(key)))
                said = f"{kind}, {name}, {state}, {level_name(level)}"
                row(f"{said}: taken for something", share([bool(one) for one in taken]), "goal <= 0.03")
                if context.confirming:
                    row(f"{said}: taken for a yes", f"{taken.count('yes')} of {len(taken)}", "goal 0")


async def withheld(given: Everything) -> None:
    """How often a refusal, or a question, is heard as the request that it speaks of."""
    name = given.recognizer.name
    print(f"\nrefusals and questions, {name}\n")
    doors = Bench("doors", given.recognizer, DOORS, given.kept)
    clips = await synthetic_clips(doors, WITHHELD)
    for level in (15, 6):
        results = [await doors.run(clip, given.cabin, level) for clip in clips]
        said = f"synthetic, {name}, {level_name(level)}"
        row(f"{said}: heard as a request", share([one.acts for one in results]), "goal 0")


async def timing(given: Everything) -> None:
    """Times after the endpoint and processor time, the sound in real time from its last second on: a quiet machine."""
    bench, clips, noise, kind = given.people, list(given.clips), given.kitchen, "human"
    if bench is None:
        bench, noise, kind = given.town, given.cabin, "synthetic"
        clips = await synthetic_clips(bench, TOWN_SENTENCES)
    clips = clips[:: max(1, len(clips) // TIMED)]
    print(f"\ntimes, {len(clips)} {kind} recordings a level: figures of a machine that does nothing else\n")
    kind = f"{kind}, {given.recognizer.name}"
    answering = await synthesis_seconds()
    await bench.hear(noisy(clips[0].samples, noise, None, ""))  # the processes are started
    for level in (None, 15, 6):
        computed, results = 0.0, []
        for clip in clips:
            source = InTheEndRealTime(noisy(clip.samples, noise, level, clip.id), last_speech(clip.samples) - 1.0)
            began = cpu_seconds(given.recognizer)
            heard = await bench.hear(source)
            computed += cpu_seconds(given.recognizer) - began
            results.append(await bench.judged(clip, heard))
        factor = computed / sum(one.audio_seconds for one in results)
        name = f"{kind}, {level_name(level)}"
        finals = [one.final_seconds * 1000 for one in results]
        answers = [one.ready + answering for one in results if one.wait > -0.1]
        row(f"{name}: final after the endpoint, median, p95", f"{quantiles(finals, 0)} ms", "goal <= 150 ms")
        row(f"{name}: first sample of the answer, p50, p95", f"{quantiles(answers)} s", "goal 0.8, 1.2 s")
        row(f"{name}: real-time factor (processor seconds)", f"{factor:.2f}", "goal <= 0.5")
    row("a text to its first sample, without the device, median of 5", f"{answering * 1000:.0f} ms", "goal <= 100 ms")
    row("memory, with the workers", f"{memory_mb(given.recognizer):.0f} MB")


class InTheEndRealTime:
    """Samples as a source: as fast as they are taken up to a second, block by block in real time after it."""

    def __init__(self, samples: Samples, real_from: float) -> None:
        self._samples = samples
        self._real_from = round(max(0.0, real_from) / BLOCK_SECONDS)

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Yield the blocks."""
        number, began = 0, 0.0
        async for block in SamplesSource(self._samples, no_wait).blocks():
            if number == self._real_from:
                began = time.perf_counter()
            if number > self._real_from:
                due = began + (number - self._real_from) * BLOCK_SECONDS
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            number += 1
            yield block


async def synthesis_seconds() -> float:
    """Return how long the first sample of an answer takes from its text, median of five; the device's delay is more."""
    synthesizer, took = EspeakSynthesizer(), []
    try:
        for _ in range(6):
            began = time.perf_counter()
            await synthesizer.synthesize(ANSWER, ASSISTANT_VOICE)
            took.append(time.perf_counter() - began)
    finally:
        await synthesizer.close()
    return float(np.median(took[1:]))  # the first one starts the process


async def slots(given: Everything) -> None:
    """How many messages go out as meant after at most one correction; with a Vosk model where one is installed too."""
    print("\nopen slots, synthetic voices in synthetic cabin noise, whole conversations\n")
    context = Context(now=time.time(), profile=PROFILE)
    await voice_slots.rows(Bench("slots", given.recognizer, TOWN, given.kept, context), given.cabin)
    model = find_vosk_model()
    if model is None:
        print("no Vosk model is installed: the rows with Vosk are not measured (mcqueen models install)")
    if model is None or given.recognizer.name == "vosk":
        return
    from voice.recognition.vosk import VoskRecognizer  # heavy: only where there is a model

    vosk = VoskRecognizer(model)
    try:
        await voice_slots.rows(Bench("slots", vosk, TOWN, given.kept, context), given.cabin)
    finally:
        await vosk.close()


async def waking(given: Everything) -> None:
    """How often the wake word is spotted, and how often other speech wakes."""
    print("\nwake word\n")
    await hits(given.cabin)
    await false_wakes(given.clips, given.kitchen, given.minutes)


PARTS: dict[str, Callable[[Everything], Awaitable[None]]] = {
    "accuracy": accuracy,
    "rejection": rejection,
    "withheld": withheld,
    "timing": timing,
    "synthetic": synthetic,
    "slots": slots,
    "waking": waking,
}


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=os.environ.get("MCQUEEN_SPEECH"), help="a folder of recordings")
    parser.add_argument("--limit", type=int, default=120, help="recordings at most; every so many-th is taken")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given several times")
    parser.add_argument("--kept", type=Path, help="a file of results: what is in it is not heard again")
    parser.add_argument(
        "--recognizer", action="append", choices=("neural", "sphinx", "auto"), help="several stand side by side"
    )
    parser.add_argument("--talk", type=Path, help="folders of WAV files in this one are speech that is no command")
    parser.add_argument("--minutes", type=float, default=60.0, help="synthetic speech that false wakes are counted in")
    options = parser.parse_args()
    for name in options.recognizer or ("auto", "sphinx"):
        await _measure(SphinxRecognizer() if name == "sphinx" else make_recognizer(), options)


async def _measure(recognizer: Recognizer, options: argparse.Namespace) -> None:
    kept = Kept(options.kept)
    folder = Path(options.speech) if options.speech else None
    try:
        people = Bench("human", recognizer, choose_catalog(folder / "catalog.json"), kept) if folder else None
        clips = human_clips(folder, options.limit) if folder else []
        kitchen = read_wav(folder / "kitchen-noise.wav") if folder else np.zeros(SAMPLE_RATE, np.int16)
        if folder is None:
            print("no human recordings: --speech FOLDER")
        town = Bench("town", recognizer, TOWN, kept, Context(now=time.time(), profile=PROFILE))
        cabin = cabin_noise(30.0, seed=7)
        talk = sorted(each for each in options.talk.iterdir() if each.is_dir()) if options.talk else []
        given = Everything(recognizer, kept, town, cabin, people, clips, kitchen, options.minutes, talk)
        for part in options.only or PARTS:
            await PARTS[part](given)
    finally:
        await recognizer.close()


if __name__ == "__main__":
    asyncio.run(main())
