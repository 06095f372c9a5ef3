"""Where a value ends that words around it could stretch: "deadlift", of "a deadlift properly".

Takes away words that belong to the request or only say what kind of thing is named; a value keeps one word at least.
"""

from __future__ import annotations

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.verbs import Verbs

WORDED = frozenset({"title", "message", "topic", "new", "list"})
"""First roles of parameters whose values are the speaker's own wording: there an adverb may belong to it."""


class Edges:
    """The edges of values in one language."""

    def __init__(self, language: Language, verbs: Verbs) -> None:
        self._language = language
        self._verbs = verbs
        self._called = frozenset(language.words("verbs", "called"))
        self._ordering = frozenset(language.words("verbs", "ordering"))
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._asking = frozenset(language.mood["interrogatives"])
        self._the = frozenset(language.words("date", "the"))
        self._of = frozenset(language.words("date", "of")[:1])
        self._before = frozenset((*language.words("cutting", "articles"), *language.words("places", "possessives")))
        self._before |= frozenset(language.words("verbs", "before_called"))

    def of(self, slot: Slot, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return the words of a value without those at its ends that are no part of it."""
        worded = bool(WORDED.intersection(slot.roles[:1]))
        verbs = self._verbs.places(entities)
        while end - start > 1:
            if end - 1 in verbs or (not worded and self._verbs.ends_idly(entities.lowered[end - 1])):
                end -= 1
                continue
            size = self._leading(slot, entities, start, end)
            if not size:
                break
            start += size
        return start, end

    def _leading(self, slot: Slot, entities: Entities, start: int, end: int) -> int:
        """Return how many words at the beginning of a value are no part of it."""
        lower = entities.lowered[start]
        worded = bool(WORDED.intersection(slot.roles[:1]))
        if not worded and self._verbs.opens_idly(lower):
            return 1
        if (not slot.roles or self._reads_name(slot)) and self._asks_of(entities, start, end):
            return 2
        which = slot.roles[:1] == ("query",) and lower in self._ordering
        deed = start in self._verbs.places(entities) or self._is_done(slot, entities, start)
        return int(which or deed or self._says_kind(slot, entities, start))

    @staticmethod
    def _reads_name(slot: Slot) -> bool:
        return slot.reads and slot.roles[:1] == ("title",)

    def _is_done(self, slot: Slot, entities: Entities, start: int) -> bool:
        """Return whether a word says what is done with a thing, and not which: "after taking ibuprofen"."""
        named = not slot.roles or self._reads_name(slot)
        return (
            named
            and start > 0
            and entities.lowered[start - 1] in self._leads
            and self._verbs.goes_on(entities.lowered[start])
        )

    def before_verb(self, entities: Entities, start: int, end: int) -> int:
        """Return where words end before the sentence's own verb: "wifi passwords", of "called wifi passwords say"."""
        verbs = self._verbs.places(entities)
        while end - start > 1 and end - 1 in verbs:
            end -= 1
        return end

    def _asks_of(self, entities: Entities, start: int, end: int) -> bool:
        """Return whether a question asks for what something has: "ephemeral", of "what's the meaning of ephemeral"."""
        led = start > 0 and entities.lowered[start - 1] in self._the and entities.lowered[0] in self._asking
        return led and end - start > 2 and entities.lowered[start + 1] in self._of

    def _says_kind(self, slot: Slot, entities: Entities, start: int) -> bool:
        """Return whether a word says what kind of thing the next one is: "the word brugge", "the player haaland"."""
        lower = entities.lowered[start]
        before = entities.lowered[start - 1] if start else ""
        own = {self._language.stem(word) for word in slot.words if word not in self._language.common}
        return before in self._before and (lower in self._called or self._language.stem(lower) in own)
