"""What records and failing servers cost: the outbox, calls with effects, a start where some servers are dead.

Ratios are taken within one run against the bare SDK on the same server, a process of its own. Nothing passes or fails.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from mcp import Client

from benchmarks.benchmark_rows import Row
from client.call import CallError, Consent, ConsentSource, Deferred, ToolCall
from client.clock import SystemClock
from client.http import open_http_client
from client.notices import CatalogNotice, DeliveryNotice, Notice
from client.records import outbox
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from tests.chaos.bank import Bank

AT_ONCE = 8
CALLS = 1600
REPLAYED = 10_000
Payer = Callable[[int], Awaitable[None]]
"""Pays once, under the number that it is given."""


def make_call(number: int) -> ToolCall:
    """Return a call with an effect."""
    return ToolCall(f"id-{number}", "town", "pay", {"identity": f"n{number}"}, str(uuid.uuid4()))


def consent_to(call: ToolCall) -> Consent:
    """Return the yes of whoever runs this."""
    return Consent(str(uuid.uuid4()), call.digest, ConsentSource.OPERATOR, time.time())


def open_client(servers: Sequence[ToolServer], storage: Storage) -> ToolClient:
    """Return a client that stores whatever it cannot send."""
    return ToolClient(
        servers,
        storage=storage,
        clock=SystemClock(),
        needs_consent=lambda tool, _: tool.name.startswith("pay"),
        deferrable=lambda _: True,
    )


async def rate(work: Payer, first: int) -> float:
    """Return the calls a second, 8 at once."""
    numbers = iter(range(first, first + CALLS))

    async def worker() -> None:
        for number in numbers:
            await work(number)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return CALLS / (time.perf_counter() - began)


@asynccontextmanager
async def payers() -> AsyncIterator[tuple[Payer, Payer]]:
    """Two ways to pay with the same bank over HTTP: the bare SDK, which records nothing, and `ToolClient`."""
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(Path(folder) / "records.db")
        async with Bank(Path(folder)) as bank, open_http_client() as http:
            url = f"http://127.0.0.1:{bank.port}/mcp"
            server = StreamableHttpServer("town", url, http, SystemClock())
            async with Client(url) as bare, open_client([server], storage) as tools:
                await tools.ready()

                async def ours(number: int) -> None:
                    call = make_call(number)
                    assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"

                async def sdk(number: int) -> None:
                    await bare.call_tool("pay", {"identity": f"n{number}"})

                yield sdk, ours
        await storage.close()


async def effects(row: Row) -> None:
    """Calls with effects, each recorded and synced before it is sent, against the bare SDK that records nothing."""
    async with payers() as (sdk, ours):
        await rate(sdk, 0)  # warm
        rates = [
            (await rate(sdk, CALLS * (2 * turn + 1)), await rate(ours, CALLS * (2 * turn + 2))) for turn in range(3)
        ]
    bare_rate, our_rate = sorted(rates, key=lambda pair: pair[1] / pair[0])[1]
    row("bare SDK, calls with effects, 8 at once", f"{bare_rate:.0f} a second", "")
    row(
        "ToolClient, calls with effects, 8 at once, median of 3",
        f"{our_rate:.0f} a second = {our_rate / bare_rate:.2f}x",
        "goal >= 0.95x",
    )


ROUNDS, TURN = 8, 50


async def one_at_a_time(row: Row) -> None:
    """The same calls one after the other, in turns with the bare SDK: time and processor, both in this process."""
    seconds: dict[str, list[float]] = {"sdk": [], "ours": []}
    processor = {"sdk": 0.0, "ours": 0.0}
    number = 0
    async with payers() as (sdk, ours):
        for turn in range(ROUNDS + 1):
            for name, work in (("sdk", sdk), ("ours", ours)):
                began_processor = time.process_time()
                for _ in range(TURN):
                    number += 1
                    began = time.perf_counter()
                    await work(number)
                    if turn:  # the first turn warms up
                        seconds[name].append(time.perf_counter() - began)
                if turn:
                    processor[name] += time.process_time() - began_processor
    first, second = (statistics.median(seconds[name]) * 1000 for name in ("sdk", "ours"))
    row(
        f"ToolClient, calls with effects, median of {ROUNDS * TURN}",
        f"{second:.2f} ms = {second / first:.2f}x",
        f"of the SDK's {first:.2f} ms; goal <= 1.15x",
    )
    ratio = processor["ours"] / processor["sdk"]
    row("processor of these calls", f"{ratio:.2f}x", "of the SDK's; goal <= 1.2x")


async def enqueue(row: Row) -> None:
    """Storing a confirmed call in the outbox, synced, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(Path(folder) / "records.db")
        times = []
        for number in range(500):
            began = time.perf_counter()
            await put(storage, number)
            times.append(time.perf_counter() - began)
        await storage.close()
    row("outbox: enqueue with fsync, p95 of 500", f"{sorted(times)[475] * 1000:.2f} ms", "goal <= 5 ms")


