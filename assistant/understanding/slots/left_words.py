"""What is left of a sentence for free text that nothing marks: "lunch with ben", of "put lunch with ben on friday".

Takes away verbs, leading words and the tool's own words, and weighs the runs of words that remain; it cuts no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import stems_of, surface
from assistant.understanding.slots.described import is_code_word
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.named_things import NamedThings
from assistant.understanding.slots.parameters import SEARCHING, Slot
from assistant.understanding.slots.phrases import Phrases
from assistant.understanding.slots.verbs import Verbs

LOOSE = ("kind", "purpose", "title", "query", "venue", "place", "destination", "message", "address", "container")
"""Roles that what is left of a sentence may fill, besides parameters without any role."""
ONLY_REQUIRED = ("address", "container")
"""Of these, the roles that it fills only where the tool cannot do without."""
MOST_RUNS = 4
"""Runs of words that are looked at."""


class LeftWords:
    """What is left of sentences of one language."""

    def __init__(self, language: Language, phrases: Phrases, things: NamedThings, verbs: Verbs) -> None:
        self._language = language
        self._phrases = phrases
        self._things = things
        self._verbs = verbs
        self._kinds = frozenset(
            language.stem(phrase.split()[-1]) for subject in language.subjects for phrase in subject.said
        )
        self._common_stems = frozenset(language.stem(word) for word in language.common)
        self._identifiers = frozenset(language.words("planning", "identifiers"))
        self._about = frozenset((*language.words("verbs", "about"), *language.words("verbs", "alike")))
        self._of = frozenset(language.words("date", "of")[:1])

    def of(
        self, slots: Sequence[Slot], entities: Entities, taken: frozenset[int]
    ) -> Iterator[tuple[Slot, int, int, float]]:
        """Yield for parameters the words from and up to which could be theirs, and the strength of that."""
        runs = self._runs(entities, taken)
        for order, slot in enumerate(slots):
            for rank, (start, end) in enumerate(sorted(runs, key=lambda run: self._standing(slot, entities, *run))):
                if self._may_take(slot, entities, start, end):
                    begin, stop = self._narrowed(slot, entities, start, end, taken)
                    strength = self._strength(slot, entities, begin, stop) - 0.1 * rank - 0.02 * order
                    yield slot, begin, stop, strength

    def says_nothing_new(self, slot: Slot, entities: Entities, part: Part) -> bool:
        """Return whether words only point, or only say what the tool is about: "it", "a card" of a tool for cards.

        Nobody is called by the tool's own noun: "transfer shares".
        """
        if part.role not in ("title", "query", "list", "person", "message"):
            return False
        stems = stems_of(entities, part.start, part.end, self._language) - self._common_stems
        own = part.role in ("person", "message")
        return stems <= slot.tool_stems and (bool(stems) == own or part.role == "title")

    def is_identifier(self, slot: Slot) -> bool:
        """Return whether a parameter takes what nobody knows by heart ("dealer_code")."""
        return slot.opaque or any(is_code_word(word, self._identifiers) for word in slot.words[-1:])

    def common_noun(self, entities: Entities, start: int, end: int) -> bool:
        """Return whether a phrase is a kind of thing ("gas station") rather than a name ("Luigi's")."""
        if entities.words[start].text[:1].isupper() and not entities.words[0].text.isupper() and start > 0:
            return False
        return self._language.stem(entities.lowered[end - 1]) in self._kinds

    def _runs(self, entities: Entities, taken: frozenset[int]) -> list[tuple[int, int]]:
        """Return the runs of words that are no verb, leading word or value already; longest first."""
        found = []
        spent = taken | self._verbs.places(entities)
        for start, end in self._phrases.remaining(entities.words, spent)[:MOST_RUNS]:
            if self._things.announces(entities, end) or self._things.states(entities, start):
                continue
            begin, stop = self._things.core(entities, start, end)
            while stop - begin > 1 and self._verbs.ends_idly(entities.lowered[stop - 1]):
                stop -= 1
            while stop - begin > 0 and self._verbs.opens_idly(entities.lowered[begin]):
                begin += 1
            if stop > begin:
                found.append((begin, stop))
        return found

    def _standing(self, slot: Slot, entities: Entities, start: int, end: int) -> tuple[bool, int, bool, int]:
        """Return how a run ranks, lowest first: by words that are not its tool's, then behind "of", then by place.

        "flour", of "which words sound like flour"; "happy", of "five other words for happy": what nothing else is known
        of stands behind a leading word first.
        """
        stems = [self._language.stem(lower) for lower in entities.lowered[start:end]]
        own = sum(stem not in slot.gist_stems for stem in stems)
        led = start > 0 and entities.lowered[start - 1] in self._of
        named = not slot.roles or (slot.reads and slot.roles[:1] == ("title",))
        behind = named and start > 0 and entities.lowered[start - 1] in self._about
        return not behind, -own, not led, start

    def _may_take(self, slot: Slot, entities: Entities, start: int, end: int) -> bool:
        """Return whether words that nothing marks may be a parameter's at all."""
        if slot.roles and (slot.roles[0] not in LOOSE or (slot.roles[0] in ONLY_REQUIRED and not slot.required)):
            return False
        if self.is_identifier(slot) and not any(map(str.isdigit, surface(entities, start, end))):
            return False  # an identifier is looked up or asked for, not made of any words
        if not slot.required and self._things.says_nothing(slot, entities, start, end):
            return False
        stems = stems_of(entities, start, end, self._language)
        if stems - self._common_stems <= slot.gist_stems or self._things.only_values(entities, start, end):
            return False
        takes_all = not slot.required and slot.roles[:1] in ((), ("message",))
        return not self._things.names_another(slot, entities, start, end) and not (
            takes_all and stems <= slot.other_told
        )

    def _strength(self, slot: Slot, entities: Entities, start: int, end: int) -> float:
        known = self.common_noun(entities, start, end)
        strength = 0.5
        strong = slot.required or slot.only or (entities.words[start].text[:1].isupper() and start > 0)
        if (not slot.roles or slot.roles[0] == "place") and not strong:
            strength -= 0.25
        if "kind" in slot.roles[:2]:
            strength += 0.1 if known else -0.1
        elif "title" in slot.roles[:2]:
            strength += -0.05 if known else 0.1
        return strength

    def _narrowed(self, slot: Slot, entities: Entities, start: int, end: int, taken: frozenset[int]) -> tuple[int, int]:
        """Return the words without the tool's own at their ends; a title goes on over "with" and "and"."""
        begin, stop = start, end
        worded = slot.required and slot.roles[:1] in ((), ("message",))
        if (worded or slot.roles[:1] == ("title",)) and not self.is_identifier(slot):
            stop = self._things.runs_on(entities, end, taken)
        named = not slot.required and (slot.roles[:1] == ("kind",) or "title" in slot.roles[:2])
        named |= slot.roles[:1] == ("place",)  # "brisbane forecast"
        while named and stop - begin > 1 and self._is_tool(slot, entities.lowered[stop - 1]):
            stop -= 1  # "pasta timer", of a timer
        searched = slot.roles[:1] == ("query",) and begin == 0
        while searched and begin < stop - 1 and self._is_tool(slot, entities.lowered[begin]):
            begin += 1  # "airport lookup chicago", without a verb
        while self.is_identifier(slot) and begin < end - 1 and self._is_named(slot, entities.lowered[begin]):
            begin += 1  # "vehicle V-4"
        return begin, stop

    def _is_tool(self, slot: Slot, word: str) -> bool:
        return self._language.stem(word) in slot.tool_stems or word in SEARCHING

    def _is_named(self, slot: Slot, word: str) -> bool:
        return self._language.stem(word) in {self._language.stem(own) for own in slot.words}
