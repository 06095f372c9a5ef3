"""Fields that are said with their names, as on a form: "street Elm Street 4, city Boston, zip 02110".

The names are labels: each value stands between its label and the next one, whole, and no label is part of a value.
Two labels at least make a form of a sentence; a single one is a word like any other here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot

LABELLED = 0.97
"""Strength of a value behind its label."""
FEWEST = 2
"""Labels of texts that make a form of a sentence."""


@dataclass(frozen=True)
class _Label:
    slot: Slot
    start: int
    behind: int
    """The first word of its value."""


class Labels:
    """Reads labelled fields in one language."""

    def __init__(self, language: Language) -> None:
        self._stem = language.stem
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._between = frozenset((*language.words("cutting", "naming_verbs"), *language.words("cutting", "copulas")))
        self._joining = frozenset((*language.words("cutting", "going_on"), *self._leads, *self._articles))
        self._announcing = frozenset(language.words("planning", "announcing"))
        self._commands = language.commands

    def of(self, slots: Sequence[Slot], entities: Entities) -> Iterator[Candidate]:
        """Yield the values of the texts that the sentence labels, if it labels several parameters of the tool.

        The words of a proposal begin with its label, so that nothing else takes that.
        """
        labels = self._labels(slots, entities)
        if sum(_takes_words(label.slot) for label in labels) < FEWEST:
            return
        ends = [*(label.start for label in labels[1:]), self._end(entities, labels[-1].behind)]
        for label, end in zip(labels, ends, strict=True):
            start, end = self._trimmed(entities, label.behind, end)
            if end > start and _takes_words(label.slot):
                yield Candidate(label.slot, surface(entities, start, end), label.start, end, LABELLED)

    @staticmethod
    def listed(asked: Sequence[Slot], entities: Entities) -> Iterator[Candidate]:
        """Yield an object's fields that were said in their order, all that it needs: "Elm Street 4, Boston, 02110"."""
        needed = [slot for slot in asked if slot.required]
        commas = [place for place, word in enumerate(entities.words) if word.text == ","]
        starts, ends = [0, *(place + 1 for place in commas)], [*commas, len(entities.words)]
        nested = len(needed) > 1 and all(_takes_words(slot) and len(slot.path) > 1 for slot in needed)
        if nested and len(starts) == len(needed) and all(a < b for a, b in zip(starts, ends, strict=True)):
            for slot, start, end in zip(needed, starts, ends, strict=True):
                yield Candidate(slot, surface(entities, start, end), start, end, LABELLED)

    def behind(self, slot: Slot, entities: Entities) -> int:
        """Return where the value of an answer begins that opens with the name of its parameter; 0 if it does not."""
        place = 0
        while place < len(entities.words) and (
            entities.lowered[place] in self._articles or entities.lowered[place] in self._between
        ):
            place += 1
        found = self._at(slot, entities, place) if place < len(entities.words) else None
        return found.behind if found is not None else 0

    def _labels(self, slots: Sequence[Slot], entities: Entities) -> list[_Label]:
        """Return the labels in the order said, each parameter's first one."""
        found: list[_Label] = []
        place = 0
        while place < len(entities.words) - 1:
            used = [label.slot for label in found]
            free = sorted((s for s in slots if s not in used), key=lambda slot: -len(slot.words))
            label = next((at for slot in free if (at := self._at(slot, entities, place)) is not None), None)
            if label is not None and (place or entities.lowered[0] not in self._commands):
                found.append(label)
                place = label.behind
            else:
                place += 1
        return found

    def _at(self, slot: Slot, entities: Entities, place: int) -> _Label | None:
        """Return the parameter's name that stands at that word with a value behind it; None if none does."""
        words = slot.words[:-1] if slot.words[-1:] == ("name",) and len(slot.words) > 1 else slot.words
        behind = place + len(words)
        own = {self._stem(word) for word in words} <= slot.tool_stems
        if not words or own or entities.lowered[place:behind] != words:
            return None
        if behind < len(entities.words) and entities.lowered[behind] in self._announcing:
            behind += 1  # "plate number"
        while behind < len(entities.words) and entities.lowered[behind] in self._between:
            behind += 1
        if behind >= len(entities.words) or not entities.words[behind].spoken:
            return None
        return None if entities.lowered[behind] in self._leads else _Label(slot, place, behind)

    def _end(self, entities: Entities, start: int) -> int:
        """Return where the last value ends: at a mark, or before what leads in a day, a time or a length of time."""
        opened = {found.start for found in (*entities.moments, *entities.durations)}
        for place in range(start + 1, len(entities.words)):
            mark = not entities.words[place].spoken and entities.words[place].text in ",;!?"
            if mark or (entities.lowered[place] in self._leads and place + 1 in opened):
                return place
        return len(entities.words)

    def _trimmed(self, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return a value without what leads to the next label, and without articles before it."""
        while end - start > 1 and (not entities.words[end - 1].spoken or entities.lowered[end - 1] in self._joining):
            end -= 1
        while end - start > 1 and entities.lowered[start] in self._articles:
            start += 1
        return start, end


def _takes_words(slot: Slot) -> bool:
    """Return whether a parameter takes words as they are said."""
    return slot.kind is Kind.TEXT and not (slot.opaque or slot.world or slot.numeric or slot.values)
