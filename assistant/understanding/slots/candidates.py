"""Proposals for typed parameters: which day, number, enum value or yes/no of a sentence could fill which one.

Only proposes, with a strength; `fill` decides between proposals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities, EntityFinder, settle_hour
from assistant.understanding.slots.enums import EnumMatcher
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.times import TimeOfDay, iso_duration
from assistant.understanding.words import Word
from client.values import JSON

_PERCENT = re.compile(r"percent|%|\b0\s*(?:-|to|\.\.)\s*100\b", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A value for a parameter, with the words it came from."""

    slot: Slot
    value: JSON
    start: int
    end: int
    strength: float


class TypedCandidates:
    """Proposals for every kind but free text, in one language."""

    def __init__(self, language: Language, finder: EntityFinder) -> None:
        self._language = language
        self._finder = finder
        self._counts = language.table("roles")["count"]
        self._count_nouns = [tuple(noun.split()) for noun in self._counts["nouns"]]
        self._percent_words = language.words("numbers", "percent")
        self._percent_phrases = {
            tuple(str(k).split()): float(v) for k, v in language.table("numbers", "percentages").items()
        }
        self._units: Mapping[str, tuple[str, float]] = language.table("units", "table")
        self._money = {**language.table("money", "symbols"), **language.table("money", "words")}
        self._yes = frozenset(language.words("boolean", "yes"))
        self._no = frozenset(language.words("boolean", "no"))
        self._evening = frozenset(language.words("time", "evening"))
        self._switches = frozenset(language.words("boolean", "switches"))

    def of(self, slot: Slot, matcher: EnumMatcher | None, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield the proposals for one parameter; `asked` where the driver was just asked for it."""
        if slot.kind is Kind.ENUM and matcher is not None:
            for match in matcher.find(entities.words):
                named = any(word in entities.lowered for word in slot.words if len(word) > 2)
                yield Candidate(slot, match.value, match.start, match.end, match.strength + 0.05 * named)
        elif slot.kind is Kind.BOOLEAN:
            yield from self._boolean(slot, entities, asked)
        elif slot.kind in (Kind.INTEGER, Kind.NUMBER):
            yield from self._numbers(slot, entities, asked)
        elif slot.kind is Kind.DATE:
            for day in entities.days:
                if day.day is not None:
                    yield Candidate(
                        slot,
                        settle_day(entities, day.start, self._is_evening(entities)).isoformat(),
                        day.start,
                        day.end,
                        0.9,
                    )
        elif slot.kind is Kind.TIME:
            yield from self._time(slot, entities, asked)
        elif slot.kind is Kind.DATE_TIME:
            yield from self._date_time(slot, entities)
        elif slot.kind is Kind.DURATION:
            for duration in entities.durations:
                iso = iso_duration(duration)
                if iso:
                    yield Candidate(slot, iso, duration.start, duration.end, 0.9)
        elif slot.kind is Kind.EMAIL:
            for email in entities.emails:
                yield Candidate(slot, email.text, email.start, email.end, 0.95)
        elif slot.kind is Kind.PHONE:
            yield from self._phone(slot, entities)

    def _boolean(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        named = [word for word in slot.words if word not in self._language.common and len(word) > 1]
        stems = {self._language.stem(word) for word in named}
        switch = bool(set(slot.words) & self._switches)
        for place, lower in enumerate(entities.lowered):
            if switch or asked:
                if lower in self._yes or lower in self._no:
                    yield Candidate(slot, lower in self._yes, place, place + 1, 0.7)
            elif self._language.stem(lower) in stems:
                before = entities.lowered[max(0, place - 2) : place]
                yield Candidate(slot, not any(word in self._no for word in before), place, place + 1, 0.6)
                return

    def _numbers(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        about = " ".join((*slot.words, *slot.about))
        described = str(slot.schema.get("description") or "")
        percent = bool(_PERCENT.search(about) or _PERCENT.search(described))
        if percent:
            for phrase, value in self._percent_phrases.items():
                for start in range(len(entities.words) - len(phrase) + 1):
                    if entities.lowered[start : start + len(phrase)] == phrase:
                        yield Candidate(slot, _typed(value, slot), start, start + len(phrase), 0.75)
        for number in entities.numbers:
            if number.ordinal and not asked:
                continue
            value, end, unit = number.value, number.end, ""
            after = entities.lowered[end] if end < len(entities.words) else ""
            strength = 0.5 + 0.3 * asked + self._hint(slot, entities, number.start, number.end)
            counted = "count" in slot.roles and next(
                (n for n in self._count_nouns if entities.lowered[end : end + len(n)] == n), None
            )
            if counted:
                end += len(counted)
            elif after in self._units:
                wanted = self._wanted_unit(slot, self._units[after][0])
                unit = self._units[after][0]
                if wanted:
                    value, end, strength = self._convert(value, after, wanted), end + 1, strength + 0.3
                else:
                    strength -= 0.6
            elif after in self._percent_words:
                end, strength = end + 1, strength + (0.3 if percent else -0.2)
            elif after in self._money or (number.start and entities.lowered[number.start - 1] in self._money):
                strength += 0.0
            if any(time.start < number.end and number.start < time.end for time in entities.times):
                strength -= 0.3
            if any(d.start < number.end and number.start < d.end for d in entities.durations) and unit != "time":
                strength -= 0.3
            typed = _typed(value, slot)
            if typed is not None and in_range(typed, slot.schema):
                yield Candidate(slot, typed, number.start, end, strength)

    def _hint(self, slot: Slot, entities: Entities, start: int, end: int) -> float:
        """Return what the words around a number say for this parameter."""
        stems = {self._language.stem(word) for word in (*slot.words, *slot.about) if word not in self._language.common}
        near = [*entities.lowered[max(0, start - 3) : start], *entities.lowered[end : end + 2]]
        hint = 0.25 * any(self._language.stem(word) in stems for word in near)
        if "count" in slot.roles:
            after = " ".join(entities.lowered[end : end + 2])
            before = " ".join(entities.lowered[max(0, start - 2) : start])
            if any(after.startswith(noun) for noun in self._counts["nouns"]):
                hint += 0.35
            elif any(before == cue or before.endswith(f" {cue}") for cue in self._counts["cues"]):
                hint += 0.2
        return hint

    def _wanted_unit(self, slot: Slot, quantity: str) -> str:
        """Return the unit of that quantity that the parameter's name or description asks for, or ""."""
        for word in (*slot.words, *slot.about):
            if word in self._units and self._units[word][0] == quantity:
                return word
        return ""

    def _convert(self, value: float, said: str, wanted: str) -> float:
        quantity, size = self._units[said]
        other = self._units[wanted][1]
        if size == other:
            return value
        if quantity == "temperature":
            return value * 9 / 5 + 32 if other == 2 else (value - 32) * 5 / 9
        return round(value * size / other, 6)

    def _time(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        times: list[TimeOfDay] = list(entities.times)
        if asked and not times:
            times = [t for n in entities.numbers if (t := self._finder.times.at(entities.words, n.start))]
        for time in times:
            day = entities.days[0].day if entities.days else None
            hour, minute = settle_hour(time, entities.now, day, self._is_evening(entities), entities.afternoon)
            text = f"{hour:02d}:{minute:02d}" + ("" if slot.style == "HH:MM" else ":00")
            yield Candidate(slot, text, time.start, time.end, 0.9 if time.sure else 0.8)

    def _is_evening(self, entities: Entities) -> bool:
        return any(word in self._evening for word in entities.lowered)

    def _date_time(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        day = entities.days[0] if entities.days else None
        if not entities.times:
            duration = entities.durations[0] if entities.durations else None
            led = duration is not None and duration.start > 0 and entities.lowered[duration.start - 1] == "in"
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
                if 5 <= len(digits) <= 15:
                    plus = "+" if any(word.text == "+" for word in entities.words[max(0, place - 1) : end]) else ""
                    yield Candidate(slot, plus + digits, place, end, 0.85)
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


def _typed(value: float, slot: Slot) -> JSON:
    if slot.kind is Kind.INTEGER:
        return int(value) if float(value).is_integer() else None
    return int(value) if float(value).is_integer() else value


def in_range(value: JSON, schema: Mapping[str, JSON]) -> bool:
    """Return whether a number keeps the schema's limits."""
    if not isinstance(value, int | float):
        return False
    limits: Sequence[tuple[str, int, bool]] = (
        ("minimum", 1, True), ("maximum", -1, True), ("exclusiveMinimum", 1, False), ("exclusiveMaximum", -1, False)
    )  # fmt: skip
    for key, sign, including in limits:
        limit = schema.get(key)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            distance = sign * (value - limit)
            if distance < 0 or (distance == 0 and not including):
                return False
    return True


def surface(entities: Entities, start: int, end: int) -> str:
    """Return the speaker's own words of a span."""
    words: Sequence[Word] = entities.words
    return entities.text[words[start].start : words[end - 1].end]
