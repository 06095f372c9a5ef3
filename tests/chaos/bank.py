"""The paying server as a child process that a test may kill, and the truth that its file tells."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from pathlib import Path
from typing import Self

from tests.client.counting_server import free_port

ROOT = Path(__file__).parents[2]


class Bank:
    """Starts the server, kills it with -9 when told, and starts it again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.file = folder / "executions.txt"
        self.deaths = 0
        self._child: Process | None = None
        self._spare: Process | None = None
        """A process that has loaded everything and waits to be told to serve."""
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self.file.touch()
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._starting:
            await self._end()
            if self._spare is not None:
                self._spare.kill()
                await self._spare.wait()

    async def kill(self) -> None:
        """Kill it in the middle of whatever it does, and start it again."""
        if self._starting.locked():
            return
        async with self._starting:
            self.deaths += 1
            await self._end()
            await self._start()

    async def _start(self) -> None:
        self._child = self._spare or await self._load()
        assert self._child.stdin is not None
        self._child.stdin.write(b"serve\n")
        await self._child.stdin.drain()
        async with asyncio.timeout(30):
            while not await self._answers():  # noqa: ASYNC110  # a process of its own sets no event of ours
                await asyncio.sleep(0.02)
        self._spare = await self._load()

    async def _load(self) -> Process:
        arguments = ("-m", "tests.chaos.paying_server", str(self.port), str(self.file))
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=PIPE, stdout=DEVNULL)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def _end(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()

    def executions(self) -> Counter[str]:
        """Return how often each call with effects was executed, by its identity."""
        return Counter(line.split()[1] for line in self.file.read_text().splitlines())
