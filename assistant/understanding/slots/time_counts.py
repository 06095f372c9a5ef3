"""Proposals for numbers that count time, or that a scale has names for: "twelve weeks", "twice a day", "no stops".

Only proposes, with a strength; `choosing` decides between proposals.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.bounds import Bounds
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.number_types import in_range, texts_of, typed_number
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.rates import counted_per
from assistant.understanding.slots.times import Duration
from assistant.understanding.slots.told_limits import told_points
from assistant.understanding.slots.units import Units

SAME_UNIT = 0.04
"""What a length gains that is said in the very unit that a parameter counts; a moment it leads to is as near."""
POINT = 0.75
"""Strength of a point of a scale that was said by its name."""
NAMED = 0.1
"""What a length gains beside which a word of the parameter's name stands."""
RATE, RATED = 0.9, 0.25
"""Strength of a rate in the time that a parameter counts in, and what it gains that counts what the name says."""
MONTHS = {"years": 12, "months": 1}
"""Months of the longer times that parameters count."""
PERIODS = {"days": 1, "nights": 1, "weeks": 7}
"""Days of the periods that parameters count by their names."""


class TimeCounts:
    """Counts of times and points of scales, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._units = Units(language)
        self._bounds = Bounds(language)
        self._back = frozenset(language.words("numbers", "back"))
        self._ahead = frozenset(language.words("numbers", "ahead"))
        self._looking_back = frozenset(language.words("numbers", "looking_back"))
        self._without = frozenset(language.words("numbers", "without"))

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the counts that the sentence says for a parameter; of one that counts how often, rates alone."""
        per = counted_per(slot.words)
        if per:
            yield from self._rates(slot, entities, per)
            return
        yield from self._lengths_of_time(slot, entities)
        yield from self._periods(slot, entities)
        yield from self._none(slot, entities)
        yield from self._points(slot, entities)

    def _rates(self, slot: Slot, entities: Entities, per: str) -> Iterator[Candidate]:
        """Yield how often something is for a parameter that counts that: "three days a week" for days_per_week."""
        own = {self._language.stem(word) for word in slot.words}
        for rate in entities.rates:
            typed = typed_number(rate.count, slot)
            if rate.time == per and typed is not None and in_range(typed, slot.schema):
                yield Candidate(
                    slot, typed, rate.start, rate.end, RATE + RATED * (self._language.stem(rate.counted) in own)
                )

    def _lengths_of_time(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield durations for a number of minutes or hours: "an hour and a half" is 90."""
        wanted = self._units.wanted(texts_of(slot), "time") if entities.durations else None
        months = next((size for word, size in MONTHS.items() if word in (*slot.words, *slot.about)), 0)
        for duration in entities.durations:
            typed = typed_number(duration.months / months, slot) if months and not duration.seconds else None
            if typed is not None and in_range(typed, slot.schema):
                yield Candidate(slot, typed, duration.start, duration.end, 0.85)
            if wanted is not None and not duration.months:
                typed = typed_number(round(duration.seconds / wanted.size, 2), slot)
                if typed is not None and in_range(typed, slot.schema):
                    away = 0.4 * (self.direction(slot) < 0 and not self.looks_back(entities))
                    said = self._units.at(entities.lowered, duration.end - 1)
                    named = NAMED * self._is_named(slot, entities, duration)
                    same = SAME_UNIT * (said is not None and said[0] == wanted)  # weeks for a count of weeks
                    yield Candidate(slot, typed, duration.start, duration.end, 0.85 - away + same + named)

    def _is_named(self, slot: Slot, entities: Entities, length: Duration) -> bool:
        """Return whether a word beside a length is of the parameter's name, and no unit: "a nine minute snooze"."""
        beside = (
            *entities.lowered[max(0, length.start - 1) : length.start],
            *entities.lowered[length.end : length.end + 1],
        )
        own = {self._language.stem(word) for word in slot.words if self._units.at((word,), 0) is None}
        return any(self._language.stem(word) in own - slot.gist_stems for word in beside)

    def _periods(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the count of days of "the next three days" for a parameter that counts days that way."""
        sizes = [size for name, size in PERIODS.items() if name in slot.words]
        if not sizes:
            return
        for day in entities.days:
            if day.day is not None or day.first is None or day.last is None:
                continue
            side = -1 if day.last <= entities.today else 1
            whole = day.first != entities.today and day.last != entities.today  # "next week" has seven days
            typed = typed_number(((day.last - day.first).days + whole) / sizes[0], slot)
            if side * self.direction(slot) >= 0 and typed is not None and in_range(typed, slot.schema):
                yield Candidate(slot, typed, day.start, day.end, 0.95)

    def _none(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield 0 for the most of what is not wanted: "without changing" for max_transfers, of "changes allowed"."""
        if self._bounds.wanted(slot) <= 0 or not in_range(0, slot.schema):
            return
        stem, common = self._language.stem, self._language.common
        told = {stem(word) for word in (*slot.words, *slot.about) if word not in common} - slot.tool_stems
        for place in range(1, len(entities.words)):
            before = entities.lowered[max(0, place - 2) : place]
            if stem(entities.lowered[place]) in told and self._without.intersection(before):
                yield Candidate(slot, 0, place - 1, place + 1, 0.75)
                return

    def _points(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the numbers of points of a scale that were said by their names: "urgent" for a priority of 4."""
        for name, value in told_points(str(slot.schema.get("description", ""))).items():
            for place, lower in enumerate(entities.lowered):
                if lower == name and lower not in self._language.common and in_range(value, slot.schema):
                    yield Candidate(slot, value, place, place + 1, POINT)

    def direction(self, slot: Slot) -> int:
        """Return -1 for a parameter that counts days back, 1 for one that counts them ahead, 0 for neither."""
        words = set(slot.words) or set(slot.about)
        return (1 if words & self._ahead else 0) - (1 if words & self._back else 0)

    def looks_back(self, entities: Entities) -> bool:
        """Return whether a sentence speaks of what lies behind."""
        return any(word in self._looking_back for word in entities.lowered)
