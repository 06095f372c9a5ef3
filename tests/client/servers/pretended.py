"""A scaled server whose copies are no processes, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from client.call import CallError, Need, ToolCall
from client.schemas.tool_listing import read_tools
from client.servers.processes.counts import Counts
from client.servers.processes.process_use import ProcessUse
from client.servers.processes.scaled import ScaledServer
from client.servers.processes.scaling import LoadHistory, ScaleRules
from client.servers.processes.supervision import OperatedServer, ServerReport, ServerStatus
from client.servers.tool_server import (
    Answer,
    Answered,
    FailureKind,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
)
from client.values import JSON
from tests.client.clocks import VirtualClock
from tests.client.harness import make_call


class Pretended(OperatedServer):
    """A copy that is no process: each call takes as long as the test says."""

    def __init__(self, number: int, yard: Yard) -> None:
        super().__init__("yard")
        self.number = number
        self.yard = yard
        self.up = self.started = False
        self.asked: list[str] = []

    @property
    def process_id(self) -> int | None:
        return self.number if self.up else None

    def report(self) -> ServerReport:
        status = ServerStatus.HEALTHY if self.up else ServerStatus.STOPPED
        status = ServerStatus.ERROR if self.number in self.yard.given_up and self.started else status
        pids = (self.number,) if self.up else ()
        return ServerReport("yard", status, "", self.process_id, 0.0, 0, None, Counts(len(self.asked)), pids)

    async def connect(self) -> None:
        if self.number in self.yard.broken:
            raise ServerUnavailableError("yard", FailureKind.NOT_SENT, "it does not start")
        self.up = self.started = True

    async def start(self) -> None:
        await self.connect()

    async def stop(self) -> None:
        self.up = False

    async def restart(self) -> None:
        await self.connect()

    async def save(self) -> None:
        return

    async def list_tools(self) -> Listing:
        told = "other" if self.number in self.yard.others else "same"
        raw: JSON = {"name": "work", "description": told, "inputSchema": {"type": "object"}}
        return Listing(tuple(read_tools([raw], "yard", trusted=True, honours_keys=True).tools))

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        assert self.up
        self.asked.append(call.call_id)
        self.yard.most = max(self.yard.most, self.yard.at_work() + 1)
        if call.tool == "ask" and answers is None:
            return InputWanted(Need.ARGUMENTS, CallError("input", "Which?"))
        self.yard.working[self.number] += 1
        try:
            await self.yard.clock.sleep(self.yard.seconds)
        finally:
            self.yard.working[self.number] -= 1
        return Answered({"text": str(self.number)})

    async def health(self) -> Health:
        return Health(self.up, 0.0)

    async def close(self) -> None:
        self.up = False


class Yard:
    """A scaled server of pretended copies, and what they do."""

    def __init__(self, rules: ScaleRules, history: LoadHistory | None = None) -> None:
        self.clock = VirtualClock()
        self.seconds = 1.0
        self.cpu = 0.0
        self.broken: set[int] = set()
        self.others: set[int] = set()
        self.given_up: set[int] = set()
        self.working: Counter[int] = Counter()
        self.most = 0
        self.made: list[Pretended] = []
        self.server = ScaledServer(self.make, self.clock, rules, history, self.use)

    def make(self, number: int) -> Pretended:
        self.made.append(Pretended(number, self))
        return self.made[-1]

    def use(self, pid: int) -> ProcessUse:
        return ProcessUse(self.cpu, 50_000_000, 5)

    def at_work(self) -> int:
        return sum(self.working.values())

    @property
    def copies(self) -> int:
        return len(self.server.process_ids)

    async def many(self, count: int, seconds: float = 1000.0) -> list[Answer]:
        return await asyncio.gather(
            *(self.server.call(make_call("work"), seconds=seconds, confirmed=False) for _ in range(count))
        )

    async def at_once(self, count: int) -> asyncio.Future[list[Answer]]:
        """Begin calls, and return when all that can is under way."""
        begun = asyncio.ensure_future(self.many(count))
        for _ in range(10):
            await asyncio.sleep(0)
        return begun

    async def pass_by(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


@asynccontextmanager
async def yard(rules: ScaleRules, history: LoadHistory | None = None) -> AsyncIterator[Yard]:
    made = Yard(rules, history)
    try:
        yield made
    finally:
        await made.clock.drive(made.server.close())
