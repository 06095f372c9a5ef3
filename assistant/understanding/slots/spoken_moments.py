"""Proposals for days and moments: "tomorrow" for both ends of a range, "since yesterday evening", "from noon to one".

Only proposes, each value with its words; which parameter gets which words is decided in `fill`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.dates import Day
from assistant.understanding.slots.day_sums import next_day_of_month
from assistant.understanding.slots.described import EITHER, EPOCH, MILLIS, ZONED
from assistant.understanding.slots.entities import Entities, settle_hour
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.times import Duration, TimeOfDay
from client.values import JSON

Clock = tuple[int, int, int]
"""Hour, minute and second."""
LONG_AHEAD = timedelta(180)
"""A day without a year that lies further ahead is, for a tool that reads, the one of the past year."""
LATEST = time(23, 59, 59)
UNAPT = 0.88
"""Strength of one day for the first of two, of the first of two days for one, and of a moment of which but the time
was said: a parameter that takes just that is nearer."""
DUE = frozenset({"due", "deadline"})
"""Words of names of moments that a day alone says: the beginning of it."""
DAYLONG = 0.84
"""Strength of a moment of which only the day was said: a parameter that takes a day is nearer."""


@dataclass(frozen=True)
class SpanOfDays:
    """The days that a sentence speaks of, from the first to the last, and the words they came from."""

    first: date
    last: date
    start: int
    end: int
    opens: time | None = None
    closes: time | None = None
    """Of a part of the day ("friday afternoon"): when it begins and ends."""
    ranged: bool = False
    """Whether both its days were said."""


class Moments:
    """Days and moments of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._until = frozenset(language.words("date", "span_to"))
        self._leaving = frozenset(language.words("date", "leaving"))
        self._in = frozenset(language.words("date", "in"))
        self._ahead = frozenset(language.words("date", "before_day"))
        self._evening = frozenset(language.words("time", "evening"))
        self._open_from = frozenset(language.words("date", "open_from"))
        self._open_to = frozenset(language.words("date", "open_to"))
        self._parts = {
            str(word): tuple(time.fromisoformat(each) for each in str(hours).split("-"))
            for word, hours in language.table("time", "part_hours").items()
        }
        self._trips = frozenset(language.words("range", "trips"))
        self._from = frozenset(language.words("date", "span_from")[:1])
        self._ago = frozenset(language.words("date", "ago"))
        self._been = frozenset(language.words("date", "been"))
        self._nights = frozenset(language.words("date", "nights"))

    # -- days --

    def days(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield days; of several that make a range, the one at the parameter's end of it."""
        found = self._stretches(slot, entities)
        for number, stretch in enumerate(found):
            if slot.edge == "last":
                wanted = stretch.last != stretch.first or self._led(entities, stretch.start, self._until)
                second = number > 0
                whole = slot.paired and slot.reads and not self._trips.intersection((*slot.words, "".join(slot.words)))
                if self._only(slot, entities, stretch, self._open_from) or not (wanted or second or whole):
                    continue
                last = self._last_day(slot, entities, stretch)
                yield Candidate(slot, last.isoformat(), stretch.start, stretch.end, 0.86 + 0.01 * second)
            elif slot.edge == "first" and self._only(slot, entities, stretch, self._open_to):
                continue
            else:
                apt = stretch.ranged == (slot.edge != "" and slot.paired)
                yield Candidate(slot, stretch.first.isoformat(), stretch.start, stretch.end, 0.9 if apt else UNAPT)
        if slot.edge == "last" and slot.paired and found:
            yield from self._nights_on(slot, entities, found[0])

    def _last_day(self, slot: Slot, entities: Entities, stretch: SpanOfDays) -> date:
        """Return the last day of a stretch; of what lies before one ("before october"), that of what comes first."""
        if stretch.last == stretch.first or stretch.ranged or not self._led(entities, stretch.start, self._ahead):
            return stretch.last
        return stretch.first - timedelta(0 if self._ahead & set(slot.words) else 1)

    def _nights_on(self, slot: Slot, entities: Entities, stretch: SpanOfDays) -> Iterator[Candidate]:
        """Yield the day after "tomorrow for three nights"."""
        for number in entities.numbers:
            counted = number.end < len(entities.words) and entities.lowered[number.end] in self._nights
            if counted and number.whole and 0 < number.value < 1000:
                last = stretch.first + timedelta(number.value)
                yield Candidate(slot, last.isoformat(), number.start, number.end + 1, 0.95)

    def _stretches(self, slot: Slot, entities: Entities) -> list[SpanOfDays]:
        """Return the days said, those of one range as one stretch."""
        days = [day for day in entities.days if day.day is not None or day.first is not None]
        found: list[SpanOfDays] = []
        place = 0
        while place < len(days):
            day = days[place]
            following = days[place + 1] if place + 1 < len(days) else None
            if following is not None and self._ranges(entities, day.end, following.start):
                first = self._first_of(slot, day, following, entities)
                last = self._last_of(slot, day, following, entities)
                if first is not None and last is not None and timedelta() < first - last < timedelta(7):
                    last += timedelta(7)  # "between friday and sunday", said on a saturday
                if first is not None and last is not None and first <= last:
                    found.append(SpanOfDays(first, last, day.start, following.end, ranged=True))
                    place += 2
                    continue
            opens, closes = self._part(entities, day)
            if day.day is not None and day.first is None:
                on = self._settled(slot, day, entities)
                found.append(SpanOfDays(on, on, day.start, day.end, opens, closes))
            elif day.first is not None:
                first = self._past(slot, day, day.first, entities)
                last = (day.last or day.first) - (day.first - first if first != day.first else timedelta(0))
                if slot.edge == "" and day.day is not None:
                    first = last = day.day
                found.append(SpanOfDays(first, last, day.start, day.end, opens, closes))
            place += 1
        return found

    def _first_of(self, slot: Slot, first: Day, last: Day, entities: Entities) -> date | None:
        """Return the first day of a range; "the third" is one of the month that its last day names."""
        closing = self._last_of(slot, first, last, entities)
        open_ = first.numbered and closing is not None and not last.numbered
        if open_ and closing is not None and first.day is not None and first.day.day <= closing.day:
            return closing.replace(day=first.day.day)
        if first.day is None:
            return first.first
        on = self._settled(slot, first, entities)
        return _year_before(on) if first.yearless and closing is not None and on > closing else on

    def _last_of(self, slot: Slot, first: Day, last: Day, entities: Entities) -> date | None:
        """Return the last day of a range; of a day of the month alone, the one that comes after the first."""
        if last.day is None:
            return last.last
        on = self._past(slot, last, last.day, entities)
        opened = self._past(slot, first, first.day, entities) if first.day is not None else None
        if last.weekday and opened is not None and opened < entities.today:
            return opened + timedelta((on - opened).days % 7)  # "from last monday to wednesday"
        if last.numbered and opened is not None and not opened <= on:
            on = next_day_of_month(on.day, opened) or on
        return on

    def _settled(self, slot: Slot, day: Day, entities: Entities) -> date:
        assert day.day is not None
        return self._past(slot, day, settle_day(entities, day.start, self.is_evening(entities)), entities)

    def _past(self, slot: Slot, day: Day, on: date, entities: Entities) -> date:
        """Return the day, a year before where nobody would ask for one so far ahead, or where it has been.

        A day of the month alone is one of this month then, or of the last.
        """
        said = any(word in self._been for word in entities.lowered)
        been = slot.behind or (slot.reads and said) or any(word in self._ago for word in entities.lowered)
        if day.numbered and been and on > entities.today:
            return _month_before(on)
        if day.weekday and been and on > entities.today:
            return on - timedelta(7)
        if not day.yearless or on <= entities.today:
            return on
        return _year_before(on) if been or (slot.reads and on - entities.today > LONG_AHEAD) else on

    def _part(self, entities: Entities, day: Day) -> tuple[time | None, time | None]:
        for word in entities.lowered[day.start : day.end]:
            if word in self._parts:
                opens, closes = self._parts[word]
                return opens, closes
        return None, None

    def _ranges(self, entities: Entities, end: int, start: int) -> bool:
        """Return whether "to", "and" or the like stands between two days."""
        between = [w for w in entities.lowered[end:start] if w not in self._language.common or w in self._until]
        near = start - end <= 3 or (start - end <= 5 and {*between} <= self._until | self._leaving)
        return near and any(word in self._until for word in between)

    def _only(self, slot: Slot, entities: Entities, stretch: SpanOfDays, leads: frozenset[str]) -> bool:
        """Return whether a single day says but the other end of the range: "since monday", "until monday"."""
        whole = stretch.first != stretch.last and self._led(entities, stretch.start, self._from)  # "from last month"
        return slot.paired and not stretch.ranged and not whole and self._led(entities, stretch.start, leads)

    @staticmethod
    def _led(entities: Entities, start: int, leads: frozenset[str]) -> bool:
        return start > 0 and entities.lowered[start - 1] in leads

    # -- moments --

    def moments(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield moments: for an end of a range, the sentence's days and times that say that end."""
        if slot.edge and (slot.paired or slot.reads):
            yield from self._edges(slot, entities)
        else:
            yield from self._single(slot, entities)

    def _edges(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        found = self._stretches(slot, entities)
        stretch = found[0] if found else None
        first, last = self._hours(entities, stretch)
        if stretch is None and first is None:
            ago = self._counted(slot, entities)
            if ago is not None:
                yield ago
            return
        start, end = self._words(entities, stretch, first, last)
        day = stretch.first if stretch is not None else self._next(entities, first)
        if slot.edge == "first":
            if stretch is not None and self._only(slot, entities, stretch, self._open_to):
                return
            if first is not None:
                yield self._at(slot, entities, datetime.combine(day, time(*first)), start, end)
            elif slot.reads or not slot.paired:
                opens = (stretch.opens if stretch is not None else None) or time()
                yield self._at(slot, entities, datetime.combine(day, opens), start, end, DAYLONG)
            return
        if stretch is not None and self._only(slot, entities, stretch, self._open_from):
            return
        final = self._last_day(slot, entities, stretch) if stretch is not None else day
        if last is not None:
            yield self._at(slot, entities, datetime.combine(final, time(*last)), start, end)
        elif first is not None and slot.paired:
            for duration in entities.durations:
                if not duration.months and not self._led(entities, duration.start, self._in):
                    moment = datetime.combine(day, time(*first)) + timedelta(seconds=min(duration.seconds, 1e8))
                    yield self._at(slot, entities, moment, duration.start, duration.end)
        elif first is not None:
            yield self._at(slot, entities, datetime.combine(final, time(*first)), start, end)
        elif slot.reads or not slot.paired:
            closes = (stretch.closes if stretch is not None else None) or LATEST
            yield self._at(slot, entities, datetime.combine(final, closes), start, end, DAYLONG)

    def _counted(self, slot: Slot, entities: Entities) -> Candidate | None:
        """Return the moment "in twenty minutes" for the beginning of something."""
        found = next(iter(self._led_durations(entities)), None)
        if found is None or slot.edge != "first":
            return None
        moment = (entities.now + timedelta(seconds=min(found.seconds, 1e9))).replace(microsecond=0)
        return self._at(slot, entities, moment, found.start - 1, found.end)

    def _led_durations(self, entities: Entities) -> Iterator[Duration]:
        for duration in entities.durations:
            if self._led(entities, duration.start, self._in) and not duration.months:
                yield duration

    def _hours(self, entities: Entities, stretch: SpanOfDays | None) -> tuple[Clock | None, Clock | None]:
        """Return the hour, minute and second said first, and those of a second time that ends the range."""
        if not entities.times:
            return None, None
        on = stretch.first if stretch is not None else None
        opened = entities.times[0]
        settled = settle_hour(opened, entities.now, on, self.is_evening(entities), entities.afternoon)
        first = (*settled, opened.second)
        if len(entities.times) == 1 or not any(
            word in self._until for word in entities.lowered[opened.end : entities.times[1].start]
        ):
            return first, None
        closed = entities.times[1]
        if opened.bare and not closed.bare:  # "ten to eleven pm": the half of the day that is said once holds for both
            hours = (opened.hour % 12 + 12 * (closed.hour >= 12), opened.hour % 12 + 12 * (closed.hour < 12))
            early = (hours[0], opened.minute) < (closed.hour, closed.minute)
            first = (hours[0] if early else hours[1], opened.minute, opened.second)
        hour = next_hour(TimeOfDay(*first[:2], 0, 0), closed) if closed.bare else closed.hour
        return first, (hour, closed.minute, closed.second)

    def _words(
        self,
        entities: Entities,
        stretch: SpanOfDays | None,
        first: Clock | None,
        last: Clock | None,
    ) -> tuple[int, int]:
        """Return the words of a range: its days, and its times where they stand beside those or alone."""
        spans = [(stretch.start, stretch.end)] if stretch is not None else []
        if first is not None:
            times = entities.times[: 2 if last is not None else 1]
            beside = (times[0].start, times[-1].end)
            if not spans or min(abs(spans[0][0] - beside[1]), abs(beside[0] - spans[0][1])) <= 1:
                spans.append(beside)
        return min(start for start, _ in spans), max(end for _, end in spans)

    @staticmethod
    def _next(entities: Entities, at: Clock | None) -> date:
        """Return today, or tomorrow where that time of today has passed."""
        passed = at is not None and at[:2] <= (entities.now.hour, entities.now.minute)
        return entities.today + timedelta(passed)

    def _single(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        day = next((day for day in entities.days if day.day is not None), None)
        rule = next((r for r in entities.recurrences if r.weekdays), None)
        if not entities.times:
            for duration in self._led_durations(entities):
                moment = entities.now + timedelta(seconds=min(duration.seconds, 1e9))
                yield self._at(slot, entities, moment.replace(microsecond=0), duration.start - 1, duration.end, 0.8)
            due = not slot.required and not entities.durations and DUE & set(slot.words)
            if (slot.style == EITHER or due) and day is not None and day.day is not None:
                whole = datetime.combine(settle_day(entities, day.start, self.is_evening(entities)), time())
                yield self._at(slot, entities, whole, day.start, day.end, DAYLONG)
            return
        for said in entities.times:
            known = day is not None and day.day is not None
            on = self._settled(slot, day, entities) if day is not None and known else None
            hour, minute = settle_hour(said, entities.now, on, self.is_evening(entities), entities.afternoon)
            if on is None:
                on = entities.today
                while rule is not None and on.weekday() not in rule.weekdays:
                    on += timedelta(1)
                if (hour, minute) <= (entities.now.hour, entities.now.minute):
                    on += timedelta(1)
            start, end = said.start, said.end
            if day is not None and min(abs(day.end - said.start), abs(said.end - day.start)) <= 1:
                start, end = min(start, day.start), max(end, day.end)
            moment = datetime(on.year, on.month, on.day, hour, minute, said.second)
            yield self._at(slot, entities, moment, start, end, 0.9 if day is not None and day.start >= start else UNAPT)

    @staticmethod
    def _at(slot: Slot, entities: Entities, moment: datetime, start: int, end: int, strength: float = 0.9) -> Candidate:
        if slot.style == EITHER and strength == DAYLONG:
            return Candidate(slot, moment.date().isoformat(), start, end, strength)
        return Candidate(slot, written(moment, slot, entities.utc_offset), start, end, strength)

    def is_evening(self, entities: Entities) -> bool:
        """Return whether a bare hour is one of the evening."""
        return entities.evening or any(word in self._evening for word in entities.lowered)


def written(moment: datetime, slot: Slot, utc_offset: float) -> JSON:
    """Return a local moment as the parameter has it: ISO 8601, with an offset, in UTC, or in seconds since 1970."""
    style = slot.style
    if style in (EPOCH, MILLIS):
        seconds = round(moment.replace(tzinfo=UTC).timestamp() - utc_offset) * (1000 if style == MILLIS else 1)
        return seconds if slot.schema.get("type") in ("integer", "number") else str(seconds)
    if style == "utc":
        try:
            return (moment - timedelta(seconds=utc_offset)).isoformat() + "Z"
        except OverflowError:
            return None
    if style == ZONED:
        return moment.replace(tzinfo=timezone(timedelta(seconds=round(utc_offset / 60) * 60))).isoformat()
    if style == "minute":
        return moment.strftime("%Y-%m-%dT%H:%M")
    return moment.strftime("%Y-%m-%d %H:%M") if style == "space" else moment.isoformat()


def next_hour(opened: TimeOfDay, closed: TimeOfDay) -> int:
    """Return the hour of a bare time that ends a range: the one that comes first after its beginning."""
    began = opened.hour * 60 + opened.minute
    hours = (closed.hour % 12, closed.hour % 12 + 12)
    return min(hours, key=lambda hour: (hour * 60 + closed.minute - began - 1) % 1440)


def settle_day(entities: Entities, start: int, evening: bool) -> date:
    """Return the day of the phrase that begins there; today's weekday is a week on where its time has passed."""
    day = next(d for d in entities.days if d.start == start)
    assert day.day is not None
    if day.weekday_today and entities.times:
        hour, minute = settle_hour(entities.times[0], entities.now, day.day, evening, entities.afternoon)
        if (hour, minute) <= (entities.now.hour, entities.now.minute):
            return day.day + timedelta(7)
    return day.day


def share_words(one: Slot, other: Slot) -> bool:
    """Return whether two parameters are the two ends of one range, which the same words may say."""
    kinds = {one.kind, other.kind} <= {Kind.DATE, Kind.DATE_TIME}
    return kinds and {one.edge, other.edge} == {"first", "last"}


def _year_before(day: date) -> date:
    """Return the same day of the year before; a leap day stays as it is."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day


def _month_before(day: date) -> date:
    """Return the same day of the month before; a day that month has not stays as it is."""
    last = day.replace(day=1) - timedelta(1)
    return last.replace(day=day.day) if day.day <= last.day else day
