"""A proposal: these words of the sentence could be this value of this parameter.

Pure data; who proposes and who decides stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.tokens import Word, spoken_words
from client.values import JSON


@dataclass(frozen=True)
class Candidate:
    """A value for a parameter, with the words it came from."""

    slot: Slot
    value: JSON
    start: int
    end: int
    strength: float
    part: bool = False
    """Whether the words are only like a value of an enum, or a part of it."""


def surface(entities: Entities, start: int, end: int) -> str:
    """Return the speaker's own words of a span."""
    words: Sequence[Word] = entities.words
    return entities.text[words[start].start : words[end - 1].end]


def stems_of(entities: Entities, start: int, end: int, language: Language) -> frozenset[str]:
    """Return the stems of the words of a span; "on-call" is two words here, as it is in a tool's own texts."""
    said = (word for lower in entities.lowered[start:end] for word in spoken_words(lower))
    return frozenset(language.stem(word) for word in said)
