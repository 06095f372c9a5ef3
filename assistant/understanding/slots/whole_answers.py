"""Answers to questions for a text: a code, a plate, a name, an address, a path. Each is taken whole, for that alone.

A number in "HD-AB 1207" is no number of hours. Another parameter gets words of such an answer only if the words name it
("and make it 4 hours"); one that has its value already keeps it otherwise. Proposes nothing of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities, Stretch
from assistant.understanding.slots.labels import Labels
from assistant.understanding.slots.parameters import Kind, Slot

LONGEST = 8
"""Words of an answer that is a name or a code; longer ones say more than that."""
COUNTED = (Kind.INTEGER, Kind.NUMBER, Kind.DURATION, Kind.PHONE, Kind.YEAR)
"""Kinds whose values are numbers, which a text may hold as well."""
NEAR = 3
"""Words before a value in which its parameter is named."""


class WholeAnswers:
    """Reads answers to questions for texts in one language."""

    def __init__(self, language: Language) -> None:
        phrases = language.answers["answer_shapes"]
        self._stem = language.stem
        self._common = language.common
        self._labels = Labels(language)
        self._openings = frozenset((*language.commands, *phrases["orders"], *phrases["giving"], *phrases["questions"]))
        self._finite = frozenset((*phrases["finite"], *language.words("cutting", "copulas")))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._joining = frozenset((*language.words("cutting", "boundaries"), *phrases["giving"], "it", "that"))
        self._announced = frozenset((*language.words("cutting", "naming"), *language.words("cutting", "naming_verbs")))
        self._objects = frozenset(language.words("cutting", "objects"))
        self._acted = frozenset((*self._objects, *self._articles, *language.words("places", "possessives")))
        self._acted |= frozenset(language.mood["subjects"])
        self._cues = frozenset(str(cue) for cue in language.table("roles")["count"]["cues"])

    def others(
        self, asked: Sequence[Slot], found: Sequence[Candidate], entities: Entities, answered: Collection[str]
    ) -> list[Candidate]:
        """Return the proposals without numbers that belong to the text asked for; `answered` parameters have values."""
        texts = [slot for slot in asked if slot.kind is Kind.TEXT]
        if not texts:
            return list(found)
        own = {self._stem(word) for slot in asked for word in slot.words}
        return [c for c in found if c.slot in asked or self._may_stay(c, own, entities, answered)]

    def of(
        self,
        asked: Sequence[Slot],
        slots: Sequence[Slot],
        found: Sequence[Candidate],
        entities: Entities,
        kept: Collection[str],
    ) -> Iterator[Candidate]:
        """Yield the answer whole, up to the words of other parameters (`found`), unless it says more than that.

        `kept` are the free texts that have a value; while another one needs one, an answer may say that as well.
        """
        open_texts = [s for s in slots if s.kind is Kind.TEXT and s.required and s not in asked]
        if len(asked) == 1 and all(slot.path[0] in kept for slot in open_texts):
            whole = self._whole(asked[0], found, entities)
            if whole is not None:
                yield whole

    def _whole(self, asked: Slot, found: Sequence[Candidate], entities: Entities) -> Candidate | None:
        words = entities.lowered
        special = (
            asked.kind is not Kind.TEXT or asked.world or asked.numeric or asked.values or "pattern" in asked.schema
        )
        if special or len(asked.path) > 1 or not words:
            return None
        start = self._labels.behind(asked, entities)
        end = min((c.start for c in found if c.slot.path != asked.path), default=len(words))
        while end > start and (words[end - 1] in self._joining or not entities.words[end - 1].spoken):
            end -= 1
        while end - start > 1 and words[start] in self._articles:
            start += 1
        if not 0 < end - start <= LONGEST or not any(map(str.isdigit, surface(entities, start, end))):
            return None
        inside = words[start:end]
        acts = inside[0] in self._openings and not self._acted.isdisjoint(inside[1:2])  # "am I", but not "Am Ring 8"
        if acts or not (self._finite | self._announced).isdisjoint(inside[1:]):
            return None
        return Candidate(asked, surface(entities, start, end), start, end, 1.0)

    def _may_stay(self, found: Candidate, own: Collection[str], entities: Entities, answered: Collection[str]) -> bool:
        """Return whether words are another parameter's: they name it, or have a form that no text has."""
        near = entities.lowered[max(0, found.start - NEAR) : found.end + 1]
        names = {self._stem(word) for word in found.slot.words if word not in self._common} - {*own}
        if any(self._stem(word) in names for word in near):
            return True
        measured: tuple[Stretch, ...] = (*entities.durations, *entities.sums)
        if any(each.start <= found.start and found.end <= each.end for each in measured):
            return True
        if found.slot.path[0] in answered and found.slot.kind is not Kind.TEXT:
            return False
        if found.slot.kind not in COUNTED:
            return True
        before = entities.lowered[found.start - 1] if found.start else ""
        behind = entities.lowered[found.end : found.end + 2]
        return before in self._cues or not self._objects.isdisjoint(behind)
