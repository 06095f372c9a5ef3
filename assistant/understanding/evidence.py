"""What speaks for each tool of a catalog, from its own words alone: shared words and shared meaning.

Built once for a catalog; only compares, and never decides which tool is meant.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.embeddings import Embeddings, Vectors, stack, unit
from assistant.understanding.language import Language
from assistant.understanding.words import spoken_words
from client.catalog import Tool
from client.values import JSON

Scores = NDArray[np.float32]
"""One figure a tool, in the catalog's order."""

NAME, DESCRIPTION, PARAMETERS, VALUES = 1.0, 0.9, 0.6, 0.6
"""How much a word counts by where it stands; found by cross-validation over three unlike catalogs."""
TOLD, SYNONYM = 0.6, 0.7
"""How much a thing counts that stands in the description only, and one said in another word."""
ENUM_WORDS = 60
"""Words of enums read for one tool; a list of 5,000 stations says little about what the tool does."""
STRANGE = 0.2
"""Square of the likeness below which a tool has nothing to do with a word."""
TAKEN = 0.0
"""How much a strange word still counts where free text may take it."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n|;")
_BM25_K, _BM25_B = 1.2, 0.4


class Evidence:
    """Word and meaning features of a catalog's tools."""

    def __init__(self, tools: Sequence[Tool], language: Language, embeddings: Embeddings) -> None:
        self._language = language
        self._embeddings = embeddings
        self._count = len(tools)
        empty = frozenset(language.words("schema_words"))
        fields = [_fields(tool, empty) for tool in tools]
        self._takes_text = np.array([TAKEN if _has_text(tool) else 1.0 for tool in tools], dtype=np.float32)
        self._gist = self._matrix([[w for words, weight in f[:2] for w in words] for f in fields])
        self._whole = self._matrix([[w for words, weight in f for w in words] for f in fields])
        self._index_words(fields)
        self._index_terms(fields)
        self._index_things(fields)

    def _matrix(self, documents: Sequence[Sequence[str]]) -> Vectors:
        if not documents:
            return np.zeros((0, self._embeddings.dimensions), dtype=np.float32)
        return np.stack([self._direction(words) for words in documents])

    def _direction(self, words: Sequence[str]) -> Vectors:
        if not words:
            return np.zeros(self._embeddings.dimensions, dtype=np.float32)
        return unit(np.sum([self._embeddings.weighted(word) for word in words], axis=0))

    def _index_words(self, fields: Sequence[Sequence[tuple[list[str], float]]]) -> None:
        numbers: dict[str, int] = {}
        entries: list[int] = []
        weights: list[float] = []
        starts: list[int] = []
        for field in fields:
            best: dict[str, float] = {}
            for words, weight in field:
                for word in words:
                    if word not in self._language.common:
                        best[word] = max(best.get(word, 0.0), weight)
            starts.append(len(entries))
            for word, weight in best.items() or [("", 0.0)]:
                entries.append(numbers.setdefault(word, len(numbers)))
                weights.append(weight)
        self._vocabulary = stack(self._embeddings, list(numbers))
        self._entries = np.array(entries, dtype=np.intp)
        self._weights = np.array(weights, dtype=np.float32)
        self._starts = np.array(starts, dtype=np.intp)

    def _index_terms(self, fields: Sequence[Sequence[tuple[list[str], float]]]) -> None:
        counts: list[Counter[str]] = []
        for field in fields:
            counter: Counter[str] = Counter()
            for words, weight in field:
                for word in words:
                    if word not in self._language.common:
                        counter[self._language.stem(word)] += weight  # type: ignore[assignment]  # weights are floats
            counts.append(counter)
        mean = sum(sum(c.values()) for c in counts) / max(len(counts), 1) or 1.0
        seen = Counter(term for counter in counts for term in counter)
        self._rarity: dict[str, float] = {
            term: math.log(1 + (self._count - n + 0.5) / (n + 0.5)) for term, n in seen.items()
        }
        self._unseen = math.log(1 + (self._count + 0.5) / 0.5)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for number, counter in enumerate(counts):
            length = sum(counter.values())
            for term, weight in counter.items():
                strength = weight * (_BM25_K + 1) / (weight + _BM25_K * (1 - _BM25_B + _BM25_B * length / mean))
                self._postings.setdefault(term, []).append((number, strength))

    def _index_things(self, fields: Sequence[Sequence[tuple[list[str], float]]]) -> None:
        """Note which tools have a thing in their name, or at least in what they say first."""
        stem = self._language.stem
        verbs = {stem(w) for key in ("changing", "reading", "asking") for w in self._language.words(key)}
        things: dict[str, dict[int, float]] = {}
        for number, field in enumerate(fields):
            for (words, _), share in zip((*field[:2], field[-1]), (1.0, TOLD, TOLD), strict=True):
                for word in words:
                    if word not in self._language.common and stem(word) not in verbs:
                        known = things.setdefault(stem(word), {})
                        known[number] = max(known.get(number, 0.0), share)
        self._things = {
            thing: (np.array(list(found)), np.array(list(found.values()), dtype=np.float32))
            for thing, found in things.items()
        }

    def things(self, words: Sequence[str]) -> Scores:
        """Return how much each tool is about the things named, 0 to 1; rare things weigh more."""
        total = np.zeros(self._count, dtype=np.float32)
        most = 0.0
        for stem in dict.fromkeys(self._language.stem(word) for word in words if word not in self._language.common):
            gained = np.zeros(self._count, dtype=np.float32)
            rarity = 0.0
            for near in self._language.synonyms(stem):
                if near in self._things:
                    numbers, shares = self._things[near]
                    share = 1.0 if near == stem else SYNONYM
                    gained[numbers] = np.maximum(gained[numbers], share * shares)
                    rarity = max(rarity, share * self._rarity[near])
            most += rarity
            total += np.float32(rarity) * gained
        return total / np.float32(most) if most else total

    def direction(self, words: Sequence[str]) -> Vectors:
        """Return the meaning of the words together, shape (dimensions,)."""
        return self._direction(words)

    def gist(self, direction: Vectors) -> Scores:
        """Return the cosine with name and first sentence of each tool, -1 to 1."""
        return self._gist @ direction

    def whole(self, direction: Vectors) -> Scores:
        """Return the cosine with all the words of each tool, -1 to 1."""
        return self._whole @ direction

    def coverage(self, words: Sequence[str]) -> tuple[Scores, Scores]:
        """Return how much of what is said each tool has near words for, and how much it can do nothing with.

        Both are 0 to 1; rare words weigh more. What is left over counts less where free text may take it.
        """
        telling = [word for word in words if word not in self._language.common]
        if not telling or not self._count:
            nothing = np.zeros(self._count, dtype=np.float32)
            return nothing, nothing
        near = np.maximum(stack(self._embeddings, telling) @ self._vocabulary.T, 0) ** 2
        best = np.maximum.reduceat(near[:, self._entries] * self._weights, self._starts, axis=1)
        weights = np.array([self._embeddings.strength(word) for word in telling], dtype=np.float32)
        whole = max(float(weights.sum()), 1e-6)
        found: Scores = (weights @ best) / whole
        strange = (weights @ (best < STRANGE).astype(np.float32)) / whole
        left: Scores = (strange * self._takes_text).astype(np.float32)
        return found, left

    def shared(self, words: Sequence[str]) -> Scores:
        """Return BM25 of the words and their synonyms, as a share of the most that was to be had, about 0 to 1."""
        total = np.zeros(self._count, dtype=np.float32)
        most = 0.0
        for stem in dict.fromkeys(self._language.stem(word) for word in words if word not in self._language.common):
            most += self._rarity.get(stem, self._unseen)
            gained = np.zeros(self._count, dtype=np.float32)
            for near in self._language.synonyms(stem):
                share = 1.0 if near == stem else 0.5
                for number, strength in self._postings.get(near, ()):
                    gained[number] = max(gained[number], share * strength * self._rarity[near])
            total += gained
        return total / np.float32(most) if most else total


