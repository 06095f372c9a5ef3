"""Proposals for numeric parameters: quantities with units, percentages, sums of money, the ends of a scale.

Only proposes, with a strength; `fill` decides between proposals.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.understanding.language import Language
from assistant.understanding.slots.bounds import Bounds
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.number_types import in_range, most_of, texts_of, typed_number
from assistant.understanding.slots.numbers import Number
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.rates import counted_per
from assistant.understanding.slots.time_counts import TimeCounts
from assistant.understanding.slots.told_limits import counts_results, told_in
from assistant.understanding.slots.units import Unit, Units
from assistant.understanding.tokens import spoken_words

_PERCENT = re.compile(r"percent|prozent|%|\b0\s*(?:-|to|\.\.)\s*100\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"\bdecimals?\b(?! degrees?)|\bfractions?\b|\bbetween 0 and 1\b|\b0(?:\.0)? ?(?:-|to|–) ?1(?:\.0)?\b(?![.\d])|"
    r"\b0\.\d+ (?:for|=|means|is)\b|\b(?:e\.?g\.?|example|like)[,:]? ?0\.\d",
    re.IGNORECASE,
)
"""What says that a share is told as a part of one, and not in percent."""
LEAST_DIGITS = 3
"""Digits said one by one that are a code rather than a count."""
NAMED, TOLD, BESIDE = 0.25, 0.2, 0.1
"""What a word near a number says that is of the parameter's name, of its description, and that stands beside it."""
MULTIPLE = 0.1
"""What a number gains that is as large as the multiple which its parameter is told in."""
WHICH = 0.5
"""What a number loses that numbers one of several things, for a parameter that is not named so."""
ALL = 100
"""Percent of what is open or closed completely."""


