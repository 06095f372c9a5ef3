"""Whether an answer to a question for a person, a list or a name is that name and nothing else: "my brother Tom".

Then none of its words may be another value. Only tells; it never cuts the words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.prepared import PreparedTool

LONGEST = 6
"""Words of a name that is said in answer to a question; longer answers say more than a name."""
NAMING_ROLES = frozenset({"person", "title", "list", "container", "new"})
"""First roles of free texts that take the name of somebody or something."""


class WholeNames:
    """Knows names from other answers in one language."""

    def __init__(self, language: Language) -> None:
        phrases = language.answers["answer_shapes"]
        verbs = {*language.commands, *phrases["orders"], *phrases["giving"], *phrases["questions"]}
        self._openings = frozenset(verbs) - {*language.words("cutting", "twofold")}
        between = (*language.words("cutting", "naming"), *language.words("cutting", "naming_verbs"))
        self._inside = frozenset((*phrases["finite"], *between, *language.words("cutting", "copulas")))
        self._objects = frozenset(language.words("cutting", "objects"))

    def is_one(self, asked: Slot, prepared: PreparedTool, entities: Entities, kept: Collection[str]) -> bool:
        """Return whether the words are the name that was asked for. `kept` are the free texts that have a value."""
        words = entities.lowered
        special = asked.opaque or asked.code or asked.world or asked.dotted or asked.numeric
        naming = asked.kind is Kind.TEXT and len(asked.path) == 1 and asked.roles[:1] and asked.roles[0] in NAMING_ROLES
        if not naming or special or "pattern" in asked.schema or asked.values or not 0 < len(words) <= LONGEST:
            return False
        others = [slot for slot in prepared.slots if slot is not asked]
        if any(slot.kind is Kind.TEXT and slot.required and slot.path[0] not in kept for slot in others):
            return False  # the answer may say that one as well
        if words[0] in self._openings or not self._inside.isdisjoint(words) or not self._objects.isdisjoint(words[1:2]):
            return False  # "call it summer"
        return not _says_another(others, prepared, entities)


def _says_another(others: Sequence[Slot], prepared: PreparedTool, entities: Entities) -> bool:
    """Return whether words may be the value of another parameter: by its name, a moment, a number or an address."""
    names = {slot.words[-1] for slot in others if slot.words}
    if not names.isdisjoint(entities.lowered) or entities.emails:
        return True
    counted = any(slot.kind in (Kind.INTEGER, Kind.NUMBER, Kind.DURATION) for slot in others)
    listed = any(slot.kind in (Kind.ENUM, Kind.LIST) for slot in others)
    moments = bool(entities.moments) and prepared.dated
    return moments or listed or (counted and bool(entities.numbers or entities.sums))
