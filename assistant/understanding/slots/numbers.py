"""Numbers as people say and type them: "twenty five", "two and a half", "1,000", "minus three", "the second".

Reads a number that begins at a given word; what the number is for is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.tokens import Word

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
MOST_DIGITS = 18
"""Longer runs of digits are names (card or part numbers), not quantities."""


@dataclass(frozen=True)
class Number:
    """A number and the words it came from: words `start` up to, not including, `end`."""

    value: float
    start: int
    end: int
    ordinal: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is an integer."""
        return float(self.value).is_integer()


class Numbers:
    """The numbers of one language."""

    def __init__(self, language: Language) -> None:
        self._small = {str(word): float(value) for word, value in language.table("numbers", "words").items()}
        self._scales = {str(word): float(value) for word, value in language.table("numbers", "scales").items()}
        self._ordinals = {str(word): float(value) for word, value in language.table("numbers", "ordinals").items()}
        self._and = language.words("numbers", "and")
        self._point = language.words("numbers", "point")
        self._minus = (*language.words("numbers", "minus"), "-", "−")
        self._half = language.words("numbers", "half")
        self._quarter = language.words("numbers", "quarter")
        self._third = language.words("numbers", "third")
        self._parts = {str(word): float(value) for word, value in language.table("numbers", "denominators").items()}
        self._articles = language.words("numbers", "hundreds_of_article")
        comma = language.table("numbers")["decimal"] == ","
        self._swap = str.maketrans({",": ".", ".": ","} if comma else {})
        phrases = language.table("numbers", "phrases")
        self._phrases: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        for words, value in sorted(phrases.items(), key=lambda item: -len(item[0].split())):
            self._phrases.setdefault(words.split()[0], []).append((tuple(words.split()), float(value)))
        self._for_a_thing = frozenset(language.words("numbers", "for_a_thing"))
        self._refusals = frozenset(language.words("boolean", "no"))
        self._before_a_thing = frozenset(language.words("numbers", "before_a_thing"))
        self._common = language.common
        self._read_last: tuple[Sequence[Word], dict[int, Number | None]] = ((), {})
        digit_words = language.table("numbers", "digit_words")
        self._zero_words = {word for word, value in digit_words.items() if value == 0}
        self._repeats = {word: -value for word, value in digit_words.items() if value < 0}

    def all(self, words: Sequence[Word]) -> list[Number]:
        """Return the numbers of a sentence in order, none inside another."""
        found: list[Number] = []
        place = 0
        while place < len(words):
            number = self.at(words, place)
            if number is not None:
                found.append(number)
                place = number.end
            else:
                place += 1
        return found

    def at(self, words: Sequence[Word], start: int) -> Number | None:
        """Return the number that begins at that word, as long as it goes; None where none begins."""
        sentence, found = self._read_last
        if sentence is not words:  # dates, times and amounts all ask for the numbers of one sentence
            found = {}
            self._read_last = (words, found)
        if start not in found:
            found[start] = self._read(words, start)
        return found[start]

    def _stands_for_a_thing(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a word counts nothing: the "one" of "play the second one", but not of "the last one hour"."""
        if words[place].lower not in self._for_a_thing or not place:
            return False
        counts = place + 1 < len(words) and words[place + 1].spoken and words[place + 1].lower not in self._common
        before = words[place - 1].lower
        led = words[0].lower in self._refusals  # "no, the middle one"
        described = place == 2 + led and words[place - 2].lower in self._before_a_thing
        placed = described or before in self._ordinals or _ORDINAL.fullmatch(before) is not None
        return (placed or before in self._before_a_thing) and not counts

    def _read(self, words: Sequence[Word], start: int) -> Number | None:
        if self._stands_for_a_thing(words, start):
            return None
        for phrase, value in self._phrases.get(words[start].lower, ()):
            if _match(words, start, phrase):
                return Number(value, start, start + len(phrase))
        if words[start].lower in self._minus and start + 1 < len(words):
            if start and words[start].end != words[start + 1].start and words[start].text == "-":
                return None
            inner = self._plain(words, start + 1)
            return Number(-inner.value, start, inner.end) if inner is not None and not inner.ordinal else None
        return self._plain(words, start)

    def _plain(self, words: Sequence[Word], start: int) -> Number | None:
        lower = words[start].lower
        ordinal = _ORDINAL.fullmatch(lower)
        if ordinal and len(ordinal.group(1)) <= MOST_DIGITS:
            return Number(float(ordinal.group(1)), start, start + 1, ordinal=True)
        typed = lower.translate(self._swap)
        if _DIGITS.fullmatch(typed) and len(typed) <= MOST_DIGITS:
            typed_number = Number(float(typed.replace(",", "")), start, start + 1)
            return self._scaled(words, self._fraction(words, typed_number))
        if lower in self._ordinals:
            return Number(self._ordinals[lower], start, start + 1, ordinal=True)
        half = self._half_of(words, start)
        if half is not None:
            return half
        number = self._in_words(words, start)
        if number is None or number.ordinal:
            return number
        return self._parted(words, number) or self._scaled(words, number)

    def _parted(self, words: Sequence[Word], number: Number) -> Number | None:
        """Read "three quarters", "four fifths": that many parts of one; None where no part follows."""
        part = self._parts.get(words[number.end].lower) if number.end < len(words) else None
        if part is None or not number.whole or not 1 < number.value < part:
            return None
        return Number(number.value / part, number.start, number.end + 1)

    def _scaled(self, words: Sequence[Word], number: Number) -> Number:
        """Multiply by "thousand" or "million" behind what is no whole number, or typed: "two and a half thousand"."""
        scale = self._scales.get(words[number.end].lower, 0.0) if number.end < len(words) else 0.0
        if scale < 1000 or words[number.end - 1].lower in self._scales:
            return number
        return Number(number.value * scale, number.start, number.end + 1)

    def _half_of(self, words: Sequence[Word], start: int) -> Number | None:
        """Read "half", "a half", "a quarter"; a bare article is no number."""
        place = start + 1 if words[start].lower in self._articles and start + 1 < len(words) else start
        if words[place].lower in self._half:
            return Number(0.5, start, place + 1)
        if words[place].lower in self._quarter:
            return Number(0.25, start, place + 1)
        if place > start and words[place].lower in self._third and not self._counts_on(words, place + 1):
            return Number(1 / 3, start, place + 1)
        part = self._ordinals.get(words[place].lower, 0.0) if place > start else 0.0
        if part > 3 and not self._counts_on(words, place + 1):  # "a tenth"
            return Number(1 / part, start, place + 1)
        return None

    @staticmethod
    def _counts_on(words: Sequence[Word], place: int) -> bool:
        """Return whether a word follows, so that "a third" is one more of them rather than a fraction."""
        return place < len(words) and words[place].spoken

    def _in_words(self, words: Sequence[Word], start: int) -> Number | None:
        total = current = 0.0
        place = start
        last = ""  # what came before: "" nothing, "unit", "ten", "scale"
        ordinal = False
        if words[place].lower in self._articles:
            if place + 1 >= len(words) or words[place + 1].lower not in self._scales:
                return None
            current, last, place = 1.0, "unit", place + 1
        while place < len(words):
            lower = words[place].lower
            if lower == "-" and place > start and last == "ten" and place + 1 < len(words):
                lower, step = words[place + 1].lower, 2
            elif lower in self._and and last == "scale" and place + 1 < len(words):
                lower, step = words[place + 1].lower, 2
                if lower not in self._small and lower not in self._ordinals:
                    break
                if self._opens_hundreds(words, place + 1):
                    break  # "between eight hundred and eleven hundred" are two
            else:
                step = 1
            if lower in self._small and self._fits(self._small[lower], last):
                value = self._small[lower]
                current += value
                last = "ten" if value >= 20 else "unit"
            elif lower in self._ordinals and last in ("ten", "scale") and self._fits(self._ordinals[lower], last):
                current += self._ordinals[lower]
                place, ordinal = place + step, True
                break
            elif lower in self._scales and place > start and last:
                scale = self._scales[lower]
                if scale >= 1000:
                    total, current = total + (current or 1) * scale, 0.0
                else:
                    current = (current or 1) * scale
                last = "scale"
            else:
                break
            place += step
        if place == start:
            return None
        number = Number(total + current, start, place, ordinal)
        return number if ordinal else self._fraction(words, number)

    def _opens_hundreds(self, words: Sequence[Word], place: int) -> bool:
        return place + 1 < len(words) and self._scales.get(words[place + 1].lower) == 100

    @staticmethod
    def _fits(value: float, last: str) -> bool:
        if last == "":
            return True
        if last == "ten":
            return 0 < value < 10
        return last == "scale"

    def _fraction(self, words: Sequence[Word], number: Number) -> Number:
        """Add "point five", "and a half" where they follow."""
        place = number.end
        if place + 1 < len(words) and words[place].lower in self._point:
            digits = ""
            after = place + 1
            while after < len(words) and len(digits) < 6:
                value = self._small.get(words[after].lower, 0.0 if words[after].lower in self._zero_words else -1.0)
                if not 0 <= value <= 9:
                    break
                digits += str(int(value))
                after += 1
            if digits:
                return Number(float(f"{int(number.value)}.{digits}"), number.start, after)
        if place + 1 < len(words) and words[place].lower in self._and:
            half = self._half_of(words, place + 1)
            if half is not None and half.end > place + 2:
                return Number(number.value + half.value, number.start, half.end)
        return number

    def _digit_next(self, words: Sequence[Word], place: int) -> bool:
        return place < len(words) and 0 <= self._small.get(words[place].lower, -1) <= 9

    def digits_at(self, words: Sequence[Word], start: int) -> tuple[str, int] | None:
        """Read a run of digits said one by one, in groups or typed ("double five oh 7"); return them and the end."""
        digits = ""
        place = start
        repeat = 1
        while place < len(words):
            lower = words[place].lower
            if lower in self._repeats and place + 1 < len(words):
                repeat = int(self._repeats[lower])
            elif re.fullmatch(r"\d+", lower):
                digits, repeat = digits + lower * (repeat if len(lower) == 1 else 1), 1
            elif lower in self._scales and digits and self._scales[lower] in (100, 1000):
                digits += "0" * (2 if self._scales[lower] == 100 else 3)
            elif lower in self._zero_words and (digits or self._digit_next(words, place + 1)):
                digits, repeat = digits + "0" * repeat, 1
            elif 0 <= self._small.get(lower, -1) <= 9:
                digits, repeat = digits + str(int(self._small[lower])) * repeat, 1
            elif lower in self._small:
                number = self._in_words(words, place)
                if number is None or not number.whole or number.value >= 100:
                    break
                digits, place = digits + str(int(number.value)), number.end - 1
            elif not (lower in ("-", "(", ")", "+", "/", ".") and (digits or lower in "+(")):
                break
            place += 1
        while place > start and words[place - 1].lower in ("-", ".", "/", "("):
            place -= 1
        return (digits, place) if digits else None


def _match(words: Sequence[Word], start: int, phrase: Sequence[str]) -> bool:
    if start + len(phrase) > len(words):
        return False
    return all(words[start + i].lower == part for i, part in enumerate(phrase))
