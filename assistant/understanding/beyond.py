"""What is asked for that no connected tool does: told in the driver's own words, so that nothing wrong is offered.

Looks only at requests that found no tool, or none that stands out. It offers nothing and never makes a tool fit.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.language import Language
from assistant.understanding.reading import Interpretation
from assistant.understanding.routing.acceptance import Objects
from assistant.understanding.routing.evidence import takes_any_words, words_of
from assistant.understanding.tokens import fold, name_words
from client.catalog import Tool

LEAST_OFFERED = 0.25
"""Score below which tools that are alike in score are no choice: in four catalogs and 237 sentences out of scope, 18
choices had no better tool among them, and 2 of those had the right one."""
ALIKE = 0.15
"""Difference of scores within which tools are offered together."""
LONGEST = 8
"""Words of a deed that is said back."""


def is_vague(found: Sequence[Interpretation]) -> bool:
    """Return whether several tools fit, and none of them well: to offer them would be to offer wrong things."""
    best = found[0].score if found else 0.0
    near = {each.tool for each in found if best - each.score < ALIKE}
    return len(near) > 1 and best < LEAST_OFFERED


class Beyond:
    """Tells of one catalog what it does not do, in one language."""

    def __init__(self, tools: Sequence[Tool], language: Language) -> None:
        self._clauses = Clauses(language)
        self._objects = Objects(language, self._clauses)
        self._stem = language.stem
        self._swaps = {str(said): str(told) for said, told in language.table("beyond", "swaps").items()}
        self._closing = tuple(tuple(phrase.split()) for phrase in language.words("closing_pleas"))
        self._orders = {language.stem(verb) for verb in (*language.words("changing"), *language.words("asking"))}
        people = {language.stem(word) for word in language.words("persons", "relations")}  # values, and no things
        self._known = {language.stem(word) for tool in tools for word in words_of(tool)} - people
        self._open = {
            language.stem(word) for tool in tools if takes_any_words(tool) for word in name_words(tool.name)[:1]
        }

    def deed(self, text: str) -> str:
        """Return what is ordered, said of the driver ("call your wife"), if no tool knows the thing; "" otherwise.

        A tool named with the verb that takes any words may be meant after all, and a thing that some tool names, too.
        """
        words = [word.strip(",.!?:;") for word in fold(self._clauses.without_pleas(text)).split()]
        for plea in sorted(self._closing, key=len, reverse=True):
            if tuple(words[-len(plea) :]) == plea:
                words = words[: -len(plea)]
        verb = self._stem(words[0]) if words else ""
        if not 1 < len(words) <= LONGEST or verb not in self._orders or verb in self._open:
            return ""
        things = self._objects.of(text)
        if all(self._stem(thing) in self._known for thing in things):
            return ""
        return " ".join(self._swaps.get(word, word) for word in words)
