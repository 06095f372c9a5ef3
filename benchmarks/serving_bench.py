"""`make bench-serving`: load on `mcqueen serve` in a process of its own, over loopback; figures for docs, no gate.

500 operations a second for a while (each begins when it is due, whether the last came back or not), 1,000 users with
their sessions at once, as many idle connections as may be open, and calls over a network that breaks. The limit of 100
requests in 15 minutes is set aside for it with RATE_LIMIT_MAX. Server and load share this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from assistant.serving.http_connections import most_connections
from assistant.serving.state.secret_keys import load_secrets, mint_login_token
from benchmarks.benchmark_rows import percentile, row
from benchmarks.recovery_bench import recovery
from benchmarks.served import HEAVY, served

RATE, SECONDS, USERS, CONNECTIONS = 500, 20, 1000, 200
PLACES = ("Speyer", "Mannheim", "Heidelberg", "Karlsruhe")


@dataclass
class Measured:
    """What came back. Seconds from when a request was due."""

    seconds: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """Return the percentiles in milliseconds."""
        p50, p95, p99 = (percentile(self.seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
        return f"p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} ms"


class Connection:
    """One connection that stays open; just enough HTTP for what our own server answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, url: str) -> Connection:
        """Connect."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(reader, writer, parts.netloc)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a request and return status and JSON."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json", "Accept: application/json, text/event-stream"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer = await self._reader.readexactly(length)
        return int(head.split()[1]), json.loads(answer)

    @property
    def closed(self) -> bool:
        """Whether the server has hung up; a pool of connections asks that before it uses one, as httpx does."""
        return self._reader.at_eof()

    def close(self) -> None:
        """Hang up."""
        self._writer.transport.abort()


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and its children; it says what a busy machine cannot hide."""
    total = 0.0
    first = psutil.Process(pid)
    for process in (first, *first.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


async def sessions(ready: dict[str, Any], folder: Path, connection: Connection, users: int = USERS) -> list[str]:
    """Log every user in and return their sessions."""
    secrets = load_secrets(folder / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})
    made = []
    for number in range(users):
        token = mint_login_token(secrets.jwt_secret, f"user-{number}", now=time.time())
        body = {"user_id": f"user-{number}", "auth_token": token}
        _, answer = await connection.send("POST", "/api/v1/auth/login", body)
        made.append(answer["session"]["session_id"])
    return made


async def operation(connection: Connection, face: str, number: int, session: str) -> str:
    """Do one operation of the mix and return what was wrong, or nothing."""
    bearer = {"Authorization": f"Bearer {session}"}
    place, turn = PLACES[number % len(PLACES)], number % 10
    if face == "mcp":
        params = {"name": "get_weather", "arguments": {"location": place}}
        call = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        status, answer = await connection.send("POST", "/mcp", call)
        fine = status == 200 and answer.get("result", {}).get("isError") is False
    elif turn == 0:
        status, answer = await connection.send("GET", "/api/v1/mcp/tools", **bearer)
        fine = status == 200 and answer["total"] > 5
    elif turn == 1:
        message = {"contact": "Anna", "message": f"number {number}"}
        body = {"parameters": message, "voice_confirmations": dict.fromkeys(message, True)}
        status, answer = await connection.send("POST", "/api/v1/mcp/tools/send_message/execute", body, **bearer)
        fine = status == 200 and answer["success"]
    else:
        body = {"parameters": {"location": place}}
        status, answer = await connection.send("POST", "/api/v1/mcp/tools/get_weather/execute", body, **bearer)
        fine = status == 200 and answer["success"]
    return "" if fine else f"{status} {str(answer)[:80]}"


@dataclass
class Load:
    """Operations that begin when they are due, on connections that are taken when free."""

    url: str
    pid: int
    """Of the server, whose processor time is told with that of its children."""
    operation: Callable[[Connection, int], Awaitable[str]]
    """Does the operation of that number and returns what was wrong, or nothing."""
    renewed: int = 0
    """Idle connections that the server had closed."""
    opened: int = 0
    """All connections that were opened."""

    async def at_rate(self, rate: int, seconds: int, connections: int, first: int = 0) -> tuple[Measured, float, float]:
        """Begin `rate` operations a second, after `first` ones that are not counted.

        Return what came back, the seconds that it took, and the server's processor seconds an operation.
        """
        measured = Measured()
        self.renewed = 0
        free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        opened = [await Connection.open(self.url) for _ in range(connections)]
        for connection in opened:
            free.put_nowait(connection)

        async def one(number: int, due: float) -> None:
            connection = await free.get()
            if connection.closed:
                self.renewed += 1
                opened.append(connection := await Connection.open(self.url))
            try:
                wrong = await self.operation(connection, number)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                wrong = type(error).__name__
                connection.close()
                connection = await Connection.open(self.url)
                opened.append(connection)
            free.put_nowait(connection)
            measured.seconds.append(time.perf_counter() - due)
            if wrong:
                measured.wrong[wrong] += 1

        for number in range(first):
            await one(number, time.perf_counter())
        measured.seconds.clear()
        measured.wrong.clear()
        began, spent = time.perf_counter(), processor_seconds(self.pid)
        async with asyncio.TaskGroup() as group:
            for number in range(rate * seconds):
                due = began + number / rate
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                group.create_task(one(number, due))
        took = time.perf_counter() - began
        for connection in opened:
            connection.close()
        self.opened = len(opened)
        return measured, took, (processor_seconds(self.pid) - spent) / len(measured.seconds)


