"""Whether a sentence asks for the tool that fits best at all: the chance that it does, from what is left unexplained.

"Buy me a unicorn" has a verb that some tool knows, and a unicorn that none does. Never looks at how tools compare.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.language import Language
from assistant.understanding.tokens import fold, spoken_words

MANY_WORDS = 10
"""Telling words from which a sentence counts as long."""
SERVED = 0.3
"""Surety of a subject that the tool serves from which a word of it is explained."""
SIGNS = (
    "gist", "coverage", "shared", "subject", "named", "act", "deed", "foreign", "beside",
    "capable", "thing", "asks", "agrees", "length", "share", "object", "strange", "modifier",
    "objectless", "left", "addressed", "definition", "breadth", "learned", "example", "whole",
    "like", "ahead", "nearest", "apart",
)  # fmt: skip
"""What the chance is made of: how well the tool fits (the first seven); how surely the talk is of what no tool
serves, alone and beside what this one serves, and how surely of what some tool does; whether a thing is named that the
tool knows; whether anything is asked for, and whether the tool answers questions where one is asked; how long the
sentence is; how far the tool is ahead; whether the object of the request is explained, and where it is not, whether the
tool could take it as free text; the same of what tells the object from others ("bedroom", of "bedroom lamp"); whether
there is an object; how much of all words is left unexplained; whether it is about the assistant ("are you ...") or
asks what something is; how many tools there are, one of which is always like anything (as a logarithm); how surely it
is like the tools' examples and unlike what they do not serve, about -1 to 1; how near it is to one example; whether
every thing that is said stands in the tool's name; and by the meaning of the whole sentence, how like it is to the
tool, how much more than to the mean of the others, how like it is to the likest tool, and how much more it is like this
tool than any other."""


class Objects:
    """Finds in one language what a request is for, and whom it is about."""

    def __init__(self, language: Language, clauses: Clauses) -> None:
        self._clauses = clauses
        table = language.table("objects")
        self._before = frozenset(language.words("changing")) | set(language.words("asking")) | set(table["before"])
        self._particles = frozenset(table["particles"])
        self._determiners = frozenset(table["determiners"])
        self._bounds = frozenset(language.words("cutting", "boundaries")) | set(table["bounds"])
        self._adverbs = frozenset(table["adverbs"])
        self._assistant = frozenset(table["assistant"])
        self._polite = tuple(f" {phrase} " for phrase in table["polite"])
        self._definitions = tuple(tuple(phrase.split()) for phrase in table["definitions"])

    def of(self, text: str) -> list[str]:
        """Return the words of the first thing behind the verb ("garage door", of "open the garage door"), or none."""
        words = [word.strip(",.!?:;") for word in fold(self._clauses.without_pleas(text)).split()]
        place = 0
        for passed in (self._before, self._particles, self._determiners):
            while place < len(words) and words[place] in passed:
                place += 1
        found: list[str] = []
        while place < len(words) and words[place] not in self._bounds and words[place] not in self._before:
            if words[place] not in self._determiners:
                found.extend(spoken_words(words[place]))
            place += 1
        while found and found[-1] in self._adverbs:
            found.pop()
        return found

    def addressed(self, words: Sequence[str]) -> bool:
        """Return whether words speak of the assistant itself: "are you a robot", not "can you open it"."""
        told = f" {' '.join(words)} "
        return any(word in self._assistant for word in words) and not any(phrase in told for phrase in self._polite)

    def defines(self, words: Sequence[str]) -> bool:
        """Return whether words ask what something is."""
        return any(tuple(words[: len(opening)]) == opening for opening in self._definitions)


class Acceptance:
    """The chance that a request is meant, by logistic regression."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """`weights` has one entry a sign, and "constant"."""
        self._weights = tuple(weights[name] for name in SIGNS)
        self._constant = weights["constant"]

    def chance(self, signs: Mapping[str, float]) -> float:
        """Return the chance, 0 to 1, where as many sentences ask for something as ask for nothing."""
        total = self._constant + sum(w * signs[name] for name, w in zip(SIGNS, self._weights, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
