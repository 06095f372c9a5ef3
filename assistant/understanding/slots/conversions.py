"""Conversions as people ask for them: "convert ten miles to kilometers", "how many grams are ten ounces".

For tools that take a number, the unit that it is in and the unit that is wanted. It computes nothing: the number goes
out as it was said, and each unit as the parameter writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.currencies import takes_currency
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.numbers import Number, Numbers
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.units import Unit, Units
from assistant.understanding.tokens import cut

_GIVEN = frozenset({"from", "source", "input"})
_WANTED = frozenset({"to", "target", "output"})
_SURE = 1.05
"""Strength of the three together: above that of a listed unit alone, which does not tell the two units apart."""


@dataclass(frozen=True)
class _Said:
    """A unit of the sentence: its words, what it is if units of the language have it, and what a list calls it."""

    start: int
    end: int
    unit: Unit | None
    listed: str | None


class Conversions:
    """Conversions in one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._language = language
        self._numbers = numbers
        self._units = Units(language)
        self._joints = frozenset(language.words("units", "joints"))

    def of(self, slots: Sequence[Slot], entities: Entities) -> Iterator[Candidate]:
        """Yield number, given unit and wanted unit, if the tool takes them and the sentence says all three."""
        trio = _trio(slots)
        if trio is None:
            return
        value, given, wanted = trio
        for number in self._counted(entities):
            begin = number.end
            while begin < len(entities.words) and entities.lowered[begin] in self._joints:
                begin += 1
            first = self._at(given, entities, begin)
            if first is None:
                continue
            others = [place for place in range(len(entities.words)) if not number.start <= place < first.end]
            found = (self._at(wanted, entities, place) for place in others)
            second = next((one for one in found if one is not None and _alike(first, one)), None)
            if second is not None:
                count = int(number.value) if number.whole else number.value
                yield Candidate(value, count, number.start, number.end, _SURE)
                yield Candidate(given, self._written(first, entities), begin, first.end, _SURE)
                yield Candidate(wanted, self._written(second, entities), second.start, second.end, _SURE)
                return

    def _counted(self, entities: Entities) -> Iterator[Number]:
        place = 0
        while place < len(entities.words):
            number = self._numbers.at(entities.words, place)
            if number is not None and not number.ordinal:
                yield number
            place = number.end if number is not None else place + 1

    def _at(self, slot: Slot, entities: Entities, place: int) -> _Said | None:
        """Return the unit that begins at that word, as far as the parameter takes it."""
        if place >= len(entities.words) or entities.lowered[place] in self._joints:
            return None
        found = self._units.at(entities.lowered, place)
        unit, end = found if found is not None else (None, place + 1)
        if slot.kind is not Kind.ENUM:
            return _Said(place, end, unit, None) if unit is not None else None
        listed = self._listed(slot, entities.lowered[place], unit)
        return _Said(place, end, unit, listed) if listed is not None else None

    def _listed(self, slot: Slot, word: str, unit: Unit | None) -> str | None:
        """Return what the parameter's list calls a unit: that unit, else the longest short name of the word."""
        names = [value for value in slot.values if isinstance(value, str)]
        known = {name: self._units.at([one.lower for one in cut(name)], 0) for name in names}
        very = [name for name, found in known.items() if found == (unit, len(cut(name)))]  # not "miles per minute"
        if very:
            return very[0]
        told = unit is None and self._language.stem(word) in slot.gist_stems  # "convert" is no "C", celsius is one
        if word in self._language.common or len(word) < 3 or told:
            return None
        short = [name for name in names if known[name] is None and _is_short(name.lower(), word)]
        return max(short, key=len) if short else None

    @staticmethod
    def _written(said: _Said, entities: Entities) -> str:
        return said.listed if said.listed is not None else " ".join(entities.lowered[said.start : said.end])


def _trio(slots: Sequence[Slot]) -> tuple[Slot, Slot, Slot] | None:
    numbers = [slot for slot in slots if slot.kind in (Kind.NUMBER, Kind.INTEGER) and slot.required]
    named = [slot for slot in slots if slot.kind in (Kind.TEXT, Kind.ENUM) and slot.required]
    texts = [slot for slot in named if not takes_currency(slot)]
    given = [slot for slot in texts if _GIVEN & set(slot.words)]
    wanted = [slot for slot in texts if _WANTED & set(slot.words)]
    if len(numbers) == len(given) == len(wanted) == 1 and given != wanted:
        return numbers[0], given[0], wanted[0]
    return None


def _alike(one: _Said, other: _Said) -> bool:
    """Return whether two units measure the same, and are not the same."""
    if one.unit is not None and other.unit is not None:
        return one.unit.quantity == other.unit.quantity and one.unit != other.unit
    return one.listed != other.listed


def _is_short(name: str, word: str) -> bool:
    """Return whether a name is short for a word: its letters in their order, from the first one on."""
    rest = iter(word)
    return name[:1] == word[:1] and all(letter in rest for letter in name)
