"""Bookings: tables and appointments, with numbers that can be said aloud. Does not check availability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, plain
from assistant.town.chance import fraction


@dataclass(frozen=True)
class Booking:
    """One table or appointment."""

    booking_id: str
    kind: Literal["restaurant", "appointment"]
    name: str
    """Restaurant, or service."""
    date: date
    time: time
    party_size: int
    confirmation_number: str
    minutes: int
    """How long the table or the provider is booked."""
    status: Literal["confirmed", "cancelled"] = "confirmed"
    provider: str = ""

    @property
    def starts(self) -> datetime:
        """Local start, without an offset."""
        return datetime.combine(self.date, self.time)


class Bookings:
    """All bookings ever made, cancelled ones included, in the order made."""

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        self._seed = seed
        self._now = now
        self.all: list[Booking] = []

    def add(
        self,
        kind: Literal["restaurant", "appointment"],
        name: str,
        day: date,
        at: time,
        *,
        minutes: int,
        party_size: int = 1,
        provider: str = "",
    ) -> Booking:
        """Store a booking and return it."""
        number = 1001 + len(self.all)
        code = str(int(100_000 + fraction(self._seed, "confirmation", number) * 900_000))
        booking = Booking(str(number), kind, name, day, at, party_size, code, minutes, provider=provider)
        self.all.append(booking)
        return booking

    @property
    def open(self) -> list[Booking]:
        """Confirmed bookings that are not past, the next ones first."""
        now = self._now().replace(tzinfo=None)
        return sorted((b for b in self.all if b.status == "confirmed" and b.starts >= now), key=lambda b: b.starts)

    def find(self, words: str) -> Booking:
        """Return the booking of that number or name, or the last one made. Raises `RefusedError`."""
        wanted = plain(words)
        if wanted in ("last", "last one", "latest", "it", "that", "my last"):
            made = [booking for booking in self.all if booking.status == "confirmed"]
            if made:
                return made[-1]
        for booking in self.all:
            if wanted in (booking.booking_id, booking.confirmation_number):
                return booking
        named = [booking for booking in self.open if wanted in (plain(booking.name), plain(booking.provider))]
        if len(named) == 1:
            return named[0]
        if named:
            numbers = [booking.booking_id for booking in named]
            raise RefusedError(
                f"There are {len(named)} bookings for {named[0].name}: numbers {joined(numbers)}. Which one?",
                numbers,
                ["booking_id"],
            )
        names = [booking.name for booking in self.open]
        held = f"you have {joined(names)}" if names else "nothing is booked"
        raise RefusedError(f"I find no booking for {words}; {held}.", names, ["booking_id"])

    def cancel(self, booking: Booking) -> Booking:
        """Cancel a booking and return it; idempotent. Raises `RefusedError` for a past booking."""
        if booking.status == "cancelled":
            return booking
        if booking.starts < self._now().replace(tzinfo=None):
            raise RefusedError(f"The booking for {booking.name} is already over.", [], ["booking_id"])
        cancelled = replace(booking, status="cancelled")
        self.all[self.all.index(booking)] = cancelled
        return cancelled
