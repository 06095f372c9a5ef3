"""What the turn costs: one step of the table, and ten thousand random conversations with every promise watched.

Seconds are those of one core, so that whatever else the machine does stays out.

Run by itself (`python -m benchmarks.dialogue_bench`) or with the others by `make bench`. Nothing passes or fails.
"""

from __future__ import annotations

import time

from assistant.dialogue.events import CatalogChanged, Heard, SpeechEnded
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.understanding.reading import Control, Reading
from tests.assistant.dialogue.conversation import BOOK, CATALOG, DINNER, NOW, wants
from tests.assistant.dialogue.random_conversation import play

CONVERSATIONS = 10_000


def turn_milliseconds() -> tuple[float, float]:
    """Return the median and the 99th percentile of a step, in milliseconds."""
    times: list[float] = []
    for _ in range(300):
        state, _effects = step(State("bench"), CatalogChanged(NOW, CATALOG))
        for event in (
            Heard(NOW, wants(BOOK, DINNER)),
            SpeechEnded(NOW, 1),
            Heard(NOW, Reading(control=Control.NO, changes={"time": "20:00:00"})),
            SpeechEnded(NOW, 2),
            Heard(NOW, Reading(control=Control.YES)),
        ):
            began = time.process_time()
            state, _effects = step(state, event)
            times.append((time.process_time() - began) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def conversations_seconds(count: int = CONVERSATIONS) -> float:
    """Return how long that many random conversations of 40 steps take, promises watched, in seconds of one core."""
    began = time.process_time()
    for seed in range(count):
        play(seed)
    return time.process_time() - began


def rows() -> list[tuple[str, str, str]]:
    """Return (what, value, goal) for the table of `make bench`."""
    median, late = turn_milliseconds()
    return [
        ("a turn of the table, p50 / p99", f"{median:.2f} / {late:.2f} ms", "<= 1 ms"),
        ("10,000 random conversations, promises watched", f"{conversations_seconds():.1f} s", "<= 60 s"),
    ]


if __name__ == "__main__":
    for what, value, goal in rows():
        print(f"{what:<58}{value:>24}   {goal}")
