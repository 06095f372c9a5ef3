"""A server in the test's process whose effects go to a log that is not the client's, and a client with a car's life.

The log is the oracle: each effect and each word that the driver is told is one `write` to a file, which outlives
SIGKILL. Nothing here asks the product what happened.
"""

from __future__ import annotations

import fcntl
import os
import random
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.call import CallError, Consent, Need, Outcome, Sent, Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.catalog import Hints, Tool
from client.connections.links import LinkSettings
from client.notices import DeliveryNotice, Notice
from client.records.storage import Storage
from client.resilience.retry import RetrySettings
from client.servers.tool_server import (
    Answer,
    Answered,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
    ToolServer,
)
from client.tool_client import ToolClient
from client.values import JSON
from tests.chaos.judging import FINAL, WAITS
from tests.client.clocks import VirtualClock
from tests.client.harness import consent_to

SCHEMA: dict[str, JSON] = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
_SETTINGS = CallSettings(
    deferred_for=WAITS,
    retry=RetrySettings(first_wait=0.01, longest_wait=0.05),
    link=LinkSettings(first_pause=1.0, longest_pause=8.0),
)


@dataclass(frozen=True)
class World:
    """What may be otherwise when a call is replayed."""

    description: str = "Pay somebody."
    schema: Mapping[str, JSON] = field(default_factory=lambda: SCHEMA)
    address: str = "http://till.example/mcp"
    account: str = "ann"
    """Who is logged in to the server."""
    gone: bool = False
    """Whether the server has no such tools any more."""
    asks_first: bool = True
    """Whether the policy wants a yes before payments."""
    waits: bool = True
    """Whether payments may wait for the network."""


class Log:
    """What truly happened and what was told, as lines of a file, each with the true time, which no clock moves."""

    def __init__(self, path: Path, clock: VirtualClock) -> None:
        self.path = path
        self._clock = clock
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *words: str) -> None:
        """Add a line."""
        os.write(self._handle, " ".join((f"{self._clock.monotonic():.1f}", *words)).encode() + b"\n")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from doing the same."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def lines(self) -> list[list[str]]:
        """Return all lines as words, without their times."""
        return [line[1:] for line in self.timed_lines()]

    def timed_lines(self) -> list[list[str]]:
        """Return all lines as words, the first one the seconds at which it was written."""
        return [line.split() for line in self.path.read_text().splitlines()]

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)


class Till(ToolServer):
    """Takes payments. `script` says how the next calls end; afterwards they succeed."""

    address = "http://till.example/mcp"

    def __init__(self, log: Log, name: str = "till", world: World | None = None) -> None:
        super().__init__(name, trusted=True)
        self.world = world or World()
        self.address = self.world.address
        self.away = False
        self.script: deque[str] = deque()
        self.on_effect: Callable[[], None] = lambda: None
        """Called right after an effect, before it is answered."""
        self._log = log

    @property
    def user_id(self) -> str:
        return self.world.account

    async def connect(self) -> None:
        if self.away:
            raise ServerUnavailableError(self.name, FailureKind.NOT_SENT, "It is away.", "not_sent")

    async def list_tools(self) -> Listing:
        await self.connect()
        said, schema = self.world.description, self.world.schema
        pay = Tool(self.name, "pay", said, "", schema, trusted=True)
        once = Tool(self.name, "pay_once", said, "", schema, trusted=True, honours_keys=True)
        hints = Hints(read_only=True)
        balance = Tool(self.name, "get_balance", "The balance.", "", SCHEMA, hints=hints, trusted=True)
        return Listing([balance] if self.world.gone else [pay, once, balance])

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        way = "away" if self.away else self.script.popleft() if self.script else "done"
        if way == "away":
            return Faulted(FailureKind.NOT_SENT, CallError("not_sent", "It is away.", Sent.NO))
        if way == "busy":
            return Faulted(FailureKind.REFUSED_FOR_NOW, CallError("unavailable", "It is busy.", Sent.YES))
        if way == "asks":
            return InputWanted(Need.ARGUMENTS, CallError("more", "How much?", Sent.YES))
        if way == "refuses":
            return Faulted(FailureKind.TOOL_ERROR, CallError("tool_error", "No.", Sent.YES))
        if way == "lost_before":
            return Faulted(FailureKind.ANSWER_LOST, CallError("answer_lost", "It was lost.", Sent.MAYBE))
        if call.tool == "get_balance":
            self._log.write("looked", str(call.arguments["who"]))
        else:
            self._execute(call)
        if way == "lost":
            return Faulted(FailureKind.ANSWER_LOST, CallError("answer_lost", "It was lost.", Sent.MAYBE))
        return Answered({"text": "done"})

    def _execute(self, call: ToolCall) -> None:
        key, who = call.idempotency_key, str(call.arguments["who"])
        with self._log.alone():  # all processes that are this server know each key by the effect itself
            done = [line for line in self._log.lines() if line[0] == "effect" and line[2] == key]
            if call.tool == "pay_once" and any(line[5] == "pay_once" for line in done):
                return
            self._log.write("effect", who, key, self.address, self.user_id, call.tool)
        self.on_effect()

    async def health(self) -> Health:
        return Health(not self.away, 0.0)

    async def close(self) -> None:
        return None


