"""Fuel and charging stations, with prices that change by day and hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from assistant.hosting.spoken_words import read_time
from assistant.town.chance import fraction
from assistant.town.data_files import load
from assistant.town.geography import Geography

_BASE_PRICES = {"diesel": 1.64, "petrol": 1.72, "premium": 1.79, "electric": 0.59}
"""Euros a litre, electric euros a kilowatt hour; plausible figures, not quotations."""


@dataclass(frozen=True)
class Station:
    """One station."""

    name: str
    brand: str
    address: str
    latitude: float
    longitude: float
    fuels: tuple[str, ...]
    opens: time
    closes: time
    surcharge: float
    power_kw: int = 0
    """Kilowatts of the fastest charging post; 0 without any."""
    posts: int = 0


class FuelStations:
    """All stations."""

    def __init__(self, seed: int, now: Callable[[], datetime], geography: Geography) -> None:
        self._seed = seed
        self._now = now
        self._geography = geography
        self.all = tuple(
            Station(
                raw["name"],
                raw["brand"],
                raw["address"],
                raw["at"][0],
                raw["at"][1],
                tuple(raw["fuels"]),
                read_time(raw["open"][0]),
                read_time(raw["open"][1]),
                raw["surcharge"],
                raw.get("power_kw", 0),
                raw.get("posts", 0),
            )
            for raw in load("fuel")
        )

    def is_open(self, station: Station) -> bool:
        """Return whether the station is open now."""
        return station.opens <= self._now().time() <= station.closes

    def price(self, station: Station, fuel_type: str) -> float:
        """Return euros a litre (a kilowatt hour for electric) at this hour."""
        now = self._now()
        swing = (fraction(self._seed, "price", now.date(), fuel_type) - 0.5) * 0.08
        evening = -0.02 if 18 <= now.hour < 22 else 0.0
        return round(_BASE_PRICES[fuel_type] + station.surcharge + swing + evening, 2)

    def free_posts(self, station: Station) -> int:
        """Return how many charging posts are free in this quarter of an hour."""
        now = self._now()
        quarter = (now.date(), now.hour, now.minute // 15)
        return round(station.posts * fraction(self._seed, "posts", station.name, *quarter))

    def around(self, fuel_type: str | None, count: int, *, cheapest: bool = False) -> list[Station]:
        """Return stations within 30 km of the car, open ones first, by distance or by price of the fuel."""

        def distance(station: Station) -> float:
            return self._geography.distance(station.latitude, station.longitude)

        def order(station: Station) -> tuple[bool, float, float]:
            fuel = fuel_type if fuel_type is not None else station.fuels[0]
            return (not self.is_open(station), self.price(station, fuel) if cheapest else 0.0, distance(station))

        fitting = [s for s in self.all if fuel_type is None or fuel_type in s.fuels]
        # A driver who asks for fuel without naming it does not mean a charging post.
        if fuel_type is None:
            fitting = [s for s in fitting if s.fuels != ("electric",)]
        near_by = [s for s in fitting if distance(s) <= 30] or sorted(fitting, key=distance)[:count]
        return sorted(near_by, key=order)[:count]
