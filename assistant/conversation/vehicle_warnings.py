"""Warnings about the vehicle: a low range, and a stretch without network ahead, each given once.

It only looks at values that are passed in; settings and the driver decide whether a warning is spoken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from assistant.understanding.language import BASE
from assistant.vehicle.signals import RANGE
from assistant.vehicle.simulation import Journey
from assistant.wording.languages import wording_of

LOW_RANGE = 50_000.0
"""Metres of range at which the driver is warned."""
ENOUGH_RANGE = 80_000.0
"""Metres of range above which a new warning becomes possible."""
AHEAD_KILOMETERS = 3.0
"""How far ahead a stretch without network is announced: about a minute and a half at 120 km/h."""


class Warned(NamedTuple):
    """One warning."""

    topic: str
    text: str


class VehicleWatch:
    """Watches one vehicle for the topics that settings name: `range`, `dead zone`."""

    def __init__(self, topics: Collection[str], language: str = BASE) -> None:
        self._wording = wording_of(language)
        self._topics = frozenset(topics)
        self._range_told = False
        self._stretches_told: set[float] = set()

    def look(self, values: Mapping[str, float | int | bool], journey: Journey | None = None) -> list[Warned]:
        """Return the new warnings."""
        words: list[Warned] = []
        meters = float(values[RANGE])
        if meters > ENOUGH_RANGE:
            self._range_told = False
        if "range" in self._topics and meters < LOW_RANGE and not self._range_told:
            self._range_told = True
            words.append(Warned("range", self._wording.text("unasked", "range_low", kilometers=f"{meters / 1000:.0f}")))
        ahead = journey.ahead(AHEAD_KILOMETERS) if journey is not None else None
        if "dead zone" in self._topics and ahead is not None and ahead.begin not in self._stretches_told:
            self._stretches_told.add(ahead.begin)
            stretch = self._wording.table("unasked", "stretches").get(ahead.kind, ahead.kind)
            words.append(Warned("dead zone", self._wording.text("unasked", "no_network_ahead", stretch=stretch)))
        return words
