"""The service desk against its targets: one call, the whole flow, its file, an answer from the cache, and its start.

Everything over real HTTP on loopback and a real file; the flow is the desk's part of it, without speech or a model.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from assistant.serving.server import RunningServer, serve_tools
from assistant.tool_opening import open_tools
from assistant.town.__main__ import local_now
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceRecords
from benchmarks.benchmark_rows import Row, percentile, row
from client.call import Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer

TIMES = 200


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[tuple[ServiceRecords, RunningServer]]:
    records = await ServiceRecords.open(folder / "service.sqlite")
    try:
        async with serve_tools(ServiceDesk(records, local_now), time.time) as running:
            yield records, running
    finally:
        await records.close()


async def rows(row: Row) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await _start(row, folder)
        async with _served(folder) as (records, running):
            await _calls(row, running.mcp_url)
            await _flows(row, running.mcp_url)
            await _file(row, records)
            await _cached(row, running.mcp_url, folder)


async def _start(row: Row, folder: Path) -> None:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        words = ["-m", "assistant.town.service_booking", "--data", str(folder / "started.sqlite")]
        async with Client(stdio_client(StdioServerParameters(command=sys.executable, args=words))) as client:
            await client.list_tools()
            seconds.append(time.perf_counter() - began)
    row("service desk: start to first answer, slowest of 3", f"{max(seconds):.2f} s", "goal < 10 s")


async def _calls(row: Row, url: str) -> None:
    async with Client(url) as client:
        seconds = await _timed(lambda: client.call_tool("resolve_customer", {"mobile": "9876543210"}))
    _p95_row(row, "a call over HTTP", seconds, "goal < 1 s")


async def _flows(row: Row, url: str) -> None:
    """Customer, vehicle, dealers, free times, booking, cancelling, one after the other."""
    seconds = []
    day = (local_now() + timedelta(days=1 if local_now().weekday() != 5 else 2)).date().isoformat()
    async with Client(url) as client:
        for _ in range(20):
            began = time.perf_counter()
            await client.call_tool("resolve_customer", {"mobile": "9876543210"})
            await client.call_tool("resolve_vehicle", {"registration": "MH12AB1234"})
            found = await client.call_tool("get_nearby_dealers", {"city": "Pune", "service_type": "regular"})
            dealer: Any = (found.structured_content or {})["dealers"][0]["name"]
            free = await client.call_tool("get_service_slots", {"dealer_name": dealer, "date": day})
            at: Any = (free.structured_content or {})["times"][0]
            wanted = {"registration": "MH12AB1234", "dealer_name": dealer, "service_type": "regular"}
            booked = await client.call_tool("book_service", {**wanted, "date": day, "time": at})
            number: Any = (booked.structured_content or {})["booking_id"]
            seconds.append(time.perf_counter() - began)
            await client.call_tool("cancel_service", {"booking_id": number})
    _p95_row(row, "the whole flow to a booking", seconds, "goal < 10 s", digits=0)


async def _file(row: Row, records: ServiceRecords) -> None:
    fields = {"customer_id": "C-1001", "vehicle_id": "V-1", "dealer_id": "D-11", "service_type": "regular"}
    days = (datetime(2030, 1, 1) + timedelta(days=number) for number in range(TIMES + 10))

    async def book() -> None:
        await records.book({**fields, "date": next(days).date().isoformat(), "time": "10:00:00"}, None)

    writes = await _timed(book)
    reads = await _timed(lambda: records.find(dealer_id="D-11", date="2030-01-05", status="confirmed"))
    _p95_row(row, "durable write", writes, "goal < 200 ms")
    _p95_row(row, "read among 220 bookings", reads, "goal < 200 ms")


async def _cached(row: Row, url: str, folder: Path) -> None:
    """A read that the client answers from what it kept: the desk stops being asked."""
    clock = SystemClock()
    arguments = {"city": "Pune", "service_type": "regular"}
    kept = CallSettings(fresh_for={"service.get_nearby_dealers": 600.0})
    async with open_http_client() as http:
        server = StreamableHttpServer("service", url, http, clock, trusted=True)
        async with open_tools([server], folder / "client", clock, kept) as tools:
            await tools.ready()

            async def ask() -> None:
                made = ToolCall("c", "service", "get_nearby_dealers", arguments, f"k{time.perf_counter_ns()}")
                outcome = await tools.call(made)
                assert isinstance(outcome, Succeeded), outcome

            seconds = await _timed(ask)
    _p95_row(row, "an answer from the cache", seconds, "goal < 50 ms", digits=2)


async def _timed(work: Callable[[], Any]) -> list[float]:
    for _ in range(10):
        await work()
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    return seconds


def _p95_row(row: Row, what: str, seconds: list[float], goal: str, digits: int = 1) -> None:
    row(f"service desk: {what}, p95 of {len(seconds)}", f"{percentile(seconds, 0.95) * 1000:.{digits}f} ms", goal)


if __name__ == "__main__":
    asyncio.run(rows(row))
