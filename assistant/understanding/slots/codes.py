"""Proposals for codes without a pattern: flights, airports, airlines, zones, numbers of things ("listing four two").

Values come from letters and digits that were said, or from what the world calls a name; never from other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.codes_of_the_world import AIRLINE, AIRPORT, CURRENCY, airlines, code_of
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.parameters import Kind, Slot
from client.schemas.patterns import matches

LONGEST_NAME = 4
"""Words of a city, an airline or a country."""
LEAST_SPELLED = 3
"""Letters said one by one that are an airport's code."""


_CODE_LIKE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./#-]{3,}")
_COUNT_LIKE = re.compile(r"\d+[a-z]{1,3}|\d+(?:st|nd|rd|th)|mid-\d+s|[\w./-]*\.(?:com|org|net|de|pdf|txt|md|jpg|png)")
"""Words with letters and digits that are no codes: "20km", "3rd", names of files."""
_PLACES_IN_LISTS = frozenset({"index", "position"})
"""Names of parameters that take the number of a thing in a list that was read out."""


class Codes:
    """Codes of one language."""

    def __init__(self, finder: EntityFinder) -> None:
        language = finder.language
        self._language = language
        self._numbers = finder.numbers
        self._alphabet: Mapping[str, str] = language.table("spelling")["alphabet"]
        self._announcing = frozenset(language.words("planning", "announcing"))
        self._fillers = frozenset(language.words("cutting", "copulas"))
        self._the = frozenset(language.words("date", "the"))

    def shaped(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield codes like the description's example: "b a one two three", "lufthansa four five four", "af1234"."""
        flight = "flight" in (*slot.words, *slot.about)
        for start in range(len(entities.words)):
            for letters, place in self._openings(entities, start, flight):
                digits = self._numbers.digits_at(entities.words, place) if place < len(entities.words) else None
                if digits is None:
                    continue
                codes = (letters + sign + digits[0] for sign in ("", " ", "-"))
                code = next((code for code in codes if matches(slot.code, code)), None)
                if code is not None:
                    yield Candidate(slot, code, start, digits[1], 0.93)  # no time of day: "six ten"
            typed = entities.words[start].text.upper()
            if any(map(str.isdigit, typed)) and matches(slot.code, typed):
                yield Candidate(slot, typed, start, start + 1, 0.92)

    def of(self, slot: Slot, entities: Entities, asked: bool, *, identifies: bool) -> Iterator[Candidate]:
        """Yield the codes and numbers of things for a text; `identifies` is whether it takes what tells one thing."""
        if identifies and not slot.world:
            yield from self.numbered(slot, entities, asked)
        yield from self.lone(slot, entities)

    def lone(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the words that are codes by their letters and digits, for a text that takes codes of any shape.

        It shows one in its description, or what it is the number of is said: "part A7B-0O1", of part_number.
        """
        named = slot.words[-1:] != () and slot.words[-1] in self._announcing
        said = {self._language.stem(word) for word in entities.lowered}
        called = {self._language.stem(word) for word in slot.words[:-1]}
        shown = any(_CODE_LIKE.fullmatch(word) for word in slot.about)
        if slot.code or slot.world or slot.values or not (shown or (named and called and called <= said)):
            return
        for place, word in enumerate(entities.words):
            if _CODE_LIKE.fullmatch(word.text) and not _COUNT_LIKE.fullmatch(word.text):
                yield Candidate(slot, word.text, place, place + 1, 0.84)

    def without_times(self, slots: Sequence[Slot], entities: Entities) -> Entities:
        """Return what was found without the times of day that are digits of a code: "i c e six ten"."""
        if not entities.times or not any(slot.code for slot in slots):
            return entities
        spans = [(c.start, c.end) for slot in slots if slot.code for c in self.shaped(slot, entities)]
        kept = [t for t in entities.times if not any(a < t.end and t.start < b for a, b in spans)]
        return replace(entities, times=tuple(kept))

    def _openings(self, entities: Entities, start: int, flight: bool) -> Iterator[tuple[str, int]]:
        """Yield the letters that a code may open with at that word, and where they end."""
        letters, place = "", start
        while place < len(entities.words) and len(letters) < LEAST_SPELLED:
            lower = entities.lowered[place]
            one = lower if len(lower) == 1 and lower.isalpha() else self._alphabet.get(lower, "")
            if not one:
                break
            letters, place = letters + one.upper(), place + 1
        if letters:
            yield letters, place
        word = entities.lowered[start]
        counts = self._numbers.at(entities.words, start) is not None  # "six ten" is a time
        if 2 <= len(word) <= LEAST_SPELLED and word.isalpha() and word not in self._language.common and not counts:
            yield word.upper(), start + 1
        if flight:
            for end in range(min(len(entities.words), start + LONGEST_NAME), start, -1):
                code = airlines().get(" ".join(entities.lowered[start:end]))
                if code is not None:
                    yield code, end
                    break

    def known(self, slot: Slot, entities: Entities, found: list[Candidate]) -> Iterator[Candidate]:
        """Yield codes for the names that the sentence gives a parameter, and for airlines said anywhere."""
        for candidate in found:
            articled = candidate.start > 0 and entities.lowered[candidate.start - 1] in self._the
            if articled and slot.world == AIRPORT and candidate.end - candidate.start == 1:
                continue  # "in the air" is no airport
            code = code_of(slot.world, str(candidate.value))
            value = self._trimmed(slot, entities, candidate) if code is None else (code, candidate.end)
            if value is not None:
                yield Candidate(slot, value[0], candidate.start, value[1], candidate.strength)
        if slot.world == CURRENCY:
            for money in entities.sums:
                place = money.unit if money.unit >= 0 else money.start
                if money.currency:
                    yield Candidate(slot, money.currency, place, place + 1, 0.9)
            return
        if slot.world == AIRPORT and slot.required and not found:
            yield from self._beside_noun(slot, entities)
        if slot.world == AIRPORT or (slot.world != AIRLINE and found):
            return
        for start in range(len(entities.words)):
            for end in range(min(len(entities.words), start + LONGEST_NAME), start, -1):
                said = " ".join(entities.lowered[start:end])
                code = None if said in self._language.common else code_of(slot.world, said)
                if code is not None:
                    yield Candidate(slot, code, start, end, 0.75)
                    break

    def _beside_noun(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield what stands beside the noun of the description: "the airport munich", "munich airport"."""
        nouns = {self._language.stem(word) for word in slot.about if word not in self._language.common}
        for place, lower in enumerate(entities.lowered):
            if self._language.stem(lower) not in nouns:
                continue
            behind = [(place + 1, end) for end in range(min(len(entities.words), place + LONGEST_NAME), place + 1, -1)]
            before = [(start, place) for start in range(max(0, place - LONGEST_NAME + 1), place)]
            for start, end in (*behind, *before):
                code = code_of(slot.world, " ".join(entities.lowered[start:end]))
                if code is not None:
                    yield Candidate(slot, code, start, end, 0.75)
                    return

    @staticmethod
    def _trimmed(slot: Slot, entities: Entities, candidate: Candidate) -> tuple[str, int] | None:
        """Return the code of the longest beginning of a phrase that names something, and where it ends."""
        for end in range(candidate.end - 1, candidate.start, -1):
            code = code_of(slot.world, " ".join(entities.lowered[candidate.start : end]))
            if code is not None:
                return code, end
        return None

    def numbered(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield an id that was said in digits behind what it is of: "listing number nine eight seven"."""
        if _PLACES_IN_LISTS & slot.other_stems:
            return  # "number three" is a place in a list, which another parameter takes
        own = {self._language.stem(word) for word in slot.words}
        stems = own | slot.gist_stems
        spent = {i for found in (*entities.moments, *entities.durations) for i in range(found.start, found.end)}
        place = 0
        while place < len(entities.words):
            digits = self._numbers.digits_at(entities.words, place)
            if digits is None:
                word = entities.words[place].text
                coded = slot.kind is Kind.TEXT and any(map(str.isdigit, word))
                if coded and (asked or self._named(slot, entities, place, stems)):
                    sure = 0.03 * self._named(slot, entities, place, own)  # "vehicle V-4", of vehicle_id and dealer_id
                    yield Candidate(slot, word, place, place + 1, 0.85 + sure)
                place += 1
                continue
            if place not in spent and (asked or self._named(slot, entities, place, stems)):
                whole = self._numbers.at(entities.words, place)
                counted = whole is not None and whole.whole and whole.end > digits[1] and slot.kind is not Kind.TEXT
                if whole is not None and counted:  # "ticket two hundred and six"
                    digits = str(int(whole.value)), whole.end
                value = digits[0] if slot.kind is Kind.TEXT else int(digits[0])
                yield Candidate(slot, value, place, digits[1], 0.85)
            place = max(digits[1], place + 1)

    def _named(self, slot: Slot, entities: Entities, place: int, stems: frozenset[str] | set[str]) -> bool:
        """Return whether the word before says whose number follows."""
        before = [word for word in entities.lowered[max(0, place - 3) : place] if word not in self._fillers]
        if before and before[-1] in self._announcing:
            if len(before[-1]) > LEAST_SPELLED and slot.words[-1] != before[-1] and slot.words[-1].endswith(before[-1]):
                return True  # "the code is ...", of seccode
            owners = [word for word in before[:-1] if word not in self._language.common]  # "my number" is the caller's
            return any(self._language.stem(word) in stems for word in owners)
        return bool(before) and self._language.stem(before[-1]) in stems and before[-1] not in self._language.common
