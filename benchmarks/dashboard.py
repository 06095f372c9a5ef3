"""`make bench-dashboard`: first paint on a terminal, typing while much goes on, and memory over an hour. Nothing fails.

The hour is simulated: its turns come as fast as the app takes them. `--real SECONDS` adds real time with real turns.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from assistant.dashboard.app import Dashboard
from assistant.runtime import Called, Recognized, Understood
from assistant.settings import Settings
from assistant.understanding.reading import Interpretation, Reading
from client.call import Succeeded, ToolCall
from voice.recognition.base import Transcript

STARTS = 5
KEYS = 100
TURNS_A_MINUTE, LINES_A_SECOND = 60, 1_000
HOUR = 3_600
"""Turns of an hour at one a second."""
WARM = 600
"""Turns before memory is looked at first: what is kept at most is there by then."""


def row(what: str, value: str, goal: str = "") -> None:
    """Print a row."""
    print(f"{what:<58}{value:>24}   {goal}", flush=True)


def first_paint() -> None:
    """From the start of the process to the state word on the terminal; cold process, warm disk."""
    bare, times, processor = [], [], []
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "TERM": "xterm-256color",
                       "MCQUEEN_DASHBOARD__WELCOMED": "true"}  # fmt: skip
        for _ in range(STARTS):
            wall, used = _until_painted(environment)
            times.append(wall)
            processor.append(used)
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import textual.app, textual.widgets, pydantic"], check=True)
            bare.append(time.perf_counter() - began)
    row(f"first paint, median of {STARTS}", f"{statistics.median(times):.2f} s", "goal <= 0.7 s")
    row("processor time of the program until then", f"{statistics.median(processor):.2f} s")
    row("importing textual and pydantic alone, the same run", f"{statistics.median(bare):.2f} s")


def _until_painted(environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds until the state word was painted, and the processor time used by then."""
    ours, theirs = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "dashboard", "--no-sound"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    )  # fmt: skip
    seen = b""
    try:
        while b"STARTING" not in seen:
            ready, _, _ = select.select([ours], [], [], 60)
            if not ready:
                raise TimeoutError("nothing was painted in a minute")
            seen += os.read(ours, 65_536)
        wall = time.perf_counter() - began
        spent = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return wall, (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Dashboard, Pilot[int]]]:
    """A dashboard with the town behind it."""
    with tempfile.TemporaryDirectory() as folder:
        app = Dashboard(Settings(data_folder=folder), sound=False)
        async with app.run_test(size=(140, 45)) as pilot:
            while app.live is None or not len(app.live.runtime.state.catalog):
                await pilot.pause(0.05)
            yield app, pilot


def observe_turn(app: Dashboard, number: int) -> None:
    """One turn as the runtime tells it."""
    at = time.time()
    text = f"what's the weather in town number {number}"
    reading = Reading(interpretations=(Interpretation("town.get_weather", {"location": str(number)}, (), 0.9),))
    call = ToolCall(f"call-{number}", "town", "get_weather", {"location": str(number)}, f"key-{number}")
    app.feed.take(Recognized(at, Transcript(text, decode_seconds=0.4)))
    app.feed.take(Understood(at, text, reading, 0.002))
    app.feed.take(Called(at, call, Succeeded({"text": f"It is {number} degrees."}), 0.02))


async def _flood(app: Dashboard) -> None:
    """60 turns a minute and 1,000 log lines a second, until it is cancelled."""
    logger = logging.getLogger("a server that floods")
    began, lines, turns = time.monotonic(), 0, 0
    while True:
        gone = time.monotonic() - began
        while lines < gone * LINES_A_SECOND:
            logger.warning("line %d of a server that says much", lines)
            lines += 1
        while turns < gone * TURNS_A_MINUTE / 60:
            observe_turn(app, turns)
            turns += 1
        await asyncio.sleep(0.01)


async def _typed(pilot: Pilot[int], line: Input) -> list[float]:
    """How long each key takes to stand in the line, with what it changes drawn."""
    times = []
    for number in range(KEYS):
        letter = "abcdefghij"[number % 10]
        before = len(line.value)
        began = time.perf_counter()
        await pilot.press(letter)
        while len(line.value) == before:  # noqa: ASYNC110  # each turn of the loop is what is measured
            await asyncio.sleep(0)
        times.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)
    line.value = ""
    return times


async def typing() -> None:
    """Typing with nothing else, and with much else."""
    async with opened() as (app, pilot):
        line = app.query_one("#line", Input)
        line.focus()
        quiet = await _typed(pilot, line)
        flood = asyncio.create_task(_flood(app))
        busy = await _typed(pilot, line)
        flood.cancel()
    row(f"a key, nothing else, p95 of {KEYS}", _milliseconds(quiet))
    row(f"a key, {TURNS_A_MINUTE} turns a minute, {LINES_A_SECOND} log lines a second", _milliseconds(busy),
        f"{_p95(busy) / _p95(quiet):.2f}x; goal: not felt (<= 100 ms)")  # fmt: skip


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _milliseconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1000:.0f} / {_p95(values) * 1000:.0f} ms"


def _memory() -> float:
    """Megabytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def hour() -> None:
    """An hour of turns and of log lines, as fast as the app takes them."""
    logger = logging.getLogger("an hour")
    async with opened() as (app, pilot):
        warm = 0.0
        for number in range(HOUR + WARM):
            observe_turn(app, number)
            logger.warning("line %d", number)
            if number % 4 == 0:
                await pilot.pause()
            if number == WARM:
                warm = _memory()
        await pilot.pause()
        after = _memory()
    row(f"memory after {WARM} turns, and after {HOUR} more", f"{warm:.0f} -> {after:.0f} MB", "goal: flat")


async def real(seconds: float) -> None:
    """Real turns, typed one a second, for so long."""
    async with opened() as (app, pilot):
        assert app.live is not None
        began, warm, turns = time.monotonic(), 0.0, 0
        while (gone := time.monotonic() - began) < seconds:
            await app.live.runtime.type("what's the weather in mannheim")
            turns += 1
            await pilot.pause(1.0)
            if not warm and gone > seconds / 5:
                warm = _memory()
        after = _memory()
    row(
        f"memory over {seconds / 60:.0f} real minutes, {turns} real turns",
        f"{warm:.0f} -> {after:.0f} MB",
        "goal: flat",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=float, default=0.0, metavar="SECONDS", help="also run for so long in real time")
    given = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    first_paint()
    asyncio.run(typing())
    asyncio.run(hour())
    if given.real:
        asyncio.run(real(given.real))


if __name__ == "__main__":
    main()
