"""Values by what stands around them: "[winter tires] card", "card on [winter tires]", "play [let it be]".

Proposes spans from the sentence's structure; what a span is worth against others is decided in `fill`.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, stems_of, surface
from assistant.understanding.slots.edges import Edges
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.named_things import NamedThings
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases
from assistant.understanding.slots.verbs import Verbs

MOST_WORDS = 4
"""Words of a name before the noun of what it names."""
NAMING_ROLES: tuple[tuple[str, ...], ...] = (
    (), ("title",), ("query",), ("list",), ("container",), ("venue",), ("person",), ("kind",),
)  # fmt: skip
"""First roles of parameters that take the name of a thing."""
OWNERS: tuple[tuple[str, ...], ...] = ((), ("title",), ("person",), ("venue",), ("place",))
"""First roles of parameters that take whom or what something belongs to."""


class Spans:
    """Values by their surroundings, in one language."""

    def __init__(self, language: Language, phrases: Phrases, things: NamedThings, verbs: Verbs, edges: Edges) -> None:
        self._language = language
        self._phrases = phrases
        self._things = things
        self._verbs = verbs
        self._edges = edges
        self._articles = frozenset(language.words("cutting", "articles"))
        pointed = (*language.words("places", "possessives"), *language.words("cutting", "pointing"))
        self._before = self._articles | frozenset(pointed) | frozenset(language.words("cutting", "fresh"))
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._vague = frozenset(language.words("cutting", "vague")) | language.common
        self._about = frozenset(language.words("verbs", "about"))
        self._relative = frozenset(language.words("verbs", "relative"))
        self._beneficiary = tuple(tuple(phrase.split()) for phrase in language.words("verbs", "beneficiaries"))
        self._making = frozenset(language.stem(word) for word in language.words("verbs", "making"))
        verbs_said = (*language.words("reading"), *language.words("changing"), *language.words("asking"))
        self._verb_stems = frozenset(language.stem(word) for word in verbs_said)
        self._generic = frozenset(language.stem(word) for word in language.words("schema_words"))
        self._generic |= frozenset(language.stem(word) for word in language.words("verbs", "generic"))
        self._common_stems = frozenset(language.stem(word) for word in language.common)
        self._stem = language.stem

    def of(self, slot: Slot, entities: Entities, taken: frozenset[int], *, dated: bool) -> Iterator[Candidate]:
        """Yield what the words around it show as a parameter's; `dated` is whether the tool takes days or times."""
        if slot.roles[:1] not in NAMING_ROLES and slot.roles[:1] not in OWNERS:
            return
        if slot.roles[:1] in NAMING_ROLES and (slot.roles[:1] != ("kind",) or len(slot.words) == 1):
            yield from self.before_noun(slot, entities, taken)
        if not (slot.required or slot.only or slot.roles[:1] == ("query",)):
            return
        yield from self._about_thing(slot, entities, taken, dated=dated)
        if slot.roles[:1] in OWNERS and not self._makes(slot):
            yield from self._owner(slot, entities, taken)
        if slot.roles[:1] == ("query",) and slot.lone_text:
            yield from self._rest_of_order(slot, entities, taken, dated=dated)

    def _makes(self, slot: Slot) -> bool:
        """Return whether the tool makes something new, whose name is free."""
        return not self._making.isdisjoint(slot.tool_stems)

    def _nouns(self, slot: Slot) -> frozenset[str]:
        """Return the stems of what a parameter names: its own noun ("card" of card_name), else that of its tool."""
        own = {self._stem(word) for word in slot.words} - self._generic
        if not own and len(slot.path) > 1:
            return frozenset()
        if own:
            return frozenset(own - self._common_stems)
        return frozenset() if self._makes(slot) else slot.tool_stems - self._verb_stems - self._common_stems

    def before_noun(self, slot: Slot, entities: Entities, taken: frozenset[int]) -> Iterator[Candidate]:
        """Yield the words between an article and the noun: "the [winter tires] card", "in the [work] project"."""
        nouns = self._nouns(slot)
        verbs = self._verbs.places(entities)
        for place, lower in enumerate(entities.lowered):
            if self._stem(lower) not in nouns or place in verbs:
                continue
            start = place
            while start > 0 and place - start < MOST_WORDS and start - 1 not in verbs | taken:
                if not (entities.words[start - 1].spoken and self._belongs(entities, start - 1)):
                    break
                start -= 1
            while start < place and entities.lowered[start] in self._vague:
                start += 1
            led = start > 0 and (entities.lowered[start - 1] in self._before | self._leads | self._vague)
            stems = {self._stem(each) for each in entities.lowered[start:place]}
            if start == place or not led or stems <= slot.gist_stems | self._generic:
                continue
            value = surface(entities, start, place)
            yield Candidate(slot, value, start, place + 1, 0.84 if slot.roles[:1] == ("container",) else 0.76)

    def _belongs(self, entities: Entities, place: int) -> bool:
        """Return whether a word may belong to a name before a noun: no article and no leading word."""
        lower = entities.lowered[place]
        particle = lower in self._leads and lower not in self._verbs.particles
        return lower not in self._before and not particle

    def _about_thing(
        self, slot: Slot, entities: Entities, taken: frozenset[int], *, dated: bool
    ) -> Iterator[Candidate]:
        """Yield what a thing of the tool is about: "the card on [winter tires]", "mails from [my landlord]"."""
        if slot.roles[:1] not in NAMING_ROLES or slot.roles[:1] in (("person",), ("venue",), ("container",), ("kind",)):
            return
        for place in range(len(entities.words) - 2):
            begin = self.behind_head(slot, entities, place)
            if not begin or place in self._verbs.places(entities):
                continue
            end = (
                len(entities.words)
                if slot.roles[:1] == ("query",)
                else self._things.ends.named_end(slot, entities, begin)
            )
            if not slot.roles:
                end = next((i for i in range(begin + 1, end) if entities.lowered[i] in self._leads), end)
            yield from self._trimmed(slot, entities, begin, end, taken, 0.77, dated=dated)
            return

    def behind_head(self, slot: Slot, entities: Entities, place: int) -> int:
        """Return where the words begin that a noun of the tool is about, 0 if at that place is no such noun."""
        nouns = (slot.tool_stems | self._nouns(slot)) - self._common_stems
        if slot.roles[:1] == ("query",):  # "the meeting with the architects", of a tool for events
            nouns = nouns.union(*(self._language.synonyms(stem) for stem in nouns - self._verb_stems))
        if place == 0 or entities.lowered[place - 1] not in self._before:
            nouns -= self._verb_stems  # "email ben": a verb; "the email from ben": a noun
        if self._stem(entities.lowered[place]) not in nouns or place + 2 >= len(entities.words):
            return 0
        lead = entities.lowered[place + 1]
        if lead in self._relative and place + 3 < len(entities.words):
            return place + 3
        return place + 2 if lead in self._about else 0

    def _owner(self, slot: Slot, entities: Entities, taken: frozenset[int]) -> Iterator[Candidate]:
        """Yield whose thing is asked for: "[sidney crosby]'s stats"."""
        for place, lower in enumerate(entities.lowered[:-1]):
            if not lower.endswith("'s") or lower in self._language.common or place in taken or place + 1 in taken:
                continue
            if not self._phrases.tells(entities.words, place + 1):
                continue  # "at luigi's for four"
            start = place
            while start > 0 and place - start < MOST_WORDS and self._phrases.tells(entities.words, start - 1):
                start -= 1
            value = surface(entities, start, place + 1)[:-2]
            if value and not any(i in taken for i in range(start, place)):
                yield Candidate(slot, value, start, place + 1, 0.74)
                return

    def _rest_of_order(
        self, slot: Slot, entities: Entities, taken: frozenset[int], *, dated: bool
    ) -> Iterator[Candidate]:
        """Yield all behind the verb of an order, for a tool that takes one text: "play [let it be by the beatles]"."""
        verb = self._verbs.order(entities)
        if verb:
            yield from self._trimmed(slot, entities, verb, len(entities.words), taken, 0.66, dated=dated)

    def _trimmed(
        self,
        slot: Slot,
        entities: Entities,
        start: int,
        end: int,
        taken: frozenset[int],
        strength: float,
        *,
        dated: bool,
    ) -> Iterator[Candidate]:
        """Yield a span without articles, moments and idle words at its ends, unless another value stands inside."""
        while end > start and (not entities.words[end - 1].spoken or entities.lowered[end - 1] in self._idle):
            end -= 1
        for phrase in self._beneficiary:
            if entities.lowered[end - len(phrase) : end] == phrase and end - len(phrase) > start:
                end -= len(phrase)
        if dated and end > start:
            start, end = self._things.without_moments(entities, Part("query", start, end))
        if end <= start:
            return
        start, end = self._phrases.without_articles(entities.words, start, end)
        start, end = self._edges.of(slot, entities, start, end)
        stems = stems_of(entities, start, end, self._language)
        if not slot.required and self._things.says_nothing(slot, entities, start, end):
            return
        if taken.isdisjoint(range(start, end)) and not stems <= slot.gist_stems | self._common_stems:
            yield Candidate(slot, surface(entities, start, end), start, end, strength)

    @property
    def _idle(self) -> frozenset[str]:
        return self._verbs.idle
