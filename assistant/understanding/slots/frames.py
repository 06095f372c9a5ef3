"""Shapes of sentences that name their parts: "tell Anna I'm running late" is a person and a message.

The shapes are language data. A person is somebody known, a relation, or one name; the last part takes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.tokens import Word, trim

SHORTEST_SHAPE = 2
"""Pieces of shapes such as "pay {person}", which fit words of any kind."""
LONGEST_GROUP = 5
"""Words of a person or a group."""


@dataclass(frozen=True)
class Part:
    """Words `start` up to `end` that play a role."""

    role: str
    start: int
    end: int


class Frames:
    """The sentence shapes of one language."""

    def __init__(self, language: Language) -> None:
        self._frames = [shape.split() for group in language.groups("frames") for shape in group["say"]]
        self._relations = frozenset(language.words("persons", "relations"))
        self._possessives = frozenset(language.words("places", "possessives"))
        self._that = frozenset(language.words("persons", "reply"))
        self._stops = frozenset(language.words("cutting", "boundaries"))
        self._naming = frozenset(language.words("cutting", "naming"))
        self._saying = frozenset(phrase for phrase in language.words("cutting", "says") if " " not in phrase)
        self._common = language.common
        self._adverbs = frozenset((*language.words("verbs", "adverbs"), ",", ".", ";", "-", "and"))
        self._requests = frozenset(str(language.table("cutting")["requests"]).split())
        self._articles = frozenset(language.words("cutting", "articles"))
        self._inside = frozenset(language.words("persons", "inside"))
        self._digits = frozenset((*language.table("numbers", "words"), *language.table("numbers", "digit_words")))
        self._before_nouns = self._articles | self._possessives | frozenset(language.words("cutting", "holding"))
        self._openings = frozenset(shape[0] for shape in self._frames)

    def find(
        self, words: Sequence[Word], contacts: Mapping[str, str], taken: frozenset[int] = frozenset()
    ) -> list[Part]:
        """Return the parts of the shape with the most fixed words that fits from some word on; else nothing."""
        best: list[Part] = []
        most = (0, 0)
        for start, word in enumerate(words):
            if word.lower not in self._openings or (start and words[start - 1].text == "-"):  # the mail of "e-mail"
                continue
            before = words[start - 1].lower if start else ""
            noun = before in self._before_nouns or (before.endswith("'s") and before not in self._common)
            for shape in self._frames:
                if shape[0] != word.lower or (noun and shape[1].startswith("{")):
                    continue  # in "with the message gate open" nobody is sent one: there "message" is no verb
                if len(shape) == SHORTEST_SHAPE and before and self._names(before):
                    continue  # "new chore pay rent"
                parts = self._fit(shape, words, start, contacts)
                weight = (sum(not piece.startswith("{") for piece in shape), len(shape))
                if parts is not None and weight > most and parts[0].start not in taken:
                    best, most = parts, weight
        return best

    def _names(self, lower: str) -> bool:
        """Return whether a word before a verb may name a thing: no small word, no adverb, no verb of its own."""
        return not (lower in self._common or lower in self._stops or lower in self._adverbs or lower in self._requests)

    def _fit(
        self, shape: Sequence[str], words: Sequence[Word], place: int, contacts: Mapping[str, str]
    ) -> list[Part] | None:
        parts: list[Part] = []
        for number, piece in enumerate(shape):
            if place >= len(words):
                return None
            if not piece.startswith("{"):
                if words[place].lower != piece:
                    return None
                place += 1
                continue
            role = piece[1:-1]
            if role == "person":
                end = self.person(words, place, contacts)
                end = self._group(shape[number + 1 :], words, place, end) if end is None or not parts else end
            else:
                end = self._rest(shape[number + 1 :], words, place)
            if end is None:
                return None
            start = place
            if role == "message" and words[start].lower in self._naming:
                return None  # "take a note called ...": its name follows, and no message
            if role == "message" and words[start].lower in self._that and end - start > 1:
                start += 1
            begin, stop = trim(words, start, end)
            inside = {word.lower for word in words[begin + 1 : stop]}
            if stop <= begin or (role == "message" and end < len(words) and not self._saying.isdisjoint(inside)):
                return None  # "send a notice to Lea saying we are open to 10": it says what is passed on
            parts.append(Part(role, begin, stop))
            place = end
        return parts

    def _group(self, after: Sequence[str], words: Sequence[Word], place: int, end: int | None) -> int | None:
        """Return where a person or group of several words ends: right before the shape's next fixed word.

        "the football group", "everyone at home", "ben and julia", a number said digit by digit.
        """
        while end is not None and words[place].lower in self._digits and end < len(words):
            if words[end].lower not in self._digits:
                break
            end += 1
        fixed = next(iter(after), "")
        if not fixed or fixed.startswith("{") or words[place].lower in self._common - self._articles:
            return end
        for stop in range(place + 1, min(len(words), place + LONGEST_GROUP + 1)):
            if words[stop].lower == fixed:
                named = all(self._goes_on(words[at - 1], words[at]) for at in range(place + 1, stop))
                return stop if named and stop > place + (words[place].lower in self._articles) else end
        return end

    def _goes_on(self, before: Word, word: Word) -> bool:
        """Whether a word may go on a name: "the" or "my" only behind a small word ("at the office"), not a name."""
        opening = self._articles | self._possessives
        if word.lower in opening:
            return before.lower in self._inside - opening
        return word.lower not in self._common or word.lower in self._inside

    def _rest(self, after: Sequence[str], words: Sequence[Word], place: int) -> int | None:
        """Return where an open part ends: at the next fixed word of the shape, the last time it occurs, or the end."""
        fixed = next((piece for piece in after if not piece.startswith("{")), None)
        if fixed is None:
            return len(words)
        for end in range(len(words) - 1, place, -1):
            if words[end].lower == fixed:
                return end
        return None

    def person(self, words: Sequence[Word], start: int, contacts: Mapping[str, str]) -> int | None:
        """Return where a person named from that word on ends; None where nobody is named there."""
        for end in range(min(len(words), start + 4), start, -1):
            if " ".join(word.lower for word in words[start:end]) in contacts:
                return end
        if words[start].lower in self._possessives and start + 1 < len(words):
            return start + 2 if words[start + 1].lower in self._relations else None
        if words[start].lower in self._relations:
            return start + 1
        if not words[start].spoken or words[start].lower in self._common or words[start].lower in self._stops:
            return None
        end = start + 1
        while end < len(words) and words[start].text[:1].isupper() and words[end].text[:1].isupper():
            if words[end].lower in self._common or not words[end].spoken:
                break
            end += 1
        return end
