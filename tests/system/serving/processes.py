"""Three `mcqueen serve` processes that share a PostgreSQL and a Redis, and a load that goes to whichever is there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from assistant.serving.platform.callers import Permission
from assistant.serving.state.secret_keys import load_secrets, mint_login_token

SERVER = Path(__file__).with_name("noting_server.py")
MANAGE = [permission.value for permission in Permission]


@dataclass
class Process:
    """One of them."""

    url: str
    pid: int
    process: asyncio.subprocess.Process
    alive: bool = True

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)


@dataclass
class Service:
    """All of them, their secret, and the file that the managed servers write."""

    processes: list[Process]
    secret: str
    notes: Path
    http: httpx.AsyncClient
    made: list[str] = field(default_factory=list)
    """Ids of the managed servers."""

    def token(self, user: str) -> dict[str, str]:
        token = mint_login_token(self.secret, user, now=time.time(), permissions=MANAGE)
        return {"Authorization": f"Bearer {token}"}

    def boss(self) -> dict[str, str]:
        """Return the login of somebody else for each service: limits are kept in the Redis that all tests share."""
        return self.token(f"boss of {self.made[0]}")

    async def create(self, number: int, at: int) -> str:
        """Have a managed server made by one of the processes."""
        body = {
            "name": f"noting {number}",
            "command": sys.executable,
            "args": [str(SERVER), str(self.notes)],
            "env": {"NOTING": str(number), "PYTHONPATH": os.getcwd()},
        }
        url = f"{self.processes[at].url}/api/mcp"
        answer = await self.http.post(url, json=body, headers=self.token(f"owner {number}"))
        assert answer.status_code == 201, answer.text
        self.made.append(str(answer.json()["server"]["id"]))
        return self.made[-1]

    async def states(self, at: int) -> dict[str, str]:
        """Return the status of each managed server as one of the processes tells it."""
        answer = await self.http.get(f"{self.processes[at].url}/api/mcp/admin/all", headers=self.boss())
        return {server["id"]: server["health_status"] for server in answer.json()["servers"]}

    def running(self) -> dict[str, list[int]]:
        """Return the process ids of each managed server that run now, by its number."""
        found: dict[str, list[int]] = {}
        for line in self.notes.read_text().splitlines():
            _, number, pid, what = line.split(" ", 3)
            if what == "start" and _alive(int(pid)):
                found.setdefault(number, []).append(int(pid))
        return found

    def noted(self) -> Counter[str]:
        """Return how often each word was noted."""
        lines = (line.split(" ", 3)[3] for line in self.notes.read_text().splitlines())
        return Counter(what.removeprefix("note ") for what in lines if what.startswith("note "))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@asynccontextmanager
async def service(folder: Path, database: str, redis: str, count: int = 3) -> AsyncIterator[Service]:
    """Run that many processes until the block ends."""
    places = {name: str(folder / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    config = folder / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json"
    secrets = load_secrets(config, {})
    environment = {**os.environ, **places, "DATABASE_URL": database, "REDIS_URL": redis}
    environment |= {"RATE_LIMIT_MAX": "1000000", "MCP_HEALTH_CHECK_INTERVAL": "1000"}
    program = ("-c", "from assistant.cli.main import main; main()", "serve", "--port", "0", "--no-metrics")
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=200))
        )
        processes: list[Process] = []
        stack.push_async_callback(_end, processes)
        for number in range(count):
            log = stack.enter_context((folder / f"log-{number}").open("wb"))
            process = await asyncio.create_subprocess_exec(
                sys.executable, *program, env=environment, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=log
            )
            processes.append(Process("", process.pid, process))
            assert process.stdout is not None
            ready: dict[str, Any] = json.loads(await process.stdout.readline())
            processes[-1].url = ready["url"]
        notes = folder / "notes"
        notes.touch()
        yield Service(processes, secrets.jwt_secret, notes, http)


async def _end(processes: list[Process]) -> None:
    for one in processes:
        if one.process.returncode is None:
            one.kill(signal.SIGCONT)
            one.kill(signal.SIGTERM)
    for one in processes:
        try:
            async with asyncio.timeout(20):
                await one.process.wait()
        except TimeoutError:
            one.kill()


@dataclass
class Load:
    """What came of the requests."""

    service: Service
    sessions: list[str] = field(default_factory=list)
    sent: int = 0
    failed: list[str] = field(default_factory=list)
    broken_off: int = 0
    """Requests whose answer was lost, and that the client sent again with the same key."""
    answered: list[str] = field(default_factory=list)
    """Words whose note was answered with success."""

    async def run(self, rate: int, seconds: float) -> None:
        """Begin `rate` requests a second, each when it is due."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as group:
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
                group.create_task(self._one(number))

    async def _one(self, number: int) -> None:
        self.sent += 1
        if number % 2:
            body: dict[str, Any] = {"parameters": {"location": "Speyer"}}
            headers = {"Authorization": f"Bearer {self.sessions[number % len(self.sessions)]}"}
            path = "/api/v1/mcp/tools/get_weather/execute"
        else:
            word = f"word-{number}"
            body = {"tool_name": "note", "parameters": {"word": word}, "voice_confirmations": {"word": word}}
            headers = self.service.token(f"user {number % 800}") | {"Idempotency-Key": word}
            path = f"/api/mcp/{self.service.made[number // 2 % len(self.service.made)]}/execute"
        answer = await self._asked(number, path, body, headers)
        if isinstance(answer, str) or answer.status_code != 200 or not answer.json()["success"]:
            told = answer if isinstance(answer, str) else f"{answer.status_code} {answer.text[:200]}"
            self.failed.append(f"{path[:9]} {told}")
        elif not number % 2:
            self.answered.append(word)

    async def _asked(self, number: int, path: str, body: Any, headers: dict[str, str]) -> httpx.Response | str:
        """Ask a process that takes connections, as a load balancer does; once more if the answer was lost."""
        told = "nobody there"
        for turn in range(2 * len(self.service.processes)):
            process = self.service.processes[(number + turn) % len(self.service.processes)]
            if not process.alive:
                continue
            try:
                return await self.service.http.post(f"{process.url}{path}", json=body, headers=headers)
            except httpx.ConnectError:
                process.alive = False
            except httpx.HTTPError as error:
                told = type(error).__name__
                self.broken_off += 1
        return told
