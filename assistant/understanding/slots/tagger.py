"""Learns from marked examples where a tool's values stand in a sentence: a linear-chain conditional random field.

Trained when a catalog loads, always to the same weights; it sees words, their neighbours, shapes and meaning, and
finds spans. What a span is worth is decided by the schema, as for any other source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.learning.index_cache import learned
from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.slots import chain
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.templates import Example
from assistant.understanding.tokens import Word

Matrix = NDArray[np.float32]

ENOUGH = 30
"""Marked examples from which a tagger is worth training."""
LONGEST = 40
"""Words of a sentence that are tagged."""
WINDOW = (0,)
MEANING = 2.5
"""Scale of the meaning features against the others; cross-validated on custom intents."""
PENALTY = 0.18
"""Weight of half the square norm, for the sum of losses; cross-validated likewise."""
STEPS = 50
NAMED = 2.0
"""Weight of the features of known names; above 1, so that a known name needs fewer examples; cross-validated."""


@dataclass(frozen=True)
class Tagged:
    """Words `start` up to `end`, for the parameter of that path."""

    path: str
    start: int
    end: int
    chance: float
    """Chance of the whole span, by the model, 0 to 1."""


class Tagger:
    """Finds the values of one tool."""

    def __init__(
        self,
        examples: Sequence[Example],
        finder: EntityFinder,
        embeddings: Embeddings,
    ) -> None:
        self._finder = finder
        self._embeddings = embeddings
        self._names = finder.language.names
        self._longest_name = max((len(name) for group in self._names.values() for name in group), default=0)
        sentences = [self._finder.find(example.text, 0.0, 0.0) for example in examples]
        self._seen = _seen(sentences, examples)
        paths = sorted({mark.path for example in examples for mark in example.marks})
        self.paths = frozenset(paths)
        self._labels = ["O", *(f"{edge} {path}" for path in paths for edge in ("B", "I"))]
        features = [self._features(sentence, number) for number, sentence in enumerate(sentences)]
        counts = Counter(feature for tokens in features for token in tokens for feature in token)
        telling = sorted(name for name, count in counts.items() if count > 1)  # the same order in every process
        self._numbers = {name: i for i, name in enumerate(telling)}
        marked = [[each.text, [[m.path, m.start, m.end] for m in each.marks]] for each in examples]
        key = [finder.language.code, *marked]
        trained = learned("tagger", key, lambda: self._trained(sentences, features, examples))
        self._weights, self._moves = trained["weights"], trained["moves"].copy()
        for number, label in enumerate(self._labels):
            if label.startswith("I "):
                allowed = [number - 1, number]
                blocked = [i for i in range(len(self._labels) + 1) if i not in allowed]
                self._moves[blocked, number] = -1e4

    def _trained(
        self, sentences: Sequence[Entities], features: Sequence[list[list[str]]], examples: Sequence[Example]
    ) -> Mapping[str, Matrix]:
        matrix = np.concatenate([self._rows(s, f) for s, f in zip(sentences, features, strict=True)])
        gold = [self._gold(s, e) for s, e in zip(sentences, examples, strict=True)]
        weights, moves = chain.train(matrix, gold, len(self._labels), PENALTY, STEPS)
        return {"weights": weights, "moves": moves}

    @staticmethod
    def worth_training(examples: Sequence[Example]) -> bool:
        """Return whether there are enough marked examples to learn from."""
        return sum(bool(example.marks) for example in examples) >= ENOUGH

    def find(self, entities: Entities) -> list[Tagged]:
        """Return the spans of a sentence, from left to right, with the chance of each."""
        if not entities.words:
            return []
        scores = self._rows(entities, self._features(entities)) @ self._weights
        path, chances = chain.decode(scores.astype(np.float64), self._moves.astype(np.float64))
        found: list[Tagged] = []
        for place, number in enumerate(path):
            label = self._labels[number]
            if label.startswith("B "):
                found.append(Tagged(label[2:], place, place + 1, float(chances[place, number])))
            elif label.startswith("I ") and found and found[-1].end == place:
                last = found[-1]
                chance = min(last.chance, float(chances[place, number]))
                found[-1] = Tagged(last.path, last.start, place + 1, chance)
        return [self._as_named(tag, entities) for tag in found]

    def _as_named(self, tag: Tagged, entities: Entities) -> Tagged:
        """Return the span for the parameter whose kind of name it is: "Cambodia" is a country, whatever led it in."""
        said = tuple(word.strip(".") for word in entities.lowered[tag.start : tag.end])
        kinds = {_kind_of(group) for group, names in self._names.items() if said in names}
        named = kinds & self.paths
        return replace(tag, path=named.pop()) if len(named) == 1 and tag.path not in kinds else tag

    def _gold(self, sentence: Entities, example: Example) -> NDArray[np.intp]:
        labels = np.zeros(min(len(sentence.words), LONGEST), dtype=np.intp)
        for mark in example.marks:
            inside = [i for i, w in enumerate(sentence.words[:LONGEST]) if w.start < mark.end and mark.start < w.end]
            for order, place in enumerate(inside):
                labels[place] = self._labels.index(f"{'I' if order else 'B'} {mark.path}")
        return labels

    def _rows(self, sentence: Entities, features: Sequence[Sequence[str]]) -> Matrix:
        size, width = self._embeddings.dimensions, len(self._numbers)
        rows = np.zeros((len(features), width + size * len(WINDOW)), dtype=np.float32)
        for place, found in enumerate(features):
            for feature in found:
                number = self._numbers.get(feature)
                if number is not None:
                    rows[place, number] = NAMED if feature.startswith("g ") else 1.0
        vectors = np.stack([self._embeddings.word(lower) for lower in sentence.lowered[:LONGEST]])
        for order, shift in enumerate(WINDOW):
            begin = width + order * size
            for place in range(len(features)):
                if 0 <= place + shift < len(features):
                    scale = MEANING if shift == 0 else MEANING / 2
                    rows[place, begin : begin + size] = vectors[place + shift] * np.float32(scale)
        return rows

    def _features(self, sentence: Entities, own: int = -1) -> list[list[str]]:
        """Return what is known of each word; `own` is the example's number, whose own marks tell nothing of it."""
        words = sentence.words[:LONGEST]
        kinds = _kinds(sentence)
        named = self._named(sentence)
        lower = ["<<", "<", *sentence.lowered[:LONGEST], ">", ">>"]
        found: list[list[str]] = []
        for place, word in enumerate(words):
            at = place + 2
            here = lower[at]
            features = [
                "1", f"w {here}", f"p {lower[at - 1]}", f"n {lower[at + 1]}", f"pp {lower[at - 2]}",
                f"nn {lower[at + 2]}", f"pw {lower[at - 1]} {here}", f"wn {here} {lower[at + 1]}",
                f"ppp {lower[at - 2]} {lower[at - 1]}", f"nnn {lower[at + 1]} {lower[at + 2]}",
                f"r {self._finder.language.stem(here)}", f"s {here[-3:]}", f"b {here[:2]}",
                f"h {_shape(word)}", f"k {kinds[place]}",
                f"hp {_shape(words[place - 1]) if place else '<'} {_shape(word)}",
                f"hn {_shape(words[place + 1]) if place + 1 < len(words) else '>'}",
            ]  # fmt: skip
            features += [f"g {name}" for name in named[place]]
            features += [f"z {path}" for path, where in self._seen.get(here, {}).items() if where - {own}]
            if place:
                features += [f"gp {name}" for name in named[place - 1]]
                features.append(f"kp {kinds[place - 1]}")
            if place + 1 < len(words):
                features += [f"gn {name}" for name in named[place + 1]]
                features.append(f"kn {kinds[place + 1]}")
            found.append(features)
        return found

    def _named(self, sentence: Entities) -> list[set[str]]:
        """Return the kinds of names that each word is a part of, and whether it begins one; longer ones hide others."""
        found: list[set[str]] = [set() for _ in sentence.words]
        lower = [word.strip(".") for word in sentence.lowered]
        sizes = [0] * len(lower)
        for size in range(min(self._longest_name, len(lower)), 0, -1):
            for start in range(len(lower) - size + 1):
                if max(sizes[start : start + size]) > size:
                    continue
                said = tuple(lower[start : start + size])
                for group, names in self._names.items():
                    if said in names:
                        for place in range(start, start + size):
                            found[place] |= {group, f"{'I' if place > start else 'B'} {group}"}
                            sizes[place] = size
        return found


