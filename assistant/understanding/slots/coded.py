"""Values of a `pattern`: plates, postal codes and numbers, typed or spelled out.

"m h one two", "Mike Hotel twelve", "M as in Maria": only what the pattern accepts is proposed. No digit that was said
is ever changed, and a letter only where the plate is one that an answer has held: letters are misheard for each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.tokens import Word
from client.schemas.patterns import as_whole, matches

LONGEST = 30
"""Words of one value."""
MOST_LETTERS = 32
"""Letters of one value."""
MOST_WORDS = 40
"""Words of a sentence in which such values are looked for."""
LEAST_SPELLED = 5
"""Words from which a value counts as spelled out; what was typed in one piece is never taken for another."""
MOST_MISHEARD = 2
"""Letters of a plate that may be misheard."""


@dataclass(frozen=True)
class _Piece:
    """What some words add to a value, and the word after them."""

    text: str
    end: int


class Coded:
    """Proposals for parameters with a pattern, in one language."""

    def __init__(self, finder: EntityFinder) -> None:
        self._finder = finder
        spelling = finder.language.table("spelling")
        self._alphabet: Mapping[str, str] = spelling["alphabet"]
        self._likenesses = [tuple(phrase.split()) for phrase in spelling["as_in"]]
        digits: Mapping[str, int] = finder.language.table("numbers", "digit_words")
        self._zero = {word for word, value in digits.items() if value == 0 and len(word) > 1}  # "o" may be the letter
        self._repeats = {word: -value for word, value in digits.items() if value < 0}

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the stretches of words that are, without gaps, what the pattern wants; only ones with a digit."""
        raw = slot.schema.get("pattern")
        if not isinstance(raw, str):
            return
        pattern = as_whole(raw)
        words = entities.words[:MOST_WORDS]
        pieces = [self._piece(words, place) for place in range(len(words))]
        for start in range(len(words)):
            text, place = "", start
            while place < min(len(words), start + LONGEST) and (place > start or pieces[place].text):
                piece = pieces[place]
                text, place = text + piece.text, piece.end
                if len(text) > MOST_LETTERS:
                    break
                if not piece.text or not any(c.isdigit() for c in text):
                    continue
                spoken = entities.text[words[start].start : words[place - 1].end]
                for form in dict.fromkeys((spoken, text, text.upper(), text.lower())):
                    if matches(pattern, form):
                        value = form if place - start < LEAST_SPELLED else _meant(form, entities.codes)
                        yield Candidate(slot, value, start, place, 0.7 + 0.02 * (place - 1 - start))
                        break

    def _piece(self, words: Sequence[Word], place: int) -> _Piece:
        """Return what the words from there on add to such a value: one letter, a number, or nothing for what parts."""
        word = words[place]
        if not word.spoken:
            return _Piece("" if word.text in "-/.,()" else word.text, place + 1)
        times = self._repeats.get(word.lower)
        if times and place + 1 < len(words):
            again = self._piece(words, place + 1)
            if len(again.text) == 1:
                return _Piece(again.text * times, again.end)
        if len(word.text) == 1 and (end := self._end_of_likeness(words, place)) is not None:
            return _Piece(word.text, end)
        for count in (3, 2, 1):  # "x ray", "x-ray"
            letter = self._alphabet.get(" ".join(each.lower for each in words[place : place + count] if each.spoken))
            if letter is not None:
                return _Piece(letter, place + count)
        if word.lower in self._zero:
            return _Piece("0", place + 1)
        if not word.text.isdigit():
            number = self._number(words[place : place + 2]) or self._number(words[place : place + 1])
            if number is not None:
                return _Piece(number[0], place + number[1])
        return _Piece(re.sub(r"[-./]", "", word.text), place + 1)

    def _end_of_likeness(self, words: Sequence[Word], place: int) -> int | None:
        """Return where "M as in Maria" ends; None where the word is not said to begin with that letter."""
        for phrase in self._likenesses:
            end = place + 1 + len(phrase)
            said = tuple(each.lower for each in words[place + 1 : end])
            if said == phrase and end < len(words) and words[end].lower.startswith(words[place].lower):
                return end + 1
        return None

    def _number(self, words: Sequence[Word]) -> tuple[str, int] | None:
        """Return a number of one word, or of tens and ones, as digits, with its count of words."""
        number = self._finder.numbers.at(words, 0)
        if number is None or not number.whole or number.end != len(words):
            return None
        if len(words) == 2 and not (number.value > 20 and number.value % 10):
            return None  # "two zero" are two digits
        return str(int(number.value)), len(words)


def _meant(code: str, known: Sequence[str]) -> str:
    """Return the one known code that differs in a letter or two and in no digit; else the code as it was heard."""
    near = [other for other in known if len(other) == len(code) and 0 <= _misheard(code, other) <= MOST_MISHEARD]
    return near[0] if len(near) == 1 else code


def _misheard(code: str, other: str) -> int:
    """Return how many letters differ; -1 where a digit does."""
    differing = [(said, meant) for said, meant in zip(code, other, strict=True) if said != meant]
    return len(differing) if all(said.isalpha() and meant.isalpha() for said, meant in differing) else -1
