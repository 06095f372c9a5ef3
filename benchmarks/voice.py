"""`make bench-voice`: how well McQueen hears, as one table; human and synthetic speech apart. Nothing passes or fails.

Human recordings are no part of the repository: `--speech FOLDER` (or `MCQUEEN_SPEECH`) names a folder with
`catalog.json` (an MCP tools/list result), `cases.jsonl` ({"id", "wav", "tool", "arguments"} a line) and
`kitchen-noise.wav`. Every clip goes the live way: blocks of 20 ms, endpoint, recognizer; then two seconds of noise.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.cli.catalogs import choose_catalog
from assistant.settings import ProfileSettings
from assistant.town.tools import tool_definitions
from assistant.understanding.confirming import Confirming
from assistant.understanding.grammar import compile_grammar
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.lines import line_for
from assistant.understanding.reading import Context, Profile
from client.catalog import Catalog
from client.listing import read_tools
from voice.audio import BLOCK, SamplesSource, no_wait, read_wav, resampled
from voice.ears import Ears, Heard
from voice.endpointing import Endpointing, SpeechDetector
from voice.noise import cabin_noise, mix
from voice.recognition.base import SAMPLE_RATE, Grammar, Samples
from voice.recognition.sphinx import SphinxRecognizer
from voice.synthesis.base import Voice
from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer
from voice.wake import PHRASE, PhraseSpotter
from voice.words import plain_words

LEVELS: tuple[int | None, ...] = (None, 24, 15, 6)
TAIL = 2 * SAMPLE_RATE
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
MESSAGES = (
    "tell my wife i'm running ten minutes late",
    "tell tom i'm on my way",
    "tell my wife i'm stuck in traffic",
    "tell tom i'll call you later",
)
FREE_MESSAGES = ("tell tom the meeting moved to the big room", "tell my wife we need bread and two lemons")
ANSWER = "It is eighteen degrees in Mannheim, and dry."
VOICES = ("en-us+m3", "en-us+f2", "en-us+m7")
TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town").tools))


@dataclass(frozen=True)
class Clip:
    """A recording and what it asks for."""

    id: str
    samples: Samples
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What became of a clip."""

    heard: Heard
    right: bool
    acts: bool
    """Whether the reading is a whole call, which without a confirmation would be made."""
    wait: float
    """Seconds from the last speech of the clean recording to the endpoint; negative where speech was cut off."""
    reading_seconds: float
    """Seconds of understanding."""

    @property
    def ready(self) -> float:
        """Seconds from the last speech to the meaning of it."""
        return self.wait + self.heard.decode_seconds + self.reading_seconds


def row(what: str, value: str, goal: str = "") -> None:
    """Print a row."""
    print(f"{what:<62}{value:>26}   {goal}", flush=True)


def share(values: Sequence[bool]) -> str:
    """Return a share with its counts."""
    return f"{sum(values) / max(1, len(values)):.3f} ({sum(values)} of {len(values)})"


def level_name(level: int | None) -> str:
    """Return the name of a noise level."""
    return "clean" if level is None else f"{level} dB"


def noisy(samples: Samples, noise: Samples, level: int | None, key: str) -> Samples:
    """Return the clip and two seconds more, with a piece of the noise that depends on the key alone."""
    longer = np.pad(samples, (0, TAIL))
    if level is None:
        hiss = np.random.default_rng(0).normal(0.0, 10.0, len(longer))
        return np.asarray(np.clip(longer + hiss, -32768, 32767), dtype=np.int16)
    place = int(hashlib.sha256(f"{key}{level}".encode()).hexdigest(), 16) % max(1, len(noise) - len(longer))
    return mix(longer, noise[place : place + len(longer)], float(level))


def last_speech(samples: Samples) -> float:
    """Return the second at which speech ends in a clean recording."""
    machine = Endpointing(patient=True)
    for probability in SpeechDetector().probabilities(samples):
        machine.advance(probability, SpeechDetector.CHUNK / SAMPLE_RATE)
    return machine.last_speech


