"""What a sentence holds that has a type of its own: days, times, durations, numbers, e-mail addresses.

Found once a sentence, whatever the tool; which parameter they belong to is decided in `fill`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Protocol, TypeVar

from assistant.understanding.language import Language
from assistant.understanding.slots.amounts import Money, Sums
from assistant.understanding.slots.dates import Dates, Day
from assistant.understanding.slots.measures import Measure, Measures
from assistant.understanding.slots.numbers import Number, Numbers
from assistant.understanding.slots.rates import Rate, Rates
from assistant.understanding.slots.recurrence import Recurrence, Recurrences
from assistant.understanding.slots.times import Duration, TimeOfDay, Times
from assistant.understanding.tokens import Word, cut

Found = TypeVar("Found", Day, TimeOfDay, Duration)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
EARLIEST, LATEST = 7, 19
"""Hours between which a bare hour is meant (docs/design.md)."""
EVENING_FROM = 5
"""A table at a bare five or later is one in the evening."""


@dataclass(frozen=True)
class Email:
    """An e-mail address and the words it came from."""

    text: str
    start: int
    end: int


class Stretch(Protocol):
    """Anything that stands on words `start` up to, not including, `end`."""

    @property
    def start(self) -> int:
        """The first word."""
        ...

    @property
    def end(self) -> int:
        """The word after the last."""
        ...


@dataclass(frozen=True)
class Entities:
    """A sentence and what was found in it."""

    text: str
    words: tuple[Word, ...]
    now: datetime
    days: tuple[Day, ...] = ()
    times: tuple[TimeOfDay, ...] = ()
    durations: tuple[Duration, ...] = ()
    numbers: tuple[Number, ...] = ()
    emails: tuple[Email, ...] = ()
    sums: tuple[Money, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    lowered: tuple[str, ...] = field(default=())
    afternoon: bool | None = None
    """Half of the day that a bare hour keeps, where a pending value says it."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Stand-ins among the words, and what they stand for."""
    codes: tuple[str, ...] = ()
    """Plates and numbers that answers have held."""
    utc_offset: float = 0.0
    """Seconds east of UTC on the vehicle's clock."""
    evening: bool = False
    """Whether it goes on from what is about a table: there a bare hour is one of the evening."""
    rates: tuple[Rate, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def typed(self) -> tuple[Stretch, ...]:
        """All that was found but names and text."""
        return (*self.days, *self.times, *self.durations, *self.numbers, *self.emails)

    @property
    def moments(self) -> tuple[Stretch, ...]:
        """Days and times."""
        return (*self.days, *self.times, *(rule for rule in self.recurrences if not rule.named))

    @property
    def today(self) -> date:
        """The day on the vehicle's clock."""
        return self.now.date()


MOST_KEPT = 16
"""Sentences, and pieces of one, whose entities are kept."""


class EntityFinder:
    """Finds entities in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._kept: dict[tuple[str, float, float, tuple[str, ...]], Entities] = {}
        self.numbers = Numbers(language)
        self.times = Times(language, self.numbers)
        self.dates = Dates(language, self.numbers)
        self._sums = Sums(language, self.numbers)
        self._recurrences = Recurrences(language, self.numbers)
        self._rates = frozenset(language.words("numbers", "rates"))
        self._rated = Rates(language, self.numbers)
        self._measures = Measures(language, self.numbers)
        self._before_time = frozenset(language.words("time", "before"))
        self._span_to = frozenset(language.words("date", "span_to"))
        self._later = frozenset(language.words("time", "later_half"))
        self._earlier = frozenset(language.words("time", "earlier_half"))
        self._at = language.words("email", "at")
        self._dot = language.words("email", "dot")
        self._parts = {str(k): str(v) for k, v in language.table("email", "parts").items()}

    def find(self, text: str, now: float, utc_offset: float, codes: Sequence[str] = ()) -> Entities:
        """Return the sentence's entities; `now` in seconds since the epoch, the offset in seconds east of UTC.

        `codes` are plates and numbers that answers have held. The last few sentences are kept: each is asked for anew
        by what points back, by each half of it and by what goes on.
        """
        key = (text, now, utc_offset, tuple(codes))
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[key] = self._found(text, now, utc_offset, codes)
        return kept

    def _found(self, text: str, now: float, utc_offset: float, codes: Sequence[str]) -> Entities:
        words = cut(text)
        moment = local_time(now, utc_offset)
        days = _longest(words, lambda i: self.dates.at(words, i, moment.date()))
        taken = {i for day in days if day.day or day.first for i in range(day.start, day.end)}
        emails = self._emails(words)
        taken |= {i for email in emails for i in range(email.start, email.end)}
        sums = tuple(self._sums.all(words))
        priced = {sum_.end for sum_ in sums}
        rates = tuple(self._rated.all(words))
        told = {rate.until for rate in rates}
        durations = [
            d
            for d in _longest(words, lambda i: self.times.duration_at(words, i))
            if d.start not in taken | told and not (d.start in priced and words[d.start].lower in self._rates)
        ]
        long = {i for d in durations for i in range(d.start, d.end)}
        times = self._times(words, taken | long)
        return Entities(
            text, tuple(words), moment, tuple(days), tuple(times), tuple(durations),
            tuple(n for n in self.numbers.all(words) if n.start not in taken), tuple(emails),
            sums, tuple(self._recurrences.all(words)), tuple(word.lower for word in words), self._half(words),
            codes=tuple(codes), utc_offset=utc_offset, rates=rates, measures=tuple(self._measures.all(words)),
        )  # fmt: skip

    def _half(self, words: Sequence[Word]) -> bool | None:
        """Return whether a sentence speaks of the later half of the day; None where it does not say."""
        said = {word.lower for word in words}
        later = bool(said & self._later)
        return later if later != bool(said & self._earlier) else None

    def _times(self, words: Sequence[Word], taken: set[int]) -> list[TimeOfDay]:
        found: list[TimeOfDay] = []
        for time in _longest(words, lambda i: self.times.at(words, i) if i not in taken else None):
            led = time.start > 0 and words[time.start - 1].lower in self._before_time
            number = self.numbers.at(words, time.start)
            if not time.sure and number is not None and number.end > time.end and not number.whole:
                continue  # "at four point five percent"
            ranged = bool(found) and time.start == found[-1].end + 1 and words[time.start - 1].lower in self._span_to
            opens = time.end + 1 < len(words) and words[time.end].lower in self._span_to
            closing = self.times.at(words, time.end + 1) if opens else None
            if time.sure or led or ranged or (closing is not None and closing.sure):  # "five to six pm"
                found.append(time)
        return found

    def _emails(self, words: Sequence[Word]) -> list[Email]:
        found: list[Email] = []
        for place, word in enumerate(words):
            if _EMAIL.fullmatch(word.text):
                found.append(Email(word.text.rstrip("."), place, place + 1))
            elif word.lower in self._at:
                email = self._spoken_email(words, place)
                if email is not None:
                    found.append(email)
        return found

    def _spoken_email(self, words: Sequence[Word], at: int) -> Email | None:
        """Read "anna dot berg at example dot com" around its "at"."""
        start, local = at, ""
        joined = True
        while start > 0:
            lower = words[start - 1].lower
            if lower in self._dot or lower in self._parts:
                local = ("." if lower in self._dot else self._parts[lower]) + local
                joined = True
            elif joined and re.fullmatch(r"[a-z0-9]+", lower):
                local, joined = lower + local, False
            else:
                break
            start -= 1
        end, domain, dotted = at + 1, "", False
        while end < len(words):
            lower = words[end].lower
            if (lower in self._dot and domain) or (lower == "." and domain and end + 1 < len(words)):
                domain, dotted = domain + ".", True
            elif re.fullmatch(r"[a-z0-9-]+", lower) and (not domain or domain.endswith(".")):
                domain += lower
            else:
                break
            end += 1
        domain = domain.rstrip(".")
        if at + 1 < len(words) and self.numbers.at(words, at + 1) is not None and domain.split(".")[0].isalpha():
            return None  # "at four point five"
        if not local.strip("._-+") or not dotted or "." not in domain:
            return None
        return Email(f"{local}@{domain}", start, end)


def local_time(now: float, utc_offset: float) -> datetime:
    """Return the vehicle's wall-clock time without an offset; the epoch for values no calendar holds."""
    try:
        zone = timezone(timedelta(seconds=max(-86_000.0, min(86_000.0, utc_offset))))
        return datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return datetime(1970, 1, 1)


def settle_hour(
    time: TimeOfDay, now: datetime, day: date | None, evening: bool = False, afternoon: bool | None = None
) -> tuple[int, int]:
    """Return the hour and minute meant: a bare hour is the next one between 07 and 19 (docs/design.md).

    A table is booked for the evening: there a bare five to eleven is p.m., although eight p.m. lies past 19.
    """
    if not time.bare:
        return time.hour, time.minute
    early = (time.hour % 12, time.minute)
    late = (time.hour % 12 + 12, time.minute)
    if afternoon is not None:
        return late if afternoon else early
    if evening and EVENING_FROM <= time.hour % 12 < 12:
        return late
    fitting = [t for t in (early, late) if (EARLIEST, 0) <= t <= (LATEST, 0)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return late
    today = day is None or day == now.date()
    return early if not today or early > (now.hour, now.minute) else late


def _longest(words: Sequence[Word], at: Callable[[int], Found | None]) -> list[Found]:
    """Return what is found from left to right, none inside another."""
    found: list[Found] = []
    place = 0
    while place < len(words):
        here = at(place)
        if here is not None and here.end > place:
            found.append(here)
            place = here.end
        else:
            place += 1
    return found
