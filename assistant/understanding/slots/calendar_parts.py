"""Months and years for parameters that take one alone: "in march" as "2027-03", 3 or "March"; "twenty twenty seven".

Only proposes, each value with its words. A month without a year is the next one, or the last one where the sentence
speaks of what has been.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.dates import Day
from assistant.understanding.slots.described import FIRST_DAY, MONTH_NAMES, NAME, NAME_AND_YEAR, NUMBER
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from client.values import JSON

ENDS = ("origin", "destination")
"""Roles of parameters that take the first and the second of two months: "from october to november"."""
SAID, MEANT = 0.9, 0.7
"""Strength of a month that was said, and of the year that a month without one has."""
_CENTURIES = (19, 20)


class CalendarParts:
    """Months and years of one language."""

    def __init__(self, language: Language) -> None:
        self._behind = frozenset(language.words("date", "been"))
        self._this = frozenset(language.words("date", "this"))
        self._next = frozenset(language.words("date", "next"))
        self._last = frozenset(language.words("date", "last"))
        self._year = frozenset(language.words("date", "year"))

    def months(self, slot: Slot, entities: Entities, *, asked: bool = False) -> Iterator[Candidate]:
        """Yield the months that the sentence names, and those of its days where nothing else says one."""
        found = [(day, month) for day in entities.days if (month := self._month(day, slot, entities)) is not None]
        two = len(found) == 2 and bool(slot.edge or set(ENDS) & set(slot.roles[:1]))
        for number, (day, month) in enumerate(found):
            second = slot.roles[0] == ENDS[1] if slot.roles[:1] in ((ENDS[0],), (ENDS[1],)) else slot.edge == "last"
            if two and number != second:
                continue  # "from october to november": each end has its own
            if two and not number and month > found[1][1]:
                month = month.replace(year=month.year - 1)
            yield Candidate(slot, _written(month, slot.style), day.start, day.end, SAID)
        if asked and not found and slot.style == NUMBER:
            for figure in entities.numbers:
                if figure.whole and 1 <= figure.value <= 12:
                    yield Candidate(slot, int(figure.value), figure.start, figure.end, MEANT)

    def _month(self, day: Day, slot: Slot, entities: Entities) -> date | None:
        """Return the first day of the month that a phrase names; None for a phrase that names a day or a week."""
        if day.first is None or day.last is None:
            return None
        first = day.last.replace(day=1)
        if (day.last + timedelta(1)).day != 1 or day.first not in (first, entities.today):
            return None
        past = day.yearless and first > entities.today and self.looks_back(slot, entities)
        return first.replace(year=first.year - 1) if past else first

    def looks_back(self, slot: Slot, entities: Entities) -> bool:
        """Return whether the sentence or its tool speaks of what has been: "what did i spend in march"."""
        return slot.behind or (slot.reads and any(word in self._behind for word in entities.lowered))

    def years(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the years that were said, "this year", and the year of a month that was said without one."""
        for number in entities.numbers:
            if number.whole and not number.ordinal and 1900 <= number.value < 2100:
                yield _year(slot, int(number.value), number.start, number.end, SAID)
        for one, other in itertools.pairwise(entities.numbers):
            if one.value in _CENTURIES and other.start == one.end and other.whole and 10 <= other.value < 100:
                yield _year(slot, int(one.value * 100 + other.value), one.start, other.end, SAID + 0.02)
        for place, word in enumerate(entities.lowered[1:], 1):
            if word in self._year:
                shift = self._shift(entities.lowered[place - 1])
                if shift is not None:
                    yield _year(slot, entities.today.year + shift, place - 1, place + 1, SAID)
        for day in entities.days:
            on = self._month(day, slot, entities) or day.day
            if on is not None:
                yield _year(slot, on.year, day.start, day.end, MEANT if day.yearless else SAID)

    def _shift(self, word: str) -> int | None:
        return 0 if word in self._this else 1 if word in self._next else -1 if word in self._last else None


def _year(slot: Slot, year: int, start: int, end: int, strength: float) -> Candidate:
    return Candidate(slot, str(year) if slot.style == "string" else year, start, end, strength)


def _written(month: date, style: str) -> JSON:
    if style == NUMBER:
        return month.month
    if style in (NAME, NAME_AND_YEAR):
        return MONTH_NAMES[month.month - 1] + (f" {month.year}" if style == NAME_AND_YEAR else "")
    return month.isoformat() if style == FIRST_DAY else f"{month.year:04d}-{month.month:02d}"
