"""Words like those that a parameter's description lists or gives as examples, and words that say how near.

"Rain, temperature, warm" and "nearest, within ten kilometres". Only proposes; what is chosen stands in `fill`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from assistant.understanding.language import Language
from assistant.understanding.routing.embeddings import Embeddings, stack
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases

ALIKE = 0.42
"""Cosine from which a word counts as one of those that a description lists."""
_QUOTED = re.compile(r"[\"'`]([\w-]{2,30})[\"'`]")


_OF_CODES = re.compile(r"\bcodes?\b|\bids?\b|\bnumbers?\b|comma[- ]separated", re.IGNORECASE)
"""What says that a description lists kinds of identifiers, and no words that people say."""


class ListedWords:
    """Proposals by what descriptions list, in one language."""

    def __init__(
        self,
        language: Language,
        embeddings: Embeddings,
        phrases: Phrases,
        cut: Callable[[Slot, Entities, int, int, float], Candidate],
    ) -> None:
        """`cut` makes a candidate of the words from one place up to another, with its strength."""
        self._language = language
        self._embeddings = embeddings
        self._phrases = phrases
        self._cut = cut
        roles: Mapping[str, Mapping[str, Sequence[str]]] = language.table("roles")
        self._superlatives = language.words("cutting", "superlatives")
        self._lengths = {w for w, (quantity, _) in language.table("units", "table").items() if quantity == "length"}
        self._articles = frozenset(language.words("cutting", "articles"))
        self._toward = frozenset(language.words("cutting", "toward"))
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._within = language.words("date", "in")
        self._closeness = sorted((tuple(p.split()) for p in roles["closeness"]["said"]), key=len, reverse=True)

    def close(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the words that say how near something is to be: "nearest", "within ten kilometres"."""
        for phrase in self._closeness:
            for start in range(len(entities.words) - len(phrase) + 1):
                end = start + len(phrase)
                if entities.lowered[start:end] == phrase and not self._leads_on(phrase, entities, end):
                    yield self._cut(slot, entities, start, end, 0.8 + 0.01 * len(phrase))
        for number in entities.numbers:
            if number.end < len(entities.words) and entities.lowered[number.end] in self._lengths:
                start = number.start - (number.start > 0 and entities.lowered[number.start - 1] in self._within)
                yield self._cut(slot, entities, start, number.end + 1, 0.85)

    def _leads_on(self, phrase: Sequence[str], entities: Entities, end: int) -> bool:
        """Return whether a word such as "near" leads in a place here, rather than say how far away one may be."""
        while end < len(entities.words) and entities.lowered[end] in self._articles:
            end += 1
        leads = len(phrase) == 1 and phrase[0] in self._leads
        if end < len(entities.words) - 1 and entities.lowered[end] in self._toward:  # "close to the park"
            leads, end = True, end + 1
            while end < len(entities.words) and entities.lowered[end] in self._articles:
                end += 1
        return leads and end < len(entities.words) and self._phrases.tells(entities.words, end)

    def listed(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield words like those that the description lists ("rain, temperature, warm")."""
        listed = [word for word in slot.about if word not in self._language.common]
        described = str(slot.schema.get("description") or "")
        if '"' in described or "e.g" in described:
            yield from self._exemplified(slot, entities, described)
            return
        if slot.roles[:1] == ("query",) or _OF_CODES.search(described):
            return
        if described.count(",") < 2 or len(listed) < 3 or slot.roles[:1] in (("day",), ("closeness",)):
            return
        words = [lower if word.spoken and lower not in self._language.common else ""
                 for word, lower in zip(entities.words, entities.lowered, strict=True)]  # fmt: skip
        near = stack(self._embeddings, words) @ stack(self._embeddings, listed).T
        stems = [self._language.synonyms(self._language.stem(word)) for word in listed]
        for place, word in enumerate(words):
            if (
                not word
                or self._language.stem(word) in slot.tool_stems | slot.other_stems
                or self._phrases.asks(entities.words, place)
            ):
                continue
            likeness = float(np.max(near[place]))
            if any(self._language.stem(word) in group and len(group) > 1 for group in stems):
                likeness = max(likeness, 0.6)
            if likeness >= ALIKE:
                start = place
                if start and entities.lowered[place - 1].endswith(self._superlatives):
                    start -= 1
                yield self._cut(slot, entities, start, place + 1, min(0.85, 0.3 + 0.6 * likeness))

    def _exemplified(self, slot: Slot, entities: Entities, described: str) -> Iterator[Candidate]:
        """Yield a word that the description quotes as an example ("CCS", "Tesla"); examples are no other value's."""
        quoted = {text.casefold() for text in _QUOTED.findall(described)}
        for place, lower in enumerate(entities.lowered):
            if lower in quoted and lower not in self._language.common:
                yield self._cut(slot, entities, place, place + 1, 0.62)
