"""Which end of a range a number is: "at most ninety", "from 600 to 850", and which end a parameter wants: "max_price".

Only says which way words point; what a number is worth for a parameter is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities, Stretch
from assistant.understanding.slots.parameters import Slot

REACH = 3
"""Words before an end of a range in which a negation turns it round: "don't cost more than ninety"."""
SAME, OTHER, UNSAID = 0.2, -0.7, -0.1
"""What a number gains that is said as the end that the parameter wants, and loses as the other one; and what one said
as neither loses where the lower end is wanted: a plain price is the highest."""


class Bounds:
    """Ends of ranges in one language."""

    def __init__(self, language: Language) -> None:
        table = language.table("bounds")
        phrases = [(tuple(str(p).split()), end) for key, end in (("at_most", 1), ("at_least", -1)) for p in table[key]]
        self._phrases = sorted(phrases, key=lambda item: -len(item[0]))
        self._named = {str(word): end for key, end in (("upper", 1), ("lower", -1)) for word in table[key]}
        self._named_alone = {str(word): end for key, end in (("to", 1), ("from", -1)) for word in table[key]}
        self._from = [tuple(phrase.split()) for phrase in language.words("date", "span_from")]
        self._to = [tuple(phrase.split()) for phrase in language.words("date", "span_to")]
        self._not = frozenset(str(word) for word in table["negations"])
        self._between = frozenset(table["filler"])

    def gain(self, slot: Slot, entities: Entities, number: Stretch, others: Sequence[Stretch]) -> float:
        """Return what its place in a range says for a number as that parameter's value; 0 where nothing does."""
        wanted = self.wanted(slot)
        if not wanted:
            return 0.0
        said = self.said(entities, number, others)
        return SAME if said == wanted else OTHER if said else UNSAID * (wanted < 0)

    def wanted(self, slot: Slot) -> int:
        """Return 1 for a parameter that takes the upper end, -1 for the lower, 0 for any number."""
        named = (self._named.get(word, 0) or self._named_alone.get(word, 0) for word in slot.words)
        told = (self._named.get(word, 0) for word in slot.about[:6])
        return next((end for end in (*named, *told) if end), 0)

    def said(self, entities: Entities, number: Stretch, others: Sequence[Stretch]) -> int:
        """Return 1 for a number said as an upper end, -1 for a lower one, 0 for neither."""
        before = entities.lowered[: number.start]
        while before and before[-1] in self._between:
            before = before[:-1]
        for phrase, end in self._phrases:
            if tuple(before[-len(phrase) :]) == phrase:
                negated = any(word in self._not for word in before[-len(phrase) - REACH : -len(phrase)])
                return -end if negated else end
        for other in others:
            if other.end < number.start and self._joined(entities, other.end, number.start):
                return 1 if self._opened(entities, other.start) else 0
            if number.end < other.start and self._joined(entities, number.end, other.start):
                return -1 if self._opened(entities, number.start) else 0
        return 0

    def spent(self, entities: Entities) -> set[int]:
        """Return the words that say which end of a range the number behind them is."""
        found: set[int] = set()
        numbers: Sequence[Stretch] = (*entities.numbers, *entities.sums)
        for number in numbers:
            for phrase, _ in self._phrases:
                start = number.start - len(phrase)
                if start >= 0 and tuple(entities.lowered[start : number.start]) == phrase:
                    found.update(range(start, number.start))
        return found

    def _joined(self, entities: Entities, end: int, start: int) -> bool:
        between = tuple(word for word in entities.lowered[end:start] if word not in self._between)
        return between in self._to

    def _opened(self, entities: Entities, start: int) -> bool:
        """Return whether the range is opened as one: "from", "between"."""
        before = [word for word in entities.lowered[max(0, start - 3) : start] if word not in self._between]
        return any(tuple(before[-len(phrase) :]) == phrase for phrase in self._from)
