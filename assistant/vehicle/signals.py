"""The VSS signals that McQueen uses: names, types, units, and the start values of a simulated vehicle. Data only."""

from __future__ import annotations

from collections.abc import Mapping

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
"""The signals that McQueen uses, with the types of their values."""

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
"""The start values of a simulated vehicle."""


class UnknownSignalError(ValueError):
    """A signal that the vehicle does not have."""
