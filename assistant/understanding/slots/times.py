"""Times of day and durations as people say them: "half past seven", "7 pm", "an hour and a half".

Reads what begins at a given word. Which seven is meant is settled with the date (see `moments`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.slots.numbers import Number, Numbers
from assistant.understanding.tokens import Word

MONTH = 2_629_746
"""Seconds of a mean month of the Gregorian calendar, to compare lengths with."""
PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
"""Values of fractions that are one character."""
_VULGAR = re.compile(r"(\d{0,3})([½¼¾])")
_FRACTION = re.compile(r"(\d)/([2-8])")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?")
_CLOCK_MARKED = re.compile(r"(\d{1,2}?)(?::?(\d{2}))?([ap])\.?m\.?")


@dataclass(frozen=True)
class TimeOfDay:
    """A time; `bare` where it does not say which half of the day it means."""

    hour: int
    minute: int
    start: int
    end: int
    bare: bool = False
    sure: bool = True
    """False for a lone number, which is a time only where one is expected."""
    second: int = 0


@dataclass(frozen=True)
class Duration:
    """A length of time in months and seconds."""

    months: float
    seconds: float
    start: int
    end: int


class Times:
    """Times and durations of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        self._am = [tuple(phrase.split()) for phrase in language.words("time", "am")]
        self._pm = [tuple(phrase.split()) for phrase in language.words("time", "pm")]
        self._oclock = [tuple(phrase.split()) for phrase in language.words("time", "oclock")]
        self._named = {str(word): str(value) for word, value in language.table("time", "named").items()}
        self._half_before = frozenset(language.words("time", "half_before"))
        self._before = frozenset(language.words("time", "before"))
        self._ranging = frozenset(language.words("date", "span_from"))
        self._common = language.common
        self._past = language.words("time", "past")
        self._to = language.words("time", "to")
        self._and = language.words("numbers", "and")
        self._half = language.words("numbers", "half")
        self._nought = frozenset(w for w, value in language.table("numbers", "digit_words").items() if value == 0)
        self._quarter = language.words("numbers", "quarter")
        self._of = language.words("date", "of")
        self._articles = language.words("numbers", "hundreds_of_article")
        self._units: dict[str, float] = {
            word: size for word, (quantity, size) in language.table("units", "table").items() if quantity == "time"
        }
        self._whole = frozenset(language.words("time", "whole"))
        self._months = dict.fromkeys(language.words("date", "month"), 1.0)
        self._months.update(dict.fromkeys(language.words("date", "year"), 12.0))

    # -- times of day --

    def at(self, words: Sequence[Word], start: int) -> TimeOfDay | None:
        """Return the time that begins at that word; None where none does."""
        lower = words[start].lower
        if lower in self._named:
            hour, minute = self._named[lower].split(":")
            return TimeOfDay(int(hour), int(minute), start, start + 1)
        found = (
            self._typed(words, start)
            or self._relative(words, start)
            or self._clock(words, start)
            or self._spoken(words, start)
        )
        return self._with_seconds(words, found) if found is not None else None

    def _with_seconds(self, words: Sequence[Word], found: TimeOfDay) -> TimeOfDay:
        """Return a time with the seconds that follow it: "six forty five and thirty seconds"."""
        place = found.end
        if not found.sure or found.second or place + 2 >= len(words) or words[place].lower not in self._and:
            return found
        number = self._numbers.at(words, place + 1)
        if number is None or not number.whole or not 0 <= number.value < 60 or number.end >= len(words):
            return found
        if self._units.get(words[number.end].lower) != 1:
            return found
        return replace(found, second=int(number.value), end=number.end + 1)

    def _typed(self, words: Sequence[Word], start: int) -> TimeOfDay | None:
        """Read "7pm", "7:30p.m.", "836pm"."""
        marked = _CLOCK_MARKED.fullmatch(words[start].lower)
        if marked is None:
            return None
        return self._marked(int(marked[1]), int(marked[2] or 0), marked[3] == "p", start, start + 1)

    def _relative(self, words: Sequence[Word], start: int) -> TimeOfDay | None:
        """Read "half past seven", "a quarter to eight", "ten past six", "twenty minutes to nine", "halb acht"."""
        if words[start].lower in self._half_before and start + 1 < len(words):
            full = self._spoken(words, start + 1) or self._clock(words, start + 1)
            if full is not None and not full.minute and 1 <= full.hour <= 12:
                return self._half_of_day(words, (full.hour - 2) % 12 + 1, 30, start, full.end, sure=True)
        number = self._numbers.at(words, start)
        if number is None or number.ordinal:
            return None
        place, minutes = number.end, number.value if number.value >= 1 else number.value * 60
        if not 0 < minutes < 60:
            return None
        if place < len(words) and self._units.get(words[place].lower) == 60:
            place += 1
        if place + 1 >= len(words):
            return None
        sign = 1 if words[place].lower in self._past else -1 if words[place].lower in self._to else 0
        if not sign or (sign < 0 and number.value >= 1 and minutes % 5):
            return None
        if words[place + 1].lower in self._named:
            hour, end, bare = int(self._named[words[place + 1].lower].split(":")[0]), place + 2, False
        else:
            inner = self._typed(words, place + 1) or self._spoken(words, place + 1) or self._clock(words, place + 1)
            if inner is None or inner.minute:
                return None
            hour, end, bare = inner.hour, inner.end, inner.bare
            led = start > 0 and words[start - 1].lower in self._before - self._ranging  # "at ten to seven"
            unsure = bare and not inner.sure
            range_ = not words[start].lower[0].isdigit() and place == number.end  # "monday five to six pm"
            if sign < 0 and number.value >= 1 and minutes < 15 and not led and (unsure or range_):
                return None
        total = (hour * 60 + sign * int(minutes)) % 1440
        if bare and total // 60 == 0:
            total += 720
        return TimeOfDay(total // 60, total % 60, start, end, bare)

    def _clock(self, words: Sequence[Word], start: int) -> TimeOfDay | None:
        found = _CLOCK.fullmatch(words[start].lower)
        if not found:
            return None
        hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        if hour > 24 or minute > 59 or second > 59:
            return None
        time = self._half_of_day(words, hour, minute, start, start + 1, sure=found[2] is not None)
        return replace(time, second=second) if time is not None else None

    def _spoken(self, words: Sequence[Word], start: int) -> TimeOfDay | None:
        number = self._numbers.at(words, start)
        if number is None or number.ordinal or not number.whole or not 0 <= number.value <= 59:
            return None
        split = start + 1
        hour = self._numbers.at(words[:split], start)
        if number.value > 12 and number.end < len(words):  # "fourteen twelve", where a time is meant
            rest = self._numbers.at(words, number.end)
            if number.value < 24 and rest is not None and rest.whole and not rest.ordinal and 10 <= rest.value < 60:
                return TimeOfDay(int(number.value), int(rest.value), start, rest.end, sure=False)
        if hour is not None and 1 <= hour.value <= 12 and split < len(words):
            minutes = self._numbers.at(words, split)
            if minutes is not None and not minutes.ordinal and minutes.whole and 10 <= minutes.value <= 59:
                return self._half_of_day(words, int(hour.value), int(minutes.value), start, minutes.end, sure=True)
            nought = words[split].lower in self._nought and split + 1 < len(words)
            ones = self._numbers.at(words, split + 1) if nought else None
            if ones is not None and ones.whole and not ones.ordinal and 1 <= ones.value <= 9:  # "seven oh five"
                return self._half_of_day(words, int(hour.value), int(ones.value), start, ones.end, sure=True)
        if number.value > 24:
            return None
        return self._half_of_day(words, int(number.value), 0, start, number.end, sure=False)

    def _half_of_day(
        self, words: Sequence[Word], hour: int, minute: int, start: int, end: int, *, sure: bool
    ) -> TimeOfDay | None:
        for phrase in self._oclock:
            if _match(words, end, phrase):
                end, sure = end + len(phrase), True
                after = self._numbers.at(words, end) if end < len(words) and not minute else None
                if after is not None and after.whole and not after.ordinal and 1 <= after.value <= 59:
                    minute, end = int(after.value), after.end
                break
        for phrases, afternoon in ((self._am, False), (self._pm, True)):
            for phrase in phrases:
                if _match(words, end, phrase) and hour <= 12:
                    return self._marked(hour, minute, afternoon, start, end + len(phrase))
        if hour == 24:
            hour = 0
        bare = 1 <= hour <= 12 and not words[start].lower.startswith("0")
        return TimeOfDay(hour, minute, start, end, bare, sure)

    @staticmethod
    def _marked(hour: int, minute: int, afternoon: bool, start: int, end: int) -> TimeOfDay | None:
        if not 0 <= hour <= 12 or minute > 59:
            return None
        return TimeOfDay(hour % 12 + (12 if afternoon else 0), minute, start, end)

    # -- durations --

    def duration_at(self, words: Sequence[Word], start: int) -> Duration | None:
        """Return the duration that begins at that word ("an hour and a half", "2 hours 10 minutes")."""
        total = self._piece(words, start)
        while total is not None:
            place = total.end
            if place < len(words) and (words[place].lower in self._and or words[place].text == ","):
                place += 1
            following = self._piece(words, place) if place < len(words) else None
            if following is None or self._size(words, following) >= self._size(words, total):
                break  # "three days a week" is a rate
            total = Duration(total.months + following.months, total.seconds + following.seconds, start, following.end)
        return self._with_rest(words, total) if total is not None else None

    def _size(self, words: Sequence[Word], piece: Duration) -> float:
        """Return the seconds of the unit that a length ends with: "a half" after it belongs to it."""
        named = (
            self._units.get(w.lower, MONTH * self._months.get(w.lower, 0.0)) for w in words[piece.start : piece.end]
        )
        return next((size for size in reversed([*named]) if size), 0.0)

    def _with_rest(self, words: Sequence[Word], total: Duration) -> Duration:
        """Add the next smaller unit where it is left out: "a minute thirty", "one hour fifteen"."""
        size = self._units.get(words[total.end - 1].lower, 0.0)
        place = total.end
        if place + 1 < len(words) and words[place].lower in self._and:
            place += 1  # "an hour and fifteen"
        number = self._numbers.at(words, place) if place < len(words) and size in (60, 3600) else None
        if number is None or number.ordinal or not number.whole or not 1 <= number.value < 60:
            return total
        after = words[number.end] if number.end < len(words) else None
        if after is not None and after.spoken and after.lower not in self._common:
            return total  # it counts something else
        return Duration(total.months, total.seconds + number.value * size / 60, total.start, number.end)

    def _written(self, words: Sequence[Word], start: int) -> Number | None:
        """Read fractions as they are typed: "1/2", "1 1/2", "1 and a 1/2", "1½"."""
        vulgar = _VULGAR.fullmatch(words[start].lower)
        if vulgar is not None:
            return Number(int(vulgar[1] or 0) + PARTS[vulgar[2]], start, start + 1)
        place, whole = start, 0.0
        if re.fullmatch(r"\d{1,3}", words[start].lower) and start + 1 < len(words):
            whole, place = float(words[start].lower), start + 1
            while place < len(words) and (words[place].lower in self._and or words[place].lower in self._articles):
                place += 1
        found = _FRACTION.fullmatch(words[place].lower) if place < len(words) else None
        if found is None or not 0 < int(found[1]) < int(found[2]):
            return None
        return Number(whole + int(found[1]) / int(found[2]), start, place + 1)

    def _piece(self, words: Sequence[Word], start: int) -> Duration | None:
        number = self._written(words, start) or self._numbers.at(words, start)
        value, place = (number.value, number.end) if number is not None else (1.0, start)
        if number is None:
            if words[start].lower not in self._articles:
                return None
            place = start + 1
            if place + 1 < len(words) and words[place].lower in self._whole:
                place += 1  # "a free hour"
        elif number.ordinal or value < 0:
            return None
        if 0 < value < 1 and place < len(words):
            if words[place].lower in self._of:
                place += 1
            if place < len(words) and words[place].lower in self._articles:
                place += 1
        if number is not None and place + 1 < len(words) and words[place].text == "-":
            place += 1
        if place >= len(words):
            return None
        unit = words[place].lower
        seconds, months = self._units.get(unit), self._months.get(unit)
        if seconds is None and months is None:
            return None
        end = place + 1
        if end + 2 < len(words) and words[end].lower in self._and and words[end + 1].lower in self._articles:
            more = 0.5 * (words[end + 2].lower in self._half) + 0.25 * (words[end + 2].lower in self._quarter)
            if more and not (
                end + 3 < len(words) and words[end + 3].lower in self._of
            ):  # "and a half", "and a quarter"
                value, end = value + more, end + 3
        return Duration(value * (months or 0.0), value * (seconds or 0.0), start, end)


def iso_duration(duration: Duration) -> str | None:
    """Return ISO 8601 ("PT1H30M", "P2D", "P1M"); None for fractions of a second or month."""
    if not float(duration.months).is_integer() or not float(duration.seconds).is_integer():
        return None
    months, seconds = int(duration.months), int(duration.seconds)
    days, seconds = divmod(seconds, 86400)
    years, months = divmod(months, 12)
    if days and days % 7 == 0 and not (years or months or seconds):
        return f"P{days // 7}W"
    date = "".join(f"{n}{letter}" for n, letter in ((years, "Y"), (months, "M"), (days, "D")) if n)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    time = "".join(f"{n}{letter}" for n, letter in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    if not date and not time:
        return "PT0S"
    return f"P{date}" + (f"T{time}" if time else "")


def _match(words: Sequence[Word], start: int, phrase: Sequence[str]) -> bool:
    if start + len(phrase) > len(words):
        return False
    return all(words[start + i].lower == part for i, part in enumerate(phrase))
