"""Proposals for typed parameters: which day, number, enum value or yes/no of a sentence could fill which one.

Only proposes, with a strength; `fill` decides between proposals.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.coded import Coded
from assistant.understanding.slots.dates import Day, next_day_of_month
from assistant.understanding.slots.entities import Entities, EntityFinder, settle_hour
from assistant.understanding.slots.enums import EnumMatcher
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.quantities import Quantities
from assistant.understanding.slots.times import Duration, TimeOfDay, iso_duration

KNOWN = 0.9
"""Strength of free text that the schema gives as an example."""
WHOLE = 0.85
"""Strength from which every word of an enum's value was said, if perhaps inflected or misspelled."""


class TypedCandidates:
    """Proposals for every kind but free text, in one language."""

    def __init__(self, language: Language, finder: EntityFinder) -> None:
        self._language = language
        self._finder = finder
        self._quantities = Quantities(language)
        self._coded = Coded(finder)
        self._plus = frozenset(("+", *language.words("numbers", "plus")))
        self._until = frozenset(language.words("date", "span_to"))
        self._in = frozenset(language.words("date", "in"))
        self._leaving = frozenset(language.words("date", "leaving"))
        self._first = frozenset(language.words("range", "first"))
        self._last = frozenset(language.words("range", "last"))
        self._yes = frozenset(language.words("boolean", "yes"))
        self._no = frozenset(language.words("boolean", "no"))
        self._evening = frozenset(language.words("time", "evening"))
        self._switches = frozenset(language.words("boolean", "switches"))

    def of(self, slot: Slot, matcher: EnumMatcher | None, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield the proposals for one parameter; `asked` where the driver was just asked for it."""
        if slot.kind is Kind.ENUM and matcher is not None:
            yield from self._enum(slot, matcher, entities)
        elif slot.kind is Kind.BOOLEAN:
            yield from self._boolean(slot, entities, asked)
        elif slot.kind in (Kind.INTEGER, Kind.NUMBER):
            yield from self._quantities.of(slot, entities, asked)
        elif slot.kind is Kind.DATE:
            yield from self._date(slot, entities)
        elif slot.kind is Kind.TIME:
            yield from self._time(slot, entities, asked)
        elif slot.kind is Kind.DATE_TIME:
            yield from self._date_time(slot, entities)
        elif slot.kind is Kind.DURATION:
            yield from self._duration(slot, entities)
        elif slot.kind is Kind.EMAIL:
            for email in entities.emails:
                yield Candidate(slot, email.text, email.start, email.end, 0.95)
        elif slot.kind is Kind.RECURRENCE:
            for rule in entities.recurrences:
                if not rule.named:
                    yield Candidate(slot, rule.rule, rule.start, rule.end, 0.9)
        elif slot.kind is Kind.PHONE:
            yield from self._phone(slot, entities)
        elif slot.kind is Kind.TEXT and "pattern" in slot.schema:
            yield from self._coded.of(slot, entities)
        elif slot.kind is Kind.TEXT and matcher is not None:
            for match in matcher.find(entities.words):
                if match.strength >= WHOLE:  # one of the schema's examples, in the speaker's own words
                    yield Candidate(slot, surface(entities, match.start, match.end), match.start, match.end, KNOWN)

    def _enum(self, slot: Slot, matcher: EnumMatcher, entities: Entities) -> Iterator[Candidate]:
        named = any(word in entities.lowered for word in slot.words if len(word) > 2)
        stems = {self._language.stem(word) for word in slot.words}
        for match in matcher.find(entities.words):
            end = match.end
            if end < len(entities.words) and self._language.stem(entities.lowered[end]) in stems:
                end += 1  # "oat milk", of a parameter named milk
            strength = match.strength + 0.05 * named
            yield Candidate(slot, match.value, match.start, end, strength, part=match.strength < WHOLE)
        for money in entities.sums:
            place = money.unit if money.unit >= 0 else money.start
            for value in slot.values:
                if money.currency and value == money.currency:
                    yield Candidate(slot, value, place, place + 1, 0.69)  # below 0.7: it shares the sum's words

    def _date(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the days; of two that make a range, the parameter's name says which one it wants."""
        words = (*slot.words, *slot.about)
        names = (*slot.words, "".join(slot.words))  # "check_out"
        first = any(word in self._first for word in names)
        last = any(word in self._last for word in names)
        if not first and not last:
            first, last = any(w in self._first for w in words), any(w in self._last for w in words)
        days = [day for day in entities.days if day.day is not None or day.first is not None]
        for number, day in enumerate(days):
            ranged = number > 0 and self._ranges(entities, days[number - 1].end, day.start)
            if last and not first:
                if day.last is not None:
                    yield Candidate(slot, day.last.isoformat(), day.start, day.end, 0.85)
                elif ranged or (number == 0 and len(days) == 1 and self._led(entities, day.start, self._until)):
                    on = self._after(days[number - 1], day) if ranged else self._on(entities, day)
                    yield Candidate(slot, on, day.start, day.end, 0.85)
            elif ranged and first:
                continue
            elif first and day.first is not None:
                yield Candidate(slot, day.first.isoformat(), day.start, day.end, 0.9)
            elif day.day is not None:
                following = days[number + 1] if number + 1 < len(days) else None
                opens = first and following is not None and self._ranges(entities, day.end, following.start)
                on = self._before(day, following) if opens and following else self._on(entities, day)
                yield Candidate(slot, on, day.start, day.end, 0.9)

    @staticmethod
    def _after(first: Day, last: Day) -> str:
        """Return the last day of a range; of a day of the month alone, the one that comes after the first."""
        assert last.day is not None
        on = last.day
        if last.numbered and first.day is not None and not first.day <= on:
            on = next_day_of_month(on.day, first.day) or on
        return on.isoformat()

    @staticmethod
    def _before(first: Day, last: Day) -> str:
        """Return the first day of a range; "the third" is one of the month that its last day names."""
        assert first.day is not None
        if first.numbered and last.day is not None and not last.numbered and first.day.day <= last.day.day:
            return last.day.replace(day=first.day.day).isoformat()
        return first.day.isoformat()

    def _on(self, entities: Entities, day: Day) -> str:
        return settle_day(entities, day.start, self._is_evening(entities)).isoformat()

    def _ranges(self, entities: Entities, end: int, start: int) -> bool:
        """Return whether "to", "and" or the like stands between two days."""
        between = [w for w in entities.lowered[end:start] if w not in self._language.common or w in self._until]
        near = start - end <= 3 or (start - end <= 5 and {*between} <= self._until | self._leaving)
        return near and any(word in self._until for word in between)

    @staticmethod
    def _led(entities: Entities, start: int, leads: frozenset[str]) -> bool:
        return start > 0 and entities.lowered[start - 1] in leads

    def _duration(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        for duration in entities.durations:
            iso = iso_duration(duration)
            if iso:
                yield Candidate(slot, iso, duration.start, duration.end, 0.9)
        for first, last in itertools.pairwise(entities.times):
            if last.start == first.end + 1 and entities.lowered[first.end] in self._until:  # "from ten to eleven"
                now = entities.now
                minutes = [h * 60 + m for h, m in (settle_hour(t, now, None) for t in (first, last))]
                length = Duration(0, (minutes[1] - minutes[0]) % 1440 * 60, first.start, last.end)
                iso = iso_duration(length)
                if iso:
                    yield Candidate(slot, iso, first.start, last.end, 0.85)

    def _boolean(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        named = [word for word in slot.words if word not in self._language.common and len(word) > 1]
        stems = {self._language.stem(word) for word in named}
        switch = bool(set(slot.words) & self._switches)
        for place, lower in enumerate(entities.lowered):
            if switch or asked:
                if lower in self._yes or lower in self._no:
                    yield Candidate(slot, lower in self._yes, place, place + 1, 0.7)
            elif self._language.stem(lower) in stems or any(len(n) >= 5 and lower.startswith(n) for n in named):
                before = entities.lowered[max(0, place - 2) : place]
                yield Candidate(slot, not any(word in self._no for word in before), place, place + 1, 0.6)
                return

    def _time(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        times: list[TimeOfDay] = list(entities.times)
        if asked and not times:
            times = [t for n in entities.numbers if (t := self._finder.times.at(entities.words, n.start))]
        for time in times:
            day = next((day.day for day in entities.days if day.day is not None), None)
            hour, minute = settle_hour(time, entities.now, day, self._is_evening(entities), entities.afternoon)
            opened = next((t for t in times if t.end + 1 == time.start and not t.bare), None)
            if opened is not None and time.bare and entities.lowered[opened.end] in self._until:
                hour = self._next_hour(opened, time)
            text = f"{hour:02d}:{minute:02d}" + ("" if slot.style == "HH:MM" else ":00")
            yield Candidate(slot, text, time.start, time.end, 0.9 if time.sure else 0.8)

    @staticmethod
    def _next_hour(opened: TimeOfDay, time: TimeOfDay) -> int:
        """Return the hour of a bare time that ends a range: the one that comes first after its beginning."""
        began = opened.hour * 60 + opened.minute
        hours = (time.hour % 12, time.hour % 12 + 12)
        return min(hours, key=lambda hour: (hour * 60 + time.minute - began - 1) % 1440)

    def _is_evening(self, entities: Entities) -> bool:
        return entities.evening or any(word in self._evening for word in entities.lowered)

    def _date_time(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        day = next((day for day in entities.days if day.day is not None), None)
        rule = next((r for r in entities.recurrences if r.weekdays), None)
        if not entities.times:
            duration = entities.durations[0] if entities.durations else None
            led = duration is not None and duration.start > 0 and entities.lowered[duration.start - 1] in self._in
            if duration is not None and led and not duration.months:
                moment = entities.now + timedelta(seconds=min(duration.seconds, 1e9))
                text = moment.replace(microsecond=0).isoformat()
                yield Candidate(slot, text, duration.start - 1, duration.end, 0.8)
            return
        for time in entities.times:
            known = day is not None and day.day is not None
            on = settle_day(entities, day.start, self._is_evening(entities)) if day is not None and known else None
            hour, minute = settle_hour(time, entities.now, on, self._is_evening(entities), entities.afternoon)
            if on is None:
                on = entities.today
                while rule is not None and on.weekday() not in rule.weekdays:
                    on += timedelta(1)
                if (hour, minute) <= (entities.now.hour, entities.now.minute):
                    on += timedelta(1)
            start, end = time.start, time.end
            if day is not None and min(abs(day.end - time.start), abs(time.end - day.start)) <= 1:
                start, end = min(start, day.start), max(end, day.end)
            value = datetime(on.year, on.month, on.day, hour, minute).isoformat()
            yield Candidate(slot, value, start, end, 0.9)

    def _phone(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        place = 0
        while place < len(entities.words):
            found = self._finder.numbers.digits_at(entities.words, place)
            if found is not None:
                digits, end = found
                before = entities.lowered[place - 1] if place else ""
                plus = before in self._plus or any(word.text == "+" for word in entities.words[place:end])
                if 5 <= len(digits) <= 15:
                    yield Candidate(slot, "+" * plus + digits, place - (before in self._plus), end, 0.85)
                place = max(end, place + 1)
            else:
                place += 1


def settle_day(entities: Entities, start: int, evening: bool) -> date:
    """Return the day of the phrase that begins there; today's weekday is a week on where its time has passed."""
    day = next(d for d in entities.days if d.start == start)
    assert day.day is not None
    if day.weekday_today and entities.times:
        hour, minute = settle_hour(entities.times[0], entities.now, day.day, evening, entities.afternoon)
        if (hour, minute) <= (entities.now.hour, entities.now.minute):
            return day.day + timedelta(7)
    return day.day
