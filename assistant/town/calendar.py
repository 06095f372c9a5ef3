"""The driver's calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain, read_time
from assistant.town.data_files import load


@dataclass(frozen=True)
class Event:
    """One event; without a time it lasts all day."""

    event_id: str
    title: str
    day: date
    time: time | None = None
    booking_id: str = ""
    """The booking that created the event, or empty."""


class Calendar:
    """All events."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._count = 0
        self.events: list[Event] = []
        today = now().date()
        for raw in load("people")["events"]:
            self.add(raw["event_title"], today + timedelta(days=raw["days_ahead"]), read_time(raw["time"]))

    def add(self, title: str, day: date, at: time | None = None, booking_id: str = "") -> Event:
        """Store an event and return it."""
        self._count += 1
        event = Event(f"event-{self._count}", title, day, at, booking_id)
        self.events.append(event)
        return event

    def on(self, day: date) -> list[Event]:
        """Return the events of a day, all-day ones first."""
        return sorted((e for e in self.events if e.day == day), key=lambda e: (e.time is not None, e.time or time()))

    def move(self, title: str, day: date) -> Event:
        """Move the next event of that title to another day. Raises `RefusedError` for an unknown title."""
        today = self._now().date()
        coming = sorted((e for e in self.events if e.day >= today), key=lambda e: e.day)
        wanted = plain(title)
        found = next((event for event in coming if plain(event.title) == wanted), None)
        if found is None:
            titles = [event.title for event in coming]
            similar = near(title, titles) or titles[:3]
            hint = f"; there is {joined(similar)}" if similar else ""
            raise RefusedError(f"Your calendar has no event called {title}{hint}.", similar, ["event_title"])
        moved = replace(found, day=day)
        self.events[self.events.index(found)] = moved
        return moved

    def remove_booking(self, booking_id: str) -> None:
        """Remove the event of a booking."""
        self.events = [event for event in self.events if event.booking_id != booking_id]
