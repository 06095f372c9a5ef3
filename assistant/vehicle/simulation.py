"""A simulated vehicle: its signals, a route with tunnels and dead zones, and the change of position, range and
temperature over time. A source of a real car (`kuksa.py`) sets the same signals.

Advances by given seconds; reads no clock and judges nothing. Simple physics, enough for drives: constant speed between
points, range falling with the distance, the cabin drifting towards the set temperature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.vehicle.signals import (
    BATTERY,
    CHARGING,
    GEAR,
    INSIDE,
    LATITUDE,
    LONGITUDE,
    PARKED,
    PARKING_BRAKE,
    RANGE,
    SIGNALS,
    SPEED,
    UnknownSignalError,
)

KILOMETERS_A_DEGREE = 111.2
"""Kilometers per degree of latitude; for longitude, multiplied by the cosine of the route's latitude."""
WARMING_SECONDS = 300.0
"""Time constant of the cabin's temperature, in seconds."""
SHARE_A_KILOMETER = 0.2
"""Battery percentage per kilometer in the simulation: 500 km with a full battery."""
CHARGE_A_MINUTE = 1.5
"""Battery percentage per minute at a fast charger."""


@dataclass(frozen=True)
class RouteStretch:
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
    stretches: Sequence[RouteStretch] = ()
    target: float = 21.0
    """The climate's target temperature in degrees Celsius."""
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
        """Latitude and longitude, interpolated between the points of the route."""
        for (begin, *from_), (end, *to) in zip(self.points, self.points[1:], strict=False):
            if begin <= self.kilometers <= end:
                share = (self.kilometers - begin) / (end - begin) if end > begin else 0.0
                return from_[0] + (to[0] - from_[0]) * share, from_[1] + (to[1] - from_[1]) * share
        return self.points[-1][1], self.points[-1][2]

    @property
    def network(self) -> bool:
        """Whether there is a network here."""
        return not any(stretch.begin <= self.kilometers < stretch.end for stretch in self.stretches)

    def ahead(self, kilometers: float) -> RouteStretch | None:
        """Return the next section without network that begins within that distance."""
        found = [each for each in self.stretches if self.kilometers < each.begin <= self.kilometers + kilometers]
        return min(found, key=lambda each: each.begin, default=None)


class SimulatedVehicle:
    """Signals by VSS name."""

    def __init__(self) -> None:
        self.simulated = True
        """Screens label it so. A source of a real car sets it to False and is then the only one to set signals."""
        self.journey: Journey | None = None
        """The route that the vehicle is on, if any."""
        self._values: dict[str, float | int | bool] = dict(PARKED)
        self._listeners: list[Callable[[], None]] = []

    def set(self, values: Mapping[str, float | int | bool]) -> None:
        """Set signals together, then notify listeners. Raises `UnknownSignalError`; nothing is set then."""
        for name in values:
            if name not in SIGNALS:
                raise UnknownSignalError(f"no signal {name!r}; known are {', '.join(SIGNALS)}")
        fresh = {name: SIGNALS[name](value) for name, value in values.items()}
        self._values.update(fresh)
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call the listener after every change."""
        self._listeners.append(listener)

    @property
    def speed(self) -> float:
        """Vehicle.Speed in km/h."""
        return float(self._values[SPEED])

    @property
    def gear(self) -> int:
        """SelectedGear."""
        return int(self._values[GEAR])

    @property
    def parking_brake(self) -> bool:
        """Whether the parking brake is engaged."""
        return bool(self._values[PARKING_BRAKE])

    def values(self) -> Mapping[str, float | int | bool]:
        """All signals."""
        return dict(self._values)
