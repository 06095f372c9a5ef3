"""How often something is to happen: "every monday", "on weekdays", "every two weeks", "monthly".

Reads a phrase that begins at a given word; the day of the first time is found as any other day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.tokens import Word

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""Days of the week in RFC 5545."""


@dataclass(frozen=True)
class Recurrence:
    """A rule: frequency (DAILY, WEEKLY, MONTHLY, YEARLY), interval, and days of the week (0 is Monday)."""

    frequency: str
    interval: int
    days: tuple[int, ...]
    start: int
    end: int
    named: bool = False
    """Whether it is but a list of days, which repeats only where something that repeats is asked for."""

    @property
    def rule(self) -> str:
        """The rule as RFC 5545 writes it."""
        interval = f";INTERVAL={self.interval}" if self.interval > 1 else ""
        days = f";BYDAY={','.join(CODES[day] for day in self.days)}" if self.days else ""
        return f"FREQ={self.frequency}{interval}{days}"

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days of the week on which it happens; empty where that is not told by days."""
        return tuple(range(7)) if self.frequency == "DAILY" and not self.days else self.days


class Recurrences:
    """Rules of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        table = language.table("recurrence")
        self._every = frozenset(table["every"])
        self._frequencies: dict[str, str] = {w: f for f, words in table["frequencies"].items() for w in words}
        self._adverbs = {tuple(p.split()): str(f) for f, phrases in table["adverbs"].items() for p in phrases}
        self._groups = {tuple(str(k).split()): tuple(int(n) for n in v) for k, v in table["groups"].items()}
        self._to = frozenset(table["to"])
        self._joins = frozenset(table["joins"])
        self._others = frozenset(table["other"])
        self._before = frozenset(language.words("date", "before"))
        self._parts = frozenset(language.words("time", "parts"))
        names = language.lists("date", "weekdays")
        self._days = {name: day for day, found in enumerate(names) for name in found}
        self._plurals = {name + "s": day for name, day in self._days.items() if len(name) > 5}

    def all(self, words: Sequence[Word]) -> list[Recurrence]:
        """Return the rules of a sentence in order."""
        lowered = [word.lower for word in words]
        found: list[Recurrence] = []
        place = 0
        while place < len(lowered):
            rule = self._at(words, lowered, place)
            if rule is not None:
                rule = self._with_day(lowered, rule)
                found.append(rule)
                place = rule.end
            else:
                place += 1
        return found

    def _at(self, words: Sequence[Word], lowered: Sequence[str], start: int) -> Recurrence | None:
        for phrases in (self._adverbs, self._groups):
            for phrase in phrases:
                if tuple(lowered[start : start + len(phrase)]) == phrase:
                    end = start + len(phrase)
                    if phrases is self._adverbs:
                        return Recurrence(self._adverbs[phrase], 1, (), start, end)
                    return Recurrence("WEEKLY", 1, self._groups[phrase], start, end)
        if lowered[start] in self._every:
            return self._every_at(words, lowered, start)
        return self._days_at(lowered, start)

    def _every_at(self, words: Sequence[Word], lowered: Sequence[str], start: int) -> Recurrence | None:
        place, interval = start + 1, 1
        if place < len(lowered) and lowered[place] in self._others:
            place, interval = place + 1, 2
        number = self._numbers.at(words, place) if place < len(words) else None
        if number is not None and number.whole and 1 <= number.value < 100:
            place, interval = number.end, int(number.value)
        if place >= len(lowered):
            return None
        if lowered[place] in self._parts:
            return Recurrence("DAILY", interval, (), start, place + 1)
        frequency = self._frequencies.get(lowered[place])
        if frequency is not None:
            return Recurrence(frequency, interval, (), start, place + 1)
        for phrase, days in self._groups.items():
            if (lowered[place],) == phrase:
                return Recurrence("WEEKLY", interval, days, start, place + 1)
        listed, end = self._listed(lowered, place)
        return Recurrence("WEEKLY", interval, listed, start, end) if listed else None

    def _days_at(self, lowered: Sequence[str], start: int) -> Recurrence | None:
        """Read "mondays and fridays", "monday to friday", "monday and tuesday"."""
        days, end = self._listed(lowered, start)
        if not days:
            return None
        plural = lowered[start] in self._plurals
        return Recurrence("WEEKLY", 1, days, start, end, named=not plural)

    def _listed(self, lowered: Sequence[str], start: int) -> tuple[tuple[int, ...], int]:
        """Return the days of a list or range that begins there, and its end."""
        days: list[int] = []
        place = end = start
        while place < len(lowered) and (day := self._day(lowered[place])) is not None:
            days.append(day)
            end = place = place + 1
            if place + 1 < len(lowered) and lowered[place] in self._to:
                last = self._day(lowered[place + 1])
                if last is not None:
                    days.extend((day + n) % 7 for n in range(1, (last - day) % 7 + 1))
                    end = place = place + 2
            while place < len(lowered) and lowered[place] in self._joins:
                place += 1
        return tuple(sorted(set(days))), end

    def _day(self, word: str) -> int | None:
        return self._days.get(word, self._plurals.get(word))

    def _with_day(self, lowered: Sequence[str], rule: Recurrence) -> Recurrence:
        """Take in the day that follows: "every two weeks on thursday"."""
        place = rule.end
        if rule.frequency != "WEEKLY" or rule.days or place + 1 >= len(lowered):
            return rule
        days, end = self._listed(lowered, place + 1)
        if not days or lowered[place] not in self._before:
            return rule
        return Recurrence(rule.frequency, rule.interval, days, rule.start, end)
