"""Every fixed sentence that McQueen says, by name; the sentences themselves are data of the language spoken.

They are short, what is said often varies, and none contains a word that counts as yes, stop or a command (a test reads
each through the understanding of answers). Nothing is worded here from what servers or drivers say: see `replies.py`.
"""

from __future__ import annotations

from assistant.wording.languages import wording

_IN_ORDER = frozenset({"not_understood", "not_understood_answer", "words_not_got", "silence", "no_tool"})
"""Prompts whose variants belong to the first, second and third try."""
LAST = 99
"""The turn that picks the last of the variants that go in order."""


def prompt(name: str, turn: int = 0) -> str:
    """Return the sentence of that name; `turn` picks the variant: the tries in order, the others in rotation."""
    variants = wording().prompts[name]
    return variants[min(turn, len(variants) - 1)] if name in _IN_ORDER else variants[turn % len(variants)]
