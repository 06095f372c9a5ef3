"""Finds sentences of a description whose subject is another thing than the tool and its data: "The meter runs."

What another thing does, or becomes, while a tool looks may be an act. Pure; A subject that occurs in the tool's name,
parameters or first sentence counts as the tool's own.
"""

from __future__ import annotations

from collections.abc import Collection

from client.calls.description_reading import sentences_of
from client.calls.english_words import EffectSign, base_of, doubt, is_in, parts_of_lexicon, word_list, words_of

_OWNED = frozenset({"the", "its", "your", "a", "an", "his", "her", "their"})
_STATES = frozenset({"is", "are", "was", "were", "will", "gets", "has", "have", "becomes"})
_DATA = frozenset(
    "answer api call endpoint output parameter request response result results service tool tools".split()
)
_HABITS = frozenset({"days", "daily", "most", "normally", "often", "typically", "usually", "weekly"})
"""Words of sentences that state a general fact: "the shop opens at nine on most days"."""
_MOST_WORDS = 6
"""Words among which a subject and its verb stand."""


def other_subject(description: str, about: Collection[str]) -> EffectSign | None:
    """Return the doubt that a later sentence raises by its subject; None if all speak of the tool and its data.

    `about` has the words of the tool's name and of its parameters' names.
    """
    first, *later = sentences_of(description) or [[]]
    known = {base_of(word) for text in (*first, *about) for word in words_of(text)} | _DATA
    for sentence in later:
        words = [word for token in sentence for word in words_of(token)]
        if len(words) < 3 or words[0] not in _OWNED or sentence[0].lower() != words[0]:
            continue
        about_data = any(is_in(word, "informational") or base_of(word) in known for word in words[1:3])
        if about_data or _HABITS & set(words):
            continue
        if any(_is_verb(word) for word in words[2:_MOST_WORDS]):
            return doubt(f'its description says what "{words[0]} {words[1]}" does')
    return None


def _is_verb(word: str) -> bool:
    base = base_of(word)
    return word in _STATES or (base != word and (base in parts_of_lexicon()[1] or base in word_list("deeds")))
