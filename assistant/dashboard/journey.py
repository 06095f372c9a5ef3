"""A simulated route for the simulated vehicle, and its map in characters: the roads of the town, the way, the car.

Moves only that vehicle. Towns and roads are those of the bundled town; stretches without network are drawn, but the
real network is not affected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.dashboard.symbols import Symbols
from assistant.town.geography import Geography, straight_line
from assistant.vehicle.simulation import Journey, RouteStretch, SimulatedVehicle

START, END = "Heidelberg", "Stuttgart"
STRETCHES = ((0.28, 0.36, "dead zone"), (0.62, 0.66, "tunnel"))
"""Stretches without network, as shares of the route."""


def make_journey(vehicle: SimulatedVehicle) -> Journey:
    """Return the shortest route by road between two towns, with its dead zones."""
    geography = Geography()
    names = geography.towns_on_the_way(START, END)
    points: list[tuple[float, float, float]] = []
    kilometers = 0.0
    for name in names:
        at = geography.towns[name]
        kilometers += straight_line(points[-1][1:], at) if points else 0.0
        points.append((kilometers, *at))
    stretches = [RouteStretch(begin * kilometers, stop * kilometers, kind) for begin, stop, kind in STRETCHES]
    return Journey(vehicle, points, stretches)


def draw_map(journey: Journey, columns: int, rows: int, symbols: Symbols) -> list[str]:
    """Return the map: roads, the route, its stretches without network shaded, towns by name, the car by its sign."""
    if columns < 10 or rows < 3:
        return []
    ways = [(latitude, longitude) for _, latitude, longitude in journey.points]
    low, high = _frame(ways)
    grid = [[" "] * columns for _ in range(rows)]

    def cell(at: tuple[float, float]) -> tuple[int, int] | None:
        row = round((high[0] - at[0]) / (high[0] - low[0]) * (rows - 1))
        column = round((at[1] - low[1]) / (high[1] - low[1]) * (columns - 1))
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    geography = Geography()
    for one, other in geography.roads:
        for at in _between(geography.towns[one], geography.towns[other], columns * 2):
            if (place := cell(at)) is not None:
                grid[place[0]][place[1]] = symbols.road
    dead: set[tuple[int, int]] = set()
    for kilometer, at in _along(journey, columns * 4):
        if (place := cell(at)) is not None:
            if any(stretch.begin <= kilometer < stretch.end for stretch in journey.stretches):
                dead.add(place)
            grid[place[0]][place[1]] = symbols.rest if place in dead else symbols.way
    vehicle = cell(journey.position)
    towns = {name: place for name, at in geography.towns.items() if (place := cell(at)) is not None}
    for place in towns.values():
        grid[place[0]][place[1]] = "+"
    if vehicle is not None:
        grid[vehicle[0]][vehicle[1]] = symbols.vehicle
    for name, place in sorted(towns.items(), key=lambda town: town[0] not in (START, END)):
        _write(grid[place[0]], place[1], name, {" ", symbols.road})
    return ["".join(row).rstrip() for row in grid]


def _frame(ways: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-west and north-east corners of a map that shows the route with a margin."""
    south, north = min(at[0] for at in ways), max(at[0] for at in ways)
    west, east = min(at[1] for at in ways), max(at[1] for at in ways)
    around = max(0.1 * (north - south), 0.1 * (east - west), 0.01)
    aside = max(2 * around, 0.12)
    return (south - around, west - aside), (north + around, east + aside)


def _write(row: list[str], column: int, name: str, free: set[str]) -> None:
    """Write a town's name to the right of its sign, else to the left, over roads; omit it if there is no room."""
    for begin, gap in ((column + 1, column + 1 + len(name)), (column - len(name), column - len(name) - 1)):
        end = begin + len(name)
        if begin < 0 or end > len(row) or not set(row[begin:end]) <= free:
            continue
        if not 0 <= gap < len(row) or row[gap] in free:
            row[begin:end] = name
            return


def where(journey: Journey) -> str:
    """Return in words how far the vehicle has come, and whether it has network there."""
    here = next((s for s in journey.stretches if s.begin <= journey.kilometers < s.end), None)
    ahead = journey.ahead(journey.points[-1][0])
    told = f"km {journey.kilometers:.1f} of {journey.points[-1][0]:.0f}"
    if here is not None:
        return f"{told}, {here.kind}: no network until km {here.end:.1f}"
    return f"{told}, network; {ahead.kind} at km {ahead.begin:.1f}" if ahead is not None else f"{told}, network"


def _between(one: tuple[float, float], other: tuple[float, float], count: int) -> Iterator[tuple[float, float]]:
    """Yield points of the straight line between two."""
    for number in range(count + 1):
        share = number / count
        yield one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _along(journey: Journey, count: int) -> Sequence[tuple[float, tuple[float, float]]]:
    probe = Journey(SimulatedVehicle(), journey.points)
    found = []
    for number in range(count + 1):
        probe.kilometers = journey.points[-1][0] * number / count
        found.append((probe.kilometers, probe.position))
    return found
