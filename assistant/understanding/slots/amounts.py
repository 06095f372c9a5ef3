"""Sums of money as people say and type them: "twelve euros fifty", "$15.50", "ten euros and twenty cents".

Reads a sum that begins at a given word; it converts no currency into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.tokens import Word


@dataclass(frozen=True)
class Money:
    """A sum; `currency` is an ISO 4217 code, or empty where only cents were said."""

    amount: float
    currency: str
    start: int
    end: int
    unit: int = -1
    """The word that names the currency, or -1."""


class Sums:
    """Sums of money of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        self._symbols = {str(k): str(v) for k, v in language.table("money", "symbols").items()}
        names = {str(k): str(v) for k, v in language.table("money", "words").items()}
        self._names = {tuple(name.split()): code for name, code in names.items()}
        self._codes = {code.casefold(): code for code in {*self._symbols.values(), *names.values()}}
        self._cents = language.words("money", "cents")
        self._and = language.words("numbers", "and")

    def all(self, words: Sequence[Word]) -> list[Money]:
        """Return the sums of a sentence in order."""
        found: list[Money] = []
        place = 0
        while place < len(words):
            sum_ = self.at(words, place)
            if sum_ is not None:
                found.append(sum_)
                place = sum_.end
            else:
                place += 1
        return found

    def at(self, words: Sequence[Word], start: int) -> Money | None:
        """Return the sum that begins at that word; None where none does."""
        before = self._symbols.get(words[start].lower) or self._codes.get(words[start].lower)
        if before is not None:
            number = self._numbers.at(words, start + 1) if start + 1 < len(words) else None
            if number is None or number.ordinal:
                return None
            return Money(number.value, before, start, number.end, start)
        number = self._numbers.at(words, start)
        if number is None or number.ordinal or number.end >= len(words):
            return None
        unit = words[number.end].lower
        if unit in self._cents:
            return Money(round(number.value / 100, 2), "", start, number.end + 1)
        two = tuple(word.lower for word in words[number.end : number.end + 2])
        size = len(two) if two in self._names else 1  # "swiss francs"
        currency = self._names.get(two[:size]) or self._symbols.get(unit) or self._codes.get(unit)
        if currency is None:
            return None
        return self._with_cents(words, Money(number.value, currency, start, number.end + size, number.end))

    def _with_cents(self, words: Sequence[Word], money: Money) -> Money:
        """Add "fifty", "and twenty cents" behind the currency."""
        place = money.end
        if place < len(words) and words[place].lower in self._and:
            place += 1
        number = self._numbers.at(words, place) if place < len(words) else None
        if number is None or number.ordinal or not number.whole or not 0 < number.value < 100:
            return money
        cents = number.end < len(words) and words[number.end].lower in self._cents
        if not cents and (place != money.end or number.value < 10):
            return money
        amount = round(money.amount + number.value / 100, 2)
        return Money(amount, money.currency, money.start, number.end + cents, money.unit)
