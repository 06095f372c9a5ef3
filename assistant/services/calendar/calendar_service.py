"""The calendar tool on a real server, with the definition and the sentences of the simulated one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain, read_date
from assistant.services.calendar.dav import CalDav
from assistant.services.calendar.entries import Entry, entries_between, moved, whole_day
from assistant.services.service_host import ServiceHost
from assistant.services.spoken import one_line
from assistant.town.definitions.travel_tools import CALENDAR_PERSONAL
from assistant.town.telling import created_words, events_words, moved_words

DAYS_AHEAD = 365
"""How far ahead an event is searched for by its title."""


@dataclass(frozen=True)
class CalendarService:
    """One calendar. `now` returns the local time with its offset."""

    dav: CalDav
    now: Callable[[], datetime]

    def host(self) -> ServiceHost:
        """Return it as a host of one tool."""
        return ServiceHost("calendar", (CALENDAR_PERSONAL, self.act))

    async def act(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """See, create or move events. Raises `RefusedError`."""
        action, title = arguments["action"], one_line(str(arguments.get("event_title") or ""), 200)
        today = self.now().date()
        day = read_date(arguments["start_date"]) if arguments.get("start_date") else None
        if action == "get_events":
            shown = day or today
            entries = [e for e in await self._entries(shown, shown) if plain(title) in plain(e.title)]
            summary = events_words([(entry.title, entry.time) for entry in entries], shown, today)
            return {"summary": summary, "action": action, "events": [_fields(entry) for entry in entries]}
        if not title:
            raise RefusedError("What is the event called?", [], ["event_title"])
        if day is None:
            raise RefusedError(f"On which day is {title}?", [], ["start_date"])
        if action == "create_event":
            uid = str(uuid.uuid4())
            await self.dav.create(whole_day(uid, title, day, self.now()))
            event = {"event_id": uid, "event_title": title, "start_date": day.isoformat()}
            return {"summary": created_words(title, day, today), "action": action, "events": [event]}
        entry = await self._named(title, today)
        await self.dav.change(entry.resource, moved(entry, day, self.now()))
        event = {**_fields(entry), "start_date": day.isoformat()}
        return {"summary": moved_words(entry.title, day, today), "action": action, "events": [event]}

    async def _entries(self, first: date, last: date) -> list[Entry]:
        zone = self.now().tzinfo
        assert zone is not None  # `now` promises an offset
        begin = datetime.combine(first, time(), zone)
        # One more day on both sides: whole days are sent without a zone, and servers differ in where they place them.
        found = await self.dav.between(begin - timedelta(days=1), begin + (last - first) + timedelta(days=2))
        return entries_between(found, first, last, zone)

    async def _named(self, title: str, today: date) -> Entry:
        coming = await self._entries(today, today + timedelta(days=DAYS_AHEAD))
        for entry in coming:
            if plain(entry.title) == plain(title):
                return entry
        titles = list(dict.fromkeys(entry.title for entry in coming))
        similar = near(title, titles) or titles[:3]
        hint = f"; there is {joined(similar)}" if similar else ""
        raise RefusedError(f"Your calendar has no event called {title}{hint}.", similar, ["event_title"])


def _fields(entry: Entry) -> dict[str, Any]:
    fields = {"event_id": entry.uid, "event_title": entry.title, "start_date": entry.day.isoformat()}
    return fields | ({"time": entry.time.isoformat()} if entry.time else {})
