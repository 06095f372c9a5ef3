"""Proposals for typed parameters: which day, number, enum value or yes/no of a sentence could fill which one.

Only proposes, with a strength; `fill` decides between proposals.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from assistant.understanding.language import Language
from assistant.understanding.slots.booleans import ARRIVING, Booleans
from assistant.understanding.slots.calendar_parts import CalendarParts
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.coded import Coded
from assistant.understanding.slots.described import is_loose
from assistant.understanding.slots.entities import Entities, EntityFinder, settle_hour
from assistant.understanding.slots.enums import HINT, EnumMatch, EnumMatcher
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.periods import Periods
from assistant.understanding.slots.quantities import Quantities
from assistant.understanding.slots.spoken_moments import Moments, next_hour
from assistant.understanding.slots.times import Duration, TimeOfDay, iso_duration
from assistant.understanding.slots.units import Units
from assistant.understanding.tokens import name_words

DAY = 86_400
"""Seconds of a day."""
KNOWN = 0.9
"""Strength of free text that the schema gives as an example."""
ASKED = 0.97
"""Strength of a day that answers the question for it."""
DEPARTING = frozenset({"depart", "departs", "departure", "departing", "leave", "leaves", "leaving"})
"""Words of names that make a time one of departure."""
UNITS = frozenset({"unit", "units"})
"""Words of names of parameters that take a unit."""
ORDERS = frozenset({"sort", "order", "orderby", "sortby", "sorting", "ordering"})
"""Words of names of parameters that put results in order."""
ALIKE_ENOUGH = 0.7
"""Strength below which a word is only like a value, or like a part of it."""
WHOLE = 0.85
"""Strength from which every word of an enum's value was said, if perhaps inflected or misspelled."""


