"""A vehicle's VSS signals: simulated, so that drives set them, unless a source keeps them (`kuksa.py`).

Only holds values and tells who asked to be told; it judges nothing (driving state is policy).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.vehicle.simulation import Journey

SPEED = "Vehicle.Speed"
"""km/h."""
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
"""126 park, 127 drive, 0 neutral, -1 reverse (VSS)."""
PARKING_BRAKE = "Vehicle.Chassis.ParkingBrake.IsEngaged"
RANGE = "Vehicle.Powertrain.Range"
"""Metres."""
BATTERY = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"
"""Percent."""
CHARGING = "Vehicle.Powertrain.TractionBattery.Charging.IsCharging"
AMBIENT = "Vehicle.Exterior.AirTemperature"
"""Degrees Celsius outside."""
INSIDE = "Vehicle.Cabin.HVAC.AmbientAirTemperature"
"""Degrees Celsius inside."""
LATITUDE = "Vehicle.CurrentLocation.Latitude"
LONGITUDE = "Vehicle.CurrentLocation.Longitude"

SIGNALS: Mapping[str, type] = {
    SPEED: float,
    GEAR: int,
    PARKING_BRAKE: bool,
    RANGE: float,
    BATTERY: float,
    CHARGING: bool,
    AMBIENT: float,
    INSIDE: float,
    LATITUDE: float,
    LONGITUDE: float,
}
"""The signals that McQueen uses, with the type of their values."""

PARKED: Mapping[str, float | int | bool] = {
    SPEED: 0.0,
    GEAR: 126,
    PARKING_BRAKE: True,
    RANGE: 320_000.0,
    BATTERY: 64.0,
    CHARGING: False,
    AMBIENT: 12.0,
    INSIDE: 18.0,
}
"""Where a simulated vehicle starts."""


class UnknownSignalError(ValueError):
    """A signal that the vehicle does not have."""


class SimulatedVehicle:
    """Signals by VSS name."""

    def __init__(self) -> None:
        self.simulated = True
        """Faces label it so; a source of a real car sets it to False and is then the only one to set signals."""
        self.journey: Journey | None = None
        """The way it is on, where it is on one."""
        self._values: dict[str, float | int | bool] = dict(PARKED)
        self._listeners: list[Callable[[], None]] = []

    def set(self, values: Mapping[str, float | int | bool]) -> None:
        """Set signals together, then tell. Raises `UnknownSignalError`; nothing is set then."""
        for name in values:
            if name not in SIGNALS:
                raise UnknownSignalError(f"no signal {name!r}; known are {', '.join(SIGNALS)}")
        fresh = {name: SIGNALS[name](value) for name, value in values.items()}
        self._values.update(fresh)
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call this after every change."""
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
