"""What the parts of `make bench-voice` share: clips, noise, a recognizer and what clips ask for, rows, kept results.

Nothing passes or fails here, and nothing is printed but rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.settings.settings import ProfileSettings
from assistant.town.town_tools import tool_definitions
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.hearing import read_heard
from assistant.understanding.interpret import Interpreter
from assistant.understanding.lines import line_for
from assistant.understanding.reading import Context, Control, Profile
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from voice.audio import AudioSource, SamplesSource, no_wait, read_wav, resampled
from voice.ears import Ears, ListeningResult
from voice.endpointing import Endpointing, SpeechDetector
from voice.noise import mix
from voice.plain_words import plain_words
from voice.recognition.recognizer_base import SAMPLE_RATE, Grammar, Recognizer, Samples
from voice.synthesis.espeak import RepeatableEspeakSynthesizer
from voice.synthesis.synthesizer_base import Voice

LEVELS: tuple[int | None, ...] = (None, 24, 15, 6)
TAIL = 2 * SAMPLE_RATE
VOICES = ("en-us+m3", "en-us+f2", "en-us+m7")
TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))
PROFILE = Profile({"my wife": "Anna", "tom": "Tom Berg"}, {}, tuple(ProfileSettings().quick_messages))


@dataclass(frozen=True)
class Clip:
    """A recording and what it asks for."""

    id: str
    samples: Samples
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What became of a clip; kept as a line of JSON."""

    text: str
    right: bool
    acts: bool
    """Whether the reading is a whole call, which without a confirmation would be made."""
    wait: float
    """Seconds from the last speech of the clean recording to the endpoint; negative where speech was cut off."""
    final_seconds: float
    """From the endpoint to the final transcript; a figure only where the sound came in real time."""
    reading_seconds: float
    """Of understanding."""
    audio_seconds: float

    @property
    def ready(self) -> float:
        """Seconds from the last speech to the meaning of it."""
        return self.wait + self.final_seconds + self.reading_seconds


def share(values: Sequence[bool]) -> str:
    """Return a share with its counts."""
    return f"{sum(values) / max(1, len(values)):.3f} ({sum(values)} of {len(values)})"


def quantiles(values: Sequence[float], digits: int = 2) -> str:
    """Return median and 95th percentile."""
    return ", ".join(f"{np.percentile(values, at):.{digits}f}" for at in (50, 95)) if values else "-"


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


def human_clips(folder: Path, limit: int) -> list[Clip]:
    """Return every so many-th case of a folder."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    step = max(1, len(cases) // limit)
    return [Clip(one["id"], read_wav(folder / one["wav"]), one["tool"], one["arguments"]) for one in cases[::step]]


def recordings(folder: Path) -> list[Clip]:
    """Return the WAV files of a folder as clips that ask for nothing, with quiet before them."""
    return [
        Clip(file.stem, np.pad(read_wav(file), (SAMPLE_RATE // 2, 0)), "", {}) for file in sorted(folder.glob("*.wav"))
    ]


class Kept:
    """Results in a file of JSON lines, so that a run goes on where it was stopped."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._found: dict[str, Any] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self._found[entry["key"]] = entry["value"]

    def get(self, key: str) -> Any:
        """Return what was kept under the key, or None."""
        return self._found.get(key)

    def put(self, key: str, value: Any) -> None:
        """Keep it, also for the next run where there is a file."""
        self._found[key] = value
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "value": value}) + "\n")