class Bench:
    """One recognizer, and what the clips ask for."""

    def __init__(self, recognizer: SphinxRecognizer, catalog: Catalog, context: Context | None = None) -> None:
        self.recognizer = recognizer
        self.catalog = catalog
        self.context = context or Context(now=time.time())
        self.grammar = compile_grammar(catalog, self.context)
        self.interpreter = Interpreter(catalog)

    async def hear(self, samples: Samples, grammar: Grammar | None = None) -> Heard:
        """Hear as at a microphone."""
        source = SamplesSource(samples, no_wait)
        return await Ears(self.recognizer).listen(source, grammar or self.grammar, no_speech_seconds=10.0)

    async def run(self, clip: Clip, noise: Samples, level: int | None) -> Result:
        """Hear a clip in noise and read it."""
        heard = await self.hear(noisy(clip.samples, noise, level, clip.id))
        transcript = heard.transcript
        texts = list(dict.fromkeys([transcript.text, *(one.text for one in transcript.alternatives)]))
        began = time.perf_counter()
        reading = self.interpreter.read(texts if transcript.text else [], self.context)
        took = time.perf_counter() - began
        line = line_for(clip.id, transcript.text, reading, self.catalog)
        said = {key: plain_words(str(value)) for key, value in line["arguments"].items() if value is not None}
        wanted = {key: plain_words(str(value)) for key, value in clip.arguments.items()}
        right = line["tool"] == clip.tool and said == wanted
        acts = line["tool"] is not None and not line["missing"]
        return Result(heard, right, acts, heard.audio_seconds - last_speech(clip.samples), took)


def cpu_seconds(recognizer: SphinxRecognizer) -> float:
    """Return the processor seconds of this process and the workers so far (Linux)."""
    total = time.process_time()
    for pid in worker_pids(recognizer):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def worker_pids(recognizer: SphinxRecognizer) -> list[int]:
    """Return the processes that decode."""
    return [worker.process_id for worker in recognizer.workers if worker.process_id is not None]


def memory_mb(recognizer: SphinxRecognizer) -> float:
    """Return the resident memory of this process and the workers (Linux)."""
    pages = sum(
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (os.getpid(), *worker_pids(recognizer))
    )
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


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


async def accuracy(kind: str, bench: Bench, clips: Sequence[Clip], noise: Samples) -> None:
    """Rows by noise level: right, cut off, waits, latency, real-time factor, wrong effects."""
    answering = await synthesis_seconds()
    goals = {None: "0.99", 24: "0.98", 15: "0.96", 6: "0.85"}
    for level in LEVELS:
        began, seconds = cpu_seconds(bench.recognizer), 0.0
        results = [await bench.run(clip, noise, level) for clip in clips]
        seconds = sum(one.heard.audio_seconds for one in results)
        name = f"{kind}, {level_name(level)}"
        waits = [one.wait for one in results if one.wait > -0.1]
        finals = [one.heard.decode_seconds * 1000 for one in results]
        row(f"{name}: commands right", share([one.right for one in results]), f"goal >= {goals[level]}")
        row(f"{name}: cut off", share([one.wait <= -0.1 for one in results]), "goal <= 0.01")
        row(f"{name}: endpoint after the last word, median, p95", f"{quantiles(waits)} s", "goal median <= 0.5 s")
        row(f"{name}: final after the endpoint, median, p95", f"{quantiles(finals, 0)} ms", "goal <= 150 ms")
        answers = [one.ready + answering for one in results if one.wait > -0.1]
        row(f"{name}: first sample of the answer, p50, p95", f"{quantiles(answers)} s", "goal 0.8, 1.2 s")
        factor = (cpu_seconds(bench.recognizer) - began) / max(seconds, 0.1)
        row(f"{name}: real-time factor (processor seconds)", f"{factor:.2f}", "goal <= 0.5")
        wrong = [clip for clip, one in zip(clips, results, strict=True) if one.acts and not one.right]
        confirmed = [await yes_to_no(bench, noise, level, clip.id) for clip in wrong]
        row(
            f"{name}: wrong effects without confirmation",
            share([False] * (len(clips) - len(wrong)) + [True] * len(wrong)),
        )
        row(f"{name}: wrong effects with it (a no heard as yes)", f"{sum(confirmed)} of {len(clips)}", "goal 0")


def quantiles(values: Sequence[float], digits: int = 2) -> str:
    """Return median and 95th percentile."""
    if not values:
        return "-"
    return ", ".join(f"{np.percentile(values, at):.{digits}f}" for at in (50, 95))


_SPOKEN: dict[tuple[str, str], Samples] = {}


