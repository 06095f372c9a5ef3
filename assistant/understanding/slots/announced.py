"""Words that others announce: "called [login page is blank]", "saying [it happens on safari]", "with the subject [hi]".

What is announced is the speaker's own wording, so it is cut where it ends and never reworded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.edges import Edges
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.named_things import NamedThings
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases

TOLD = (("description",), ("notes",), ("details",))
"""Last words of names of texts that tell more of a thing, in whole sentences."""
PASSED_ON = (("text",), ("message",), ("body",), ("comment",), ("content",))
"""Last words of names of texts that are passed on, required or not."""
LONGEST_NAME = 3
"""Words of what may still be a thing's name; longer ones are sentences."""


class Announced:
    """Announced words of one language."""

    def __init__(
        self,
        language: Language,
        phrases: Phrases,
        things: NamedThings,
        edges: Edges,
        cut: Callable[[Slot, Entities, int, int, float], Candidate],
    ) -> None:
        self._language = language
        self._phrases = phrases
        self._things = things
        self._ends = things.ends
        self._edges = edges
        self._cut = cut
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._that = frozenset(word for word in language.words("persons", "reply") if " " not in word)

    def called(
        self,
        slot: Slot,
        entities: Entities,
        cue: str,
        strength: float,
        others: frozenset[int],
        kinds: Sequence[int],
        *,
        dated: bool,
    ) -> Iterator[Candidate]:
        """Yield the names that a word such as "called" announces: words of any kind, even one that looks like a day."""
        for place, lower in enumerate(entities.lowered[:-1]):
            if lower != cue:
                continue
            start, end = place + 1, self._ends.named_end(slot, entities, place + 1)
            end = self._ends.before_listed(entities, start, end, kinds)
            end = self._ends.before_values(entities, start, end, others)
            end = self._edges.before_verb(entities, start, end)
            if dated and end > start:
                start, end = self._things.without_moments(entities, Part("title", start, end))
            start, end = self._phrases.without_articles(entities.words, start, end) if end > start else (start, end)
            if end > start:
                yield Candidate(slot, surface(entities, start, end), start, end, strength)

    def passed_on(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the clause behind "that" or "saying" for a text that is passed on: "comment that the plumber comes"."""
        told = slot.words[-1:] in TOLD or (slot.roles[:1] in (("title",), ()) and slot.required)
        if not told and (
            slot.roles[:1] != ("message",) or not (slot.required or slot.only or slot.words[-1:] in PASSED_ON)
        ):
            return
        for place in range(1, len(entities.words) - 1):
            size = self._ends.says_at(entities, place)
            that = entities.lowered[place] in self._that and entities.lowered[place - 1] not in self._leads
            if size or (that and not told and place <= len(entities.words) - LONGEST_NAME):
                start, end = place + max(size, 1), self._ends.before_holder(slot, entities)
                if end > start:
                    yield Candidate(slot, surface(entities, start, end), start, end, 0.72 if told else 0.77)
                return

    def worded(self, slot: Slot, entities: Entities, begin: int, *, led: bool) -> Iterator[Candidate]:
        """Yield the words behind the name of a text that takes sentences: "with the description nobody can pay".

        They stay as they are, whatever they open with: "with the message open the gate".
        """
        opens = self._phrases.opens(entities.words, begin) or self._phrases.asks(entities.words, begin)
        if not (led or opens):
            return
        if entities.lowered[begin] in self._leads and (not led or self._that.intersection(entities.lowered[begin:])):
            return  # "a note on the third one that ...": the clause behind "that" is passed on
        end = self._ends.named_end(slot, entities, begin) if slot.roles[:1] != ("message",) else len(entities.words)
        if end > begin:
            yield self._cut(slot, entities, begin, end, 0.8)

    def makes(self, slot: Slot, entities: Entities, place: int, begin: int) -> bool:
        """Return whether a noun with a name behind it is what the tool makes, and not what this parameter takes."""
        named = begin > place + 1 and not slot.required
        return named and self._language.stem(entities.lowered[place]) in slot.tool_stems
