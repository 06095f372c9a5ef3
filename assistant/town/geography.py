"""The map: towns, streets, roads between towns, and where the car is. Never moves the car by itself."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain
from assistant.town.data_files import load

_DETOUR = 1.3
"""Road kilometres per kilometre as the crow flies, a usual figure for road networks."""
_KM_PER_MINUTE = 1.25
"""Average speed between towns: 75 km/h."""


@dataclass(frozen=True)
class Spot:
    """A place on the map: name as people say it, address, and degrees north and east."""

    name: str
    address: str
    latitude: float
    longitude: float
    town: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Road:
    """A route by road."""

    kilometres: float
    minutes: int
    steps: tuple[str, ...]


def straight_line(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return kilometres between two points given as (latitude, longitude) in degrees, on a sphere of 6,371 km."""
    north_a, north_b = math.radians(a[0]), math.radians(b[0])
    east = math.radians(b[1] - a[1])
    inner = math.sin((north_b - north_a) / 2) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin(east / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(inner))


def _stems(text: str) -> set[str]:
    return {word.rstrip("s") for word in plain(text).split()}


class Geography:
    """The map and the car on it."""

    def __init__(self, start: str = "Heidelberg") -> None:
        data = load("places")
        self.towns: dict[str, tuple[float, float]] = {name: (at[0], at[1]) for name, at in data["towns"].items()}
        self.faraway: dict[str, tuple[float, float]] = {name: (at[0], at[1]) for name, at in data["faraway"].items()}
        self._roads: dict[str, list[tuple[str, str, float]]] = {}
        for one, other, road, kilometres in data["roads"]:
            self._roads.setdefault(one, []).append((other, road, kilometres))
            self._roads.setdefault(other, []).append((one, road, kilometres))
        self.points = tuple(
            Spot(p["name"], f"{p['street']}, {p['town']}", p["at"][0], p["at"][1], p["town"], p["kind"])
            for p in data["points"]
        )
        self.saved = tuple(
            Spot(p["name"], p["address"], p["at"][0], p["at"][1], str(p["address"]).rsplit(", ", 1)[-1], "saved")
            for p in load("people")["saved_places"]
        )
        self.car = self.towns[start]
        """The position of the car: degrees north and east."""

    def move_car(self, latitude: float, longitude: float) -> None:
        """Move the car; later questions about nearby places are answered from there."""
        self.car = (latitude, longitude)

    def move_car_to(self, town: str) -> None:
        """Move the car to a town. Raises `RefusedError` for a town that is not on the map."""
        self.car = self.position(town)

    @property
    def car_town(self) -> str:
        """The town nearest to the car."""
        return self.nearest_town(self.car)

    def nearest_town(self, point: tuple[float, float]) -> str:
        """Return the name of the town nearest to a point."""
        return min(self.towns, key=lambda name: straight_line(self.towns[name], point))

    def town(self, name: str) -> str | None:
        """Return the proper name of a town of the map or of the world, or None."""
        wanted = plain(name)
        # "Mannheim, Germany" and "city of Mannheim" are the same town as "Mannheim".
        tries = [wanted, plain(name.split(",")[0]), wanted.removeprefix("city of "), wanted.removesuffix(" city")]
        for known in (*self.towns, *self.faraway):
            if plain(known) in tries:
                return known
        return None

    def position(self, name: str) -> tuple[float, float]:
        """Return a town's position. Raises `RefusedError` that names similar towns."""
        known = self.town(name)
        if known is None:
            similar = near(name, (*self.towns, *self.faraway)) or [self.car_town]
            raise RefusedError(
                f"I know no place called {name}; did you mean {joined(similar, 'or')}?", similar, ["location"]
            )
        return self.towns.get(known) or self.faraway[known]

    def spot(self, name: str, *, with_saved: bool = True) -> Spot:
        """Return a place by its name, kind, address or town. Raises `RefusedError` that names near ones."""
        wanted = plain(name)
        if wanted in ("here", "my location", "current location"):
            return Spot("where you are", self.car_town, *self.car, self.car_town)
        for place in (*(self.saved if with_saved else ()), *self.points):
            if wanted in (plain(place.name), plain(place.address)):
                return place
        town = self.town(name)
        if town is not None:
            return Spot(town, town, *self.position(town), town)
        found = self.search(name, with_saved=with_saved)
        if found:
            return found[0]
        street, _, after = name.rpartition(",")
        if street and (town := self.town(after)) is not None:
            return Spot(street.strip(), name, *self.position(town), town)
        names = [*(p.name for p in (self.saved if with_saved else ())), *(p.name for p in self.points), *self.towns]
        similar = near(name, names) or ["Home", self.car_town]
        raise RefusedError(
            f"I know no place called {name}; did you mean {joined(similar, 'or')}?", similar, ["destination"]
        )

    def search(self, words: str, *, with_saved: bool = False) -> list[Spot]:
        """Return places whose name or kind has one of the words, nearest to the car first."""
        wanted = _stems(words) - {"nearest", "next", "near", "by", "place"}
        places = [*(self.saved if with_saved else ()), *self.points]
        # The kind of a place counts more than its name: "the castle" is not Castle Garage.
        hits = [(2 * len(wanted & _stems(p.kind)) + len(wanted & _stems(p.name)), p) for p in places]
        best = max((hit for hit, _ in hits), default=0)
        found = [place for hit, place in hits if hit == best > 0]
        return sorted(found, key=lambda place: self.distance(place.latitude, place.longitude))

    def distance(self, latitude: float, longitude: float) -> float:
        """Return road kilometres from the car, to a tenth."""
        return round(straight_line(self.car, (latitude, longitude)) * _DETOUR, 1)

    def way(self, start: Spot, end: Spot) -> Road:
        """Return the shortest route by road. Raises `RefusedError` if no road leads there."""
        first = self.nearest_town((start.latitude, start.longitude))
        last = self.nearest_town((end.latitude, end.longitude))
        for spot in (start, end):
            if spot.town in self.faraway:
                raise RefusedError(f"No road on my map leads to {spot.town}.", list(self.towns)[:3], ["destination"])
        if first == last:
            apart = straight_line((start.latitude, start.longitude), (end.latitude, end.longitude))
            kilometres = round(max(0.3, apart * _DETOUR), 1)
            return Road(kilometres, max(2, round(kilometres * 2)), (f"Drive through {last} to {end.name}",))
        total, towns, roads = self._shortest(first, last)
        steps: list[str] = []
        for index, road in enumerate(roads):
            if index and roads[index - 1] == road:
                steps[-1] = f"Take {road} to {towns[index + 1]}"
            else:
                steps.append(f"Take {road} to {towns[index + 1]}")
        if end.name != last:
            steps.append(f"In {last} drive to {end.name}")
        return Road(total, max(2, round(total / _KM_PER_MINUTE)), tuple(steps))

    @property
    def roads(self) -> list[tuple[str, str]]:
        """The pairs of towns that a road joins, each once."""
        return [(one, other) for one, ways in self._roads.items() for other, _, _ in ways if one < other]

    def towns_on_the_way(self, first: str, last: str) -> list[str]:
        """Return the towns of the shortest way, both ends among them. Raises `RefusedError` if no road leads there."""
        return self._shortest(first, last)[1]

    def _shortest(self, first: str, last: str) -> tuple[float, list[str], list[str]]:
        queue: list[tuple[float, list[str], list[str]]] = [(0.0, [first], [])]
        seen: set[str] = set()
        while queue:
            total, towns, roads = heapq.heappop(queue)
            if towns[-1] == last:
                return total, towns, roads
            if towns[-1] in seen:
                continue
            seen.add(towns[-1])
            for other, road, kilometres in self._roads.get(towns[-1], ()):
                heapq.heappush(queue, (total + kilometres, [*towns, other], [*roads, road]))
        raise RefusedError(f"No road on my map leads from {first} to {last}.", [], ["destination"])
