"""Whether a clause tells what somebody else thinks that is to be done: "Ben claims that I should call the landlord".

Such a clause asks for nothing, whatever its own verb is; nor does an order that is somebody else's words. Reads closed
word classes and endings. Pure; knows no catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.mood_words import MoodWords

LONGEST_TELLER = 6
"""Words from the start of a clause within which somebody is named who claims something: "my wife's old boss says"."""


class Hearsay:
    """Reads what others are said to think, in one language; words are folded."""

    def __init__(self, words: MoodWords) -> None:
        self._words = words
        shapes = words.shapes
        self._persons, self._claiming, self._that = (shapes[name] for name in ("persons", "claiming", "claimed_that"))
        self._owing, self._reporting = shapes["owing"], shapes["reporting"]
        self._endings = tuple(shapes["claimed"])

    def is_one(self, words: Sequence[str], start: int) -> bool:
        """Return whether the clause that begins at `start` tells what somebody other than the driver claims."""
        if words[start] in (self._persons - self._words.shapes["others"]) | self._words.shapes["infinitive"]:
            return False
        for verb in range(start + 1, min(len(words) - 2, start + LONGEST_TELLER)):
            if words[verb] in self._persons:
                return False
            if not self._may_claim(words, start, verb):
                continue
            place = verb + 1
            while place < len(words) - 2 and words[place] in self._that:
                place += 1
            if words[place] in self._persons and words[place + 1] in self._owing:
                return True
        return False

    def leads(self, teller: Sequence[str], told: Sequence[str]) -> bool:
        """Return whether a clause names who claims what the clause behind a pause says: "Ben says", "you should"."""
        if not 1 < len(teller) <= LONGEST_TELLER or len(told) < 3:
            return False
        others = self._words.shapes["others"]
        if not (self._persons - others).isdisjoint(teller) or teller[0] in self._words.verbs:
            return False
        verb = next((word for word in reversed(teller) if word not in self._that), "")
        many = teller[0] in self._words.sets["determiners"] and verb in self._words.shapes["claiming_many"]
        claims = many or verb in self._claiming | self._reporting
        return claims and told[0] in self._persons and told[1] in self._owing

    def quotes(self, words: Sequence[str], verb: int) -> bool:
        """Return whether what follows an order says that somebody else kept saying it: "open it she kept shouting"."""
        return any(self._outcry(words, place, verb + 2, led=True) for place in range(verb + 4, len(words)))

    def says_it(self, words: Sequence[str]) -> bool:
        """Return whether a clause of its own only says that somebody else said what stands before it: "she shouted"."""
        if not 1 < len(words) <= LONGEST_TELLER or words[0] in self._words.verbs:
            return False
        return any(self._outcry(words, place, 0, led=False) for place in range(1, len(words)))

    def _outcry(self, words: Sequence[str], place: int, first: int, *, led: bool) -> bool:
        """Return whether a verb of saying stands there, whose subject, not the driver, stands at `first` or later."""
        shapes, behind = self._words.shapes, words[place + 1 : place + 2]
        if words[place] not in shapes["outcries"] or (behind and behind[0] not in shapes["outcry_ends"]):
            return False
        size = next((n for n in (2, 1) if " ".join(words[place - n : place]) in shapes["persisting"]), 0)
        if place - size - 1 < first or (led and not size):
            return False
        driver = shapes["wishers"] | shapes["addressed"] | shapes["relatives"]
        return words[place - size - 1] not in driver | self._words.sets["interrogatives"]

    def _may_claim(self, words: Sequence[str], start: int, verb: int) -> bool:
        """Return whether a verb of saying stands there, or any of the third person behind what is no verb itself.

        "Text James I should be home" has neither: James is no form of a verb of saying, and "text" is a verb.
        """
        word = words[verb]
        plain = (word.removesuffix(each) for each in self._endings if word.endswith(each))
        if word in self._claiming | self._reporting or not self._claiming.isdisjoint(plain):
            return True
        return words[start] not in self._words.verbs and word.endswith(self._endings or (" ",))
