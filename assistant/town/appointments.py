"""Appointments with the dentist, the garage and others: opening hours and free times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import day_words, joined, plain, read_time, time_words
from assistant.town.bookings import Booking, Bookings
from assistant.town.chance import fraction
from assistant.town.data_files import load

DAYS_AHEAD = 180
"""Days ahead for which appointments can be made."""


@dataclass(frozen=True)
class Provider:
    """A provider of appointments for a service."""

    service: str
    name: str
    town: str
    opens: time
    closes: time
    minutes: int
    days: tuple[int, ...]
    """Weekdays it is open, Monday = 0."""


class Appointments:
    """All providers, and their free times."""

    def __init__(self, seed: int, now: Callable[[], datetime], bookings: Bookings) -> None:
        self._seed = seed
        self._now = now
        self._bookings = bookings
        self.providers = {
            raw["service"]: Provider(
                raw["service"],
                raw["name"],
                raw["town"],
                read_time(raw["opens"]),
                read_time(raw["closes"]),
                raw["minutes"],
                tuple(raw["days"]),
            )
            for raw in load("people")["providers"]
        }

    def is_free(self, provider: Provider, starts: datetime) -> bool:
        """Return whether the provider is open and free for the length of an appointment from that time on."""
        ends = starts + timedelta(minutes=provider.minutes)
        day = starts.date()
        if starts.weekday() not in provider.days or starts.time() < provider.opens:
            return False
        if ends > datetime.combine(day, provider.closes):
            return False
        # One slot in eight is taken by another customer, never the first of an hour, so whole hours are reliable.
        if starts.minute and fraction(self._seed, "appointment", provider.service, starts) < 0.125:
            return False
        return not any(
            booking.status == "confirmed"
            and booking.kind == "appointment"
            and booking.name == provider.service
            and booking.starts < ends
            and starts < booking.starts + timedelta(minutes=booking.minutes)
            for booking in self._bookings.all
        )

    def book(self, service: str, day: date, at: time) -> Booking:
        """Make an appointment. Raises `RefusedError`: no such service, in the past, closed or taken."""
        provider = self.providers.get(plain(service))
        if provider is None:
            names = list(self.providers)
            raise RefusedError(f"Nobody here takes appointments for {service}; there is {joined(names)}.", names)
        starts = datetime.combine(day, at)
        now = self._now().replace(tzinfo=None)
        today = now.date()
        if starts < now:
            raise RefusedError(f"{time_words(at)} {day_words(day, today)} has passed.", [], ["date", "time"])
        if (day - today).days > DAYS_AHEAD:
            raise RefusedError(f"{provider.name} gives appointments {DAYS_AHEAD} days ahead at most.", [], ["date"])
        if self.is_free(provider, starts):
            return self._bookings.add(
                "appointment",
                provider.service,
                day,
                at,
                minutes=provider.minutes,
                provider=f"{provider.name}, {provider.town}",
            )
        free = self.next_free(provider, starts)
        offer = f"{day_words(free.date(), today)} at {time_words(free.time())}"
        when = f"{day_words(day, today)} at {time_words(at)}"
        raise RefusedError(
            f"{provider.name} is not free {when}; the next appointment is {offer}.",
            [free.isoformat()],
            ["date", "time"],
        )

    def next_free(self, provider: Provider, starts: datetime) -> datetime:
        """Return the next free start after this, on a quarter of an hour."""
        moment = starts + timedelta(minutes=15 - starts.minute % 15)
        while not self.is_free(provider, moment):
            moment += timedelta(minutes=15)
        return moment
