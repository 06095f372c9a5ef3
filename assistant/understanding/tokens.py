"""Cuts a sentence into words that remember where they stand, so that every value can be traced to its letters.

Never changes the sentence: values are cut from the original text by character positions.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_PIECE = r"[^\W_]+"
_COUNTED = (
    r"\d+(?:[:.,]\d+)?(?:st|nd|rd|th)?[-/](?-i:[A-Z]?[a-z]{2,})"  # "20-minute", "22-Nov-2026", "2nd-hand"
    r"|\d+(?:-\d+)?(?:st|nd|rd|th|(?-i:[a-z]{1,3}))(?:[-/](?:[a-z]{1,2}|\d+(?:st|nd|rd|th)))?(?![\w-])"  # "5km/h"
    r"|\d+\.(?-i:[A-Z][a-z])"  # the end of a sentence and the next one
)
"""Numbers with what they count: these are no codes."""
_CODE = (
    r"(?<![\w./-])(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])"
    rf"(?!{_COUNTED}){_PIECE}(?:[-/._]+{_PIECE})+"
)
"""A code, a path or the name of a file: letters and digits joined by signs, without a space. It is one word, so that no
number in it is taken for a number of the sentence."""
_TOKEN = re.compile(
    r"[^\W_][\w.+-]*@[\w-]+(?:\.[\w-]+)*"  # an e-mail address stays whole
    r"|\d{1,2}(?::\d{2})?[ap](?:m\b|\.m\b\.?)"  # 7pm, 7:30p.m.
    r"|\d{4}-\d{2}-\d{2}(?!\w)"  # an ISO date
    rf"|{_CODE}"  # B2C-7Q4, report-2024.pdf
    r"|\d+(?:[.:,/]\d+)*(?:st|nd|rd|th)?(?!\w)"  # 7, 7:30, 1,000, 3.5, 11/22, 12th
    r"|(?:[^\W\d_]\.){2,}"  # a.m., U.S.
    r"|[^\W_]+(?:['’][^\W\d_]+)*"  # words, with their apostrophes
    r"|[^\s]",
    re.UNICODE | re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n|;")
"""Where a description's sentence ends: what stands first says what a tool does."""
_LETTERS = re.compile(r"[^\W_]", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-./\s]+")


@dataclass(frozen=True)
class Word:
    """One token of a sentence."""

    text: str
    """As written."""
    lower: str
    """Case folded, typographic apostrophes made plain."""
    start: int
    end: int

    @property
    def spoken(self) -> bool:
        """Whether it is a word or number rather than punctuation."""
        return bool(_LETTERS.match(self.text))


_PLAIN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def cut(text: str) -> list[Word]:
    """Return the words, numbers and punctuation marks of a text in order, with their character positions."""
    return list(_cut(text))


@lru_cache(maxsize=256)
def _cut(text: str) -> tuple[Word, ...]:
    """Return the words of a text; a sentence is cut for moods, opposites and values alike."""
    return tuple(Word(m.group(), fold(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text))


def fold(text: str) -> str:
    """Return the text case folded, with plain apostrophes."""
    return text.replace("’", "'").casefold()


def plain(text: str) -> str:
    """Return the text folded, without accents, punctuation or repeated spaces: for comparing, never for values."""
    bare = fold(text)
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return " ".join(_PLAIN.findall(bare))


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Split an identifier (`set_fanSpeed`) into folded words (`set fan speed`)."""
    return tuple(fold(part) for part in _CAMEL.split(name) if part)


def spoken_words(text: str) -> list[str]:
    """Return the folded words and numbers of a text, identifiers split, punctuation left out."""
    return list(_spoken_words(text))


@lru_cache(maxsize=4096)  # while an index is made, several parts of it read the same descriptions
def _spoken_words(text: str) -> tuple[str, ...]:
    spoken = (found.group() for found in _TOKEN.finditer(text) if _LETTERS.match(found.group()))
    return tuple(part for word in spoken for part in name_words(word))


def trim(words: Sequence[Word], start: int, end: int) -> tuple[int, int]:
    """Return the range of words without punctuation at its ends."""
    while start < end and not words[start].spoken:
        start += 1
    while end > start and not words[end - 1].spoken:
        end -= 1
    return start, end


def letter_runs(lowered: Sequence[str], spent: Collection[int] = ()) -> Iterator[tuple[int, int]]:
    """Yield from where up to where words are single letters, said one by one; no run of one, none of `spent` places."""
    letters = [len(word) == 1 and word.isalpha() and place not in spent for place, word in enumerate(lowered)]
    place = 0
    for is_letter, run in itertools.groupby(letters):
        size = len(list(run))
        if is_letter and size > 1:
            yield place, place + size
        place += size
