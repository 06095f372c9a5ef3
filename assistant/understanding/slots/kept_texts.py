"""Free texts that have a value already, while another parameter is asked for: they change only if words mark them.

"My brother", in answer to "Which recipient?", is no new message; "and the message is ..." is one. Never asks anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities


class KeptTexts:
    """Guards texts in one language."""

    def __init__(self, language: Language) -> None:
        self._stem = language.stem
        self._copulas = frozenset(language.words("cutting", "copulas"))
        self._small = language.common | language.commands

    def changing(
        self, candidates: Iterable[Candidate], kept: Collection[str], entities: Entities
    ) -> Iterator[Candidate]:
        """Yield those that may be taken: for a text that is `kept` only what the words mark as its own."""
        for each in candidates:
            if each.slot.path[0] not in kept:
                yield each
            elif self._named_at(each, entities):
                start = each.start + (each.end - each.start > 1 and entities.lowered[each.start] in self._copulas)
                moved = start != each.start  # "the message is ..."
                yield replace(each, value=surface(entities, start, each.end), start=start) if moved else each

    def spent(self, chosen: Iterable[Candidate], kept: Collection[str], entities: Entities) -> frozenset[int]:
        """Return the places of new values of `kept` texts, of the names that mark them and of what leads these in."""
        found: set[int] = set()
        for each in chosen:
            places = self._named_at(each, entities) if each.slot.path[0] in kept else []
            if places:
                start = places[-1]
                while start and (
                    entities.lowered[start - 1] in self._small or not entities.lowered[start - 1].isalnum()
                ):
                    start -= 1
                found.update(range(start, each.end))
        return frozenset(found)

    def _named_at(self, candidate: Candidate, entities: Entities) -> list[int]:
        """Return the places before a value that name its parameter."""
        own = {self._stem(word) for word in candidate.slot.words}
        return [place for place in range(candidate.start) if self._stem(entities.lowered[place]) in own]