class _WatchedStorage(Storage):
    """Virtual time stands still while it works, whoever asked."""

    clock: VirtualClock | None = None

    async def run(self, work: Callable[[sqlite3.Connection], Any], *, synced: bool = True) -> Any:
        if self.clock is None:
            return await super().run(work, synced=synced)
        with self.clock.working():
            return await super().run(work, synced=synced)

    async def read(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        if self.clock is None:
            return await super().read(work)
        with self.clock.working():
            return await super().read(work)


@dataclass
class Car:
    """One life of the program: its client, its clock, and how a test makes calls with it."""

    tools: ToolClient
    storage: Storage
    till: Till
    clock: VirtualClock
    log: Log
    arm: Callable[[], None] = lambda: None
    """From here on the fault may strike."""
    raised: list[str] = field(default_factory=list)

    async def pay(self, who: str, tool: str = "pay", *, server: str = "till", agreed: bool = True) -> Outcome | None:
        """Make a call as the driver's yes makes it; None, and a line in the log, if it raised."""
        call = payment(who, tool, server)
        if agreed and tool != "get_balance":
            self.agree(who, tool)
        return await self.make(call, consent_to(call, self.clock) if agreed else None)

    async def make(self, call: ToolCall, consent: Consent | None, deadline: float = 10.0) -> Outcome | None:
        """Make a call with that yes."""
        who = str(call.arguments["who"])
        try:
            outcome = await self.tools.call(call, consent=consent, deadline=deadline)
        except Exception as error:  # noqa: BLE001  # that any leaves the call is what is looked for
            self.log.write("raised", who, type(error).__name__)
            return None
        if call.tool != "get_balance":
            self.log.write("told", who, outcome.kind, *_detail(outcome))
        elif isinstance(outcome, Succeeded):
            self.log.write("read", who, str(outcome.age or 0.0))
        return outcome

    def agree(self, who: str, tool: str) -> None:
        """Note the driver's yes to a payment in the world as it is."""
        self.log.write("agreed", who, tool, self.till.address, self.till.user_id)

    async def all_told(self, seconds: float = 40.0) -> None:
        """Wait until every call has an end that was told, at most so many virtual seconds."""
        for _ in range(int(seconds / 0.5)):
            last = {line[1]: line[2] for line in self.log.lines() if line[0] == "told"}
            if all(kind in FINAL for kind in last.values()):
                return
            await self.clock.sleep(0.5)

    def told(self, notice: Notice) -> None:
        """Hear what became of a call that waited."""
        if isinstance(notice, DeliveryNotice):
            who = notice.call.call_id.removeprefix("id-")
            self.log.write("told", who, notice.outcome.kind, *_detail(notice.outcome))


def payment(who: str, tool: str = "pay", server: str = "till") -> ToolCall:
    """Return the call that pays somebody; equal for equal words."""
    return ToolCall(f"id-{who}", server, tool, {"who": who}, f"key-{who}")


def _detail(outcome: Outcome) -> tuple[str, ...]:
    return () if outcome.kind == "succeeded" else (outcome.error.code, outcome.error.sent.value)


@asynccontextmanager
async def car(
    path: Path,
    log: Log,
    clock: VirtualClock,
    *,
    arm: Callable[[], None] = lambda: None,
    script: tuple[str, ...] = (),
    listening: bool = True,
    away: bool = False,
    world: World | None = None,
    servers: tuple[str, ...] = ("till",),
) -> AsyncIterator[Car]:
    """Start the program on that database; end it in order."""
    found = world or World()
    tills = [Till(log, name, found) for name in servers]
    tills[0].script.extend(script)
    tills[0].away = away
    storage = await _WatchedStorage.open(path)
    assert isinstance(storage, _WatchedStorage)
    storage.clock = clock
    try:
        async with ToolClient(
            tills,
            storage=storage,
            clock=clock,
            needs_consent=lambda tool, _: found.asks_first and tool.name.startswith("pay"),
            deferrable=lambda _: found.waits,
            settings=_SETTINGS,
            random=random.Random(7),
        ) as tools:
            await tools.ready(5)
            made = Car(tools, storage, tills[0], clock, log, arm)
            if listening:
                tools.subscribe(made.told)
            yield made
    finally:
        await storage.close()