class TypedCandidates:
    """Proposals for every kind but free text, in one language."""

    def __init__(self, language: Language, finder: EntityFinder) -> None:
        self._language = language
        self._finder = finder
        self._quantities = Quantities(language)
        self._moments = Moments(language)
        self._coded = Coded(finder)
        self._calendar = CalendarParts(language)
        self._periods = Periods(language)
        self._booleans = Booleans(language)
        self._plus = frozenset(("+", *language.words("numbers", "plus")))
        self._until = frozenset(language.words("date", "span_to"))
        self._in = frozenset(language.words("date", "in"))
        self._units = Units(language)
        self._sorting = frozenset(language.words("enums", "sorting"))
        self._ordering = frozenset(language.words("enums", "ordering"))
        self._most = tuple(language.words("enums", "superlatives"))
        self._reading = frozenset(language.words("reading"))
        self._verbs = self._reading.union(language.words("changing"), language.words("asking"))
        self._arriving = frozenset(language.words("time", "arriving"))
        self._departing = frozenset(language.words("date", "leaving"))
        self._negations = frozenset(str(word) for word in language.table("bounds")["negations"])

    def of(self, slot: Slot, matcher: EnumMatcher | None, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield the proposals for one parameter; `asked` where the driver was just asked for it."""
        if slot.kind is Kind.ENUM and matcher is not None:
            yield from self._periods.of(slot, entities)
            yield from self._enum(slot, matcher, entities)
        elif slot.kind is Kind.BOOLEAN:
            yield from self._booleans.of(slot, entities, asked)
        elif slot.kind in (Kind.INTEGER, Kind.NUMBER):
            yield from self._quantities.of(slot, entities, asked)
        elif slot.kind is Kind.DATE:
            yield from self._days(slot, entities, asked)
        elif slot.kind is Kind.TIME:
            yield from self._time(slot, entities, asked)
        elif slot.kind is Kind.DATE_TIME:
            for moment in self._moments.moments(slot, entities):
                inside = next((t for t in entities.times if moment.start <= t.start and t.end <= moment.end), None)
                apt = self._apt(slot, entities, inside) if inside is not None else 0.0
                yield replace(moment, strength=moment.strength + apt)
        elif slot.kind is Kind.DURATION:
            yield from self._duration(slot, entities)
        elif slot.kind is Kind.EMAIL:
            for email in entities.emails:
                yield Candidate(slot, email.text, email.start, email.end, 0.95)
        elif slot.kind is Kind.RECURRENCE:
            for rule in entities.recurrences:
                if not rule.named:
                    yield Candidate(slot, rule.rule, rule.start, rule.end, 0.9)
        elif slot.kind is Kind.MONTH:
            yield from self._calendar.months(slot, entities, asked=asked)
        elif slot.kind is Kind.YEAR:
            yield from self._calendar.years(slot, entities)
        elif slot.kind is Kind.PHONE:
            yield from self._phone(slot, entities)
        elif slot.kind is Kind.TEXT and "pattern" in slot.schema:
            if is_loose(str(slot.schema["pattern"])):
                return  # it would take any words at all
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
            own = {self._language.stem(word) for word in entities.lowered[match.start : match.end]}
            if match.strength < ALIKE_ENOUGH and not slot.required and own <= slot.gist_stems:
                continue  # "forecast", of a tool for it, is no "daily"
            if ORDERS & set(slot.words) and not slot.required and self._is_no_order(match, entities):
                continue  # "rated at least eight" sorts nothing
            if match.strength <= HINT and not (slot.required or named):
                continue
            if self._opens_the_order(slot, match, entities):
                continue
            if match.strength < WHOLE and len(slot.path) > 1 and not (slot.required or named):
                continue  # a part of a value says little of what may be deep inside
            strength = match.strength + 0.05 * named
            if self._negations.intersection(entities.lowered[max(0, match.start - 2) : match.start]):
                opposite = next((v for v in slot.values if str(v) in (f"un{match.value}", f"not_{match.value}")), None)
                if opposite is None:
                    continue
                yield Candidate(slot, opposite, match.start - 1, end, strength)
                continue
            yield Candidate(slot, match.value, match.start, end, strength, part=match.strength < WHOLE)
        if UNITS & set(slot.words):
            yield from self._unit(slot, entities)
        for number in entities.numbers:  # "a four star hotel", of 1 to 5 stars
            following = entities.lowered[number.end : number.end + 1]
            if number.value in slot.values and {self._language.stem(word) for word in following} & stems:
                yield Candidate(slot, int(number.value), number.start, number.end + 1, 0.9)
        for money in entities.sums:
            place = money.unit if money.unit >= 0 else money.start
            for value in slot.values:
                if money.currency and value == money.currency:
                    yield Candidate(slot, value, place, place + 1, 0.69)  # below 0.7: it shares the sum's words

    def _opens_the_order(self, slot: Slot, match: EnumMatch, entities: Entities) -> bool:
        """Return whether a value is the verb that asks to look: "show", if most values are not verbs."""
        opens = match.start == 0 and match.end == 1 and entities.lowered[0] in self._reading
        heads = [word for value in slot.values for word in name_words(str(value))[:1]]
        return opens and sum(head in self._verbs for head in heads) <= len(slot.values) / 2

    def _unit(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the value that is the unit of a word, where values are units: "ft" for "in feet"."""
        known = {value: self._units.at((value.lower(),), 0) for value in slot.values if isinstance(value, str)}
        for place in range(len(entities.words)):
            said = self._units.at(entities.lowered, place)
            for value, unit in known.items():
                if said is not None and unit is not None and said[0] == unit[0]:
                    yield Candidate(slot, value, place, said[1], WHOLE)

    def _is_no_order(self, match: EnumMatch, entities: Entities) -> bool:
        """Return whether a value is said without any word that puts things in order, and is none itself: "newest"."""
        if match.end - match.start > 1:
            return False  # "a to z"
        near = entities.lowered[max(0, match.start - 2) : match.end + 2]
        sorts = any(word in self._sorting for word in entities.lowered)
        return not (sorts or any(word in self._ordering or word.endswith(self._most) for word in near))

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

    def _days(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield days; the one day that answers the question for an end of a range is that end."""
        if asked and slot.edge and len(entities.days) == 1:
            free = replace(slot, edge="", paired=False)
            yield from (replace(found, slot=slot, strength=ASKED) for found in self._moments.days(free, entities))
        else:
            yield from self._moments.days(slot, entities)

    def _time(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        times: list[TimeOfDay] = list(entities.times)
        if asked and not times:
            times = [t for n in entities.numbers if (t := self._finder.times.at(entities.words, n.start))]
        if not times:
            yield from self._soon(slot, entities)
        for time in times:
            if not (time.sure or asked) and self._counts(slot, entities, time):
                continue
            apt = self._apt(slot, entities, time)
            day = next((day.day for day in entities.days if day.day is not None), None)
            hour, minute = settle_hour(time, entities.now, day, self._moments.is_evening(entities), entities.afternoon)
            opened = next((t for t in times if t.end + 1 == time.start and not t.bare), None)
            if opened is not None and time.bare and entities.lowered[opened.end] in self._until:
                hour = next_hour(opened, time)
            text = f"{hour:02d}:{minute:02d}" + ("" if slot.style == "HH:MM" else f":{time.second:02d}")
            yield Candidate(slot, text, time.start, time.end, (0.9 if time.sure else 0.8) + apt)

    def _counts(self, slot: Slot, entities: Entities, time: TimeOfDay) -> bool:
        """Return whether a bare number counts what another parameter is named for: "at sixteen amps"."""
        following = entities.lowered[time.end : time.end + 1]
        return any(word.endswith("s") and self._language.stem(word) in slot.other_stems for word in following)

    def _apt(self, slot: Slot, entities: Entities, time: TimeOfDay) -> float:
        """Return what the words before a time say for a parameter of arrival or of departure: "be there by nine"."""
        wanted = 1 if ARRIVING & set(slot.words) else -1 if DEPARTING & set(slot.words) else 0
        before = entities.lowered[max(0, time.start - 2) : time.start]
        said = 1 if self._arriving.intersection(before) else -1 if self._departing.intersection(before) else -0.5
        return 0.1 * wanted * said

    def _soon(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the time of day "in twenty minutes"."""
        for duration in entities.durations:
            led = duration.start > 0 and entities.lowered[duration.start - 1] in self._in
            if led and not duration.months and duration.seconds < DAY:
                moment = entities.now + timedelta(seconds=duration.seconds)
                text = moment.strftime("%H:%M" if slot.style == "HH:MM" else "%H:%M:%S")
                yield Candidate(slot, text, duration.start - 1, duration.end, 0.8)

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
