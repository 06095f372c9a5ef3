"""Phrases written as a pattern of slots, looked for without writing every filling out.

"it quite* fine manner*" stands for "it's fine", "that's quite all right as it is" and thousands more. Compares folded
words only; what a pattern means is its owner's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.understanding.grammar.phrase_sets import PhraseSet

OPTIONAL, REPEATED, SEVERAL = "?", "*", "+"
"""Behind a slot's name: it may stay empty; it may stay empty or be filled several times; it is filled at least once."""


class PhrasePatterns:
    """Patterns of one purpose; each slot is a set of phrases."""

    def __init__(self, patterns: Iterable[str], slots: Mapping[str, Iterable[str]]) -> None:
        """Raises KeyError if a pattern names a slot that is not given."""
        filled = {name: PhraseSet(phrases, accents=True) for name, phrases in slots.items()}
        marks = OPTIONAL + REPEATED + SEVERAL
        self._patterns = [[(filled[slot.rstrip(marks)], slot[-1]) for slot in pattern.split()] for pattern in patterns]

    def ends(self, words: Sequence[str], start: int) -> set[int]:
        """Return where the phrases that begin at that word end, the empty one left out."""
        found: set[int] = set()
        for pattern in self._patterns:
            places = {start}
            for slot, kind in pattern:
                reached = _reached(slot, words, places, repeated=kind in (REPEATED, SEVERAL))
                places = places | reached if kind in (OPTIONAL, REPEATED) else reached
            found |= places
        return found - {start}


def _reached(slot: PhraseSet, words: Sequence[str], places: set[int], *, repeated: bool) -> set[int]:
    """Return where a slot ends that begins at one of the places."""
    found: set[int] = set()
    fresh = set(places)
    while fresh:
        fresh = {end for place in fresh for end in slot.ends(words, place)} - found
        found |= fresh
        if not repeated:
            break
    return found
