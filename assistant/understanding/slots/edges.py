"""Where a value ends that words around it could stretch: "deadlift", of "a deadlift properly"; "brugge", of "the word brugge".

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
            elif not worded and self._verbs.opens_idly(entities.lowered[start]):
                start += 1
            elif not slot.roles and self._asks_of(entities, start, end):
                start += 2
            elif start in verbs or self._says_kind(slot, entities, start):
                start += 1
            else:
                break
        return start, end

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