async def spoken(text: str, voice: str) -> Samples:
    """Return a synthetic voice, with quiet around it."""
    if (text, voice) not in _SPOKEN:
        synthesizer = EspeakSynthesizer()
        try:
            speech = await synthesizer.synthesize(text, Voice(voice, 160))
        finally:
            await synthesizer.close()
        _SPOKEN[text, voice] = np.pad(resampled(speech.samples, speech.sample_rate), (SAMPLE_RATE // 2, 0))
    return _SPOKEN[text, voice]


async def yes_to_no(bench: Bench, noise: Samples, level: int | None, key: str) -> bool:
    """Whether a driver's "no" to a wrong read-back, in the same noise, is taken as a yes. The voice is synthetic."""
    context = Context(now=bench.context.now, confirming=True, pending_tool=bench.catalog.tools[0].qualified)
    grammar = compile_grammar(bench.catalog, context)
    heard = await bench.hear(noisy(await spoken("no", VOICES[0]), noise, level, key), grammar)
    return Confirming(language()).answer(heard.transcript.text).value == "yes"


async def open_slots(noise: Samples, recognizer: SphinxRecognizer) -> None:
    """How many messages go out right after at most one correction: first kept ones, then ones that no grammar has."""
    profile = Profile({"my wife": "Anna", "tom": "Tom Berg"}, {}, tuple(ProfileSettings().quick_messages))
    bench = Bench(recognizer, TOWN, Context(now=time.time(), profile=profile))
    for kind, texts in (("kept", MESSAGES), ("free", FREE_MESSAGES)):
        right, wrong = [], 0
        for clip in await synthetic_clips(bench, texts):
            tries = [await bench.run(replace(clip, id=f"{clip.id}{number}"), noise, 15) for number in (0, 1)]
            right.append(any(one.right for one in tries))
            wrong += not right[-1] and tries[-1].acts
        row(f"synthetic, {kind} messages, 15 dB: right at the first or second try", share(right))
        row(f"synthetic, {kind} messages, 15 dB: read back wrongly twice", f"{wrong} of {len(right)}")


async def wakes_up(noise: Samples) -> None:
    """How often the wake word is spotted, in several voices and noises."""
    spotter, hits = PhraseSpotter(), []
    try:
        for voice in VOICES:
            for level in (24, 15):
                sound = noisy(await spoken(PHRASE, voice), noise, level, voice)
                hits.append(any([await spotter.spots(sound[at : at + BLOCK]) for at in range(0, len(sound), BLOCK)]))
    finally:
        await spotter.close()
    row("synthetic, wake word spotted, 24 and 15 dB", share(hits))


async def false_accepts(kind: str, bench: Bench, clips: Sequence[Clip], noise: Samples) -> None:
    """How much speech that is no command of this catalog becomes one."""
    for level in (None, 15):
        taken = [bool((await bench.hear(noisy(clip.samples, noise, level, clip.id))).transcript.text) for clip in clips]
        row(f"{kind}, {level_name(level)}: taken for a command", share(taken), "goal <= 0.05")


def human_clips(folder: Path, limit: int) -> list[Clip]:
    """Return every so many-th case of a folder."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    step = max(1, len(cases) // limit)
    return [Clip(one["id"], read_wav(folder / one["wav"]), one["tool"], one["arguments"]) for one in cases[::step]]


async def synthetic_clips(bench: Bench, texts: Sequence[str]) -> list[Clip]:
    """Return the texts in several voices, with what understanding makes of them typed."""
    clips = []
    for text in texts:
        typed = line_for(text, text, bench.interpreter.read([text], bench.context), bench.catalog)
        clips += [
            Clip(f"{text}/{voice}", await spoken(text, voice), str(typed["tool"]), dict(typed["arguments"] or {}))
            for voice in VOICES
        ]
    return clips


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=os.environ.get("MCQUEEN_SPEECH"), help="a folder of recordings")
    parser.add_argument("--limit", type=int, default=40, help="recordings at most; every so many-th is taken")
    options = parser.parse_args()
    recognizer = SphinxRecognizer()
    try:
        town = Bench(recognizer, TOWN)
        cabin = cabin_noise(30.0, seed=7)
        if options.speech:
            folder = Path(options.speech)
            clips = human_clips(folder, options.limit)
            print(f"{len(clips)} human recordings of {folder.name}, {recognizer.name}\n")
            await accuracy("human", Bench(recognizer, choose_catalog(folder / "catalog.json")), clips,
                           read_wav(folder / "kitchen-noise.wav"))  # fmt: skip
            await false_accepts("human, for another catalog", town, clips, read_wav(folder / "kitchen-noise.wav"))
        else:
            print("no human recordings: --speech FOLDER\n")
        print("\nsynthetic speech in synthetic cabin noise: plumbing, not accuracy; the town is the second grammar\n")
        await accuracy("synthetic, town", town, await synthetic_clips(town, LINES), cabin)
        await false_accepts("synthetic talk", town, await synthetic_clips(town, NO_COMMANDS), cabin)
        await open_slots(cabin, recognizer)
        await wakes_up(cabin)
        row("memory, with the workers", f"{memory_mb(recognizer):.0f} MB")
    finally:
        await recognizer.close()


if __name__ == "__main__":
    asyncio.run(main())
