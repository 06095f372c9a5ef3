"""How often something is: "three days a week", "twice a day", and which parameters count that ("days_per_week").

Only finds and compares; it fills nothing. A price by the hour is a sum of money, not a rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.tokens import Word

PER = "per"
"""Between what a parameter counts and the time it counts it in, in the English of schemas."""
_TIMES = frozenset({"day", "week", "month", "year", "hour"})
"""Times that parameters count in, as schemas name them."""


@dataclass(frozen=True)
class Rate:
    """A count of something in a time."""

    count: float
    counted: str
    """The noun that is counted ("days"), or "" where none is said ("twice a day")."""
    time: str
    """"day", "week", "month", "year" or "hour"."""
    start: int
    end: int
    until: int
    """The word after what is counted: the time begins there."""


class Rates:
    """Rates of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        self._common = language.common
        self._each = frozenset(language.words("numbers", "rates"))
        self._often = {str(word): float(count) for word, count in language.table("numbers", "often").items()}
        self._times = {word: key for key in ("day", "week", "month", "year") for word in language.words("date", key)}
        self._times.update(dict.fromkeys(language.words("date", "hour"), "hour"))

    def all(self, words: Sequence[Word]) -> list[Rate]:
        """Return the rates of a sentence in order."""
        found: list[Rate] = []
        place = 0
        while place < len(words):
            rate = self._at(words, place)
            found += [rate] if rate is not None else []
            place = rate.end if rate is not None else place + 1
        return found

    def _counts(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a noun follows, which a number counts: not the "for" of "at ten for an hour"."""
        return place < len(words) and words[place].spoken and words[place].lower not in self._common

    def _at(self, words: Sequence[Word], start: int) -> Rate | None:
        often = self._often.get(words[start].lower)
        number = self._numbers.at(words, start) if often is None else None
        if often is not None:
            count, until, counted = often, start + 1, ""
        elif number is not None and not number.ordinal and self._counts(words, number.end):
            count, until, counted = number.value, number.end + 1, words[number.end].lower
        else:
            return None
        if until + 1 >= len(words) or words[until].lower not in self._each:
            return None
        time = self._times.get(words[until + 1].lower)
        return Rate(count, counted, time, start, until + 2, until) if time is not None else None


def counted_per(words: Sequence[str]) -> str:
    """Return the time in which a parameter counts by its name: "week" for "days_per_week"; "" for any other."""
    if PER not in words[1:-1]:
        return ""
    time = words[words.index(PER) + 1].removesuffix("s")
    return time if time in _TIMES else ""
