"""Turns away tools that have no place for a thing of which nobody knows a word: "read the zimfro" reads no messages.

A word is strange if no English dictionary has it and no tool's words are near it. It may be the value of a tool that
takes names; a tool that would act without it is not meant. Looks at proposals only, and never makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.language import BASE, Language
from assistant.understanding.reading import Interpretation
from assistant.understanding.references import vocabulary
from assistant.understanding.routing.acceptance import Objects
from assistant.understanding.templates import Example
from assistant.understanding.tokens import cut, plain, spoken_words
from client.catalog import Catalog
from voice.recognition.pronunciation import is_listed

NEAR = 75.0
"""Likeness, 0 to 100, from which a word may be another one that is spelled or heard badly: "temprature"."""
PART = 4
"""Letters of the shortest word that another one is put together from: "tailgate"."""
BEGINNING = 3
"""Letters of the shortest part of a shortened word."""
SHORTEST = 5
"""Letters of the shortest word that is judged; shorter ones are abbreviations as often as not."""


class StrangeThings:
    """Knows the words of one catalog in one language."""

    def __init__(self, catalog: Catalog, language: Language, examples: Mapping[str, Sequence[Example]]) -> None:
        self._judges = language.code == BASE  # the dictionary is English
        self._objects = Objects(language, Clauses(language))
        self._stem = language.stem
        self._sound = language.sound
        known, self._sounds = vocabulary(catalog, language)
        said = {word for each in examples.values() for example in each for word in spoken_words(example.text)}
        self._known = known | said
        self._words = sorted(self._known)
        self._stems = {language.stem(word) for word in self._words}

    def held(self, text: str, found: Iterable[Interpretation]) -> list[Interpretation]:
        """Return the proposals that hold what is asked for as a value, if all of its words are strange; else all."""
        things = [word for word in self._objects.of(text) if word.isalpha()] if self._judges else []
        if not things or not all(map(self._is_strange, things)):
            return list(found)
        places = [word for word in cut(text) if plain(word.text) in things]
        return [
            each
            for each in found
            if any(span.start < word.end and word.start < span.end for word in places for span in each.spans.values())
        ]

    def _is_strange(self, word: str) -> bool:
        if len(word) < SHORTEST or self._stem(word) in self._stems or self._sound(word) in self._sounds:
            return False
        if _is_english(word) or self._is_shortened(word):
            return False
        return process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=NEAR) is None

    def _is_shortened(self, word: str) -> bool:
        """Return whether a word is one of the catalog's with the beginning of another: "aircon"."""
        parts = ((word[:place], word[place:]) for place in range(BEGINNING, len(word) - BEGINNING + 1))
        return any(one in self._known and any(each.startswith(two) for each in self._words) for one, two in parts)


@lru_cache(maxsize=4096)
def _is_english(word: str) -> bool:
    """Return whether the dictionary has a word, or one that it is inflected or put together from."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("'s")}
    parts = ((word[:place], word[place:]) for place in range(PART, len(word) - PART + 1))
    return any(map(is_listed, forms)) or any(is_listed(one) and is_listed(two) for one, two in parts)
