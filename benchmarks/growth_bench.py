"""How what McQueen does grows with tools, servers, waiting calls and kept rows; what is worse than linear is marked.

Servers run in this process and cost next to nothing. `python -m benchmarks.growth_bench` prints the rows alone.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.benchmark_rows import Row, row
from benchmarks.records_bench import open_client, put
from client.call import ToolCall
from client.clock import SystemClock
from client.http import open_http_client
from client.records import ledger, outbox
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from tests.client.faulty_server import FaultyServer

TOOL_COUNTS = (10, 100, 1000)
SERVER_COUNTS = (1, 10, 100, 500)
ROW_COUNTS = (10, 100, 1000, 10_000)
IDLE = 15.0
"""Seconds of doing nothing."""
_WORSE = 1.5
"""Times linear growth from which a step is marked."""


def marked(counts: Sequence[int], seconds: Sequence[float]) -> str:
    """Say between which sizes it grew worse than linearly."""
    pairs = list(zip(counts, seconds, strict=True))
    worse = [
        f"{small:,} to {large:,}"
        for (small, before), (large, after) in pairwise(pairs)
        if after / before > _WORSE * large / small
    ]
    return f"WORSE THAN LINEAR from {', '.join(worse)}" if worse else "linear or better"


class LongestHold:
    """How much processor time the event loop was held for at a time, so that other programs do not count."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def __aenter__(self) -> LongestHold:
        self._task = asyncio.create_task(self._watch())
        await asyncio.sleep(0.01)
        self.seconds = 0.0
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            self.seconds = max(self.seconds, time.thread_time() - began)


def tools_of(count: int, kind: str = "look") -> list[dict[str, Any]]:
    """Return so many tools, each with a schema of its own; those of another kind have other schemas."""
    return [
        {
            "name": f"{kind}_{number}",
            "description": f"Look at place {number}.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    f"{kind}_{name}_{number}": {"type": "string"} for name in ("place", "day", "kind", "unit")
                },
            },
            "annotations": {"readOnlyHint": True},
        }
        for number in range(count)
    ]


async def tools(row: Row) -> None:
    """Reading a listing for the first time and again: processor, and how long the loop is held."""
    first, again, held = [], [], []
    gc.collect()
    gc.freeze()  # as a program that stays does (client.standing_memory)
    for count in TOOL_COUNTS:
        async with FaultyServer(tools=tools_of(count, "see")) as there, open_http_client() as http:
            server = StreamableHttpServer("town", there.url, http, SystemClock())
            await server.connect()
            async with LongestHold() as hold:
                await server.list_tools()
                held.append(hold.seconds)
            await server.close()
        async with FaultyServer(tools=tools_of(count)) as there, open_http_client() as http:
            server = StreamableHttpServer("town", there.url, http, SystemClock())
            await server.connect()
            began = time.process_time()
            await server.list_tools()
            first.append(time.process_time() - began)
            began = time.process_time()
            for _ in range(3):
                await server.list_tools()
            again.append((time.process_time() - began) / 3)
            await server.close()
    gc.unfreeze()
    shown = ", ".join(f"{seconds * 1000:.0f}" for seconds in first)
    row(f"listing of {TOOL_COUNTS} tools, first, processor", f"{shown} ms", marked(TOOL_COUNTS, first))
    shown = ", ".join(f"{seconds * 1000:.0f}" for seconds in again)
    row("the same listing again", f"{shown} ms", f"goal <= 0.05x of the first; {again[-1] / first[-1]:.2f}x")
    row("event loop held at a time", ", ".join(f"{s * 1000:.0f}" for s in held) + " ms", "goal <= 20 ms")


async def servers(row: Row) -> None:
    """As many live servers as dead ones: a call to one of them, and the processor while nothing happens."""
    took, idle = [], []
    for count in SERVER_COUNTS:
        async with AsyncExitStack() as stack:
            there = [await stack.enter_async_context(FaultyServer()) for _ in range(count)]
            http = await stack.enter_async_context(open_http_client())
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            storage = await Storage.open(Path(folder) / "records.db")
            urls = [server.url for server in there] + ["http://127.0.0.1:1/mcp"] * count
            made = [StreamableHttpServer(f"s{n}", url, http, SystemClock()) for n, url in enumerate(urls)]
            async with open_client(made, storage) as client:
                async with asyncio.timeout(180):
                    while sum(state.healthy for state in client.server_states()) < count:  # noqa: ASYNC110  # looked at from outside
                        await asyncio.sleep(0.5)  # a busy machine needs several tries for hundreds at once
                took.append(await call_seconds(client, count))
                began, processor = time.perf_counter(), time.process_time()
                await asyncio.sleep(IDLE)
                idle.append((time.process_time() - processor) / (time.perf_counter() - began))
            await storage.close()
    shown = ", ".join(f"{seconds * 1000:.1f}" for seconds in took)
    ratio = took[-1] / took[0]
    row(f"call with {SERVER_COUNTS} live and as many dead servers", f"{shown} ms", f"goal <= 1.2x; {ratio:.2f}x")
    row("processor of a core when idle", ", ".join(f"{share:.1%}" for share in idle), "goal <= 3 % with 500")


async def call_seconds(client: ToolClient, count: int) -> float:
    """Return the median of read-only calls to one server after the other, of at most five, each called before."""
    times = []
    for number in range(100):
        name = f"s{number % min(5, count)}"
        call = ToolCall(f"c{number}", name, "get_weather", {"place": str(number)}, f"k{number}")
        began = time.perf_counter()
        answer = await client.call(call)
        assert answer.kind == "succeeded", answer
        times.append(time.perf_counter() - began)
    return statistics.median(times[10:])


async def timed(storage: Storage, work: Callable[[Any], Any]) -> float:
    """Return the least processor time of five."""
    times = []
    for _ in range(5):
        began = time.process_time()
        await storage.read(work)
        times.append(time.process_time() - began)
    return min(times)


async def rows(row: Row) -> None:
    """So many waiting calls: storing, counting, the next one, a program's idle share; and checking the ledger."""
    found: dict[str, list[float]] = {"count": [], "next": [], "verify": [], "idle": []}
    for count in ROW_COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            storage = await Storage.open(Path(folder) / "records.db")
            await asyncio.gather(*(put(storage, number) for number in range(count)))
            found["count"].append(await timed(storage, outbox.count_waiting))
            found["next"].append(await timed(storage, lambda db: outbox.next_pending(db, "town")))
            found["verify"].append(await timed(storage, ledger.verify))
            async with open_http_client() as http:
                away = StreamableHttpServer("town", "http://127.0.0.1:1/mcp", http, SystemClock())
                async with open_client([away], storage) as client:
                    await client.ready(10)
                    began, processor = time.perf_counter(), time.process_time()
                    for _ in range(int(IDLE)):
                        await client.count_waiting()  # as the dashboard does every second
                        await asyncio.sleep(1)
                    found["idle"].append((time.process_time() - processor) / (time.perf_counter() - began))
            await storage.close()
    for name, what in (("count", "counting them"), ("next", "finding the next one"), ("verify", "ledger verify")):
        shown = ", ".join(f"{seconds * 1000:.2f}" for seconds in found[name])
        row(f"{ROW_COUNTS} waiting calls: {what}", f"{shown} ms", marked(ROW_COUNTS, found[name]))
    row("processor of a core, counted every second", ", ".join(f"{s:.1%}" for s in found["idle"]), "goal: as with 10")


async def measure(row: Row) -> None:
    """All rows."""
    await tools(row)
    await rows(row)
    await servers(row)


if __name__ == "__main__":
    asyncio.run(measure(row))
