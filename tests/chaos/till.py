"""A server in the test's process whose effects go to a log that is not the client's, and a client with a car's life.

The log is the oracle: each effect and each word that the driver is told is one `write` to a file, which outlives
SIGKILL. Nothing here asks the product what happened.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.call import CallError, Need, Outcome, Sent, ToolCall
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
from tests.client.clocks import VirtualClock
from tests.client.harness import consent_to

_SCHEMA: dict[str, JSON] = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
WAITS = 60.0
"""Virtual seconds that a confirmed call waits for the network here."""
_SETTINGS = CallSettings(
    deferred_for=WAITS,
    retry=RetrySettings(first_wait=0.01, longest_wait=0.05),
    link=LinkSettings(first_pause=1.0, longest_pause=8.0),
)
_FINAL = ("succeeded", "failed", "needs_input", "unknown")


class Log:
    """What truly happened and what was told, as lines of a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *words: str) -> None:
        """Add a line."""
        os.write(self._handle, (" ".join(words) + "\n").encode())

    def lines(self) -> list[list[str]]:
        """Return all lines as words."""
        return [line.split() for line in self.path.read_text().splitlines()]

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)


class Till(ToolServer):
    """Takes payments. `script` says how the next calls end; afterwards they succeed."""

    address = "http://till.example/mcp"

    def __init__(self, log: Log, name: str = "till", *, description: str = "Pay somebody.") -> None:
        super().__init__(name, trusted=True)
        self.away = False
        self.script: deque[str] = deque()
        self.on_effect: Callable[[], None] = lambda: None
        """Called right after an effect, before it is answered."""
        self._log = log
        self._description = description
        self._known = {line[2] for line in log.lines() if line[0] == "effect" and line[2] != "-"}

    async def connect(self) -> None:
        if self.away:
            raise ServerUnavailableError(self.name, FailureKind.NOT_SENT, "It is away.", "not_sent")

    async def list_tools(self) -> Listing:
        await self.connect()
        pay = Tool(self.name, "pay", self._description, "", _SCHEMA, trusted=True)
        once = Tool(self.name, "pay_once", self._description, "", _SCHEMA, trusted=True, honours_keys=True)
        hints = Hints(read_only=True)
        return Listing(
            [pay, once, Tool(self.name, "get_balance", "The balance.", "", _SCHEMA, hints=hints, trusted=True)]
        )

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
        if call.tool != "get_balance":
            self._execute(call)
        if way == "lost":
            return Faulted(FailureKind.ANSWER_LOST, CallError("answer_lost", "It was lost.", Sent.MAYBE))
        return Answered({"text": "done"})

    def _execute(self, call: ToolCall) -> None:
        key = call.idempotency_key if call.tool == "pay_once" else "-"
        if key == "-" or key not in self._known:
            self._known.add(key)
            self._log.write("effect", str(call.arguments["who"]), key)
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
            self.log.write("agreed", who, tool)
        try:
            outcome = await self.tools.call(call, consent=consent_to(call, self.clock) if agreed else None)
        except Exception as error:  # noqa: BLE001  # that any leaves the call is what is looked for
            self.log.write("raised", who, type(error).__name__)
            return None
        if tool != "get_balance":
            self.log.write("told", who, outcome.kind, *_detail(outcome))
        return outcome

    async def all_told(self, seconds: float = 40.0) -> None:
        """Wait until every call has an end that was told, at most so many virtual seconds."""
        for _ in range(int(seconds / 0.5)):
            last = {line[1]: line[2] for line in self.log.lines() if line[0] == "told"}
            if all(kind in _FINAL for kind in last.values()):
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
    description: str = "Pay somebody.",
    servers: tuple[str, ...] = ("till",),
) -> AsyncIterator[Car]:
    """Start the program on that database; end it in order."""
    tills = [Till(log, name, description=description) for name in servers]
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
            needs_consent=lambda tool, _: tool.name.startswith("pay"),
            deferrable=lambda _: True,
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


def judge(lines: list[list[str]]) -> list[str]:
    """Return every broken promise that the log shows, each as a sentence. Its lines stand in the order of time."""
    calls: dict[str, _Judged] = defaultdict(_Judged)
    found: list[str] = []
    for word, who, *rest in lines:
        call = calls[who]
        if word == "raised":
            found.append(f"{who}: {rest[0]} left the call")
        elif word == "agreed":
            call.agreed = call.waits_for_effect = True
        elif word == "effect":
            found += [f"{who} {problem}" for problem in call.done()]
        else:
            found += [f"{who} {problem}" for problem in call.told(*rest)]
    for who, call in calls.items():
        if call.effects and not call.words:
            found.append(f"{who} was done and nobody was told")
        if call.words and call.words[-1] not in _FINAL:
            found.append(f"{who} was {call.words[-1]} and no more was told")
    return found


@dataclass
class _Judged:
    """What the log has shown of one call so far."""

    agreed: bool = False
    waits_for_effect: bool = False
    effects: int = 0
    words: list[str] = field(default_factory=list)

    def done(self) -> list[str]:
        """It was done."""
        self.effects += 1
        found = [] if self.agreed else ["was done without a yes"]
        if self.effects > 1:
            found.append(f"was done {self.effects} times")
        elif not self.waits_for_effect:
            found.append(f"was done after it was told to be {self.words[-1]}")
        return found

    def told(self, kind: str, code: str = "", sent: str = "") -> list[str]:
        """Somebody was told of it."""
        before = self.words[-1] if self.words else ""
        self.words.append(kind)
        found = []
        if kind == "succeeded" and not self.effects:
            found.append("is said to have happened and did not")
        if kind in ("failed", "needs_input") and sent == "no":
            self.waits_for_effect = False
            if self.effects:
                found.append(f"happened and is said to be {kind} ({code})")
        if before == "succeeded" and kind != "succeeded" and not (code == "records_failed" and sent == "maybe"):
            found.append(f"was told to be succeeded, then {kind} ({code})")
        return found
