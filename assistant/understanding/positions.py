"""Whether a position that was said ("behind me", "my wife's seat") is lost, so that a default would act elsewhere.

Where a tool takes one of several positions and the words for one are left over, the driver is asked which one is meant.
Pure; chooses no position itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.reading import Span
from assistant.understanding.tokens import Word, cut, name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

LEAST_POSITIONS = 2
"""Values that name a position from which a parameter takes positions."""


class Positions:
    """The positions of one language."""

    def __init__(self, language: Language) -> None:
        raw = language.mood["positions"]
        self._values = frozenset(raw["values"])
        self._said = PhraseSet(raw["said"], accents=True)
        self._forms = language.position_forms
        self._beside = frozenset(raw["beside"])
        self._opposed = [frozenset(pair) for pair in raw["opposed"]]
        self._persons = frozenset(raw["persons"])
        self._of_persons = frozenset(raw["of_persons"])

    def unplaced(
        self, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]
    ) -> tuple[str, ...]:
        """Return the parameters of a tool that want the position which was said and that no argument took.

        One whose argument stands inside such words is among them: "the window behind the driver" is not the driver's.
        """
        names = tuple(name for name, schema in tool.properties.items() if self._takes_positions(schema))
        if len(names) != 1:
            return ()
        value, span = arguments.get(names[0]), spans.get(names[0])
        said = self._stretches([word for word in cut(text) if word.spoken])
        if value is None or span is None:
            return names if said and value is None else ()
        took = spoken_words(text[span.start : span.end])
        near = [text[start:end] for start, end in said if start < span.end and span.start < end]
        if any(self._opposes(spoken_words(each), name_words(str(value))) for each in near):
            return names  # "front right" is not "rear right"
        halves = self._places(took) and len(self._places(name_words(str(value)))) > len(took)
        around = [text[start:end] for start, end in said if start <= span.start and span.end <= end]
        return names if halves or any(self._says_more(spoken_words(each), took) for each in around) else ()

    def _says_more(self, said: Sequence[str], took: Sequence[str]) -> bool:
        """Return whether words say another position than some of them do: "behind the driver", "front left"."""
        return said[0] in self._beside or len(self._places(said)) > len(self._places(took))

    def _opposes(self, said: Sequence[str], value: Sequence[str]) -> bool:
        """Return whether a value is of the other side than the words that were said."""
        words = {self._forms.get(word, word) for word in said}
        others = {other for pair in self._opposed for word in words & pair for other in pair - {word}}
        return not others.isdisjoint(value) and not words & others

    def _places(self, words: Sequence[str]) -> list[str]:
        return [word for word in words if self._forms.get(word, word) in self._values]

    def _takes_positions(self, schema: Mapping[str, JSON]) -> bool:
        listed = schema.get("enum")
        values = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        return sum(not self._values.isdisjoint(name_words(each)) for each in values) >= LEAST_POSITIONS

    def _stretches(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """Return from which up to which character words stand that say a position."""
        lowered = [word.lower for word in words]
        found = list(self._said.found(lowered))
        for place, word in enumerate(lowered[:-1]):
            if word in self._persons and lowered[place + 1] in self._of_persons:
                found.append((place, place + 2))  # "my wife's seat"
        whole: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if whole and start <= whole[-1][1]:
                whole[-1] = (whole[-1][0], max(end, whole[-1][1]))  # "das vordere", "rechte"
            else:
                whole.append((start, end))
        return [(words[start].start, words[end - 1].end) for start, end in whole]
