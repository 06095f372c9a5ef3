"""Every fixed sentence that McQueen says, by name; the sentences are data of the language.

They are short, frequent ones vary, and none contains a word that counts as yes, stop or a command (a test interprets
each as an answer). Sentences from words of servers or drivers are in `replies.py`.
"""

from __future__ import annotations

from assistant.wording.languages import wording

_IN_ORDER = frozenset(
    {"not_understood", "not_understood_answer", "words_not_got", "silence", "no_tool", "next_sentence"}
)
"""Prompts whose variants belong to the first, second and third try, or sentence."""
LAST = 99
"""The turn that chooses the last of the ordered variants."""


def prompt(name: str, turn: int = 0) -> str:
    """Return the sentence of that name. `turn` chooses the variant: tries in order, other prompts in rotation."""
    variants = wording().prompts[name]
    return variants[min(turn, len(variants) - 1)] if name in _IN_ORDER else variants[turn % len(variants)]
