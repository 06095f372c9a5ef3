"""Sets of phrases that are looked for in a sentence all at once.

Compares folded words only; what a phrase means is its owner's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.understanding.tokens import fold, plain

Phrase = tuple[str, ...]


class PhraseSet:
    """Phrases, found by their first word."""

    def __init__(self, phrases: Iterable[str], *, accents: bool = False) -> None:
        """`accents` keeps them, for languages in which they part words ("wurde", "würde")."""
        folded = (tuple((fold(raw) if accents else plain(raw)).split()) for raw in phrases)
        self._phrases = frozenset(phrase for phrase in folded if phrase)
        self._sizes: dict[str, tuple[int, ...]] = {}
        for phrase in self._phrases:
            sizes = {*self._sizes.get(phrase[0], ()), len(phrase)}
            self._sizes[phrase[0]] = tuple(sorted(sizes, reverse=True))

    def __contains__(self, words: Phrase) -> bool:
        return words in self._phrases

    def ends(self, words: Sequence[str], start: int) -> Iterator[int]:
        """Yield where the phrases that begin at that word end, the longest first."""
        if start < len(words):
            for size in self._sizes.get(words[start], ()):
                if start + size <= len(words) and tuple(words[start : start + size]) in self._phrases:
                    yield start + size

    def found(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield where every phrase in a sentence begins and ends."""
        for start in range(len(words)):
            for end in self.ends(words, start):
                yield start, end

    def covered(self, words: Sequence[str]) -> set[int]:
        """Return the words that are part of any phrase."""
        return {place for start, end in self.found(words) for place in range(start, end)}

    def within(self, words: Sequence[str]) -> bool:
        """Return whether any phrase stands anywhere in the sentence."""
        return next(self.found(words), None) is not None

    def opens(self, words: Sequence[str]) -> bool:
        """Return whether the sentence begins with one of the phrases."""
        return next(self.ends(words, 0), None) is not None
