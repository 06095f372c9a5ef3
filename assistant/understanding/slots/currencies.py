"""Currencies of a sentence and the parameters that take them: "fifty dollars in euros" is from USD to EUR.

Only proposes. A code counts where it was written as one or names a common currency: "all", "try" and "top" are words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.codes_of_the_world import CURRENCY
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.tokens import plain
from client.values import JSON

GIVEN = frozenset({"from", "source", "base", "input"})
WANTED = frozenset({"to", "target", "output", "symbol", "symbols", "quote", "quotes", "counter"})
"""Words in names of parameters that take what is converted, and what it is converted into."""
SHARE = 0.8
"""Share of a list's values that are codes of currencies, from which it is a list of those."""
FITTING, ANY, OTHER = 1.0, 0.85, 0.5
"""Strength of a currency said as what the parameter takes, as neither, and as the other one."""
LONGEST = 3
"""Words of a currency's name."""


@dataclass(frozen=True)
class _Said:
    """A currency, its words, and whether it is converted (-1), converted into (1), or neither is said (0)."""

    code: str
    start: int
    end: int
    side: int


class Currencies:
    """Currencies as they are said in one language."""

    def __init__(self, language: Language) -> None:
        self._code = language.code
        self._stem = language.stem
        self._common = language.common
        own = {str(name): str(code) for name, code in language.table("money", "words").items()}
        self._own = {self._key(name.split()): code for name, code in own.items()}
        self._written = {
            code.lower(): code for code in {*own.values(), *map(str, language.table("money", "symbols").values())}
        }
        self._symbols = {str(sign): str(code) for sign, code in language.table("money", "symbols").items()}
        self._into = frozenset(language.words("money", "into"))
        self._joins = frozenset((*language.words("numbers", "and"), ","))
        self._articles = frozenset((*language.words("cutting", "articles"), *language.words("date", "the")))

    @cached_property
    def _names(self) -> Mapping[tuple[str, ...], str]:
        """Codes by the stems of names, and of the adjective alone where only one currency has it: "canadian"."""
        found = {self._key(name.split()): code for name, code in names(self._code).items()}
        opened: dict[tuple[str, ...], set[str]] = {}
        for key, code in found.items():
            if len(key) == 2:
                opened.setdefault(key[:1], set()).add(code)
        return {**{key: next(iter(each)) for key, each in opened.items() if len(each) == 1}, **found}

    def _key(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._stem(word) for word in words)

    def of(self, slots: Sequence[Slot], entities: Entities) -> Iterator[Candidate]:
        """Yield the currencies said for the parameters that take one, or a list of them."""
        takers = [slot for slot in slots if takes_currency(slot)]
        if not takers:
            return
        said = self._said(entities)
        given = any(GIVEN & set(slot.words) for slot in takers)
        for slot in takers:
            side = (
                -1 if GIVEN & set(slot.words) else 1 if WANTED & set(slot.words) or (given and len(takers) > 1) else 0
            )
            if slot.kind is Kind.LIST:
                yield from _listed(slot, said, side)
                continue
            for each in said:
                if slot.values and each.code not in slot.values:
                    continue
                strength = ANY if not side or not each.side else FITTING if side == each.side else OTHER
                yield Candidate(slot, each.code, each.start, each.end, strength)

    def _said(self, entities: Entities) -> list[_Said]:
        found: list[_Said] = []
        place = 0
        while place < len(entities.words):
            named = self._at(entities, place)
            if named is None:
                place += 1
                continue
            code, end = named
            found.append(_Said(code, place, end, self._side(entities, place, found)))
            place = end
        if len(found) > 1 and not any(each.side < 0 for each in found):  # the first is what the others are told in
            first = next((each for each in found if not each.side), None)
            found = [_Said(e.code, e.start, e.end, -1 if e is first else 1) for e in found] if first else found
        return found

    def _side(self, entities: Entities, place: int, before: Sequence[_Said]) -> int:
        counted = any(number.end == place for number in entities.numbers) or place in {s.unit for s in entities.sums}
        if counted:
            return -1
        led = place - 1
        while led >= 0 and entities.lowered[led] in self._articles:
            led -= 1
        if led >= 0 and entities.lowered[led] in self._into:
            return 1
        joined = led >= 0 and entities.lowered[led] in self._joins
        return before[-1].side if joined and before and before[-1].side > 0 else 0

    def _at(self, entities: Entities, place: int) -> tuple[str, int] | None:
        """Return the currency whose name begins at that word, and where it ends."""
        word = entities.words[place]
        if word.text in self._symbols:
            return self._symbols[word.text], place + 1
        for end in range(min(len(entities.words), place + LONGEST), place, -1):
            key = self._key(entities.lowered[place:end])
            code = self._own.get(key) or self._names.get(key)
            if code is not None and not (end == place + 1 and word.lower in self._common):
                return code, end
        if word.text.isupper() and word.text in codes():
            return word.text, place + 1
        code = self._written.get(word.lower)
        return (code, place + 1) if code is not None else None


def _listed(slot: Slot, said: Sequence[_Said], side: int) -> Iterator[Candidate]:
    """Yield the currencies of a list: of several those that are converted into, if it takes these."""
    wanted = [each for each in said if side <= 0 or each.side >= 0]
    wanted = [each for each in wanted if not slot.values or each.code in slot.values]
    if wanted:
        values: list[JSON] = list(dict.fromkeys(each.code for each in wanted))
        sure = all(each.side == side for each in wanted)
        yield Candidate(slot, values, wanted[0].start, wanted[-1].end, FITTING if sure else ANY - 0.05)


def takes_currency(slot: Slot) -> bool:
    """Return whether a parameter takes codes of currencies: by its listed values, else by what is said of it."""
    if slot.kind in (Kind.ENUM, Kind.LIST) and slot.values:
        return len(slot.values) > 1 and _are_codes(slot.values)
    return slot.kind is Kind.TEXT and slot.world == CURRENCY


@lru_cache(maxsize=256)
def _are_codes(values: tuple[JSON, ...]) -> bool:
    listed = [value for value in values if isinstance(value, str) and len(value) == 3 and value.isupper()]
    return len(listed) >= SHARE * len(values) and sum(value in codes() for value in listed) >= SHARE * len(listed)


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Return the ISO 4217 codes of all currencies."""
    from babel import Locale  # heavy: only where a currency is asked for

    return frozenset(str(code) for code in Locale("en").currencies)


@lru_cache(maxsize=4)
def names(language: str) -> Mapping[str, str]:
    """Return codes of today's currencies by their names in a language, for one and for several, folded."""
    from babel import Locale  # heavy: only where a currency is asked for
    from babel.numbers import get_currency_name, get_territory_currencies  # the same

    lands = [str(land) for land in Locale("en").territories if str(land).isalpha() and len(str(land)) == 2]
    today = sorted({code for land in lands for code in get_territory_currencies(land)})
    return {plain(get_currency_name(code, count, language)): code for code in today for count in (1, 2)}