def _kind_of(group: str) -> str:
    """Return what a group of names is of: codes of states are states."""
    return group.partition("_")[0]


def _seen(sentences: Sequence[Entities], examples: Sequence[Example]) -> Mapping[str, Mapping[str, set[int]]]:
    """Return in which examples' values of which parameter each word stands."""
    found: dict[str, dict[str, set[int]]] = {}
    for number, (sentence, example) in enumerate(zip(sentences, examples, strict=True)):
        for word in sentence.words:
            for mark in example.marks:
                if word.start < mark.end and mark.start < word.end:
                    found.setdefault(word.lower, {}).setdefault(mark.path, set()).add(number)
    return found


def _shape(word: Word) -> str:
    text = word.text
    if text[0].isdigit():
        return "d4" if text.isdigit() and len(text) == 4 else "d"
    if not word.spoken:
        return text
    if text.isupper():
        return "X" if len(text) > 1 else "x1"
    return "Xx" if text[0].isupper() else "x"


def _kinds(sentence: Entities) -> list[str]:
    """Return for each word what typed thing it is a part of: day, time, duration, number or nothing."""
    kinds = ["-"] * len(sentence.words)
    for kind, group in (
        ("number", sentence.numbers), ("duration", sentence.durations), ("time", sentence.times), ("day", sentence.days)
    ):  # fmt: skip
        for found in group:
            for place in range(found.start, min(found.end, len(kinds))):
                kinds[place] = kind + ("" if place == found.start else "+")
    return kinds
