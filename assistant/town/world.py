"""The simulated world as state: the same seed, clock and calls give the same world. Speaks no protocol, reads no clock.

world = World(seed=1, now=clock)
world.messages.sent, world.bookings.all, world.calendar.events, world.mailbox.sent   what the tools did
world.bank.transfers, world.documents.notes, world.social.posts                      further effects of the tools
world.geography.move_car(latitude, longitude)                                        where the car is
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from assistant.town.appointments import Appointments
from assistant.town.bank import Bank
from assistant.town.bookings import Bookings
from assistant.town.calendar import Calendar
from assistant.town.documents import Documents, SocialNetworks
from assistant.town.fuel import FuelStations
from assistant.town.geography import Geography
from assistant.town.people import Contacts, Mailbox, Messages
from assistant.town.restaurants import Restaurants
from assistant.town.shops import Shops
from assistant.town.web_search import WebSearch


class World:
    """The whole world, from a seed and a clock that is passed in.

    `now` returns the local time with its offset from UTC. The events and messages that the world starts with are
    placed relative to the first reading of that clock.
    """

    def __init__(self, seed: int = 1, *, now: Callable[[], datetime], start: str = "Heidelberg") -> None:
        if now().tzinfo is None:
            raise ValueError("the world's clock must know its offset from UTC")
        self.seed = seed
        self.now = now
        self._start = start
        self.geography = Geography(start)
        self.contacts = Contacts()
        self.messages = Messages(now, self.contacts)
        self.mailbox = Mailbox(now, self.contacts)
        self.calendar = Calendar(now)
        self.bookings = Bookings(seed, now)
        self.restaurants = Restaurants(seed, now, self.geography, self.bookings)
        self.appointments = Appointments(seed, now, self.bookings)
        self.fuel = FuelStations(seed, now, self.geography)
        self.bank = Bank(seed, now, self.contacts)
        self.shops = Shops(seed, now)
        self.documents = Documents(now)
        self.social = SocialNetworks(now)
        self.web = WebSearch()
        self.searches: list[datetime] = []
        """Times of web searches, for the limit of 50 an hour."""
        self.executed: list[tuple[str, dict[str, Any]]] = []
        """Tool and arguments of every successful call, in order; without repeats recognised by their key."""
        self.answered: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {}
        """Idempotency key to tool, arguments and the first result."""

    def another(self) -> World:
        """Return a world as this one was at its start, on the same clock, in which nothing was done yet."""
        return World(self.seed, now=self.now, start=self._start)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now().date()

    KINDS = (
        "bookings", "messages_sent", "emails_sent", "events", "transfers", "balances", "notes", "posts", "car",
    )  # fmt: skip
    """Keys of `snapshot`."""

    def snapshot(self) -> dict[str, Any]:
        """Return the records that the tools changed, as JSON, so that a drive can expect a final state."""
        return {
            "bookings": [_plain(asdict(booking)) for booking in self.bookings.all],
            "messages_sent": [_plain(asdict(message)) for message in self.messages.sent],
            "emails_sent": [_plain(asdict(email)) for email in self.mailbox.sent],
            "events": [_plain(asdict(event)) for event in self.calendar.events],
            "transfers": [_plain(asdict(transfer)) for transfer in self.bank.transfers],
            "balances": dict(self.bank.balances),
            "notes": [_plain(asdict(note)) for note in self.documents.notes],
            "posts": [_plain(asdict(post)) for post in self.social.posts],
            "car": {"town": self.geography.car_town, "at": list(self.geography.car)},
        }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date | datetime | time) else value for key, value in fields.items()
    }
