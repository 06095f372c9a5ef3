"""Where names and texts end that a word announces: before another mark, another value, or what they are put into.

Finds places in a sentence and proposes nothing. Small words inside a name do not end it: "called things to do".
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases


class Ends:
    """The ends of announced words, in one language."""

    def __init__(self, language: Language, phrases: Phrases) -> None:
        self._language = language
        self._phrases = phrases
        says = (tuple(phrase.split()) for phrase in language.words("cutting", "says"))
        self._says = sorted(says, key=len, reverse=True)
        self._naming = frozenset(language.words("cutting", "naming"))
        self._afterwards = tuple(tuple(phrase.split()) for phrase in language.words("cutting", "afterwards"))
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._objects = frozenset(language.words("cutting", "objects"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._possessives = frozenset(language.words("places", "possessives"))
        self._pointing = frozenset(language.words("cutting", "pointing"))
        self._kept_in = frozenset(language.words("cutting", "kept_in"))
        self._common_stems = frozenset(language.stem(word) for word in language.common)

    def named_end(self, slot: Slot, entities: Entities, begin: int) -> int:
        """Return where a name ends that "called" announces: before another mark or what it is put into, else nowhere.

        "login page is blank", of "called login page is blank saying it happens on safari".
        """
        for place in range(begin, len(entities.words)):
            word = entities.words[place]
            stop = word.text == "." and (place + 1 == len(entities.words) or entities.words[place + 1].start > word.end)
            if stop or (not word.spoken and word.text not in "-'&./"):
                return place
            if place > begin and (entities.lowered[place] in self._naming or self.says_at(entities, place)):
                return place
            if place > begin and any(entities.lowered[place : place + len(p)] == p for p in self._afterwards):
                return place  # "called hall cupboard and then add ..."
            if place > begin and entities.lowered[place] in self._leads and self._opens_other(slot, entities, place):
                return place
            following = entities.lowered[place + 1 : place + 2]
            if place > begin and self._objects.intersection(following) and self._phrases.orders(entities.words, place):
                return place  # "archive it"
        return len(entities.words)

    def before_listed(self, entities: Entities, start: int, end: int, kinds: Sequence[int]) -> int:
        """Return where words end before a listed value that was said: "call the plumber", of "... at the top".

        `kinds` are the places behind such values.
        """
        for behind in kinds:
            if start < behind <= end:
                lead = next((i for i in range(behind - 1, start, -1) if entities.lowered[i] in self._leads), None)
                end = end if lead is None else lead
        return end

    def before_values(self, entities: Entities, start: int, end: int, others: frozenset[int]) -> int:
        """Return where a name ends before another value behind it, "planning", of "planning on friday with anna".

        A name may open with what looks like one: "friday dinner".
        """
        place = start
        while place < end and place in others:
            place += 1
        while place < end and place not in others:
            place += 1
        if place == end:
            return end
        while place - 1 > start and entities.lowered[place - 1] in self._leads:
            hyphened = entities.words[place - 2].text == "-"
            if hyphened:
                break
            place -= 1
        return place

    def before_holder(self, slot: Slot, entities: Entities) -> int:
        """Return where words end before what they are put into, at the end of the sentence: "in the home notebook"."""
        end = len(entities.words)
        stem = self._language.stem(entities.lowered[end - 1])
        for place in range(max(1, end - 5), end - 2):
            pointed = entities.lowered[place + 1] in (*self._articles, *self._possessives)
            if entities.lowered[place] in self._kept_in and pointed and stem in slot.other_stems - self._common_stems:
                return place
        return end

    def says_at(self, entities: Entities, place: int) -> int:
        """Return how many words lead in at a place what is said: 1 for "saying", 2 for "and say", 0 for none."""
        return next((len(p) for p in self._says if entities.lowered[place : place + len(p)] == p), 0)

    def _opens_other(self, slot: Slot, entities: Entities, place: int) -> bool:
        """Return whether a leading word leads to another parameter or into a thing of the tool: "with the text"."""
        pointed = (*self._articles, *self._possessives, *self._pointing)
        behind = place + 1
        while behind < len(entities.words) - 1 and entities.lowered[behind] in pointed:
            behind += 1
        near = {
            self._language.stem(lower) for lower in entities.lowered[behind : behind + 1 + 2 * (behind > place + 1)]
        }
        if near & (slot.other_stems - self._common_stems):
            return True
        following = {self._language.stem(lower) for lower in entities.lowered[behind:]}
        return behind > place + 1 and bool(following & slot.tool_stems)
