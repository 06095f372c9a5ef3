"""What the client costs over the bare SDK, how many calls it makes, whether its memory grows, how soon it is back.

The server runs in a process of its own, so that its work is not counted as the client's. Ratios are taken within one
run, in turns, so that a busy machine slows both sides alike. `python -m benchmarks.client_bench` prints the rows alone.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import Client

from benchmarks.benchmark_rows import row
from client.call import Succeeded, ToolCall
from client.clock import SystemClock
from client.http import open_http_client
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from client.values import JSON
from tests.client.counting_server import CountingServer, free_port
from tests.client.faulty_server import FaultyServer

ROUNDS, TURN = 8, 60
TOGETHER, MANY = 8, 4000
VERY_MANY = 100_000
ROOT = Path(__file__).parents[1]


class ServerProcess:
    """The counting server of the tests, as a child that can be ended and started again on its port."""

    def __init__(self, kind: str = "serve") -> None:
        """`serve` is a server of the SDK, `answer` a bare loop that costs next to nothing."""
        self._kind = kind
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.client_bench", self._kind, str(self.port), cwd=ROOT
        )
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return

    async def stop(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def opened(url: str, tool: str = "count_messages") -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Open the whole client, database included; yield one read-only call."""
    arguments: dict[str, JSON] = {"place": "Ulm"} if tool == "get_weather" else {}
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(Path(folder) / "records.db")
        try:
            async with (
                open_http_client() as http,
                ToolClient(
                    [StreamableHttpServer("town", url, http, clock)],
                    storage=storage,
                    clock=clock,
                    needs_consent=lambda *_: False,
                    deferrable=lambda _: False,
                ) as tools,
            ):
                await tools.ready(10)

                async def call() -> object:
                    made = ToolCall(str(uuid.uuid4()), "town", tool, arguments, str(uuid.uuid4()))
                    return await tools.call(made)

                yield call
        finally:
            await storage.close()


async def seconds_each(times: int, call: Callable[[], Awaitable[object]]) -> list[float]:
    """Time each of several calls, one after the other."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        found.append(time.perf_counter() - began)
    return found


async def rate(call: Callable[[], Awaitable[object]], many: int) -> float:
    """Return calls a second with several at once."""
    left = many

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(TOGETHER)))
    return many / (time.perf_counter() - began)


async def overhead(url: str) -> None:
    """One call at a time, in turns with the bare SDK; then eight at once."""
    async with Client(url) as sdk, opened(url) as ours:

        async def bare() -> object:
            return await sdk.call_tool("count_messages", {})

        await seconds_each(50, bare)
        await seconds_each(50, ours)
        theirs, mine = [], []
        for _ in range(ROUNDS):
            theirs += await seconds_each(TURN, bare)
            mine += await seconds_each(TURN, ours)
        first, second = statistics.median(theirs) * 1000, statistics.median(mine) * 1000
        row(f"bare SDK call, median of {ROUNDS * TURN}", f"{first:.2f} ms")
        row(
            f"ToolClient.call, in turns, median of {ROUNDS * TURN}",
            f"{second:.2f} ms = {second / first:.2f}x",
            "goal <= 1.2x",
        )


async def capacity(url: str) -> None:
    """Eight at once, against a server that costs next to nothing."""
    async with Client(url) as sdk, opened(url, "get_weather") as ours:

        async def bare() -> object:
            return await sdk.call_tool("get_weather", {"place": "Ulm"})

        await rate(bare, 200)
        await rate(ours, 200)
        row(f"bare SDK, {TOGETHER} at once", f"{await rate(bare, MANY // 2):.0f} calls/s")
        row(f"ToolClient, {TOGETHER} at once, read-only", f"{await rate(ours, MANY):.0f} calls/s", "goal >= 500")


def resident() -> float:
    """Return the megabytes that this process holds now (Linux; elsewhere the most it ever held)."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(pages.read_text().split()[1]) * resource.getpagesize() / 1e6


async def memory(url: str) -> None:
    """What the process holds while it makes very many calls; the first tenth fills caches and pools."""
    async with opened(url, "get_weather") as ours:
        await rate(ours, VERY_MANY // 10)
        held = [resident()]
        for _ in range(9):
            await rate(ours, VERY_MANY // 10)
            held.append(resident())
    grown = (held[-1] - held[0]) * 1e6 / (VERY_MANY * 0.9)
    row(
        f"memory held after {VERY_MANY // 10:,} / {VERY_MANY:,} calls",
        f"{held[0]:.1f} / {held[-1]:.1f} MB",
        f"{grown:.0f} bytes a call; goal: flat",
    )


def is_new(outcome: object) -> bool:
    """Say whether an outcome is an answer that is not an old one."""
    return isinstance(outcome, Succeeded) and outcome.age is None


async def return_of_the_dead(server: ServerProcess) -> None:
    """From the moment a dead server takes connections again to the first answer, for a call that is made then."""
    async with opened(server.url, "get_weather") as ours:
        await ours()
        times = []
        for _ in range(3):
            await server.stop()
            await ours()  # it is found dead
            await server.start()
            began = time.perf_counter()
            while not is_new(await ours()):
                pass
            times.append(time.perf_counter() - began)
    row("first answer after a dead server returned, max of 3", f"{max(times) * 1000:.0f} ms", "goal <= 100 ms")


async def measure() -> None:
    """All rows."""
    server, light = ServerProcess(), ServerProcess("answer")
    await asyncio.gather(server.start(), light.start())
    try:
        await overhead(server.url)
        await capacity(light.url)
        await memory(light.url)
        await return_of_the_dead(light)
    finally:
        await server.stop()
        await light.stop()


async def serve(kind: str, port: int) -> None:
    """Be the server."""
    server: CountingServer | FaultyServer = CountingServer(port)
    if kind == "answer":
        server = FaultyServer()
        server.port = port
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])) if len(sys.argv) == 3 else measure())
