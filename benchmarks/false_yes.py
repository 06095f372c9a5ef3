"""What is no yes and is heard as one while a read-back waits: `python -m benchmarks.false_yes [--speech FOLDER ...]`.

Every control phrase that the language knows, numbers, names and everyday speech, in synthetic voices and cabin noise,
sentences of a file (`--sentences`), and recordings of people if folders are given. `--part 2/3` hears the second third
of them. Prints N, how many became a yes, and the 95 % bound. Changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.settings.settings import Settings
from assistant.understanding.language import language
from assistant.voice_opening import open_recognizer
from benchmarks.benchmark_rows import row
from benchmarks.voice_parts import TOWN, VOICES, Bench, Clip, Kept, human_clips, level_name, noisy, spoken
from benchmarks.voice_sentences import NO_COMMANDS, NO_COMMANDS_UNSEEN, TALK, TALK_UNSEEN
from voice.noise import cabin_noise
from voice.recognition.recognizer_base import Samples

NUMBERS = ("one", "seven", "eleven", "twenty", "thirty five", "forty two", "a hundred", "half past six", "at seven")
NAMES = ("anna", "peter", "my wife", "stuttgart", "the old mill", "yusuf", "jess", "yesterday", "yemen", "gus", "okra")
LEVELS = (None, 24, 15)
"""Signal above the noise in dB; None is clean."""
RULE_OF_THREE = 3.0
"""0 of N leaves, with 95 % confidence, at most this share of N (Hanley and Lippman-Hand 1983)."""


def no_yes() -> list[str]:
    """Return the phrases, none of which is a yes."""
    answers = language().answers
    controls = [phrase for kind in answers["controls"].values() for phrase in kind]
    return list(dict.fromkeys([*controls, *NUMBERS, *NAMES, *NO_COMMANDS, *NO_COMMANDS_UNSEEN, *TALK, *TALK_UNSEEN]))


async def taken_for_yes(bench: Bench, clips: Iterable[Clip], noise: Samples, level: int | None) -> list[str]:
    """Return the ids of the clips that are taken for a yes."""
    context, grammar = bench.waiting(), bench.confirming()
    found = []
    for clip in clips:
        heard = await bench.hear(noisy(clip.samples, noise, level, clip.id), grammar)
        if bench.taken(heard, context) == "yes":
            found.append(f"{clip.id} ({heard.transcript.text})")
    return found


def report(kind: str, level: int | None, found: Sequence[str], total: int) -> None:
    """Print one row."""
    bound = RULE_OF_THREE / total if not found else float("nan")
    row(f"{kind}, {level_name(level)}: taken for a yes", f"{len(found)} of {total}, bound {bound:.2%}", "goal 0")
    for one in found:
        print(f"    {one}")


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--speech", type=Path, nargs="*", default=[], help="folders of recordings of people, none of which says yes"
    )
    parser.add_argument("--sentences", type=Path, help="a file of sentences, one a line, none of which is a yes")
    parser.add_argument("--part", default="1/1", help="hear only this part of all, so that a run is short: 2/3")
    parser.add_argument("--voices", type=int, default=len(VOICES))
    options = parser.parse_args()
    number, parts = (int(word) for word in options.part.split("/"))
    written = options.sentences.read_text(encoding="utf-8").splitlines() if options.sentences else []
    voices = VOICES[: options.voices]
    phrases = [(text, voice) for voice in voices for text in no_yes()]
    # A sentence of the file is said once, in one of the voices.
    phrases += [(text, voices[place % len(voices)]) for place, text in enumerate(written) if text]
    recognizer = open_recognizer(Settings())
    bench = Bench("town", recognizer, TOWN, Kept(None))
    noise = cabin_noise(30.0, seed=11)
    try:
        chosen = phrases[number - 1 :: parts]
        clips = [Clip(f"{text}/{voice}", await spoken(text, voice), "", {}) for text, voice in chosen]
        for place, level in enumerate(LEVELS):
            part = clips[place :: len(LEVELS)]  # each utterance once, in one of the levels
            report(f"synthetic, {recognizer.name}", level, await taken_for_yes(bench, part, noise, level), len(part))
        people = [clip for folder in options.speech for clip in human_clips(folder, 120)][number - 1 :: parts]
        for level in LEVELS if people else ():
            found = await taken_for_yes(bench, people, noise, level)
            report(f"people, {recognizer.name}", level, found, len(people))
    finally:
        await recognizer.close()


if __name__ == "__main__":
    asyncio.run(main())
