"""Many calls over a network that breaks, and what their outcomes claim held against what the server did.

The numbers that must be nought: executed twice, lost, executed without a yes, claimed wrongly.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from client.call import Outcome, ToolCall
from client.notices import DeliveryNotice, Notice
from client.tool_client import ToolClient
from tests.client.harness import consent_to

TOOLS = ("pay", "pay_once", "read_balance")


@dataclass
class Tally:
    """What became of the calls."""

    outcomes: dict[str, tuple[str, Outcome]] = field(default_factory=dict)
    """By identity: tool, and what the caller was told last."""
    confirmed: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def told(self, notice: Notice) -> None:
        """Take in what a delivery from the outbox came to."""
        if isinstance(notice, DeliveryNotice):
            identity = str(notice.call.arguments["identity"])
            tool, before = self.outcomes.get(identity, (notice.call.tool, None))
            if before is not None and before.kind != "deferred":
                self.violations.append(f"{identity}: delivered after it was {before.kind}")
            self.outcomes[identity] = (tool, notice.outcome)

    def kinds(self, tool: str) -> Counter[str]:
        """Return how often each outcome was told for that tool."""
        return Counter(outcome.kind for name, outcome in self.outcomes.values() if name == tool)

    def judge(self, executions: Counter[str], expected: int) -> list[str]:
        """Return every broken promise, each as a sentence."""
        found = list(self.violations)
        if len(self.outcomes) != expected:
            found.append(f"{expected - len(self.outcomes)} calls have no outcome")
        for identity, (tool, outcome) in self.outcomes.items():
            times = executions[identity]
            if times > 1:
                found.append(f"{identity} ({tool}) was executed {times} times")
            if times and identity not in self.confirmed and tool != "read_balance":
                found.append(f"{identity} ({tool}) was executed without a yes")
            if tool == "read_balance":
                continue
            if outcome.kind == "succeeded" and times == 0:
                found.append(f"{identity} ({tool}) is said to have happened and did not")
            if outcome.kind in ("failed", "needs_input", "deferred") and times:
                found.append(f"{identity} ({tool}) happened and is said to be {outcome.kind}: {outcome.error}")
            if outcome.kind == "deferred":
                found.append(f"{identity} ({tool}) was never delivered nor reported")
        unknown = set(executions) - set(self.outcomes)
        return [*found, *(f"{identity} was executed and nobody was told" for identity in sorted(unknown))]

    def failures(self) -> list[str]:
        """Return why calls that may be repeated did not succeed."""
        return [
            f"{identity} ({tool}): {outcome}"
            for identity, (tool, outcome) in self.outcomes.items()
            if outcome.kind != "succeeded" and tool != "pay" and (tool == "read_balance" or identity in self.confirmed)
        ]

    def repeatable_share(self) -> float:
        """Return the share of calls that may be repeated, and were confirmed where need be, that succeeded."""
        kinds = self.kinds("read_balance") + Counter(
            outcome.kind
            for identity, (tool, outcome) in self.outcomes.items()
            if tool == "pay_once" and identity in self.confirmed
        )
        return kinds["succeeded"] / max(1, sum(kinds.values()))


async def make_calls(
    tools: ToolClient, tally: Tally, *, calls: int, seed: int, at_once: int, deadline: float, name: str = "call"
) -> None:
    """Make that many calls, some without the yes they need, so many at once."""
    chance = random.Random(seed)
    plan = [(f"{name}-{number}", chance.choice(TOOLS), chance.random() < 0.95) for number in range(calls)]
    waiting = iter(plan)

    async def work() -> None:
        for identity, tool, agreed in waiting:
            call = ToolCall(f"id-{identity}", "town", tool, {"identity": identity}, f"key-{identity}")
            consent = consent_to(call) if agreed and tool != "read_balance" else None
            if consent is not None:
                tally.confirmed.add(identity)
            outcome = await tools.call(call, consent=consent, deadline=deadline)
            if identity not in tally.outcomes:  # a delivery may have been told before the caller heard "deferred"
                tally.outcomes[identity] = (tool, outcome)

    await asyncio.gather(*(work() for _ in range(at_once)))


async def drain(tools: ToolClient, seconds: float = 60.0) -> None:
    """Wait until nothing waits in the outbox any more."""
    async with asyncio.timeout(seconds):
        while await tools.waiting():  # noqa: ASYNC110  # the rows say when it is done
            await asyncio.sleep(0.05)