def _fields(tool: Tool, empty: frozenset[str]) -> list[tuple[list[str], float]]:
    description = tool.description.strip()
    first = _SENTENCE_END.split(description, maxsplit=1)
    parameters: list[str] = []
    values: list[str] = []
    for name, schema in tool.properties.items():
        _read_schema(name, schema, parameters, values, depth=0)
    return [
        (spoken_words(f"{tool.name} {tool.title}"), NAME),
        (spoken_words(first[0])[:80], DESCRIPTION),
        (spoken_words(first[1])[:120] if len(first) > 1 else [], DESCRIPTION * 0.8),
        ([word for word in parameters[:200] if word not in empty], PARAMETERS),
        (values[:ENUM_WORDS], VALUES),
    ]


def _has_text(tool: Tool) -> bool:
    """Return whether a parameter takes any words at all."""
    for schema in tool.properties.values():
        item = schema.get("items")
        inner = item if isinstance(item, Mapping) else schema
        if inner.get("type", "string") in ("string", "object") and "enum" not in inner and "format" not in inner:
            return True
    return False


def _read_schema(name: str, schema: Mapping[str, JSON], parameters: list[str], values: list[str], depth: int) -> None:
    parameters.extend(spoken_words(name))
    description = schema.get("description")
    if isinstance(description, str):
        parameters.extend(spoken_words(description)[:40])
    enum = schema.get("enum")
    if isinstance(enum, list):
        for value in enum[:ENUM_WORDS]:
            if isinstance(value, str):
                values.extend(spoken_words(value))
    inner = schema.get("properties")
    if isinstance(inner, Mapping) and depth < 3:
        for key, child in inner.items():
            if isinstance(child, Mapping):
                _read_schema(key, child, parameters, values, depth + 1)
    items = schema.get("items")
    if isinstance(items, Mapping) and depth < 3:
        _read_schema("", items, parameters, values, depth + 1)
