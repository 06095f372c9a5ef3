"""`make bench-voice`: how well McQueen hears, as one table; human and synthetic speech apart. Nothing passes or fails.

Human recordings are no part of the repository: `--speech FOLDER` (or `MCQUEEN_SPEECH`) names a folder with
`catalog.json` (an MCP tools/list result), `cases.jsonl` ({"id", "wav", "tool", "arguments"} a line) and
`kitchen-noise.wav`. Every clip goes the live way: blocks of 20 ms, endpoint, recognizer; then two seconds of noise.
`--only PART` runs one part (several may be named), `--kept FILE` goes on where a run was stopped.
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
from assistant.understanding.reading import Context
from benchmarks import voice_slots
from benchmarks.voice_bench import (
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
    row,
    share,
    synthetic_clips,
)
from benchmarks.voice_waking import false_wakes, hits
from voice.audio import BLOCK_SECONDS, SamplesSource, no_wait, read_wav
from voice.noise import cabin_noise
from voice.recognition.base import SAMPLE_RATE, Recognizer, Samples
from voice.recognition.choose import make_recognizer
from voice.recognition.models import find_vosk_model
from voice.recognition.sphinx import SphinxRecognizer
from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer

LINES = (
    "what's the weather in mannheim",
    "find a fuel station",
    "tell anna i'm on my way",
    "book a table at luigi's for four tomorrow at seven",
)
NO_COMMANDS = (
    "photosynthesis converts light into chemical energy",
    "my grandmother lives in a village by the sea",
    "i think the economy is going to be fine next year",
    "the children are arguing about chocolate",
    "it was a bright cold day in april",
    "so then i told him it was not my problem",
)
ANSWER = "It is eighteen degrees in Mannheim, and dry."
GOALS = {None: "0.99", 24: "0.98", 15: "0.96", 6: "0.85"}
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


async def accuracy(given: Everything) -> None:
    """Rows by noise level: commands right, cut off, endpoint, wrong effects. No figure of time: any load will do."""
    if given.people is not None:
        print(f"\n{len(given.clips)} human recordings, {given.recognizer.name}\n")
        await _accuracy("human", given.people, given.clips, given.kitchen)


async def synthetic(given: Everything) -> None:
    """The same for the second grammar, the town's, with synthetic voices: plumbing, not accuracy."""
    print("\nsynthetic speech in synthetic cabin noise, the town's grammar: plumbing, not accuracy\n")
    await _accuracy("synthetic, town", given.town, await synthetic_clips(given.town, LINES), given.cabin)


async def _accuracy(kind: str, bench: Bench, clips: Sequence[Clip], noise: Samples) -> None:
    for level in LEVELS:
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
    print("\nspeech that is no command of the town\n")
    talk = await synthetic_clips(given.town, NO_COMMANDS)
    for kind, clips, noise in (("human", given.clips, given.kitchen), ("synthetic", talk, given.cabin)):
        for state, grammar in (("idle", given.town.grammar), ("a yes is waited for", given.town.confirming())):
            for level in (None, 15):
                if not clips:
                    continue
                taken = []
                for clip in clips:
                    key = f"rejection/{kind}/{state}/{level_name(level)}/{clip.id}"
                    if given.kept.get(key) is None:
                        heard = await given.town.hear(noisy(clip.samples, noise, level, clip.id), grammar)
                        given.kept.put(key, heard.transcript.text)
                    taken.append(bool(given.kept.get(key)))
                row(f"{kind}, {state}, {level_name(level)}: taken for a command", share(taken), "goal <= 0.05")


async def timing(given: Everything) -> None:
    """Times after the endpoint and processor time, the sound in real time from its last second on: a quiet machine."""
    bench, clips, noise, kind = given.people, list(given.clips), given.kitchen, "human"
    if bench is None:
        bench, noise, kind = given.town, given.cabin, "synthetic"
        clips = await synthetic_clips(bench, LINES)
    clips = clips[:: max(1, len(clips) // TIMED)]
    print(f"\ntimes, {len(clips)} {kind} recordings a level: figures of a machine that does nothing else\n")
    answering = await synthesis_seconds()
    await bench.hear(noisy(clips[0].samples, noise, None, ""))  # the processes are started
    for level in (None, 15, 6):
        began, results = cpu_seconds(given.recognizer), []
        for clip in clips:
            sound = noisy(clip.samples, noise, level, clip.id)
            heard = await bench.hear(InTheEndRealTime(sound, last_speech(clip.samples) - 1.0))
            results.append(await bench.judged(clip, heard))
        factor = (cpu_seconds(given.recognizer) - began) / sum(one.audio_seconds for one in results)
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
        "--recognizer", choices=("sphinx", "auto"), default="sphinx", help="auto: Vosk where a model is"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="synthetic speech that false wakes are counted in")
    options = parser.parse_args()
    recognizer = SphinxRecognizer() if options.recognizer == "sphinx" else make_recognizer()
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
        given = Everything(recognizer, kept, town, cabin, people, clips, kitchen, options.minutes)
        for part in options.only or PARTS:
            await PARTS[part](given)
    finally:
        await recognizer.close()


if __name__ == "__main__":
    asyncio.run(main())
