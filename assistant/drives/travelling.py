"""Moves the vehicle along a drive's route as virtual time passes; tunnels cut the network.

Only moves it and notifies; the runtime reacts. Without a route the vehicle stays where its signals put it.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.drives.format import DriveRoute
from assistant.drives.virtual_clock import VirtualClock
from assistant.vehicle.simulation import KILOMETERS_A_DEGREE, Journey, RouteStretch, SimulatedVehicle

STEP_SECONDS = 2.0
"""Seconds between two updates of the position: 67 m at 120 km/h."""
START = (49.41, 8.69)
"""Latitude and longitude of the start, Heidelberg. The route leads north."""


def journey_on(route: DriveRoute, vehicle: SimulatedVehicle) -> Journey:
    """Return the vehicle's journey on the route."""
    latitude, longitude = START
    north = latitude + route.kilometers / KILOMETERS_A_DEGREE
    points = [(0.0, latitude, longitude), (route.kilometers, north, longitude)]
    stretches = [RouteStretch(begin, end, "tunnel") for begin, end in route.tunnels]
    stretches += [RouteStretch(begin, end, "dead zone") for begin, end in route.dead_zones]
    return Journey(vehicle, points, stretches)


async def travel(journey: Journey, clock: VirtualClock, network: Callable[[bool], None]) -> None:
    """Move on until cancelled; call `network` with False when the network goes and with True when it returns."""
    there = True
    while True:
        await clock.sleep(STEP_SECONDS)
        journey.advance(STEP_SECONDS)
        if journey.network is not there:
            there = journey.network
            network(there)
