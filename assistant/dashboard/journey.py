"""A simulated route for the simulated vehicle, and its map in characters.

Moves only that vehicle. Towns and roads are those of the bundled town; stretches without network are drawn, but the
real network is not affected.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dashboard.symbols import Symbols
from assistant.town.geography import Geography, straight_line
from assistant.vehicle.simulation import Journey, RouteStretch, SimulatedVehicle

START, END = "Heidelberg", "Stuttgart"
STRETCHES = ((0.28, 0.36, "dead zone"), (0.62, 0.66, "tunnel"))
"""Stretches without network, as shares of the route."""


def make_journey(vehicle: SimulatedVehicle) -> Journey:
    """Return the shortest route by road between two towns, with its dead zones."""
    towns = Geography().towns
    start, end = (towns.get(name, next(iter(towns.values()))) for name in (START, END))
    names = _on_the_way(towns, start, end)
    points: list[tuple[float, float, float]] = []
    kilometers = 0.0
    for number, at in enumerate(names):
        kilometers += straight_line(names[number - 1], at) if number else 0.0
        points.append((kilometers, *at))
    stretches = [RouteStretch(begin * kilometers, stop * kilometers, kind) for begin, stop, kind in STRETCHES]
    return Journey(vehicle, points, stretches)


def _on_the_way(
    towns: dict[str, tuple[float, float]], start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return the start, the towns that cost little detour, and the end, sorted by distance."""
    whole = straight_line(start, end)
    between = [
        at for at in towns.values()
        if at not in (start, end) and straight_line(start, at) + straight_line(at, end) < 1.13 * whole
    ]  # fmt: skip
    return [start, *sorted(between, key=lambda at: straight_line(start, at)), end]


def draw_map(journey: Journey, columns: int, rows: int, symbols: Symbols) -> list[str]:
    """Return the map: the route as dots, stretches without network shaded, towns by name, the car by its sign."""
    if columns < 10 or rows < 3:
        return []
    ways = [(latitude, longitude) for _, latitude, longitude in journey.points]
    low, high = _frame(ways)
    grid = [[" "] * columns for _ in range(rows)]

    def cell(at: tuple[float, float]) -> tuple[int, int] | None:
        row = round((high[0] - at[0]) / (high[0] - low[0]) * (rows - 1))
        column = round((at[1] - low[1]) / (high[1] - low[1]) * (columns - 1))
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    dead: set[tuple[int, int]] = set()
    for kilometer, at in _along(journey, columns * 4):
        if (place := cell(at)) is not None:
            if any(stretch.begin <= kilometer < stretch.end for stretch in journey.stretches):
                dead.add(place)
            grid[place[0]][place[1]] = symbols.rest if place in dead else "."
    vehicle = cell(journey.position)
    towns = {name: place for name, at in Geography().towns.items() if (place := cell(at)) is not None}
    for place in towns.values():
        grid[place[0]][place[1]] = "+"
    if vehicle is not None:
        grid[vehicle[0]][vehicle[1]] = symbols.vehicle
    for name, place in sorted(towns.items(), key=lambda town: town[0] not in (START, END)):
        _write(grid[place[0]], place[1], name)
    return ["".join(row).rstrip() for row in grid]


def _frame(ways: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-west and north-east corners of a map that shows the route with a margin."""
    south, north = min(at[0] for at in ways), max(at[0] for at in ways)
    west, east = min(at[1] for at in ways), max(at[1] for at in ways)
    around = max(0.1 * (north - south), 0.1 * (east - west), 0.01)
    aside = max(2 * around, 0.12)
    return (south - around, west - aside), (north + around, east + aside)


def _write(row: list[str], column: int, name: str) -> None:
    """Write a town's name to the right of its sign, else to the left; omit it if neither is free."""
    for begin, gap in ((column + 1, column + 1 + len(name)), (column - len(name), column - len(name) - 1)):
        end = begin + len(name)
        if begin < 0 or end > len(row) or set(row[begin:end]) != {" "}:
            continue
        if not 0 <= gap < len(row) or row[gap] == " ":
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


def _along(journey: Journey, count: int) -> Sequence[tuple[float, tuple[float, float]]]:
    probe = Journey(SimulatedVehicle(), journey.points)
    found = []
    for number in range(count + 1):
        probe.kilometers = journey.points[-1][0] * number / count
        found.append((probe.kilometers, probe.position))
    return found
