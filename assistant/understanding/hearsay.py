"""Whether a clause tells what somebody else thinks that is to be done: "Ben claims that I should call the landlord".

Such a clause asks for nothing, whatever its own verb is. Reads closed word classes and endings. Pure; knows no catalog.
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
        if words[start] in self._persons | self._words.shapes["infinitive"]:
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

    def _may_claim(self, words: Sequence[str], start: int, verb: int) -> bool:
        """Return whether a verb of saying stands there, or any of the third person behind what is no verb itself.

        "Text James I should be home" has neither: James is no form of a verb of saying, and "text" is a verb.
        """
        word = words[verb]
        plain = (word.removesuffix(each) for each in self._endings if word.endswith(each))
        if word in self._claiming | self._reporting or not self._claiming.isdisjoint(plain):
            return True
        return words[start] not in self._words.verbs and word.endswith(self._endings or (" ",))
