"""A stand-in for the speech model: it writes one letter a token, and holds the texts that it is told likely."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.recognition.neural.model import Floats
from voice.recognition.neural.vocabulary import END, Vocabulary

_SPECIAL = [b"<unk>", b"<s>", b"</s>"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789',.?!-:%"
_PIECES = [
    *_SPECIAL,
    *(bytes([n]) for n in range(256)),
    *(letter.encode() for letter in _LETTERS),
    "\u2581".encode(),
    *(f"\u2581{letter}".encode() for letter in _LETTERS[:36]),
]


def vocabulary() -> Vocabulary:
    return Vocabulary(list(_PIECES))


class WritingModel:
    """Gives each of some texts the likelihood it is told; all other texts share what is left."""

    def __init__(self, texts: dict[str, float]) -> None:
        self.vocabulary = vocabulary()
        self.steps = 0
        self.rows: list[int] = []
        """How many texts went on at a time, step by step."""
        self._written = {f" {text}": math.log(share) for text, share in texts.items()}
        self._texts: list[str] = [""]

    def begin(self, states: Floats) -> tuple[Any, Floats]:
        self._texts = [""]
        return None, self._logits()

    def go_on(self, decoded: object, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]) -> Floats:
        said = self.vocabulary.said
        self._texts = [self._texts[parent] + said[token] for parent, token in zip(parents, tokens, strict=True)]
        self.steps += 1
        self.rows.append(len(self._texts))
        return self._logits()

    def _logits(self) -> Floats:
        rows = np.full((len(self._texts), len(_PIECES)), 1e-6, np.float32)
        for row, text in zip(rows, self._texts, strict=True):
            for written, share in self._written.items():
                if written == text:
                    row[END] += math.exp(share)
                elif written.startswith(text):
                    rest = written[len(text) :]
                    token = next(n for n in range(len(_PIECES) - 1, 258, -1) if rest.startswith(self._token(n)))
                    row[token] += math.exp(share)
        return np.asarray(np.log(rows / rows.sum(axis=1, keepdims=True)), np.float32)

    def _token(self, number: int) -> str:
        return self.vocabulary.said[number]