class Bench:
    """One recognizer, and what the clips ask for."""

    def __init__(
        self, name: str, recognizer: Recognizer, catalog: Catalog, kept: Kept, context: Context | None = None
    ) -> None:
        self.name = name
        self.recognizer = recognizer
        self.catalog = catalog
        self.kept = kept
        self.context = context or Context(now=time.time())
        self.grammar = compile_grammar(catalog, self.context)
        self.interpreter = Interpreter(catalog)

    async def hear(self, source: AudioSource | Samples, grammar: Grammar | None = None) -> ListeningResult:
        """Hear as at a microphone; samples as fast as they are taken."""
        if isinstance(source, np.ndarray):
            source = SamplesSource(source, no_wait)
        return await Ears(self.recognizer).listen(source, grammar or self.grammar, no_speech_seconds=10.0)

    async def run(self, clip: Clip, noise: Samples, level: int | None) -> Result:
        """Hear a clip in noise and read it, or return what is kept of that."""
        key = f"{self.name}/{self.recognizer.name}/{level_name(level)}/{clip.id}"
        if (found := self.kept.get(key)) is not None:
            return Result(**found)
        result = await self.judged(clip, await self.hear(noisy(clip.samples, noise, level, clip.id)))
        self.kept.put(key, asdict(result))
        return result

    async def judged(self, clip: Clip, heard: ListeningResult) -> Result:
        """Read what was heard, and compare it with what the clip asks for."""
        transcript = heard.transcript
        began = time.perf_counter()
        reading = read_heard(transcript, self.context, self.interpreter.read)
        took = time.perf_counter() - began
        line = line_for(clip.id, transcript.text, reading, self.catalog)
        said = {key: plain_words(str(value)) for key, value in line["arguments"].items() if value is not None}
        wanted = {key: plain_words(str(value)) for key, value in clip.arguments.items()}
        right = (line["tool"] or "") == clip.tool and said == wanted
        if not clip.tool:  # a control word, or nothing
            right = right and plain_words(transcript.text) == plain_words(clip.id.partition("/")[0])
        acts = line["tool"] is not None and not line["missing"]
        wait = heard.audio_seconds - last_speech(clip.samples)
        return Result(transcript.text, right, acts, wait, heard.decode_seconds, took, heard.audio_seconds)

    def taken(self, heard: ListeningResult, context: Context) -> str:
        """Return what an utterance was taken for: a control, an answer, or a tool; "" if for nothing."""
        reading = read_heard(heard.transcript, context, self.interpreter.read)
        if reading.control is not None:
            return str(reading.control)
        if reading.changes or reading.choice is not None:
            return "an answer"
        return reading.interpretations[0].tool if reading.interpretations else ""

    def confirming(self) -> Grammar:
        """Return what is listened for while a yes is waited for."""
        return compile_grammar(self.catalog, self.waiting())

    def waiting(self) -> Context:
        """Return the state in which a yes is waited for."""
        pending = next((tool for tool in self.catalog.tools if tool.name == "book_restaurant_public"), None)
        tool = pending or self.catalog.tools[0]
        return Context(now=self.context.now, confirming=True, pending_tool=tool.qualified)

    async def yes_to_no(self, noise: Samples, level: int | None, key: str) -> bool:
        """Whether a "no" to a wrong read-back, in the same noise, is taken as a yes. The voice is synthetic."""
        heard = await self.hear(noisy(await spoken("no", VOICES[0]), noise, level, key), self.confirming())
        reading = read_heard(heard.transcript, self.waiting(), self.interpreter.read)
        return reading.control is Control.YES  # as the live path reads it


def cpu_seconds(recognizer: Recognizer) -> float:
    """Return the processor seconds of this process and the workers so far (Linux)."""
    total = time.process_time()
    for pid in worker_pids(recognizer):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def worker_pids(recognizer: Recognizer) -> list[int]:
    """Return the processes that decode."""
    return [worker.process_id for worker in getattr(recognizer, "workers", []) if worker.process_id is not None]


def memory_mb(recognizer: Recognizer) -> float:
    """Return the memory of this process and the workers, what they share counted once (Linux)."""
    kilobytes = 0
    for pid in (os.getpid(), *worker_pids(recognizer)):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6


_SPOKEN: dict[tuple[str, str], Samples] = {}


async def spoken(text: str, voice: str) -> Samples:
    """Return a synthetic voice, with quiet before it; the same each time."""
    if (text, voice) not in _SPOKEN:
        synthesizer = RepeatableEspeakSynthesizer()
        try:
            speech = await synthesizer.synthesize(text, Voice(voice, 160))
        finally:
            await synthesizer.close()
        _SPOKEN[text, voice] = np.pad(resampled(speech.samples, speech.sample_rate), (SAMPLE_RATE // 2, 0))
    return _SPOKEN[text, voice]


async def synthetic_clips(bench: Bench, texts: Sequence[str]) -> list[Clip]:
    """Return the texts in several voices, with what understanding makes of them typed."""
    clips = []
    for text in texts:
        typed = line_for(text, text, bench.interpreter.read([text], bench.context), bench.catalog)
        clips += [
            Clip(f"{text}/{voice}", await spoken(text, voice), str(typed["tool"] or ""), dict(typed["arguments"] or {}))
            for voice in VOICES
        ]
    return clips
