"""Meaning as vectors: the static word embeddings that come inside the `wordllama` wheel.

Loads its weights once for the process, from the installed package and from nowhere else; never downloads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One row a text, each of length 1 (or all zeros for a text without words)."""


WEIGHTS, TOKENS, MATRIX = "weights/*_256.safetensors", "tokenizers/*_tokenizer_config.json", "embedding.weight"
"""Where the wheel has its figures, and what they are called there."""
MOST_KNOWN = 20_000
"""Words kept looked up (2 KB each)."""


class Embeddings(Protocol):
    """Whatever gives words a direction; vectors are compared by their dot product."""

    dimensions: int

    def word(self, word: str) -> Vectors:
        """Return the vector of one word, shape (dimensions,), length 1 or zeros."""
        ...

    def weighted(self, word: str) -> Vectors:
        """Return the vector at its own length: words that say more are longer."""
        ...

    def strength(self, word: str) -> float:
        """Return that length."""
        ...


class WordVectors:
    """Vectors from wordllama's token table: a word is the mean of its tokens."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer  # heavy: only where meaning is asked for

        # Read as files: importing wordllama costs as much as all of understanding, and copies the table.
        (weights,), (tokens,) = (list(_folder().glob(each)) for each in (WEIGHTS, TOKENS))
        self._table = _table(weights)
        self._tokenizer = Tokenizer.from_file(str(tokens))
        self.dimensions = int(self._table.shape[1])
        self._known: dict[str, tuple[Vectors, Vectors, float]] = {}

    def word(self, word: str) -> Vectors:
        """Return the vector of one word, length 1 or zeros."""
        return self._look_up(word)[0]

    def weighted(self, word: str) -> Vectors:
        """Return the vector at its own length."""
        return self._look_up(word)[1]

    def strength(self, word: str) -> float:
        """Return that length."""
        return self._look_up(word)[2]

    def _look_up(self, word: str) -> tuple[Vectors, Vectors, float]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids
            mean = (
                self._table[ids].astype(np.float32).mean(axis=0) if ids else np.zeros(self.dimensions, dtype=np.float32)
            )
            found = (unit(mean), mean, float(np.sqrt(mean @ mean)))
            self._known[word] = found
        return found


@cache
def word_vectors() -> WordVectors:
    """Return the one copy of the bundled weights (0.05 s the first time; of 16 MB, only what is used is read)."""
    return WordVectors()


def _folder() -> Path:
    """Return where wordllama is installed, without importing it."""
    found = find_spec("wordllama")
    assert found is not None, "wordllama is not installed"
    assert found.origin is not None
    return Path(found.origin).parent


def _table(path: Path) -> NDArray[np.float16]:
    """Return the one matrix of a safetensors file, shape (tokens, dimensions), read from disk as it is needed."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    entry = header[MATRIX]
    assert entry["dtype"] == "F16", f"{path} holds {entry['dtype']}"
    start = 8 + size + int(entry["data_offsets"][0])
    return np.asarray(np.memmap(path, dtype=np.dtype("<f2"), mode="r", offset=start, shape=tuple(entry["shape"])))


def unit(vector: Vectors) -> Vectors:
    """Return the vector scaled to length 1; zeros stay zeros."""
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(length) if length > 0 else vector


def together(words: Sequence[str], look_up: Callable[[str], Vectors], dimensions: int) -> Vectors:
    """Return the meaning of the words together, length 1, or zeros where there are none; shape (dimensions,).

    `look_up` is `weighted`, where words that say more count more, or `word`, where all count alike.
    """
    if not words:
        return np.zeros(dimensions, dtype=np.float32)
    return unit(np.sum([look_up(word) for word in words], axis=0))


def stack(embeddings: Embeddings, words: Sequence[str]) -> Vectors:
    """Return the vectors of the words, one a row, shape (len(words), dimensions)."""
    if not words:
        return np.zeros((0, embeddings.dimensions), dtype=np.float32)
    return np.stack([embeddings.word(word) for word in words])
