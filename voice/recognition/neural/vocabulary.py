"""The model's tokens: their spelling, and which tokens a given text may begin with.

Reads the tokenizer's file; knows no grammar and no probabilities.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.voice_errors import RecognitionError

Ids = npt.NDArray[np.int64]
"""Distinct token numbers, sorted."""

START, END = 1, 2
"""Tokens that begin and end every text."""
_SPACE = "\u2581"
_FIRST_PIECE = 259
"""Lower tokens are special ones and single bytes; the characters in use have a second token above."""
_PUNCTUATION = (",", ".", "?", "!", "-", ";", ":")
"""Marks that the model may write after a word of the grammar."""


class Vocabulary:
    """The pieces of text that the model writes with."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.said: list[str] = [piece.decode("utf-8", "replace").replace(_SPACE, " ").lower() for piece in pieces]
        """The spelling in lower case; a space marks the beginning of a word."""
        self.spoken: list[bool] = [any(map(str.isalnum, text)) for text in self.said]
        """Whether a token has letters or digits; nobody says a comma, or the points of "p.m."."""
        self._behind: dict[str, list[int]] = {}
        for number, text in enumerate(self.said):
            if number >= _FIRST_PIECE or text in _PUNCTUATION:
                self._behind.setdefault(text, []).append(number)
        self.punctuation: Ids = _ids(number for mark in _PUNCTUATION for number in self._behind.get(mark, ()))
        self.space: Ids = _ids(self._behind.get(" ", ()))
        self.longest = max((len(text) for text in self._behind), default=0)
        self.begin = lru_cache(maxsize=200_000)(self._begin)
        """`begin(text)` returns the tokens that `text` may begin with."""

    def _begin(self, text: str) -> tuple[int, ...]:
        found: list[int] = []
        for length in range(1, min(len(text), self.longest) + 1):
            found += self._behind.get(text[:length], ())
        return tuple(found)

    def text(self, tokens: list[int]) -> str:
        """Return the spelling of the tokens, as the model writes it."""
        joined = b"".join(self.pieces[token] for token in tokens if token > END)
        return joined.decode("utf-8", "replace").replace(_SPACE, " ").strip()


def _ids(numbers: object) -> Ids:
    return np.unique(np.asarray(list(numbers), np.int64))  # type: ignore[call-overload]  # any iterable of ints


def read_vocabulary(path: Path) -> Vocabulary:
    """Read the tokenizer's file: for each token its length (one byte, or two from 128 on) and its bytes.

    Raises `RecognitionError` if the file is missing or truncated.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecognitionError(f"cannot read {path}: {error.strerror}") from error
    pieces: list[bytes] = []
    place = 0
    while place < len(data):
        length = data[place]
        place += 1
        if length >= 128:
            if place >= len(data):
                break
            length += 128 * data[place] - 128
            place += 1
        pieces.append(data[place : place + length])
        place += length
    if place != len(data) or len(pieces) <= _FIRST_PIECE:
        raise RecognitionError(f"{path} is cut off, or no tokenizer of this model")
    return Vocabulary(pieces)
