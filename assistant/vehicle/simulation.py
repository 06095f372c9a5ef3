"""A drive without a car: a route with tunnels and dead zones, and what time does to position, range and warmth.

Advances by given seconds; it reads no clock and judges nothing. Simple physics, enough for drives: constant speed
between points, range falling with the distance, the cabin drifting towards what is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.vehicle.cabin import SHARE_A_KILOMETER
from assistant.vehicle.signals import BATTERY, CHARGING, INSIDE, LATITUDE, LONGITUDE, RANGE, SimulatedVehicle

KILOMETERS_A_DEGREE = 111.2
"""Of latitude; of longitude it is taken times the cosine that the route itself gives."""
WARMING_SECONDS = 300.0
"""Time constant of the cabin's temperature."""
CHARGE_A_MINUTE = 1.5
"""Percent, at a fast charger."""


@dataclass(frozen=True)
class Stretch:
    """A part of the route, in kilometers from its start."""

    begin: float
    end: float
    kind: str
    """`tunnel` or `dead zone`: no network in either."""


@dataclass
class Journey:
    """A vehicle on a route."""

    vehicle: SimulatedVehicle
    points: Sequence[tuple[float, float, float]]
    """(kilometers from the start, latitude, longitude), rising."""
    stretches: Sequence[Stretch] = ()
    target: float = 21.0
    """Degrees Celsius that the climate works towards."""
    kilometers: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.vehicle.journey = self

    def advance(self, seconds: float) -> None:
        """Let that much time pass."""
        driven = self.vehicle.speed * seconds / 3600
        self.kilometers = min(self.kilometers + driven, self.points[-1][0])
        values = self.vehicle.values()
        charged = CHARGE_A_MINUTE * seconds / 60 if values[CHARGING] else 0.0
        battery = min(100.0, max(0.0, float(values[BATTERY]) - driven * SHARE_A_KILOMETER + charged))
        inside = float(values[INSIDE])
        inside += (self.target - inside) * min(1.0, seconds / WARMING_SECONDS)
        latitude, longitude = self.position
        self.vehicle.set(
            {
                BATTERY: battery,
                RANGE: battery / SHARE_A_KILOMETER * 1000,
                INSIDE: round(inside, 2),
                LATITUDE: latitude,
                LONGITUDE: longitude,
            }
        )

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude, between the points of the route."""
        for (begin, *from_), (end, *to) in zip(self.points, self.points[1:], strict=False):
            if begin <= self.kilometers <= end:
                share = (self.kilometers - begin) / (end - begin) if end > begin else 0.0
                return from_[0] + (to[0] - from_[0]) * share, from_[1] + (to[1] - from_[1]) * share
        return self.points[-1][1], self.points[-1][2]

    @property
    def network(self) -> bool:
        """Whether there is a network here."""
        return not any(stretch.begin <= self.kilometers < stretch.end for stretch in self.stretches)

    def ahead(self, kilometers: float) -> Stretch | None:
        """Return the next stretch without network that begins within that distance."""
        found = [each for each in self.stretches if self.kilometers < each.begin <= self.kilometers + kilometers]
        return min(found, key=lambda each: each.begin, default=None)
