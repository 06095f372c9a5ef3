"""`make bench-dashboard`: first paint on a terminal, typing while much goes on, and memory over hours. No limit.

The hours are simulated: turns come as fast as the app takes them. `--real SECONDS` adds real time with real turns.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import gc
import logging
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from assistant.conversation.observations import Called, Recognized, Understood
from assistant.dashboard.app import Dashboard
from assistant.settings.settings import Settings
from assistant.understanding.reading import Interpretation, Reading
from benchmarks.benchmark_rows import percentile, row
from client.call import Succeeded, ToolCall
from voice.recognition.recognizer_base import Transcript

STARTS = 5
KEYS = 100
TURNS_A_MINUTE, LINES_A_SECOND = 60, 1_000
HOUR, HOURS = 3_600, 3
"""Turns of an hour at one a second, and hours."""
WARM = 1_200
"""Turns before memory is looked at first: what is kept at most, and what is loaded late, is there by then."""


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


async def _typed(app: Dashboard, letters: int) -> list[float]:
    """How long each key takes to be drawn: from the terminal's driver to the frame in which the letter stands.

    Textual's pilot is not asked to press it: `Pilot.press` comes back when the whole process has come to rest, which
    takes 40 ms at best and, beside a flood, as long as the flood.
    """
    line = app.query_one("#line", Input)
    line.focus()
    drawn = asyncio.Event()
    display = app._display

    def shown(screen: Screen[Any], renderable: RenderableType | None) -> None:
        display(screen, renderable)
        if len(line.value) > before:
            drawn.set()

    app._display = shown  # type: ignore[method-assign]  # a frame is told nowhere else
    times = []
    for number in range(letters):
        letter, before = "abcdefghij"[number % 10], len(line.value)
        drawn.clear()
        began = time.perf_counter()
        key = events.Key(letter, letter)
        key.set_sender(app)
        assert app._driver is not None
        app._driver.send_message(key)
        await drawn.wait()
        times.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)
    app._display = display  # type: ignore[method-assign]  # as it was
    line.value = ""
    return times


async def typing() -> None:
    """Typing with nothing else, and with much else; then the same through a real terminal."""
    async with opened() as (app, _):
        quiet = await _typed(app, KEYS)
        flood = asyncio.create_task(_flood(app))
        busy = await _typed(app, KEYS)
        flood.cancel()
    load = f"{TURNS_A_MINUTE} turns a minute, {LINES_A_SECOND} log lines a second"
    row(f"a key to its frame, nothing else, median / p95 of {KEYS}", _milliseconds(quiet))
    row(f"the same, {load}", _milliseconds(busy), "goal: p95 <= 100 ms")


def on_terminals() -> None:
    """A letter written to a terminal until the terminal shows it, in a process of its own."""
    quiet, busy = _echoed(), _echoed("--flooded")
    row(f"a key on a terminal, nothing else, median / p95 of {KEYS}", _milliseconds(quiet))
    row("the same, under that flood", _milliseconds(busy), "goal: p95 <= 100 ms")


def _echoed(*options: str) -> list[float]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 140, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.dashboard_bench", "--typed-at", *options],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )  # fmt: skip
    try:
        seen = b""
        while b"READY" not in seen:
            seen += _said(ours, 60.0)
        _settle(ours, 5.0)
        times, typed = [], b""
        for number in range(KEYS):
            letter = b"abcdefghij"[number % 10 : number % 10 + 1]
            began = time.perf_counter()
            os.write(ours, letter)
            said = b""
            typed += letter
            while typed not in said:  # the whole line is drawn anew
                said += _said(ours, 60.0)
            times.append(time.perf_counter() - began)
            _settle(ours)
        return times
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def _said(terminal: int, seconds: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], seconds)
    if not ready:
        raise TimeoutError(f"the terminal said nothing in {seconds:.0f} s")
    return os.read(terminal, 65_536)


def _settle(terminal: int, seconds: float = 0.1) -> None:
    """Read what comes in the pause between two keys."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 65_536)


class Typed(Dashboard):
    """The dashboard that is typed at, with the flood beside it where that is wanted."""

    flooded = False

    def show_state(self) -> None:
        """Begin the flood once the assistant is there."""
        super().show_state()
        if self.flooded and self.live is not None:
            self.flooded = False
            self.work_on(_flood(self), "flood")


def typed_at(*, flooded: bool) -> None:
    """Run the dashboard on this terminal."""
    with tempfile.TemporaryDirectory() as folder:
        app = Typed(Settings(data_folder=folder), sound=False)
        app.flooded = flooded
        app.run()


def _milliseconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1000:.0f} / {percentile(values, 0.95) * 1000:.0f} ms"


def _memory() -> float:
    """Megabytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def hours() -> None:
    """Hours of turns and of log lines, as fast as the app takes them."""
    logger = logging.getLogger("an hour")
    looked = [WARM + HOUR * number for number in range(HOURS + 1)]
    memory = []
    async with opened() as (app, pilot):
        for number in range(looked[-1] + 1):
            observe_turn(app, number)
            logger.warning("line %d", number)
            if number % 4 == 0:
                await pilot.pause()
            if number in looked:
                memory.append(_memory())
    told = ", ".join(f"{one:.1f}" for one in memory)
    row(f"memory after {WARM} turns and after each of {HOURS} hours of {HOUR} more", f"{told} MB", "goal: flat")


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
    parser.add_argument("--typed-at", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--flooded", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.typed_at:
        typed_at(flooded=given.flooded)
        return
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    first_paint()
    asyncio.run(typing())
    on_terminals()
    asyncio.run(hours())
    if given.real:
        asyncio.run(real(given.real))


if __name__ == "__main__":
    main()