async def open_load(ready: dict[str, Any], face: str, logged_in: Sequence[str]) -> Measured:
    """Begin `RATE` operations of the mix a second, and print what came of them."""
    load = Load(
        ready["url"], ready["pid"], lambda c, number: operation(c, face, number, logged_in[number % len(logged_in)])
    )
    measured, took, spent = await load.at_rate(RATE, SECONDS, CONNECTIONS)
    wrong = sum(measured.wrong.values())
    row(f"{face}: {RATE} operations a second for {SECONDS} s: done", f"{len(measured.seconds) / took:.0f} /s")
    row(f"{face}: time from when it was due", measured.told(), "goal p95 < 3 s")
    row(f"{face}: the server's processor time an operation", f"{spent * 1000:.2f} ms")
    row(f"{face}: wrong answers", f"{wrong} of {len(measured.seconds)} {dict(measured.wrong) or ''}", "goal < 0.1 %")
    row(f"{face}: idle connections that the server had closed", f"{load.renewed} of {load.opened}")
    return measured


async def everybody_at_once(ready: dict[str, Any], logged_in: Sequence[str]) -> None:
    """Every user on a connection of their own, all at the same moment, three times in a row."""
    measured = Measured()

    async def user(connection: Connection, number: int) -> None:
        for turn in range(3):
            began = time.perf_counter()
            wrong = await operation(connection, "rest", number * 3 + turn, logged_in[number])
            measured.seconds.append(time.perf_counter() - began)
            if wrong:
                measured.wrong[wrong] += 1

    connections = [await Connection.open(ready["url"]) for _ in logged_in]
    began = time.perf_counter()
    await asyncio.gather(*(user(connection, number) for number, connection in enumerate(connections)))
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    row(f"{len(logged_in)} users with sessions at once, 3 operations each", f"{len(measured.seconds) / took:.0f} /s")
    row("  time of an operation", measured.told(), "goal p95 < 3 s")
    row("  wrong answers", f"{sum(measured.wrong.values())} of {len(measured.seconds)} {dict(measured.wrong) or ''}")


async def idle_connections(ready: dict[str, Any]) -> None:
    """As many connections as may be open that say nothing, and one that asks."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(most_connections(), soft - 256)
    writers: list[asyncio.StreamWriter] = []
    parts = urlsplit(ready["url"])
    began = time.perf_counter()
    with contextlib.suppress(OSError):
        while len(writers) < wanted:
            batch = min(500, wanted - len(writers))
            opening = (asyncio.open_connection(parts.hostname, parts.port) for _ in range(batch))
            writers += [writer for _, writer in await asyncio.gather(*opening)]
    asked = time.perf_counter()
    connection = await Connection.open(ready["url"])
    status, _ = await connection.send("GET", "/api/v1/health")
    answered = time.perf_counter()
    for writer in writers:
        writer.transport.abort()
    connection.close()
    row(
        f"{len(writers)} idle connections in {asked - began:.1f} s: another request",
        f"{status}, {answered - asked:.3f} s",
    )


async def main() -> None:
    """Measure everything."""
    for store in ("memory", "file"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            options = ("--store", "memory") if store == "memory" else ()
            async with served(folder, *options) as ready:
                connection = await Connection.open(ready["url"])
                began = time.perf_counter()
                logged_in = await sessions(ready, folder, connection)
                took = time.perf_counter() - began
                connection.close()
                row(f"store in {store}: {USERS} logins, one after the other", f"{USERS / took:.0f} /s")
                await open_load(ready, "rest", logged_in)
                await everybody_at_once(ready, logged_in)
                if store == "memory":
                    await open_load(ready, "mcp", logged_in)
                    await idle_connections(ready)
    await recovery()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {datetime.now():%Y-%m-%d}; "
        f"RATE_LIMIT_MAX={HEAVY['RATE_LIMIT_MAX']}\n"
    )
    asyncio.run(main())
