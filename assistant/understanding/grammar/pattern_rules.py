"""What a schema's `pattern` says about how a value is spelled: which letters and digits, and how many, in turn.

A plate of two letters, two digits and so on leaves the recognizer far less to confuse than any letters in any number.
Only plain patterns are read (letters, classes, counts, an optional part at a time); others are heard as any spelling.
"""

from __future__ import annotations

import re

from assistant.understanding.grammar.value_rules import ONES, in_turn, less_likely, spelled_with
from voice.recognition.recognizer_base import Expression, Maybe, Rule

LONGEST = 24
"""Letters and digits of one value."""
_DIGITS = ("zero", *ONES)
_PIECE = re.compile(
    r"(?:\[(?P<several>[A-Za-z0-9-]+)\]|(?P<digit>\\d)|(?P<one>[A-Za-z0-9])"
    r"|(?P<silent>[-/. ]|\\[-/.+ s]|\((?:\?:)?[^()]*\)\?))"
    r"(?:\{(?P<least>\d+)(?:,(?P<most>\d+))?\}|(?P<maybe>\?))?"
)


def spelled(pattern: str, rarer: float = 1.0) -> Expression:
    """Return how values of a pattern are spelled out; any spelling where the pattern is not a plain one.

    Each letter is `rarer` times less likely than what else may be said in its place.
    """
    place, end = (1 if pattern.startswith("^") else 0), len(pattern) - (1 if pattern.endswith("$") else 0)
    parts: list[Expression] = []
    total = 0
    while place < end:
        found = _PIECE.match(pattern, place, end)
        if found is None:
            return Rule("spelled")
        place = found.end()
        if found["silent"]:
            continue  # what parts a value, or may stand before it, is not said
        words = _words("0-9" if found["digit"] else found["several"] or found["one"])
        least = int(found["least"] or (0 if found["maybe"] else 1))
        most = int(found["most"] or found["least"] or 1)
        total += most
        if not words or most < least or total > LONGEST:
            return Rule("spelled")
        letter = spelled_with(words) if rarer == 1.0 else less_likely(spelled_with(words), rarer)
        parts += [letter] * least + [Maybe(letter)] * (most - least)
    return in_turn(*parts) if total > 1 else Rule("spelled")


def spelled_out(code: str) -> Expression:
    """Return how a code that is known is spelled."""
    return in_turn(*(spelled_with(_words(each)) for each in code if each.isalnum()))


def _words(several: str) -> list[str]:
    """Return the words for the letters and digits of a class, upper and lower case alike."""
    found: list[str] = []
    for first, last in re.findall(r"([A-Za-z0-9])(?:-([A-Za-z0-9]))?", several):
        if last and (first > last or first.isdigit() != last.isdigit()):
            return []
        found += [
            _DIGITS[int(c)] if c.isdigit() else c.lower() for c in map(chr, range(ord(first), ord(last or first) + 1))
        ]
    return list(dict.fromkeys(word for word in found if word.isalpha()))
