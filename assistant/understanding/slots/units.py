"""Units of measure as people say them, and what a parameter's description asks for: "5 miles" for "radius in km".

Reads phrases and converts; which number belongs to which parameter is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.tokens import cut

_KELVIN, _FAHRENHEIT = 3, 2
"""Marks of temperature scales in the language data, where sizes do not do."""


@dataclass(frozen=True)
class Unit:
    """One unit: what it measures, and its size in that quantity's base unit."""

    quantity: str
    size: float


class Units:
    """The units of one language."""

    def __init__(self, language: Language) -> None:
        self._units: dict[tuple[str, ...], Unit] = {}
        for phrase, (quantity, size) in language.table("units", "table").items():
            self._units[tuple(word.lower for word in cut(str(phrase)))] = Unit(str(quantity), float(size))
        self._longest = max(len(phrase) for phrase in self._units)
        self._joints = frozenset(language.words("units", "joints"))

    def at(self, lowered: Sequence[str], start: int) -> tuple[Unit, int] | None:
        """Return the unit whose words begin there, "degrees" and hyphens aside, and where they end."""
        while start < len(lowered) and lowered[start] in self._joints:
            start += 1
        for end in range(min(len(lowered), start + self._longest), start, -1):
            unit = self._units.get(tuple(lowered[start:end]))
            if unit is not None:
                return unit, end
        return None

    def wanted(self, texts: Sequence[str], quantity: str) -> Unit | None:
        """Return the unit of that quantity that a parameter's name or description names; None where none does."""
        for text in texts:
            lowered = [word.lower for word in cut(text)]
            for place in range(len(lowered)):
                found = self.at(lowered, place)
                if found is not None and found[0].quantity == quantity:
                    return found[0]
        return None

    @staticmethod
    def convert(value: float, said: Unit, wanted: Unit) -> float:
        """Return the value in the unit wanted, to as many digits as anybody would say."""
        if said.size == wanted.size:
            return value
        if said.quantity == "temperature":
            celsius = (value - 32) * 5 / 9 if said.size == _FAHRENHEIT else value - 273.15 * (said.size == _KELVIN)
            if wanted.size == _FAHRENHEIT:
                return round(celsius * 9 / 5 + 32, 1)
            return round(celsius + 273.15 * (wanted.size == _KELVIN), 1)
        return round(value * said.size / wanted.size, 2)
