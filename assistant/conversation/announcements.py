"""What a live assistant says without being asked: news of the vehicle and the calendar, and timers that have ended.

It finds the news and reports it; the dialogue decides whether and when to say it. It watches only the topics that
settings name, and always the driver's timers. It changes nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from assistant.conversation.runtime import Runtime
from assistant.conversation.vehicle_warnings import VehicleWatch
from assistant.policy.driving import driving_state
from assistant.policy.results import Item, items_of
from assistant.policy.sensitivity import assess
from assistant.policy.timing import CALENDAR_SECONDS
from assistant.understanding.language import BASE
from assistant.vehicle.cabin import Cabin
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.wording.host_messages import words_of
from assistant.wording.languages import wording_of
from client.call import Outcome, Succeeded, ToolCall
from client.calls.idempotency_keys import new_key
from client.catalog import Catalog, Tool
from client.clock import Clock
from client.values import JSON

SOON = timedelta(minutes=15)
"""How long before its start a calendar event is announced."""
_DAY = frozenset({"start", "begin", "begins", "date", "start_date", "start_time", "when", "day"})
_TIME = frozenset({"time", "start_time", "begin_time"})
_LOOKING = ("get_events", "list_events", "get", "list", "read")


class Tools(Protocol):
    """The part of the tool client that this module needs."""

    @property
    def catalog(self) -> Catalog:
        """The present catalog."""
        ...

    async def call(self, call: ToolCall) -> Outcome:
        """Make a call."""
        ...


def watch_vehicle(runtime: Runtime, vehicle: SimulatedVehicle, topics: Collection[str]) -> None:
    """Report the vehicle's state to the runtime, and announce the news that the settings ask for."""
    watch = VehicleWatch(topics, runtime.state.language)

    def changed() -> None:
        for word in watch.look(vehicle.values(), vehicle.journey):
            runtime.notice(word.topic, word.text)
        runtime.drive(driving_state(vehicle.gear, vehicle.parking_brake, vehicle.speed), vehicle.speed)

    vehicle.subscribe(changed)
    changed()


def ring_timers(runtime: Runtime, cabin: Cabin) -> None:
    """Announce each of the driver's timers when it ends."""
    words = words_of("car", runtime.state.language)

    def set_timer(name: str, seconds: float) -> None:
        def rung() -> str | None:
            message = cabin.ring(name)
            return words(message) if message is not None else None

        runtime.later(seconds, "timer", rung)

    cabin.timer_set = set_timer


class CalendarWatch:
    """Announces each of today's events once, shortly before it begins."""

    def __init__(self, tools: Tools, clock: Clock, now: Callable[[], datetime], language: str = BASE) -> None:
        self._tools = tools
        self._clock = clock
        self._now = now
        self._wording = wording_of(language)
        self._told: set[tuple[str, datetime]] = set()

    async def run(self, tell: Callable[[str, str], None]) -> None:
        """Check repeatedly until cancelled."""
        while True:
            for text in await self.look():
                tell("calendar", text)
            await self._clock.sleep(CALENDAR_SECONDS)

    async def look(self) -> list[str]:
        """Return what to announce now; nothing if there is no calendar or none can be read now."""
        tool, arguments = calendar_call(self._tools.catalog, self._now())
        if tool is None:
            return []
        key = new_key()
        outcome = await self._tools.call(ToolCall(f"calendar-{key}", tool.server, tool.name, arguments, key))
        if not isinstance(outcome, Succeeded):
            return []
        told: list[str] = []
        for title, begins in upcoming(items_of(outcome.result), self._now()):
            if (title, begins) not in self._told:
                self._told.add((title, begins))
                minutes = max(1, round((begins - self._now()).total_seconds() / 60))
                told.append(self._wording.counted("unasked", "begins_soon", minutes, title=title))
        return told


def calendar_call(catalog: Catalog, now: datetime) -> tuple[Tool | None, dict[str, JSON]]:
    """Return the call that lists today's events and needs no yes; None if there is none."""
    for tool in catalog:
        if not ({"calendar", "calendars", "events"} & set(tool.name.replace("-", "_").lower().split("_"))):
            continue
        arguments: dict[str, JSON] = {}
        for name, schema in tool.properties.items():
            options = schema.get("enum")
            if isinstance(options, list) and (action := next((a for a in _LOOKING if a in options), None)):
                arguments[name] = action
            elif name in _DAY and schema.get("format") == "date":
                arguments[name] = now.date().isoformat()
        looks = not assess(tool, arguments).sensitive and (tool.hints.read_only or len(arguments) > 0)
        if looks and set(tool.required) <= set(arguments):
            return tool, arguments
    return None, {}


def upcoming(items: Iterable[Item], now: datetime) -> list[tuple[str, datetime]]:
    """Return the events that begin within `SOON`, with their times."""
    found = [(item.name, begins) for item in items if (begins := _begins(item.properties, now)) is not None]
    return [(name, begins) for name, begins in found if timedelta(0) < begins - now <= SOON]


def _begins(fields: Mapping[str, JSON], now: datetime) -> datetime | None:
    day = next((v for k, v in fields.items() if k.lower() in _DAY and isinstance(v, str)), None)
    time = next((v for k, v in fields.items() if k.lower() in _TIME and isinstance(v, str)), None)
    text = day if day is not None and "T" in day else f"{day or now.date().isoformat()}T{time}" if time else None
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
