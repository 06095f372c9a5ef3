"""Restaurants: names, opening hours and free tables. Bookings are stored elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import day_words, joined, near, plain, read_time, time_words
from assistant.town.bookings import Booking, Bookings
from assistant.town.chance import fraction
from assistant.town.data_files import load
from assistant.town.geography import Geography

TABLE_MINUTES = 120
"""How long a party occupies its table."""
_STEP = timedelta(minutes=30)
_DAYS_AHEAD = 90


@dataclass(frozen=True)
class Restaurant:
    """One restaurant."""

    name: str
    town: str
    street: str
    cuisine: str
    seats: int
    opens: time
    closes: time
    latitude: float
    longitude: float
    sold_out: tuple[time, time] | None = None
    """Hours of every evening that regulars book out, so that a drive can meet a full house."""


class Restaurants:
    """All restaurants, and their tables."""

    def __init__(self, seed: int, now: Callable[[], datetime], geography: Geography, bookings: Bookings) -> None:
        self._seed = seed
        self._now = now
        self._geography = geography
        self._bookings = bookings
        self._closed: set[tuple[str, date]] = set()
        self.all = tuple(
            Restaurant(
                raw["name"],
                raw["town"],
                raw["street"],
                raw["cuisine"],
                raw["seats"],
                read_time(raw["opens"]),
                read_time(raw["closes"]),
                raw["at"][0],
                raw["at"][1],
                (read_time(raw["sold_out"][0]), read_time(raw["sold_out"][1])) if "sold_out" in raw else None,
            )
            for raw in load("restaurants")
        )

    def close(self, name: str, day: date) -> None:
        """Close a restaurant on a day, for drives and tests."""
        self._closed.add((self.find(name).name, day))

    def find(self, name: str) -> Restaurant:
        """Return a restaurant by its name. Raises `RefusedError` that names near ones."""
        wanted = plain(name).removeprefix("restaurant ").removesuffix(" restaurant")
        for restaurant in self.all:
            if wanted == plain(restaurant.name):
                return restaurant
        similar = near(name, [restaurant.name for restaurant in self.all])
        if not similar:
            similar = [restaurant.name for restaurant in self.around(None, None, 3)]
        raise RefusedError(
            f"I know no restaurant called {name}; there is {joined(similar, 'or')}.", similar, ["restaurant_name"]
        )

    def around(self, town: str | None, cuisine: str | None, count: int) -> list[Restaurant]:
        """Return restaurants of a town, or the ones nearest to the car, of a cuisine if one is given."""
        fitting = [
            r for r in self.all if (cuisine is None or r.cuisine == cuisine) and (town is None or r.town == town)
        ]
        return sorted(fitting, key=lambda r: (self._geography.distance(r.latitude, r.longitude), r.name))[:count]

    def free_seats(self, restaurant: Restaurant, day: date, at: time) -> int:
        """Return the number of free seats for a party at that time; 0 if closed."""
        starts = datetime.combine(day, at)
        last_start = datetime.combine(day, restaurant.closes) - timedelta(minutes=60)
        if at < restaurant.opens or starts > last_start or (restaurant.name, day) in self._closed:
            return 0
        if restaurant.sold_out and restaurant.sold_out[0] <= at < restaurant.sold_out[1]:
            return 0
        # Guests who booked elsewhere take up to half of the house.
        slot = at.hour * 2 + at.minute // 30
        others = int(restaurant.seats * 0.5 * fraction(self._seed, "guests", restaurant.name, day, slot))
        return max(0, restaurant.seats - others - self._taken(restaurant.name, starts))

    def _taken(self, name: str, starts: datetime) -> int:
        length = timedelta(minutes=TABLE_MINUTES)
        return sum(
            booking.party_size
            for booking in self._bookings.all
            if booking.kind == "restaurant" and booking.name == name and booking.status == "confirmed"
            if booking.starts < starts + length and starts < booking.starts + length
        )

    def next_free(self, restaurant: Restaurant, day: date, at: time, party_size: int) -> datetime | None:
        """Return the next start, at or after this time, with seats for the party, within two weeks; None if there is
        none."""
        moment = max(datetime.combine(day, at), self._now().replace(tzinfo=None, second=0, microsecond=0))
        if moment.minute % 30:
            moment += timedelta(minutes=30 - moment.minute % 30)
        end = moment + timedelta(days=14)
        while moment < end:
            if self.free_seats(restaurant, moment.date(), moment.time()) >= party_size:
                return moment
            moment += _STEP
        return None

    def book(self, name: str, day: date, at: time, party_size: int) -> Booking:
        """Book a table. Raises `RefusedError`: unknown, in the past, too far ahead, closed or full."""
        restaurant = self.find(name)
        now = self._now().replace(tzinfo=None)
        today = now.date()
        when = f"{day_words(day, today)} at {time_words(at)}"
        if datetime.combine(day, at) < now:
            raise RefusedError(f"{time_words(at)} {day_words(day, today)} has passed.", [], ["date", "time"])
        if (day - today).days > _DAYS_AHEAD:
            raise RefusedError(f"{restaurant.name} takes bookings {_DAYS_AHEAD} days ahead at most.", [], ["date"])
        if self.free_seats(restaurant, day, at) >= party_size:
            return self._bookings.add(
                "restaurant", restaurant.name, day, at, minutes=TABLE_MINUTES, party_size=party_size
            )
        free = self.next_free(restaurant, day, at, party_size)
        people = "one" if party_size == 1 else str(party_size)
        if free is None:
            raise RefusedError(
                f"{restaurant.name} has no table for {people} in the next two weeks.", [], ["party_size"]
            )
        offer = f"{day_words(free.date(), today)} at {time_words(free.time())}"
        raise RefusedError(
            f"{restaurant.name} has no table for {people} {when}; the next free one is {offer}.",
            [free.isoformat()],
            ["date", "time"],
        )
