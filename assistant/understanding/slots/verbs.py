"""Verbs by the places where sentences have them: "how do you [pronounce] quinoa", "where does sandwich [come from]".

Such words say what is wanted and are part of no value. Finds them by the words around them; it proposes no value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities

LONGEST_SUBJECT = 6
"""Words between an auxiliary and its verb: "does [the last blue line] leave"."""
SHORTEST_FORM = 5
"""Letters of the shortest verb in -ing that is told by its ending."""


class Verbs:
    """The verbs of one language's orders and questions."""

    def __init__(self, language: Language) -> None:
        known = (*language.words("reading"), *language.words("changing"), *language.words("asking"))
        more = language.words("verbs", "known")
        self._language = language
        self._known = frozenset((*known, *more, *language.mood["imperatives"]))
        self._midway = frozenset(language.words("verbs", "midway"))
        self._done = frozenset(language.words("verbs", "done"))
        self._somewhere = frozenset(language.words("verbs", "somewhere"))
        self._degree = frozenset(language.words("verbs", "degree"))
        self._third = language.words("verbs", "third")
        self._questions = frozenset(language.mood["interrogatives"])
        self._naming = frozenset(language.words("cutting", "naming"))
        self._asking = frozenset(language.words("verbs", "asking"))
        self._being = frozenset(language.words("verbs", "being"))
        self._doers = frozenset(language.words("verbs", "doers"))
        self._endings = tuple(language.words("verbs", "endings"))
        self.particles = frozenset(language.words("verbs", "particles"))
        self.idle = frozenset(language.words("verbs", "adverbs"))
        """Words that say how or when, or are mere courtesy."""
        self._receivers = frozenset(language.words("cutting", "objects")) | frozenset(language.words("verbs", "leads"))
        pleas = (*language.words("pleas"), *language.mood["openers"])
        self._pleas = sorted({tuple(plea.split()) for plea in pleas}, key=len, reverse=True)
        before = (*language.words("cutting", "articles"), *language.words("places", "possessives"))
        self._before_nouns = frozenset((*before, *language.words("cutting", "pointing")))
        self._boundaries = frozenset(language.words("cutting", "boundaries"))
        self._kept: tuple[Sequence[str], frozenset[int]] = ((), frozenset())

    def places(self, entities: Entities) -> frozenset[int]:
        """Return the places of the sentence's own verbs, with the particles that belong to them."""
        if self._kept[0] != entities.lowered:
            self._kept = entities.lowered, self._places(entities.lowered)
        return self._kept[1]

    def _places(self, lowered: Sequence[str]) -> frozenset[int]:
        found = self._of_order(lowered)
        for place, lower in enumerate(lowered):
            if lower not in self._asking and lower not in self._being:
                if lower in self._questions and self._is_third(lowered[place + 1 : place + 2]):
                    found |= {place + 1}  # "what leaves union street"
                if lower in self._degree and self._being.intersection(lowered[place + 2 : place + 3]):
                    found |= {place + 1}  # "how humid is darwin"
                if lower in self._somewhere and self._known.intersection(lowered[place + 2 : place + 3]):
                    found |= {place + 2}  # "somewhere to stay in porto"
                continue
            begin = place + 1
            if lowered[begin : begin + 1] and lowered[begin] in self._doers:
                found |= {begin}
                found |= self._behind_doer(lowered, begin + 1, being=lower in self._being)
            else:
                found |= self._behind_subject(lowered, begin, being=lower in self._being)
        return found

    def order(self, entities: Entities) -> int:
        """Return where the words begin behind the verb that opens an order, 0 if none does."""
        found = self._of_order(entities.lowered)
        begin = max(found) + 1 if found else 0
        while 0 < begin < len(entities.words) and entities.lowered[begin] in self._receivers:
            begin += 1
        return begin if begin < len(entities.words) else 0

    def opens_idly(self, lower: str) -> bool:
        """Return whether a word at the beginning of a phrase belongs to the verb before it: "still", "probably"."""
        return lower in self._midway

    def ends_idly(self, lower: str) -> bool:
        """Return whether a word at the end of a phrase says how, and names nothing: "deadlift properly"."""
        return lower in self.idle

    def _of_order(self, lowered: Sequence[str]) -> frozenset[int]:
        """Return the verb that opens an order, behind courtesies: "[compare] haaland and isak"."""
        begin = self._behind_openings(lowered)
        if begin + 1 >= len(lowered) or lowered[begin] not in self._known:
            return frozenset()
        return self._with_particle(lowered, begin)

    def _behind_openings(self, lowered: Sequence[str]) -> int:
        """Return where an order begins behind courtesies and pleas: "could you please", "i'd like to"."""
        begin, size = 0, 1
        while size and begin < len(lowered):
            size = next((len(p) for p in self._pleas if tuple(lowered[begin : begin + len(p)]) == p), 0)
            begin += size
        return begin

    def _behind_doer(self, lowered: Sequence[str], begin: int, *, being: bool) -> frozenset[int]:
        """Return the verb behind "do you", "should i": the first word that is no adverb, if something follows it."""
        while begin < len(lowered) and lowered[begin] in self.idle:
            begin += 1
        if begin + 1 >= len(lowered) or lowered[begin] in self._before_nouns or lowered[begin] in self._boundaries:
            return frozenset()
        if being and not self._is_form(lowered[begin]):
            return frozenset()
        return self._with_particle(lowered, begin)

    def _behind_subject(self, lowered: Sequence[str], begin: int, *, being: bool) -> frozenset[int]:
        """Return the verb behind a subject of several words: "does [the gold line] go", "is [apple] trading at"."""
        start = begin
        while start < len(lowered) and lowered[start] in self._before_nouns:
            start += 1
        for place in range(start + 1, min(len(lowered), start + 1 + LONGEST_SUBJECT)):
            if lowered[place - 1] in self._before_nouns or lowered[place - 1] in self._boundaries:
                if place - 1 > start and lowered[place - 1] not in self._naming:
                    return frozenset()
                continue
            is_verb = self._is_form(lowered[place]) if being else lowered[place] in self._known
            if is_verb:
                return self._with_particle(lowered, place)
        return frozenset()

    def _is_form(self, lower: str) -> bool:
        """Return whether a word is a known verb with an ending of what goes on or was done: "trading", "scored"."""
        if lower in self._done:
            return True
        for ending in self._endings:
            base = lower.removesuffix(ending)
            if base != lower and len(lower) >= SHORTEST_FORM:
                doubled = len(base) > 2 and base[-1] == base[-2] and base[:-1] in self._known
                return base in self._known or f"{base}e" in self._known or doubled
        return False

    def _is_third(self, following: Sequence[str]) -> bool:
        """Return whether the word that follows is a known verb of one who does it: "leaves"."""
        return any(lower.removesuffix(end) in self._known for lower in following for end in self._third if lower != end)

    def goes_on(self, lower: str) -> bool:
        """Return whether a word is a known verb in -ing."""
        return lower.endswith(self._endings[:1]) and self._is_form(lower)

    def _with_particle(self, lowered: Sequence[str], place: int) -> frozenset[int]:
        """Return a verb with the small word of its own behind it, and adverbs that close the sentence: "come from"."""
        end = place + 1
        while end < len(lowered) and lowered[end] in self.particles:
            end += 1
        last = _closing(lowered, end, self.idle | self._boundaries)
        return frozenset(range(place, last if last == len(lowered) else end))


def _closing(lowered: Sequence[str], begin: int, small: Collection[str]) -> int:
    """Return how far small words go on from a place."""
    while begin < len(lowered) and lowered[begin] in small:
        begin += 1
    return begin
