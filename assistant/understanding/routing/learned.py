"""Learns from examples which tool a sentence asks for: logistic regression over words, places and meaning.

Trained when a catalog loads, always the same way from the same examples; it knows nothing of arguments.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.learning.index_cache import learned
from assistant.understanding.routing.embeddings import Embeddings, together, unit

Matrix = NDArray[np.float32]

STEPS = 150
PENALTY = 1e-4
"""Weight of the square norm; cross-validated on custom intents with 70 examples a tool (flat from 1e-5 to 1e-3)."""
NONE = -1
"""Label of sentences that ask for no tool at all."""
OPENING = 4
"""Words at the start whose place counts."""


class LearnedRouter:
    """Chances of the tools that have examples."""

    def __init__(
        self, sentences: Sequence[Sequence[str]], labels: Sequence[int], language: Language, embeddings: Embeddings
    ) -> None:
        self._language = language
        self._embeddings = embeddings
        classes = tuple(sorted(set(labels)))
        self._others = int(classes[0] == NONE)
        self.tools = classes[self._others :]
        features = [_features(words) for words in sentences]
        counts = Counter(feature for found in features for feature in found)
        known = sorted(name for name, count in counts.items() if count > 1)
        self._numbers = {name: i for i, name in enumerate(known)}  # sorted: weights that are kept fit another process
        columns = {tool: i for i, tool in enumerate(classes)}  # sorted: NONE, where there is one, comes first
        key = [language.code, list(map(list, sentences)), list(map(int, labels))]
        trained = learned("chances", key, lambda: self._trained(sentences, [columns[label] for label in labels]))
        self._weights, self._examples = trained["weights"], trained["examples"]
        self._asking = np.array([label != NONE for label in labels])

    def _trained(self, sentences: Sequence[Sequence[str]], labels: Sequence[int]) -> Mapping[str, Matrix]:
        matrix = np.stack([self._row(words) for words in sentences])
        weights = _train(matrix, np.array(labels), max(labels) + 1)
        return {"weights": weights, "examples": matrix[:, -2 * self._embeddings.dimensions :]}

    def _row(self, words: Sequence[str]) -> Matrix:
        dimensions = self._embeddings.dimensions
        row = np.zeros(len(self._numbers) + 2 * dimensions, dtype=np.float32)
        for feature in _features(words):
            number = self._numbers.get(feature)
            if number is not None:
                row[number] = 1.0
        row = unit(row)
        telling = [word for word in words if word not in self._language.common] or list(words)
        row[-2 * dimensions : -dimensions] = together(words, self._embeddings.weighted, dimensions)
        row[-dimensions:] = together(telling, self._embeddings.word, dimensions)
        return row

    def chances(self, words: Sequence[str]) -> tuple[Matrix, float, float]:
        """Return the chance of each tool in `tools`, that of none of them, and the nearest example's likeness.

        The chances sum to 1; likeness is 0 to 1.
        """
        row = self._row(words)
        logits = row @ self._weights
        powers = np.exp(logits - logits.max())
        powers = powers / powers.sum()
        near = (self._examples @ row[-self._examples.shape[1] :]) / 2
        likeness = float(near[self._asking].max())
        return powers[self._others :], float(powers[: self._others].sum()), likeness


def _features(words: Sequence[str]) -> set[str]:
    found = {f"w {word}" for word in words}
    padded = ["<", *words, ">"]
    found.update(f"b {a} {b}" for a, b in itertools.pairwise(padded))
    found.update(f"p{place} {word}" for place, word in enumerate(words[:OPENING]))
    return found


def _train(matrix: Matrix, labels: NDArray[np.intp], classes: int) -> Matrix:
    """Minimise the penalised log loss by accelerated gradient steps, in the space that the examples span."""
    count = len(matrix)
    kernel = matrix @ matrix.T
    wanted = np.eye(classes, dtype=np.float32)[labels]
    step = np.float32(1 / (0.5 * _largest(kernel) / count + PENALTY))
    current = ahead = np.zeros((count, classes), dtype=np.float32)
    for number in range(STEPS):
        logits = kernel @ ahead
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        slope = (powers / powers.sum(axis=1, keepdims=True) - wanted) / count + PENALTY * ahead
        following = ahead - step * slope
        ahead = following + np.float32(number / (number + 3)) * (following - current)
        current = following
    weights: Matrix = (matrix.T @ current).astype(np.float32)
    return weights


def _largest(kernel: Matrix) -> float:
    """Return an upper estimate of the largest eigenvalue of a positive matrix, by power iteration."""
    vector = np.ones(len(kernel), dtype=np.float32)
    value = 1.0
    for _ in range(12):
        vector = kernel @ vector
        value = float(np.sqrt(vector @ vector))
        vector = vector / np.float32(max(value, 1e-9))
    return value * 1.05
