"""Rows on commands: what a start of each takes of the processor, the second time, with what was kept on disk.

Processor time, because a busy machine says little about the wall's. Nothing here passes or fails.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

from benchmarks.benchmark_rows import Row

TIMES = 5
COMMANDS = (
    # what is run, and the goal: a share of what the build of the first measurement took
    (("--help",), "goal <= 0.06 s"),
    (("interpret", "what's the weather in mannheim"), "goal <= 0.41 s (0.6 of 0.68 s)"),
    (("tools",), "goal <= 0.75 s (0.5 of 1.5 s)"),
    (("doctor",), "goal <= 0.75 s (0.5 of 1.5 s)"),
    (("drive", "weather-before-a-trip"), ""),
)


def rows(row: Row) -> None:
    """Print a row for each command."""
    for words, goal in COMMANDS:
        processor_seconds(*words)  # what is kept on disk is there from now on
        median = statistics.median(processor_seconds(*words) for _ in range(TIMES))
        row(f"mcqueen {' '.join(words[:1])}, processor, median of {TIMES}", f"{median:.2f} s", goal)


def processor_seconds(*words: str) -> float:
    """Return what one run takes of the processor, its own processes included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "assistant.cli", *words], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
