"""Whether a sentence asks how things are, how they will be or how they were, and which of these a tool tells.

"Is it raining" asks for the current conditions and no forecast. Only weighs tools against each other, by their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities
from assistant.understanding.tokens import name_words
from client.catalog import Tool


class Tense(StrEnum):
    """Of what time a tool tells, or a sentence asks."""

    NOW = "now"
    LATER = "later"
    PAST = "past"


NAMES = {
    Tense.NOW: frozenset({"current", "currently", "now", "live", "realtime", "latest"}),
    Tense.LATER: frozenset({"forecast", "forecasts", "prediction", "predictions", "upcoming", "outlook", "scheduled"}),
    Tense.PAST: frozenset({"history", "historical", "past", "archive", "previous", "recent", "recently"}),
}
"""Words of tools' names, which are English whatever language is spoken."""
BROAD = frozenset({"summary", "overview", "digest", "rundown", "dashboard", "report"})
"""The same of tools that tell of everything at once."""


class Tenses:
    """Tells tenses in one language."""

    def __init__(self, language: Language) -> None:
        table = language.table("tense")
        self._said = {tense: frozenset(table[tense]) for tense in Tense}
        self._is = frozenset(table["is"])
        self._broad = frozenset(table["broad"])

    @staticmethod
    def told(tool: Tool) -> Tense | None:
        """Return of what time a tool tells by its name; None if that says nothing, or several things."""
        words = set(name_words(tool.name))
        found = [tense for tense, names in NAMES.items() if names & words]
        return found[0] if len(found) == 1 else None

    def asked(self, entities: Entities) -> tuple[Tense | None, bool]:
        """Return of what time a sentence asks, and whether it says so; a question without a time asks for now."""
        for found in entities.days:
            day = found.day or found.first
            if day is not None and day != entities.today:
                return (Tense.LATER if day > entities.today else Tense.PAST), True
        words = set(entities.lowered)
        for tense in (Tense.LATER, Tense.PAST, Tense.NOW):
            if self._said[tense] & words:
                return tense, True
        return (Tense.NOW if self._is & words and not entities.times else None), False

    def broad(self, tool: Tool, words: Sequence[str]) -> bool:
        """Return whether a tool tells of everything at once and a sentence does not ask for that."""
        return bool(BROAD.intersection(name_words(tool.name))) and self._broad.isdisjoint(words)
