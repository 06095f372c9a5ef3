"""Which of several results is meant by what sets it apart: the cheaper, the nearest, the best rated.

Compares what the results themselves say; a property that fewer than two of them have decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assistant.understanding.language import Language
from assistant.understanding.tokens import name_words
from client.values import JSON


class _Comparison(NamedTuple):
    """What a word like "cheaper" looks at."""

    keys: frozenset[str]
    """Words of the names of properties."""
    most: bool
    """Whether the greatest value is meant rather than the least."""


class Properties:
    """Comparisons of one language."""

    def __init__(self, language: Language) -> None:
        self._comparisons: dict[str, _Comparison] = {}
        for entry in language.groups("comparisons"):
            comparison = _Comparison(frozenset(entry["keys"]), bool(entry["most"]))
            for said in entry["said"]:
                self._comparisons[said] = comparison

    def pick(self, said: str, results: Sequence[Mapping[str, JSON]]) -> int | None:
        """Return the index of the result that the word means; None where nothing sets one apart by it."""
        comparison = self._comparisons.get(said)
        if comparison is None:
            return None
        found = [
            (value, index)
            for index, result in enumerate(results)
            if (value := _value(result, comparison.keys)) is not None
        ]
        kinds = {isinstance(value, str) for value, _ in found}
        if len(found) < 2 or len(kinds) != 1:
            return None
        found.sort(key=lambda pair: pair[0], reverse=comparison.most)
        return found[0][1] if found[0][0] != found[1][0] else None


def _value(result: Mapping[str, JSON], keys: frozenset[str]) -> float | str | None:
    """Return the first value whose property's name has one of the words: a number, a moment, "€€" by its length."""
    for name, value in result.items():
        if not keys.intersection(name_words(name)):
            continue
        if isinstance(value, Mapping):
            inner = [item for item in value.values() if isinstance(item, int | float)]
            if inner:
                return float(min(inner))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        elif isinstance(value, str) and value:
            return float(len(value)) if set(value) <= set("€$£") else value
    return None
