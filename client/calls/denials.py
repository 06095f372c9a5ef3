"""Finds the words of a description that say what is not done: "without modifying any files", "never deletes".

Such words are no sign of an act, and they are no sign that a tool looks either. Pure; it judges no tool.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from client.calls.english_words import base_of

_HEADER = re.compile(r"\bX(?:-[A-Z][A-Za-z]*)+")


def without_headers(text: str) -> str:
    """Return a description without names of HTTP headers: `X-RateLimit-Reset` speaks of no reset."""
    return _HEADER.sub("header", text)


def is_denied(sentence: Sequence[str], place: int) -> bool:
    """Return whether the word is what is not done: "without modifying", "does not modify", "never deletes".

    Such words are only no sign of an act; they never show that a tool looks.
    """
    before = [token.lower() for token in sentence[max(0, place - 2) : place]]
    if before[-1:] == ["without"]:
        return sentence[place].lower().endswith("ing")
    if before in (["does", "not"], ["do", "not"], ["will", "not"], ["safe", "to"]) or before[-1:] == ["never"]:
        return True
    return _nothing_is_done(sentence, place)


def _nothing_is_done(sentence: Sequence[str], place: int) -> bool:
    """Return whether the word belongs to "no input data is stored, logged, or transmitted"."""
    words = [token.lower() for token in sentence[: place + 1]]
    verb = next((at for at, word in enumerate(words) if word in ("is", "are")), 0)
    if words[0] != "no" or not verb or not all(word.isalpha() for word in words[:verb]):
        return False
    return all(word.endswith("ed") or word in (",", "or", "and") for word in words[verb + 1 :])


def gives_an_answer(sentence: Sequence[str], place: int) -> bool:
    """Return whether what is produced is the answer or nothing: "produces the same output", "no side effects"."""
    if base_of(sentence[place].lower()) not in ("produce", "generate"):
        return False
    behind = [token.lower() for token in sentence[place + 1 : place + 5]]
    given = bool({"output", "outputs", "result", "results", "analysis"} & set(behind)) and "and" not in behind
    return given or behind[:1] == ["no"] or behind in (["the"], ["the", "same"])  # the line is wrapped there
