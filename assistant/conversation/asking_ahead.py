"""Fetches answers that the driver will want without a network: before a known dead zone, and at intervals.

It repeats the calls that settings name and, before a dead zone, also the latest calls of this conversation. It makes
only calls that change nothing and need no yes. The answers go into the client's cache; nobody hears them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.conversation.observations import Called, Observation
from assistant.policy.sensitivity import assess
from assistant.settings.settings import WarmingSettings
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.simulation import Journey
from client.call import Succeeded, ToolCall
from client.calls.call_effects import has_effects
from client.calls.idempotency_keys import new_key
from client.calls.warming import warm
from client.catalog import Tool
from client.clock import Clock
from client.tool_client import ToolClient
from client.values import JSON

AHEAD_SECONDS = 120.0
"""How long before a dead zone, at the present speed, the calls are made."""
LATEST = 5
"""How many calls of this conversation are repeated before a dead zone."""
_SECONDS = 8.0


@dataclass(frozen=True)
class AheadRules:
    """Which calls are made ahead, and when."""

    calls: Sequence[tuple[str, Mapping[str, JSON]]] = ()
    """Tools by bare or qualified name, each with its arguments. The text "$destination" or "$here" stands for that
    place."""
    every: float = 0.0
    """Seconds between two rounds; 0 for none."""
    before_dead_zones: bool = False
    latest: int = LATEST

    @classmethod
    def of(cls, settings: WarmingSettings) -> AheadRules:
        """Return the rules from the settings."""
        calls = [(each.tool, each.arguments) for each in settings.calls]
        return cls(calls, settings.every, settings.before_dead_zones)


@dataclass
class AskingAhead:
    """Makes calls ahead for one conversation. `place` returns the place that "$destination" or "$here" means, or ""."""

    tools: ToolClient
    clock: Clock
    rules: AheadRules
    place: Callable[[str], str]
    rounds: int = 0
    """How many calls were made, for statistics."""
    _made: OrderedDict[str, ToolCall] = field(default_factory=OrderedDict)
    _asked_before: set[float] = field(default_factory=set)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def saw(self, observation: Observation) -> None:
        """Remember a call of the conversation; this is an observer of `Runtime`."""
        if isinstance(observation, Called) and isinstance(observation.outcome, Succeeded):
            call = observation.call
            if self._may_ask(self.tools.catalog.of(call.server, call.tool), call.arguments):
                self._made[call.digest] = call
                self._made.move_to_end(call.digest)
                while len(self._made) > self.rules.latest:
                    self._made.popitem(last=False)

    def moved(self, journey: Journey | None, speed: float) -> None:
        """The vehicle moved on, on that journey, at that speed in km/h."""
        watched = journey is not None and self.rules.before_dead_zones
        zone = journey.ahead(speed * AHEAD_SECONDS / 3600) if journey is not None and watched else None
        if zone is not None and zone.begin not in self._asked_before:
            self._asked_before.add(zone.begin)
            task = asyncio.get_running_loop().create_task(self.ask([*self._named(), *self._made.values()]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def run(self) -> None:
        """Make the calls of the settings at their interval, until cancelled; return at once if there is no interval."""
        while self.rules.every > 0:
            await self.clock.sleep(self.rules.every)
            await self.ask(self._named())

    async def close(self) -> None:
        """Cancel the calls that are running."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def ask(self, calls: Sequence[ToolCall]) -> None:
        """Make each call once, so that its answer is cached."""
        wanted = {call.digest: call for call in calls}
        if wanted:
            self.rounds += 1
            await warm(self.tools, [_again(call) for call in wanted.values()], deadline=_SECONDS)

    def _named(self) -> list[ToolCall]:
        """Return the calls of the settings that can be made now: the tool and the place are known."""
        found: list[ToolCall] = []
        for name, given in self.rules.calls:
            tool = self.tools.catalog.find(name)
            arguments = {key: self._value(value) for key, value in given.items()}
            if tool is not None and "" not in arguments.values() and self._may_ask(tool, arguments):
                found.append(ToolCall("", tool.server, tool.name, arguments, ""))
        return found

    def _value(self, value: JSON) -> JSON:
        return self.place(value) if value in ("$destination", "$here") and isinstance(value, str) else value

    @staticmethod
    def _may_ask(tool: Tool | None, arguments: Mapping[str, JSON]) -> bool:
        return tool is not None and not has_effects(tool) and not assess(tool, arguments).sensitive


def place_named(name: str, here: str, cabin: Cabin | None) -> str:
    """Return the place that "$here" or "$destination" stands for; "" if it is not known."""
    if name == "$here":
        return here
    return cabin.route[-1] if cabin is not None and cabin.route else ""


def _again(call: ToolCall) -> ToolCall:
    key = new_key()
    return ToolCall(f"ahead-{key}", call.server, call.tool, call.arguments, key)
