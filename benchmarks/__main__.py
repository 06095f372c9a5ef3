"""`make bench`: one table of what was measured in this run. Ratios are taken within the run; nothing passes or fails.

Speech in it is synthetic (it shows speed, not accuracy); accuracy on human speech is measured on recordings outside
the repository, where they are present, and told apart.
"""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from mcp import Client

from assistant.dialogue.events import Heard
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.drives.bundled import bundled_drives
from assistant.drives.cabin_sound import in_the_cabin
from assistant.tool_opening import needs_consent, open_tools, open_town
from assistant.town.town_tools import tool_definitions
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.reading import Context, Reading
from assistant.voice_opening import open_drive_voices
from benchmarks import (
    commands_bench,
    growth_bench,
    records_bench,
    service_booking_bench,
    tool_layer_bench,
    understanding_bench,
)
from benchmarks.benchmark_rows import percentile, row
from client.call import ToolCall
from client.catalog import Catalog
from client.clock import SystemClock
from client.http import open_http_client
from client.schemas.tool_listing import read_tools
from voice.ears import hear_samples

LINES = ("what's the weather in mannheim", "find a fuel station", "tell anna i'm on my way", "book a table at luigi's")
TOWN = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))


def start_up() -> None:
    """How long `--help` takes, cold processes."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "assistant.cli", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    row("mcqueen --help, median of 5", f"{statistics.median(times):.2f} s", "goal <= 0.3 s")


def turn() -> None:
    """How long a step of the dialogue takes."""
    state, times = State("bench"), []
    for _ in range(2000):
        began = time.perf_counter()
        state, _ = step(state, Heard(time.time(), Reading(), typed=True))
        times.append(time.perf_counter() - began)
    row("a step of the turn, p95 of 2,000", f"{percentile(times, 0.95) * 1000:.3f} ms", "goal <= 1 ms")


async def timed(times: int, work: Callable[[int], Awaitable[object]]) -> list[float]:
    """Return how long each of several turns took, after a few to warm up."""
    for number in range(10):
        await work(-number - 1)
    seconds = []
    for number in range(times):
        began = time.perf_counter()
        await work(number)
        seconds.append(time.perf_counter() - began)
    return seconds


async def calls() -> None:
    """A read-only call through `ToolClient` against the bare SDK, on the same server in the same run."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_http_client() as http,
            open_town(lambda: datetime.now().astimezone(), http, clock) as (town, server),
        ):
            async with Client(town.mcp_url) as bare:
                sdk = await timed(200, lambda _: bare.call_tool("get_weather", {"location": "Mannheim"}))
            async with open_tools([server], Path(folder), clock) as tools:
                await tools.ready()

                async def call(number: int) -> object:
                    arguments = {"location": "Mannheim"}
                    made = ToolCall(f"c{number}", "town", "get_weather", arguments, f"key-{number}")
                    assert not needs_consent(TOWN.tools[0], arguments)
                    return await tools.call(made)

                ours = await timed(200, call)
    sdk_ms, our_ms = statistics.median(sdk) * 1000, statistics.median(ours) * 1000
    row("bare SDK call, median of 200", f"{sdk_ms:.2f} ms")
    row("ToolClient.call, median of 200", f"{our_ms:.2f} ms = {our_ms / sdk_ms:.2f}x", "goal <= 1.2x")


def fsync() -> None:
    """What this disk takes for a durable write: the floor for every call with effects."""
    with tempfile.NamedTemporaryFile() as file:
        times = []
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    row("raw write and fsync of 4 KiB, p95 of 100", f"{percentile(times, 0.95) * 1000:.2f} ms")


async def speech() -> None:
    """Decoding of synthetic lines in synthetic noise, with the whole town's grammar."""
    async with open_drive_voices(wanted=True) as voices:
        assert voices is not None
        grammar = compile_grammar(TOWN, Context(now=time.time()))
        factors, right = [], 0
        for number, line in enumerate((*LINES, *LINES)):
            spoken = await voices.synthesizer.synthesize(line, voices.driver)
            samples = in_the_cabin(spoken.samples, spoken.sample_rate, number, 15.0)
            transcript = await hear_samples(voices.recognizer, samples, grammar)
            right += transcript.text == line
            if number >= len(LINES):  # the first round loads decoders and grammar
                factors.append(transcript.decode_seconds / transcript.audio_seconds)
        row("real-time factor, synthetic speech, town's grammar, max of 4", f"{max(factors):.2f}", "goal <= 0.5")
        row("synthetic lines heard word for word, 15 dB", f"{right} of {2 * len(LINES)}", "plumbing, not accuracy")


def drives() -> None:
    """All bundled drives, typed."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "drive", "--json"], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    row(f"{len(bundled_drives())} bundled drives, typed", f"{took:.1f} s, exit {done.returncode}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)  # before a library sets logging up its own way
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {datetime.now():%Y-%m-%d}\n")
    start_up()
    commands_bench.rows(row)
    understanding_bench.rows(row)
    turn()
    asyncio.run(calls())
    fsync()
    asyncio.run(records_bench.measure(row))
    asyncio.run(growth_bench.measure(row))
    asyncio.run(service_booking_bench.rows(row))
    asyncio.run(tool_layer_bench.measure(row))
    asyncio.run(speech())
    drives()
