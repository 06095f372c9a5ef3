"""Measures of two parts: "one meter eighty", "five foot ten", "twelve stone four".

Reads the measure that begins at a given word; which parameter it belongs to is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.slots.units import Unit, Units
from assistant.understanding.tokens import Word


@dataclass(frozen=True)
class Measure:
    """A value in a unit, and the words it came from."""

    value: float
    unit: Unit
    start: int
    end: int


class Measures:
    """Measures of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        self._units = Units(language)
        self._and = language.words("numbers", "and")
        self._common = language.common
        self._smaller: dict[Unit, Unit] = {}
        for larger, smaller in language.table("units", "parts").items():
            one, other = (self._units.at((str(word),), 0) for word in (larger, smaller))
            if one is not None and other is not None:
                self._smaller[one[0]] = other[0]

    def all(self, words: Sequence[Word]) -> list[Measure]:
        """Return the measures of two parts of a sentence in order."""
        lowered = [word.lower for word in words]
        found: list[Measure] = []
        place = 0
        while place < len(words):
            measure = self._at(words, lowered, place)
            found += [measure] if measure is not None else []
            place = measure.end if measure is not None else place + 1
        return found

    def _at(self, words: Sequence[Word], lowered: Sequence[str], start: int) -> Measure | None:
        number = self._numbers.at(words, start)
        said = self._units.at(lowered, number.end) if number is not None and not number.ordinal else None
        smaller = self._smaller.get(said[0]) if said is not None else None
        if number is None or said is None or smaller is None or not number.whole:
            return None
        joined = said[1] < len(words) and lowered[said[1]] in self._and
        place = said[1] + joined
        more = self._numbers.at(words, place) if place < len(words) else None
        if more is None or more.ordinal or not more.whole or not 0 < more.value * smaller.size < said[0].size:
            return None
        named = self._units.at(lowered, more.end)
        if named is not None and named[0] == smaller:
            end = named[1]
        elif named is None and not joined and not self._counts(words, more.end):
            end = more.end
        else:
            return None
        return Measure(number.value + more.value * smaller.size / said[0].size, said[0], start, end)

    def _counts(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a noun follows, which the number counts."""
        return place < len(words) and words[place].spoken and words[place].lower not in self._common