async def put(storage: Storage, number: int) -> None:
    """Store one confirmed call."""
    call, now = make_call(number), time.time()
    deferred = Deferred(CallError("not_sent", "away"), now + 3600)
    await storage.run(lambda db: outbox.enqueue(db, now, call, consent_to(call), deferred, repeatable=False))


async def replay(row: Row) -> None:
    """Delivering what waited, one after the other as it was confirmed, against what the server then executed."""
    with tempfile.TemporaryDirectory() as folder:
        storage = await Storage.open(Path(folder) / "records.db")
        await asyncio.gather(*(put(storage, number) for number in range(REPLAYED)))
        async with Bank(Path(folder)) as bank, open_http_client() as http:
            server = StreamableHttpServer("town", f"http://127.0.0.1:{bank.port}/mcp", http, SystemClock())
            done, all_told = [], asyncio.Event()

            def told(notice: Notice) -> None:
                if isinstance(notice, DeliveryNotice):
                    done.append(notice.outcome.kind)
                    if len(done) == REPLAYED:
                        all_told.set()

            began = time.perf_counter()
            async with open_client([server], storage) as tools:
                tools.subscribe(told)
                await all_told.wait()
            took = time.perf_counter() - began
            executed = bank.executions()
            in_order = [line.split()[1] for line in bank.file.read_text().splitlines()] == [
                f"n{n}" for n in range(REPLAYED)
            ]
        await storage.close()
    lost, twice = REPLAYED - len(executed), sum(executed.values()) - len(executed)
    row(
        f"outbox: replay of {REPLAYED:,}",
        f"{took:.0f} s, {lost} lost, {twice} twice",
        f"goal 0 and 0; in order: {in_order}, all succeeded: {set(done) == {'succeeded'}}",
    )


async def start(row: Row) -> None:
    """From nothing to a first answer with 20 servers configured, 5 of them dead (2 refuse, 3 never answer)."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            bank = await stack.enter_async_context(Bank(Path(folder)))
            silent = []
            for _ in range(3):
                listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                silent.append(listener.getsockname()[1])
            ports = [1, 1, *silent, *[bank.port] * 15]
            times = []
            for turn in range(5):
                storage = await Storage.open(Path(folder) / f"records-{turn}.db")
                async with open_http_client() as http:
                    began = time.perf_counter()
                    servers = [
                        StreamableHttpServer(f"s{number}", f"http://127.0.0.1:{port}/mcp", http, SystemClock())
                        for number, port in enumerate(ports)
                    ]
                    async with open_client(servers, storage) as tools:
                        first = asyncio.Event()

                        def told(notice: Notice, first: asyncio.Event = first) -> None:
                            if isinstance(notice, CatalogNotice):
                                first.set()

                        tools.subscribe(told)
                        await first.wait()
                        tool = next(tool for tool in tools.catalog if tool.name == "read_balance")
                        answer = await tools.call(ToolCall("r", tool.server, tool.name, {"identity": "r"}, f"r{turn}"))
                        times.append(time.perf_counter() - began)
                        assert answer.kind == "succeeded"
                await storage.close()
    row("20 servers, 5 of them dead: first answer, worst of 5", f"{max(times):.2f} s", "goal <= 0.5 s")


async def measure(row: Row) -> None:
    """Print the rows."""
    await enqueue(row)
    await effects(row)
    await one_at_a_time(row)
    await start(row)
    await replay(row)