class Quantities:
    """Numbers for parameters, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._units = Units(language)
        self._bounds = Bounds(language)
        self._counts = TimeCounts(language)
        self._parting = frozenset((",", ".", ";", *language.words("numbers", "and")))
        self._zero = frozenset(w for w, value in language.table("numbers", "digit_words").items() if value == 0)
        self._led_times = frozenset(language.words("time", "before"))
        self._people = language.table("roles")["count"]
        self._count_nouns = [tuple(noun.split()) for noun in self._people["nouns"]]
        self._percent_words = [tuple(phrase.split()) for phrase in language.words("numbers", "percent")]
        self._percent_phrases = {
            tuple(str(k).split()): float(v) for k, v in language.table("numbers", "percentages").items()
        }
        self._money_roles = frozenset(language.words("money", "named"))
        self._ends = [
            (tuple(phrase.split()), key)
            for key, name in (("maximum", "highest"), ("minimum", "lowest"))
            for phrase in language.words("numbers", name)
        ]
        self._degrees = {tuple(phrase.split()) for phrase in language.words("numbers", "degrees")}
        self._scale = [tuple(phrase.split()) for phrase in language.words("numbers", "scale")]
        self._shares = frozenset(language.words("numbers", "shares"))
        self._closed = frozenset(language.words("numbers", "closed"))
        self._opened = frozenset(language.words("numbers", "opened"))
        self._axes = {str(w): (str(axis), int(sign)) for w, (axis, sign) in language.table("numbers", "axes").items()}
        self._limits = frozenset(language.words("numbers", "limits"))
        self._numbering = frozenset(language.words("numbers", "numbering"))
        self._counting = frozenset(language.words("numbers", "counting"))
        self._articles = frozenset(language.words("numbers", "hundreds_of_article"))
        self._off = frozenset(language.words("boolean", "no"))

    def of(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield the numbers that could fill a parameter; `asked` where the driver was just asked for it."""
        texts = texts_of(slot)
        percent = any(_PERCENT.search(text) for text in texts) or self._is_share(slot)
        money = any(self._language.stem(word) in self._money_stems for word in (*slot.words, *slot.about))
        if money:
            for money_ in entities.sums:
                typed = typed_number(money_.amount, slot)
                if typed is not None and in_range(typed, slot.schema):
                    gain = self._bounds.gain(slot, entities, money_, (*entities.sums, *entities.numbers))
                    yield Candidate(slot, typed, money_.start, money_.end, 0.95 + gain)
        if percent:
            yield from self._percentages(slot, entities, texts)
        elif not entities.numbers:
            yield from self._scale_ends(slot, entities)
        yield from self._counts.of(slot, entities)
        if counted_per(slot.words) and not asked:
            return
        yield from self._measured(slot, entities)
        for number in (*entities.numbers, *self._grouped(entities, money)):
            if number.ordinal and not asked:
                continue
            yield from self._number(slot, entities, number, asked, percent, money)

    @staticmethod
    def _is_said(phrase: tuple[str, ...], entities: Entities) -> bool:
        return any(entities.lowered[i : i + len(phrase)] == phrase for i in range(len(entities.words)))

    def _is_share(self, slot: Slot) -> bool:
        """Return whether a number is told in percent by its name alone, and its limits leave room for that."""
        most = slot.schema.get("maximum", 100)
        named = bool(self._shares.intersection(slot.words[-1:])) and set(slot.about) <= set(slot.words)
        return named and most == ALL

    def _measured(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield measures of two parts in the parameter's unit: "one meter eighty" is 180 of height_cm."""
        for measure in entities.measures:
            wanted = self._units.wanted(texts_of(slot), measure.unit.quantity)
            if wanted is not None:
                value = self._units.convert(measure.value, measure.unit, wanted)
                typed = typed_number(round(value) if slot.kind is Kind.INTEGER else value, slot)
                if typed is not None and in_range(typed, slot.schema):
                    hint = self._hint(slot, entities, measure.start, measure.end)
                    yield Candidate(slot, typed, measure.start, measure.end, 0.85 + hint)

    def _grouped(self, entities: Entities, money: bool) -> Iterator[Number]:
        """Yield numbers said in groups of digits: "one sixty" is 160, and 1.60 where money is meant."""
        for one, other in itertools.pairwise(entities.numbers):
            nought = other.start == one.end + 1 and entities.lowered[one.end] in self._zero  # "one oh four"
            whole = one.whole and not one.ordinal and not other.ordinal and (nought or other.start == one.end)
            if not whole or any(map(str.isdigit, entities.lowered[one.start])):
                continue
            if not (1 <= other.value < 10 if nought else 10 <= other.value < 100):
                continue
            led = one.start > 0 and entities.lowered[one.start - 1] in self._led_times
            if led and any(time.start == one.start and time.sure for time in entities.times):
                continue
            if money and not entities.sums and other.whole:
                cents = other.value / 100 * (-1 if one.value < 0 else 1)
                yield Number(round(one.value + cents, 2), one.start, other.end)
            elif not money and 1 <= one.value <= 9:
                yield Number(one.value * 100 + other.value, one.start, other.end)

    @property
    def _money_stems(self) -> frozenset[str]:
        return frozenset(self._language.stem(word) for word in self._money_roles)

    def _percentages(self, slot: Slot, entities: Entities, texts: Sequence[str]) -> Iterator[Candidate]:
        """Yield "halfway" and its like; of what is open, closing means none of it."""
        open_ = any(word in self._opened for text in texts for word in spoken_words(text))
        shutting = [place for place, lower in enumerate(entities.lowered) if lower in self._closed]
        told = [p for p, value in self._percent_phrases.items() if value < ALL and self._is_said(p, entities)]
        if open_ and shutting and not told and not any(lower in self._opened for lower in entities.lowered):
            if not entities.numbers:
                yield Candidate(slot, 0, shutting[0], shutting[0] + 1, 0.8)
            return
        for phrase, value in self._percent_phrases.items():
            for start in range(len(entities.words) - len(phrase) + 1):
                if entities.lowered[start : start + len(phrase)] == phrase:
                    strength = 0.75 + 0.01 * len(phrase)
                    yield Candidate(slot, typed_number(value, slot), start, start + len(phrase), strength)

    def _scale_ends(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the ends of a scale: "to maximum", and off where 0 is the lowest."""
        for phrase, key in self._ends:
            limit = slot.schema.get(key)
            for start in range(len(entities.words) - len(phrase) + 1):
                behind = entities.words[start + len(phrase) :]
                if phrase in self._degrees and behind and behind[0].spoken:
                    continue  # "the most recent"
                if isinstance(limit, int | float) and entities.lowered[start : start + len(phrase)] == phrase:
                    yield Candidate(slot, limit, start, start + len(phrase), 0.7)
        if slot.schema.get("minimum") == 0 and slot.required:
            for place, lower in enumerate(entities.lowered):
                if lower in self._off and len(lower) <= 4:
                    yield Candidate(slot, 0, place, place + 1, 0.6)

    def _number(
        self, slot: Slot, entities: Entities, number: Number, asked: bool, percent: bool, money: bool
    ) -> Iterator[Candidate]:
        value, end = number.value, number.end
        if any(m.start <= number.start and number.end <= m.end for m in entities.measures):
            return  # "eighty", of "one meter eighty"
        hint = self._hint(slot, entities, number.start, number.end)
        results = self._counts_results(slot)
        gain = 0.0 if results else self._bounds.gain(slot, entities, number, entities.numbers)
        strength = 0.5 + 0.3 * asked + hint + gain - self._which(slot, entities, number)
        axis = self._axes.get(entities.lowered[end], ("", 0)) if end < len(entities.words) else ("", 0)
        if axis[0]:
            strength += 0.4 if axis[0] in slot.words else -0.7
            value *= axis[1]
            end += axis[0] in slot.words
        if self._counts.direction(slot) < 0 and not self._counts.looks_back(entities):
            strength -= 0.4
        if self._spelled(entities, number) and not slot.opaque:
            return  # digits of a code
        limit = results and self._counts_things(slot, entities, number)
        strength += 0.2 * limit
        if not (slot.required or slot.lone or asked or limit or axis[0]) and hint <= 0 and gain <= 0:
            strength -= 0.25 * (self._units.at(entities.lowered, end) is None)  # nothing says what it counts
        grouped = number not in entities.numbers
        strength += 0.1 * grouped
        said = self._unit(entities, replace(number, end=end))
        value, end, speaks = self._by_its_unit(
            slot, entities, replace(number, value=value, end=end), asked, percent, money
        )
        strength += speaks
        strength -= 0.3 * self._of_scale(entities, number.start)
        if self._in_length(slot, entities, number):
            return  # the whole length is read, no part of it
        strength -= self._of_moments(slot, entities, number, said[0].quantity if said is not None else "")
        told = told_in(str(slot.schema.get("description", "")))
        if value >= told > 1:  # "six million", of a price in millions
            value, strength = value / told, strength + MULTIPLE
        if percent and value > max(ALL, most_of(slot)):
            return
        typed = typed_number(round(value) if said is not None and slot.kind is Kind.INTEGER else value, slot)
        if typed is not None and in_range(typed, slot.schema):
            yield Candidate(slot, typed, number.start, end, strength)

    @staticmethod
    def _of_moments(slot: Slot, entities: Entities, number: Number, quantity: str) -> float:
        """Return what a number loses that is a part of a time of day, or of a length of time that is no `quantity`."""
        idle = slot.lone and slot.required and not any(time.sure for time in entities.times)
        grouped = number not in entities.numbers
        timed = any(time.start < number.end and number.start < time.end for time in entities.times)
        long = any(d.start < number.end and number.start < d.end for d in entities.durations)
        return 0.3 * (timed and not (grouped or idle)) + 0.3 * (long and quantity != "time")

    def _by_its_unit(
        self, slot: Slot, entities: Entities, number: Number, asked: bool, percent: bool, money: bool
    ) -> tuple[float, int, float]:
        """Return the number in the parameter's unit, the end of number and unit, and the strength of the evidence."""
        value, end = number.value, number.end
        said = self._unit(entities, number)
        sums = any(s.start < end and number.start < s.end for s in entities.sums)
        wanted = (
            self._units.wanted(texts_of(slot), said[0].quantity) if said is not None and not (money and sums) else None
        )
        of_one = slot.kind is Kind.NUMBER and any(_FRACTION.search(text) for text in texts_of(slot))
        counted = "count" in slot.roles and next(
            (n for n in self._count_nouns if entities.lowered[end : end + len(n)] == n), None
        )
        worded = next((p for p in self._percent_words if entities.lowered[end : end + len(p)] == p), None)
        sum_ = next((s for s in entities.sums if s.start < end and number.start < s.end), None)
        if counted:
            return value, end + len(counted), 0.0
        if sum_ is not None and wanted is None:
            return value, end, -0.4
        if said is not None and wanted is not None:
            return self._units.convert(value, said[0], wanted), said[1], 0.3
        if said is not None:
            beside = asked or (slot.unit_beside and unit_said(said[0].quantity))
            return value, end, 0.0 if beside else -0.6
        if of_one and (worded or value > 1):
            return (round(value / 100, 6), end + len(worded), 0.3) if worded else (value, end, -0.6)
        if worded:
            return value, end + len(worded), 0.3 if percent else -0.2
        return round(value * 100) if percent and 0 < value < 1 else value, end, 0.0

    def _unit(self, entities: Entities, number: Number) -> tuple[Unit, int] | None:
        """Return the unit behind a number, and where it ends; of a part of one it has an article: "half a liter"."""
        said = self._units.at(entities.lowered, number.end)
        if (
            said is None
            and 0 < number.value < 1
            and self._articles.intersection(entities.lowered[number.end : number.end + 1])
        ):
            said = self._units.at(entities.lowered, number.end + 1)
        return said

    def _counts_results(self, slot: Slot) -> bool:
        """Return whether a number says how many of what the tool returns are wanted: "limit", "max_events"."""
        if counts_results(slot.words, str(slot.schema.get("description", ""))):
            return True
        things = {self._language.stem(word) for word in slot.words if word not in self._limits}
        return bool(self._limits.intersection(slot.words)) and things <= slot.gist_stems

    def _counts_things(self, slot: Slot, entities: Entities, number: Number) -> bool:
        """Return whether a number counts what the tool returns: "five flights", "my three latest chats"."""
        before = entities.lowered[max(0, number.start - 1) : number.start]
        following = entities.lowered[number.end : number.end + 3]
        if self._counting.intersection(before) or self._counting.intersection(following[:2]):
            return True  # "the last ten", "the ten newest"
        return any(self._language.stem(word) in slot.gist_stems and word.endswith("s") for word in following)

    def _which(self, slot: Slot, entities: Entities, number: Number) -> float:
        """Return what a number loses that says which one is meant and counts nothing: "the number nine bus"."""
        led = entities.lowered[number.start - 1] if number.start else ""
        return WHICH * (led in self._numbering and led not in slot.words and not slot.opaque)

    def _in_length(self, slot: Slot, entities: Entities, number: Number) -> bool:
        """Return whether a number is a part of a length of time that the parameter takes as a whole."""
        inside = any(d.start <= number.start and number.end <= d.end and not d.months for d in entities.durations)
        return inside and self._units.wanted(texts_of(slot), "time") is not None

    @staticmethod
    def _spelled(entities: Entities, number: Number) -> bool:
        """Return whether a number is one of several digits said one by one."""
        digits = [n for n in entities.numbers if n.whole and 0 <= n.value <= 9 and n.end - n.start == 1]
        near = {n.start for n in digits}
        if number.start not in near:
            return False
        first = last = number.start
        while first - 1 in near:
            first -= 1
        while last + 1 in near:
            last += 1
        return last - first + 1 >= LEAST_DIGITS

    def _of_scale(self, entities: Entities, start: int) -> bool:
        """Return whether a number is the end of a scale rather than a value: the five of "four out of five"."""
        return any(entities.lowered[max(0, start - len(p)) : start] == p for p in self._scale)

    def _around(self, entities: Entities, start: int, end: int) -> tuple[list[str], list[str]]:
        """Return the words before (the nearest first) and after a number, up to three, that nothing parts from it."""
        before: list[str] = []
        for word in reversed(entities.lowered[max(0, start - 3) : start]):
            if word in self._parting:
                break
            before.append(word)
        after = list(itertools.takewhile(lambda word: word not in self._parting, entities.lowered[end : end + 3]))
        return before, after

    def _hint(self, slot: Slot, entities: Entities, start: int, end: int) -> float:
        """Return what the words around a number say for this parameter."""
        stem, common = self._language.stem, self._language.common
        named, told = ({stem(w) for w in words if w not in common} for words in (slot.words, slot.about))
        named = named.union(*(self._language.synonyms(word) for word in named))
        before, after = self._around(entities, start, end)
        near = {stem(word) for word in (*before, *after)}
        hint = NAMED * bool(near & named) or TOLD * bool(near & (told - named))
        last = next((stem(word) for word in before if word not in common), "")  # "length sixty", "a pulse of 72"
        hint += BESIDE * (last in named)
        if "count" in slot.roles:
            following = " ".join(entities.lowered[end : end + 2])
            led = " ".join(entities.lowered[max(0, start - 2) : start])
            if any(following.startswith(noun) for noun in self._people["nouns"]):
                hint += 0.35
            elif any(led == cue or led.endswith(f" {cue}") for cue in self._people["cues"]):
                hint += 0.2
        return hint


def unit_said(quantity: str) -> bool:
    """Return whether a unit is one that another parameter may take: of length, temperature, speed."""
    return quantity in ("length", "temperature", "speed")
