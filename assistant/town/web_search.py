"""Web search over a small bundled corpus; none of its pages is on the real web."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from assistant.hosting.spoken_words import plain
from assistant.town.data_files import load

_STOP = frozenset("a an and are at be by do for from how i in is it of on or the to what when which with".split())


@dataclass(frozen=True)
class Page:
    """One page of the corpus."""

    title: str
    url: str
    text: str


class WebSearch:
    """An index over the corpus that ranks pages by shared words; rare words count more."""

    def __init__(self) -> None:
        self.pages = tuple(Page(raw["title"], raw["url"], raw["text"]) for raw in load("corpus"))
        self._words = [Counter(_terms(f"{page.title} {page.title} {page.text}")) for page in self.pages]
        spread = Counter(word for counts in self._words for word in counts)
        self._weight = {word: math.log(1 + len(self.pages) / count) for word, count in spread.items()}

    def find(self, query: str, count: int) -> list[Page]:
        """Return at most `count` pages, best first, without pages that share only common words."""
        wanted = _terms(query)
        scored = [
            (sum(self._weight[word] * min(2, counts[word]) for word in set(wanted) if word in counts), page)
            for counts, page in zip(self._words, self.pages, strict=True)
        ]
        best = max((score for score, _ in scored), default=0.0)
        ranked = sorted((s for s in scored if s[0] > best * 0.3), key=lambda s: -s[0])
        return [page for _, page in ranked[:count]]


def _terms(text: str) -> list[str]:
    return [word.removesuffix("s") for word in plain(text).split() if word not in _STOP]
