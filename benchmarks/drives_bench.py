"""How the bundled drives stand up to misrecognitions: each several times over, with voice and noise, lines misheard.

Run by itself (`python -m benchmarks.drives_bench --repeat 5 --voice`). Before some of the driver's lines another one
is heard in its place: a word dropped, a word of another drive put in, or a line of another drive altogether; the
driver then says the line again, as people do. No line is ever misheard as a yes, since no dialogue could tell that
from one.
Measures; nothing passes or fails.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assistant.drives.bundled import bundled_drives
from assistant.drives.format import Drive, Step
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveResult, DriveRunner
from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.language import language
from assistant.voice_opening import open_drive_voices

MISHEARD = 0.15
"""Share of the driver's lines that are misheard first."""


def misheard(drive: Drive, lines: Sequence[str], share: float, seed: str) -> tuple[Drive, int]:
    """Return the drive with that share of its lines misheard first, and how many they are."""
    dice = random.Random(seed)
    confirming = _confirming()
    steps: list[Step] = []
    count = 0
    for step in drive.steps:
        if step.driver is not None and step.heard is None and dice.random() < share:
            wrong = _garbled(step.driver, lines, dice)
            if confirming.answer(wrong) is not YesOrNo.YES:
                steps.append(step.model_copy(update={"heard": wrong}))
                count += 1
        steps.append(step)
    return drive.model_copy(update={"steps": steps}), count


@cache
def _confirming() -> YesOrNoReader:
    return YesOrNoReader(language())


def _garbled(line: str, lines: Sequence[str], dice: random.Random) -> str:
    words = line.split()
    way = dice.randrange(3)
    if way == 0 and len(words) > 1:
        words.pop(dice.randrange(len(words)))
        return " ".join(words)
    other = dice.choice(lines)
    if way == 1 and len(words) > 1:
        words[dice.randrange(len(words))] = dice.choice(other.split())
        return " ".join(words)
    return other


def unconfirmed(result: DriveResult) -> int:
    """Return how many findings say that something sensitive happened without its yes."""
    return sum(finding.name.startswith("promise 1") and not finding.holds for finding in result.findings)


async def run(repeat: int, voice: bool, share: float, names: Sequence[str]) -> None:
    """Run and print a line a drive, then the sums."""
    paths = [path for path in bundled_drives() if not names or path.stem in names]
    drives: list[tuple[Path, Drive]] = [(path, load_drive(path)) for path in paths]
    lines = [step.driver for _, drive in drives for step in drive.steps if step.driver]
    every, wrong, played, injected, calls = 0, 0, 0, 0, 0
    began = time.perf_counter()
    async with open_drive_voices(voice) as voices:
        for path, drive in drives:
            passes = 0
            for turn in range(repeat):
                changed, count = misheard(drive, lines, share, f"{path.stem}/{turn}")
                result = await DriveRunner(path, changed, voices=voices).run()
                passes += result.passed
                wrong += unconfirmed(result)
                played, injected, calls = played + 1, injected + count, calls + len(result.timeline.calls)
            every += passes == repeat
            print(f"{path.stem:<34}{passes} of {repeat}", flush=True)
    print(
        f"pass^{repeat}: {every} of {len(drives)} drives; {played} runs, {injected} lines misheard, {calls} calls, "
        f"{wrong} effects that nobody confirmed; {time.perf_counter() - began:.0f} s"
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--voice", action="store_true")
    parser.add_argument("--misheard", type=float, default=MISHEARD)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    asyncio.run(run(asked.repeat, asked.voice, asked.misheard, asked.names))


if __name__ == "__main__":
    main()
