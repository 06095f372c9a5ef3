"""Whether a statement tells of a state that somebody may want mended: "it's too loud", "I'm cold", "my feet are cold".

Only such a statement may ask for something. One that compares, counts, names or tells a habit merely tells. Pure.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.understanding.governing import Governing
from assistant.understanding.mood_words import MoodWords


class Complaints:
    """Reads complaints of one language; words are folded."""

    def __init__(self, words: MoodWords, governing: Governing) -> None:
        self._words = words
        self._shapes = words.shapes
        self._governing = governing

    def is_one(self, words: Sequence[str], start: int, verb: int) -> bool:
        """Return whether a clause complains whose own verb stands at that place."""
        if not self._judges(words, start, verb):
            return False
        counted = any(
            word in self._words.numbers or word.isdigit() for word in words[start:verb]
        )  # "ten degrees is cold"
        return not self._joins(words, verb) or (not counted and self._is_bad(words[verb + 1 :]))

    def equates(self, words: Sequence[str], start: int, verb: int) -> bool:
        """Return whether that clause merely says what something is: "my number is 4711"."""
        return self._judges(words, start, verb) and not self.is_one(words, start, verb)

    def _joins(self, words: Sequence[str], verb: int) -> bool:
        perfect = bool(self._words.sets["copulas"] & {*words[verb + 1 : verb + 2]})  # "has been"
        return perfect or words[verb] in self._shapes["equating"] or self._governing.is_shortened(words, verb)

    def _judges(self, words: Sequence[str], start: int, verb: int) -> bool:
        """Return whether a clause says of something how or what it is, and names no deed."""
        word, rest = words[verb], words[verb + 1 :]
        shortened = self._governing.is_shortened(words, verb)
        if (word not in self._shapes["being"] and not shortened) or self._names_deed(words, start, rest):
            return False
        if any(each in self._words.sets["interrogatives"] for each in rest):
            return False  # "lights off is what she said"
        if word in self._shapes["judging"] and any(map(self._words.is_subject, rest)):
            return False  # "it seems somebody opened it"
        if word in self._shapes["modal"]:
            return bool(rest) and rest[0] in self._shapes["modal_being"]
        if verb > start + 1 and self._governing.is_gerund(words[start]):
            return False  # "closing issue seven is fun"
        doing = next((each for each in rest if each not in self._words.sets["copula_adverbs"]), "")
        if self._governing.is_gerund(doing) and doing not in self._shapes["becoming"]:
            behind = rest[rest.index(doing) + 1 :]
            return not self._governing.is_deed(doing) and (not behind or behind[0] in self._shapes["particles"])
        return True

    def tells_habit(self, words: Sequence[str], start: int) -> bool:
        """Return whether a clause that opens with a thing or a person tells what is always so."""
        return any(word in self._shapes["habits"] for word in words[start + 1 :])

    def _names_deed(self, words: Sequence[str], start: int, rest: Sequence[str]) -> bool:
        leads = (
            a in self._shapes["infinitive"] and b not in self._words.sets["determiners"]
            for a, b in itertools.pairwise(rest)
        )
        leading = self._shapes["feeling"] | self._shapes["away"]
        is_gerund, is_deed = self._governing.is_gerund, self._governing.is_deed
        named = any(a in leading and is_gerund(b) and is_deed(b) for a, b in itertools.pairwise(rest))
        return any(leads) or named or self._governing.gerund(words, start) is not None

    def _is_bad(self, rest: Sequence[str]) -> bool:
        """Return whether a predicate says that something is bad, and neither compares nor counts nor names."""
        if any(" ".join(pair) in self._shapes["ending"] for pair in itertools.pairwise(rest)):
            return True
        if any(word in self._words.comparatives or word in self._shapes["better"] for word in rest):
            return False  # "two degrees cooler in the garage"
        if any(word in self._words.numbers or word.isdigit() for word in rest):
            return False  # "on three"
        owned = next((place for place, word in enumerate(rest[:-1]) if word in self._words.sets["determiners"]), None)
        if owned == 0 and rest[1] not in self._shapes["measuring"] | self._shapes["judged"]:
            return False  # "my favourite"
        many = any(word in self._shapes["better"] | self._shapes["many"] for word in rest)  # "too many tracks"
        too = not many and any(word in self._shapes["strengthening"] for word in rest[:-1])  # "... ist zu" is shut
        return too or any(word in self._shapes["judged"] for word in rest)
