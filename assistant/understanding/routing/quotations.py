"""What descriptions quote of people ("Use for 'when is it cheapest to go'"), as examples of what a tool is asked for.

Compares words in their order; quotations teach nothing about values, and never decide which tool is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.tokens import spoken_words
from client.catalog import Tool

Scores = NDArray[np.float32]

_QUOTED = re.compile(r"[\"“]([^\"“”]{6,100})[\"”]|(?<!\w)['‘]([^'‘’]{3,100}(?:['’]\w[^'‘’]*)*)['’](?!\w)")
_CODE = re.compile(r"[=_{}<>\\/@#|]|\d{3}|\w\(")
"""What people do not say."""
FEWEST_WORDS, MOST_QUOTED = 2, 12
"""Words of a quotation from which it may be a request, and quotations that are read of one tool."""
LONGEST = 6_000
"""Letters of a description that are read."""
LEAST = 15.0
"""Strength of all its words together from which a quotation tells anything: "right now" does not."""
HALF = 0.4
"""Share of a quotation that any sentence may have by chance."""


def quoted(tool: Tool) -> list[str]:
    """Return what a tool's description quotes of people, at most `MOST_QUOTED`."""
    described = " ".join(tool.description[:LONGEST].split())
    found = (part for one, other in _QUOTED.findall(described) for part in _parts(one or other))
    return [each for each in found if len(each.split()) >= FEWEST_WORDS and not _CODE.search(each)][:MOST_QUOTED]


def _parts(quotation: str) -> list[str]:
    """Return the requests of a quotation: "where is it now, is it on time" has two."""
    parts = [part.strip() for part in quotation.split(",")]
    return parts if all(len(part.split()) > FEWEST_WORDS for part in parts) else [quotation.strip()]


class Quotations:
    """What the tools of one catalog quote."""

    def __init__(self, tools: Sequence[Tool], language: Language, strength: Callable[[str], float]) -> None:
        """`strength` tells how much a word says."""
        self._stem = language.stem
        self._strength = strength
        self._common = language.common
        self._count = len(tools)
        self._quoted: list[tuple[int, list[str], list[float]]] = []
        for number, tool in enumerate(tools):
            for words in map(spoken_words, quoted(tool)):
                weights = [strength(word) for word in words]
                if sum(weights) >= LEAST and any(word not in language.common for word in words):
                    self._quoted.append((number, [self._stem(word) for word in words], weights))

    def evidence(self, words: Sequence[str]) -> Scores:
        """Return how much each tool quotes of what is said, 0 to 1, shape (tools,)."""
        found = np.zeros(self._count, dtype=np.float32)
        if not self._quoted:
            return found
        said = [self._stem(word) for word in words]
        telling = {stem for word, stem in zip(words, said, strict=True) if word not in self._common}
        for number, quotation, weights in self._quoted:
            if telling.isdisjoint(quotation):
                continue
            share = _in_order(quotation, weights, said) / sum(weights)
            found[number] = max(found[number], (share - HALF) / (1 - HALF))
        return found


def _in_order(quotation: Sequence[str], weights: Sequence[float], said: Sequence[str]) -> float:
    """Return the most weight of words of a quotation that are said in its order."""
    best = [0.0] * (len(said) + 1)
    for word, weight in zip(quotation, weights, strict=True):
        before = 0.0
        for place, each in enumerate(said, 1):
            here = best[place]
            best[place] = max(here, best[place - 1], before + weight if each == word else 0.0)
            before = here
    return best[-1]
