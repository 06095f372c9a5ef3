"""Proposals for codes without a pattern: flights, airports, airlines, zones, numbers of things ("listing four two").

Values come from letters and digits that were said, or from what the world calls a name; never from other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.codes_of_the_world import AIRLINE, AIRPORT, airlines, code_of
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.parameters import Kind, Slot
from client.schemas.patterns import matches

LONGEST_NAME = 4
"""Words of a city, an airline or a country."""
LEAST_SPELLED = 3
"""Letters said one by one that are an airport's code."""


class Codes:
    """Codes of one language."""

    def __init__(self, finder: EntityFinder) -> None:
        language = finder.language
        self._language = language
        self._numbers = finder.numbers
        self._alphabet: Mapping[str, str] = language.table("spelling")["alphabet"]
        self._announcing = frozenset(language.words("planning", "announcing"))
        self._fillers = frozenset(language.words("cutting", "copulas"))
        self._dot = frozenset(language.words("email", "dot"))
        self._joints = {str(k): str(v) for k, v in language.table("email", "joints").items()}

    def shaped(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield codes like the description's example: "b a one two three", "lufthansa four five four", "af1234"."""
        flight = "flight" in (*slot.words, *slot.about)
        for start in range(len(entities.words)):
            for letters, place in self._openings(entities, start, flight):
                digits = self._numbers.digits_at(entities.words, place) if place < len(entities.words) else None
                code = letters + (digits[0] if digits is not None else "")
                if digits is None or not matches(slot.code, code):
                    continue
                yield Candidate(slot, code, start, digits[1], 0.9)
            typed = entities.words[start].text.upper()
            if any(map(str.isdigit, typed)) and matches(slot.code, typed):
                yield Candidate(slot, typed, start, start + 1, 0.92)

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
        if 2 <= len(word) <= LEAST_SPELLED and word.isalpha() and word not in self._language.common:
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
            code = code_of(slot.world, str(candidate.value))
            value = self._trimmed(slot, entities, candidate) if code is None else (code, candidate.end)
            if value is not None:
                yield Candidate(slot, value[0], candidate.start, value[1], candidate.strength)
        if slot.world == AIRPORT or (slot.world != AIRLINE and found):
            return
        for start in range(len(entities.words)):
            for end in range(min(len(entities.words), start + LONGEST_NAME), start, -1):
                said = " ".join(entities.lowered[start:end])
                code = None if said in self._language.common else code_of(slot.world, said)
                if code is not None:
                    yield Candidate(slot, code, start, end, 0.75)
                    break

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
        stems = {self._language.stem(word) for word in slot.words} | slot.gist_stems
        spent = {i for found in (*entities.moments, *entities.durations) for i in range(found.start, found.end)}
        place = 0
        while place < len(entities.words):
            digits = self._numbers.digits_at(entities.words, place)
            if digits is None:
                word = entities.words[place].text
                coded = slot.kind is Kind.TEXT and any(map(str.isdigit, word))
                if coded and (asked or self._named(entities, place, stems)):
                    yield Candidate(slot, word, place, place + 1, 0.85)
                place += 1
                continue
            if place not in spent and (asked or self._named(entities, place, stems)):
                value = digits[0] if slot.kind is Kind.TEXT else int(digits[0])
                yield Candidate(slot, value, place, digits[1], 0.85)
            place = max(digits[1], place + 1)

    def _named(self, entities: Entities, place: int, stems: frozenset[str] | set[str]) -> bool:
        """Return whether the word before says whose number follows."""
        before = [word for word in entities.lowered[max(0, place - 3) : place] if word not in self._fillers]
        if before and before[-1] in self._announcing:
            owners = [word for word in before[:-1] if word not in self._language.common]  # "my number" is the caller's
            return any(self._language.stem(word) in stems for word in owners)
        return bool(before) and self._language.stem(before[-1]) in stems and before[-1] not in self._language.common

    def dotted(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield addresses and names of files as they are said: "example dot com", "holiday dot jpg"."""
        for place, word in enumerate(entities.words):
            if re.fullmatch(r"[\w-]+(?:[./][\w-]+)+", word.text):
                yield Candidate(slot, word.text, place, place + 1, 0.9)
            if word.lower not in self._dot or not 0 < place < len(entities.words) - 1:
                continue
            start, end, text = place - 1, place + 1, entities.words[place - 1].text + "."
            while end < len(entities.words):
                lower = entities.lowered[end]
                if not re.fullmatch(r"[a-z0-9]+", lower):
                    break
                text, end = text + entities.words[end].text, end + 1
                joint = entities.lowered[end] if end + 1 < len(entities.words) else ""
                if joint in self._dot or joint in self._joints:
                    text, end = text + (self._joints.get(joint) or "."), end + 1
                    continue
                break
            yield Candidate(slot, text, start, end, 0.9)
