"""Sums as people say them, for a parameter that takes an expression: "twelve times nine" is "12 * 9".

Reads numbers and the words between them; it computes nothing, and takes no sentence without such a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.slots.parameters import Kind, Slot

_NAMES = frozenset({"expression", "formula", "equation"})
_OTHER_KINDS = frozenset({"cron", "regex", "regular", "css", "xpath", "filter", "jq", "jsonpath"})
"""Words of a description that speak of expressions of another kind."""
_SURE = 0.95


class Arithmetic:
    """The sums of one language."""

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self._numbers = numbers
        table = language.table("arithmetic", "between")
        self._between = sorted(
            ((tuple(said.split()), sign) for said, sign in table.items()), key=lambda one: -len(one[0])
        )
        self._after = {tuple(said.split()): sign for said, sign in language.table("arithmetic", "after").items()}
        self._negative = frozenset(language.words("arithmetic", "negative"))

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the longest sum of the sentence, if the parameter takes an expression."""
        if slot.kind is not Kind.TEXT or not _NAMES & set(slot.words) or _OTHER_KINDS & {*slot.words, *slot.about}:
            return
        found = [read for start in range(len(entities.words)) if (read := self._read(entities, start)) is not None]
        if found:
            text, start, end = max(found, key=lambda one: one[2] - one[1])
            yield Candidate(slot, text, start, end, _SURE)

    def _read(self, entities: Entities, start: int) -> tuple[str, int, int] | None:
        """Return the sum that begins at that word, as an expression, with its words."""
        parts: list[str] = []
        place, signs = start, 0
        while (term := self._term(entities, place)) is not None:
            text, place = term
            parts.append(text)
            after = next((s for s in self._after if tuple(entities.lowered[place : place + len(s)]) == s), None)
            if after is not None:
                parts.append(self._after[after])
                place, signs = place + len(after), signs + 1
            joint = next((one for one in self._between if self._stands(entities, place, one[0])), None)
            if joint is None or self._term(entities, place + len(joint[0])) is None:
                break
            parts.append(joint[1])
            place, signs = place + len(joint[0]), signs + 1
        return (" ".join(parts), start, place) if signs else None

    @staticmethod
    def _stands(entities: Entities, place: int, said: tuple[str, ...]) -> bool:
        return tuple(entities.lowered[place : place + len(said)]) == said

    def _term(self, entities: Entities, place: int) -> tuple[str, int] | None:
        if place >= len(entities.words):
            return None
        sign = "-" if entities.lowered[place] in self._negative else ""
        number = (
            self._numbers.at(entities.words, place + bool(sign)) if place + bool(sign) < len(entities.words) else None
        )
        if number is None or number.ordinal:
            return None
        return f"{sign}{int(number.value) if number.whole else number.value}", number.end
