"""Listed values that stand for a stretch of time, by what the schema says of each: "short_term (~4 weeks)", "30d".

Only proposes the value whose length comes nearest to what was said; one that is far from all of them says nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot

DAYS = {"mi": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.4, "y": 365.0}
"""Days of a minute, an hour, day, week, month and year, by the first letters."""
STEPS = frozenset({"interval", "granularity", "resolution", "step", "bucket", "timeframe"})
"""Words of names of parameters that take how far apart the data are, and not how far they go back."""
LEAST_SHARE = 0.6
"""Share of a list's values that are lengths of time, from which it is a list of those."""
FURTHEST = 2.5
"""How many times longer or shorter than what was said a value may be."""
ALWAYS = 36_500.0
"""Days that stand for all time."""
LATELY = 14.0
"""Days that "lately" goes back at the least."""
_LENGTH = r"(\d+)[ _-]?(minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mo|years?|yrs?|h|d|w|m|y)\b"
_CODED = re.compile(rf"(?:^|[_-])(?:last[_-]|past[_-])?{_LENGTH}", re.IGNORECASE)
MOST_PERIODS = 20
"""Values of a list that may be stretches of time; a longer one lists other things."""


class Periods:
    """Stretches of time that are said in one language."""

    def __init__(self, language: Language) -> None:
        self._last = frozenset((*language.words("date", "last"), *language.words("date", "this")))
        self._units = {
            word: DAYS[unit[0]] for unit in ("day", "week", "month", "year") for word in language.words("date", unit)
        }
        self._numbers = {str(word): float(value) for word, value in language.table("numbers", "words").items()}
        self._always = [tuple(phrase.split()) for phrase in language.words("date", "always")]
        self._by = frozenset(language.words("date", "unit_by"))
        self._each = frozenset((*language.words("recurrence", "every"), *self._by))
        frequencies = language.table("recurrence", "frequencies").items()
        adverbs = language.table("recurrence", "adverbs")
        sizes = {key: self._units[words[0]] for key, words in frequencies if words[0] in self._units}
        self._adverbs = {str(word): sizes[key] for key, words in adverbs.items() if key in sizes for word in words}
        self._lately = [tuple(phrase.split()) for phrase in language.words("date", "lately")]

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the value of an enum of stretches of time that comes nearest to the stretch that was said."""
        if slot.kind is not Kind.ENUM or len(slot.values) > MOST_PERIODS:
            return
        about = str(slot.schema.get("description", ""))
        lengths = _lengths(about, tuple(value for value in slot.values if isinstance(value, str)))
        if len(lengths) < 2 or len(lengths) < LEAST_SHARE * len(slot.values):
            return
        found = self._step(entities) if STEPS & set(slot.words) else self._said(entities)
        if found is None:
            return
        days, start, end = found
        value = min(lengths, key=lambda each: abs(math.log(lengths[each] / days)))
        far = max(lengths[value] / days, days / lengths[value]) > FURTHEST
        if not far or days in (LATELY, ALWAYS):
            yield Candidate(slot, value, start, end, 0.9)

    def _said(self, entities: Entities) -> tuple[float, int, int] | None:
        """Return the days of a stretch that goes back from today, and its words; None where none is said."""
        lowered = entities.lowered
        for phrases, days in ((self._always, ALWAYS), (self._lately, LATELY)):
            for phrase in phrases:
                for start in range(len(lowered) - len(phrase) + 1):
                    if lowered[start : start + len(phrase)] == phrase:
                        return days, start, start + len(phrase)
        for start, lower in enumerate(lowered[:-1]):
            if lower not in self._last:
                continue
            count = self._count(lowered[start + 1])
            at = start + 1 + (count is not None)
            if at < len(lowered) and lowered[at] in self._units:
                return (count or 1) * self._units[lowered[at]], start, at + 1
        return None

    def _step(self, entities: Entities) -> tuple[float, int, int] | None:
        """Return the days between one and the next of "week by week", "every day", "weekly", and their words."""
        lowered = entities.lowered
        for place, lower in enumerate(lowered):
            days = self._units.get(lower)
            if days is not None and lowered[place + 1 : place + 3] in [(by, lower) for by in self._by]:
                return days, place, place + 3
            if days is not None and place and lowered[place - 1] in self._each:
                return days, place - 1, place + 1
            if lower in self._adverbs:
                return self._adverbs[lower], place, place + 1
        return None

    def _count(self, word: str) -> float | None:
        """Return the number that a word says ("three"); None if it says none."""
        return float(word) if word.isdecimal() else self._numbers.get(word)


@lru_cache(maxsize=512)
def _lengths(about: str, values: tuple[str, ...]) -> Mapping[str, float]:
    """Return the days that each value stands for, where the description or the value itself says so."""
    found: dict[str, float] = {}
    for value in values:
        told = _CODED.search(value) or re.search(
            rf"\b{re.escape(value)}\b\W{{0,4}}(?:\w+ ){{0,2}}[~≈]?\s*{_LENGTH}", about, re.IGNORECASE
        )
        if told is not None:
            unit = told[2].lower()
            found[value] = float(told[1]) * DAYS["mi" if unit.startswith("mi") else unit[0]]
    return found
