"""Days as people say them: "tomorrow", "next friday", "the 22nd of november", "in three days", "this weekend".

Reads the phrase that begins at a given word and the day it means, counted from the day it is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.understanding.language import Language
from assistant.understanding.slots.day_sums import add_months, calendar_day, nearest, next_day_of_month, shifted
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.tokens import Word

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_YEAR = re.compile(r"(?:19|20)\d{2}")
LEAST_OF_A_YEAR = 20
"""From "twenty twenty" on a number of two tens behind a month is a year, and no day with something behind it."""


@dataclass(frozen=True)
class Day:
    """A phrase that names a day or a period."""

    start: int
    end: int
    day: date | None
    """The day meant; None for a period ("this week") that is more than one day."""
    weekday_today: bool = False
    """Whether it names today's weekday: then it is a week on where its time has passed."""
    numbered: bool = False
    """Whether it is but a day of the month ("the third"), and the next one was taken."""
    first: date | None = None
    last: date | None = None
    """Of a period: its first and last day."""
    weekday: bool = False
    """Whether it names but a weekday, and the coming one was taken."""
    yearless: bool = False
    """Whether it is a day or month of the calendar without a year, and the next one was taken."""


class Dates:
    """Days of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        self._weekdays = {name: n for n, names in enumerate(language.lists("date", "weekdays")) for name in names}
        self._weekdays.update({name + "s": n for name, n in list(self._weekdays.items()) if len(name) > 5})
        self._months = {name: n for n, names in enumerate(language.lists("date", "months"), 1) for name in names}
        self._ambiguous = language.words("date", "ambiguous")
        self._fixed: list[tuple[tuple[str, ...], int | None]] = []
        for key, days in (("today", 0), ("tomorrow", 1), ("after_tomorrow", 2), ("yesterday", -1)):
            self._fixed += [(tuple(phrase.split()), days) for phrase in language.words("date", key)]
        self._fixed += [(tuple(phrase.split()), None) for phrase in language.words("date", "loose")]
        self._fixed.sort(key=lambda item: -len(item[0]))
        self._fixed_by_word: dict[str, list[tuple[tuple[str, ...], int | None]]] = {}
        for item in self._fixed:
            self._fixed_by_word.setdefault(item[0][0], []).append(item)
        self._next = _phrases(language, "next")
        self._this = _phrases(language, "this")
        self._last = _phrases(language, "last")
        self._in = language.words("date", "in")
        self._ago = frozenset(language.words("date", "ago"))
        self._beside = {
            word: sign for sign, key in ((-1, "before_day"), (1, "after_day")) for word in language.words("date", key)
        }
        self._from_now = _phrases(language, "from_now")
        self._sizes = {
            **dict.fromkeys(language.words("date", "day"), "day"),
            **dict.fromkeys(language.words("date", "week"), "week"),
            **dict.fromkeys(language.words("date", "month"), "month"),
            **dict.fromkeys(language.words("date", "year"), "year"),
            **dict.fromkeys(language.words("date", "weekend"), "weekend"),
        }
        self._units = frozenset(language.words("date", "unit"))
        self._leaders = _phrases(language, "leaders")
        self._few = _phrases(language, "few")
        self._of = language.words("date", "of")
        self._parts = frozenset(language.words("time", "parts"))
        self._the, self._singles = (frozenset(language.words("date", key)) for key in ("the", "singles"))
        self._parted = self._singles | self._units | {*self._of}
        self._not_days = frozenset(language.words("date", "not_days"))
        self._a_week_on = frozenset(language.words("date", "a_week_on"))
        self._holidays = {
            tuple(str(name).split()): tuple(int(part) for part in str(day).split("-"))
            for name, day in language.table("date", "holidays").items()
        }
        # Most words begin no day: which do is asked first.
        turned = [phrase[0] for phrase in (*self._next, *self._last, *self._this)]
        self._holidays_begin = frozenset(name[0] for name in self._holidays)
        self._weekdays_begin = frozenset([*turned, *(name.removesuffix("'s") for name in self._weekdays)])
        self._back_from = frozenset(language.words("date", "back_from"))
        self._before_month = frozenset(language.words("date", "before_month"))
        self._leaders_begin = frozenset(phrase[0] for phrase in self._leaders)

    def at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        """Return the longest phrase about a day that begins at that word; None where none does."""
        found = [
            day
            for day in (
                self._fixed_at(words, start, today),
                self._holiday_at(words, start, today),
                self._weekday_at(words, start, today),
                self._written_at(words, start, today),
                self._counted_at(words, start, today),
                self._period_at(words, start, today),
            )
            if day is not None
        ]
        return max(found, key=lambda day: (day.end, day.day is not None)) if found else None

    def _fixed_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        for phrase, days in self._fixed_by_word.get(words[start].lower.removesuffix("'s"), ()):
            if _match(words, start, phrase):
                end = start + len(phrase)
                if end < len(words) and words[end].lower in self._parts:
                    end += 1
                return Day(start, end, today + timedelta(days) if days is not None else None)
        return None

    def _holiday_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        if words[start].lower not in self._holidays_begin:
            return None
        for name, (month, number) in self._holidays.items():
            if tuple(word.lower for word in words[start : start + len(name)]) == name:
                return Day(start, start + len(name), calendar_day(None, month, number, today=today))
        return None

    def _weekday_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        place, weeks = start, 0
        if words[start].lower.removesuffix("'s") not in self._weekdays_begin:
            return None
        for phrases, shift in ((self._next, 1), (self._last, -1), (self._this, 0)):
            for phrase in phrases:
                if _match(words, start, phrase) and start + len(phrase) < len(words):
                    if words[start + len(phrase)].lower in self._weekdays:
                        place, weeks = start + len(phrase), shift
                    break
            if place != start:
                break
        name = words[place].lower
        bare = place == start or (words[start].lower in self._the and place == start + 1)  # "the sun"
        if name not in self._weekdays or (bare and name in self._ambiguous and words[place].text.islower()):
            return None
        ahead = (self._weekdays[name] - today.weekday()) % 7
        if weeks == 1:
            ahead = self._weekdays[name] - today.weekday() + 7
        elif weeks == -1 or (start > 0 and words[start - 1].lower in self._back_from):
            ahead -= 7
        end = place + 1
        if end < len(words) and words[end].text == "." and len(name) <= 5 and end + 1 < len(words):
            end += 1
        if end < len(words) and words[end].lower in self._parts:
            end += 1
        if end < len(words) and words[end].lower in self._a_week_on and weeks == 0:
            return Day(start, end + 1, today + timedelta((ahead or 7) + 7))
        dated = self._written_at(words, end, today) if end < len(words) else None
        if dated is None and end + 1 < len(words) and words[end].text == ",":
            dated = self._written_at(words, end + 1, today)
        if dated is not None and dated.day is not None:
            on = nearest(self._weekdays[name], dated.day.day, today) if dated.numbered else None
            return Day(start, dated.end, on or dated.day)
        return Day(start, end, today + timedelta(ahead), weekday_today=ahead == 0, weekday=weeks == 0)

    def _written_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        lower = words[start].lower
        if _ISO.fullmatch(lower):
            return Day(start, start + 1, calendar_day(*(int(part) for part in lower.split("-")), today=today))
        slashed = _SLASHED.fullmatch(lower)
        following = words[start + 1].lower if start + 1 < len(words) else ""
        if slashed and not slashed[3] and following in self._parted:
            return None  # "1/2 an hour"
        if slashed:
            year = int(slashed[3]) if slashed[3] else None
            year = year + 2000 if year is not None and year < 100 else year
            day = calendar_day(year, int(slashed[1]), int(slashed[2]), today=today)
            return Day(start, start + 1, day) if day else None
        return self._month_first(words, start, today) or self._day_first(words, start, today)

    def _month_first(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        """Read "november 22nd", "Nov. the twenty second, 2026"; a month alone is a period."""
        month = self._months.get(words[start].lower)
        if month is None:
            return None
        place = start + 1
        if place < len(words) and words[place].text == ".":
            place += 1
        if place < len(words) and words[place].lower in self._the:
            place += 1
        number = self._numbers.at(words, place) if place < len(words) else None
        spoken = self._year_at(words, start + 1, today)[0]
        whole_year = spoken is not None and spoken % 100 >= LEAST_OF_A_YEAR  # "february twenty twenty seven"
        if number is not None and number.whole and 1 <= number.value <= 31 and not whole_year:
            year, end = self._year_at(words, number.end, today)
            day = calendar_day(year, month, int(number.value), today=today)
            return Day(start, end, day, yearless=year is None) if day else None
        led = start > 0 and words[start - 1].lower in self._before_month
        if words[start].lower in self._ambiguous and words[start].text.islower() and not led and spoken is None:
            return None
        year, end = self._year_at(words, start + 1, today)
        first = date(year or today.year + (month < today.month), month, 1)
        last = add_months(first, 1) - timedelta(1)
        return Day(start, end if year else start + 1, None, first=first, last=last, yearless=year is None)

    def _day_first(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        """Read "22 november", "the 22nd of november 2026", "the 22nd", "12th of this month"."""
        place = start + 1 if words[start].lower in self._the and start + 1 < len(words) else start
        number = self._numbers.at(words, place)
        if number is None or not number.whole or not 1 <= number.value <= 31:
            return None
        after = number.end
        if after < len(words) and words[after].lower in self._of:
            after += 1
        month = self._months.get(words[after].lower) if after < len(words) else None
        if month is not None:
            year, end = self._year_at(words, after + 1, today)
            day = calendar_day(year, month, int(number.value), today=today)
            return Day(start, end, day, yearless=year is None) if day else None
        for phrases, shift in ((self._next, 1), (self._this, 0)):
            for phrase in phrases:
                end = after + len(phrase)
                if after == number.end or not _match(words, after, phrase) or end >= len(words):
                    continue
                if self._sizes.get(words[end].lower) == "month":
                    first = add_months(today.replace(day=1), shift)
                    return Day(start, end + 1, calendar_day(first.year, first.month, int(number.value), today=today))
        if not number.ordinal or (place == start and not words[start].lower[0].isdigit()):
            return None
        if after == number.end and place != start and after < len(words) and words[after].lower in self._not_days:
            return None
        return Day(start, number.end, next_day_of_month(int(number.value), today), numbered=True)

    def _year_at(self, words: Sequence[Word], place: int, today: date) -> tuple[int | None, int]:
        turned = self._turned_year(words, place, today)
        if turned is not None:
            return turned
        end = place + 1 if place < len(words) and words[place].text == "," else place
        if end < len(words) and _YEAR.fullmatch(words[end].lower):
            return int(words[end].lower), end + 1
        century = self._numbers.at(words, end) if end < len(words) else None
        if century is not None and century.value in (19, 20) and century.end < len(words) and not century.ordinal:
            rest = self._numbers.at(words, century.end)
            if rest is not None and rest.whole and not rest.ordinal and 10 <= rest.value < 100:
                return int(century.value * 100 + rest.value), rest.end  # "twenty twenty five"
        if century is not None and 1900 <= century.value < 2100 and century.whole and not century.ordinal:
            return int(century.value), century.end
        return None, place

    def _turned_year(self, words: Sequence[Word], place: int, today: date) -> tuple[int, int] | None:
        """Read "this year", "of last year" behind a day or a month, and where it ends."""
        start = place + (place < len(words) and words[place].lower in self._of)
        for phrases, shift in ((self._next, 1), (self._last, -1), (self._this, 0)):
            for phrase in phrases:
                end = start + len(phrase)
                if end < len(words) and _match(words, start, phrase) and self._sizes.get(words[end].lower) == "year":
                    return today.year + shift, end + 1
        return None

    def _counted_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        """Read "in three days", "two weeks from now"."""
        place = start + 1 if words[start].lower in self._in and start + 1 < len(words) else start
        number = self._numbers.at(words, place)
        count, after = (number.value, number.end) if number is not None and not number.ordinal else (1.0, place + 1)
        if number is None and words[place].lower not in self._singles:
            return None
        if after >= len(words) or not float(count).is_integer() or abs(count) > 10_000:
            return None
        size = self._sizes.get(words[after].lower)
        end = after + 1
        later = place != start
        for phrase in self._from_now:
            if _match(words, end, phrase):
                end, later = end + len(phrase), True
                break
        if size is None or size == "weekend":
            return None
        if end < len(words) and words[end].lower in self._ago:
            return Day(start, end + 1, shifted(today, size, -int(count)))
        if end + 1 < len(words) and not later and words[end].lower in self._beside:
            other = self.at(words, end + 1, today)
            if other is not None and other.day is not None:
                return Day(start, other.end, shifted(other.day, size, self._beside[words[end].lower] * int(count)))
        return Day(start, end, shifted(today, size, int(count))) if later else None

    def _period_at(self, words: Sequence[Word], start: int, today: date) -> Day | None:
        """Read "this week", "the next 7 days", "next weekend", "end of march": a period has no single day."""
        best: Day | None = None
        if words[start].lower.removesuffix("'s") not in self._leaders_begin:
            return None
        for phrase in self._leaders:
            if not _match(words, start, phrase):
                continue
            place = start + len(phrase)
            if place >= len(words):
                continue
            inner = self._period_at(words, place, today) if (words[place].lower,) in self._this + self._next else None
            month = self._months.get(words[place].lower)
            number = self._numbers.at(words, place)
            if number is not None and not number.ordinal:
                place = number.end
            few = next((few for few in self._few if _match(words, place, few)), ())
            place += len(few)
            single = number is None and not few
            if inner is not None:
                day = Day(start, inner.end, inner.day)
            elif month is not None and number is None:
                named = self._turned_month(phrase, words, place, today)
                day = named if named is not None else Day(start, place + 1, None)
            elif place < len(words) and words[place].lower in self._units:
                single_day = self._period_day(phrase, words[place].lower, today, single)
                count = int(number.value) if number is not None and number.whole and number.value < 1000 else 1
                first, last = (None, None) if few else self._span(phrase, words[place].lower, today, count, single)
                within = self._within_month(words, place, phrase, count, today)
                if within is not None:
                    place, single_day, first, last = within
                day = Day(start, place + 1, single_day, first=first, last=last)
            elif place < len(words) and words[place].lower in self._parts and number is None:
                day = Day(start, place + 1, today if phrase == ("this",) else None)
            else:
                continue
            if best is None or day.end > best.end:
                best = day
        return best

    def _turned_month(self, leader: tuple[str, ...], words: Sequence[Word], place: int, today: date) -> Day | None:
        """Return "next june", "last march", "this december" as its days; None for a part of a month."""
        if leader not in (*self._next, *self._last, *self._this):
            return None
        first = date(today.year, self._months[words[place].lower], 1)
        if leader in self._next and first <= today:
            first = add_months(first, 12)
        elif leader in self._last and add_months(first, 1) > today:
            first = add_months(first, -12)
        elif leader in self._this and add_months(first, 1) <= today:
            first = add_months(first, 12)
        start = place - len(leader)
        return Day(start, place + 1, None, first=first, last=add_months(first, 1) - timedelta(1))

    def _within_month(
        self, words: Sequence[Word], place: int, leader: tuple[str, ...], count: int, today: date
    ) -> tuple[int, None, date | None, date | None] | None:
        """Read on over "of november": the last days or weeks of it; other parts of a month are no days."""
        month = self._month_first(words, place + 2, today) if place + 2 < len(words) else None
        if words[place + 1 : place + 2] == [] or words[place + 1].lower not in self._of or month is None:
            return None
        days = count * {"day": 1, "week": 7}.get(self._sizes.get(words[place].lower, ""), 0)
        if month.last is None or leader not in self._last or not 0 < days <= 28:
            return month.end - 1, None, None, None
        return month.end - 1, None, month.last - timedelta(days - 1), month.last

    def _span(
        self, leader: tuple[str, ...], unit: str, today: date, count: int, single: bool
    ) -> tuple[date | None, date | None]:
        """Return the first and last day of "next week", "this month", "the next three days"."""
        size = self._sizes.get(unit)
        following, past = leader in self._next, leader in self._last
        if not single:
            if size not in ("day", "week", "month", "year") or not (following or past) or count < 1:
                return None, None
            other = shifted(today, size, count if following else -count)
            return (today, other) if following else (other, today)
        shift = 1 if following else -1 if past else 0
        monday = today - timedelta(today.weekday())
        if size == "week":
            first = monday + timedelta(7 * shift)
            return (first if shift else today), first + timedelta(6)
        if size == "weekend":
            saturday = today + timedelta((5 - today.weekday()) % 7 + 7 * shift)
            return saturday, saturday + timedelta(1)
        if size == "month":
            first = add_months(today.replace(day=1), shift)
            return (first if shift else today), add_months(first, 1) - timedelta(1)
        if size == "year" and (shift or leader == ("this",)):
            return date(today.year + shift, 1, 1), date(today.year + shift, 12, 31)
        return None, None

    def _period_day(self, leader: tuple[str, ...], unit: str, today: date, single: bool) -> date | None:
        if self._sizes.get(unit) == "weekend" and single:
            saturday = today + timedelta((5 - today.weekday()) % 7)
            return saturday + timedelta(7) if leader in self._next else saturday
        return None


def _phrases(language: Language, key: str) -> list[tuple[str, ...]]:
    return sorted((tuple(phrase.split()) for phrase in language.words("date", key)), key=lambda p: -len(p))


def _match(words: Sequence[Word], start: int, phrase: Sequence[str]) -> bool:
    if start < len(words) and not words[start].lower.startswith(phrase[0]):
        return False
    if start + len(phrase) > len(words):
        return False
    return all(words[start + i].lower.removesuffix("'s") == part for i, part in enumerate(phrase))
