"""What speaks for each tool of a catalog, from its own words alone: shared words and shared meaning.

Built once for a catalog; only compares, and never decides which tool is meant.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.routing.embeddings import Embeddings, Vectors, stack, together
from assistant.understanding.tokens import SENTENCE_END, name_words, spoken_words
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
NEAR = 1.5
"""Power of a likeness: a word of a name counts by it as said; found by cross-validation over catalogs, as is HALF."""
HALF = 0.5
"""How much the verb of a tool's name counts beside its things."""
ALIKE = 0.9
"""How much a word is explained by one that means nearly the same."""
MOST_KEPT = 1_000
"""Words of which it is kept how near the tools come to them."""
_BM25_K, _BM25_B = 1.2, 0.4


class Evidence:
    """Word and meaning features of a catalog's tools."""

    def __init__(self, tools: Sequence[Tool], language: Language, embeddings: Embeddings) -> None:
        self._language = language
        self._embeddings = embeddings
        self._covering: dict[str, Vectors] = {}
        self._naming: dict[str, Vectors] = {}
        self._count = len(tools)
        empty = frozenset(language.words("schema_words"))
        fields = [_fields(tool, empty) for tool in tools]
        self.takes_text = np.array([takes_any_words(tool) for tool in tools], dtype=np.float32)
        """1 for tools with a parameter that takes any words, shape (tools,)."""
        self.takes_number = np.array([_has_number(tool) for tool in tools], dtype=np.float32)
        self.takes_nothing = np.array([not tool.properties for tool in tools], dtype=np.float32)
        self._gist = self._matrix([[w for words, weight in f[:2] for w in words] for f in fields])
        verbs = (w for key in ("changing", "reading", "asking") for w in language.words(key))
        self._verbs = frozenset(language.stem(verb) for verb in verbs)
        self._index_words(fields)
        self._index_terms(fields)
        self._index_things(fields)
        self._index_names([name_words(tool.name) for tool in tools])

    def _matrix(self, documents: Sequence[Sequence[str]]) -> Vectors:
        if not documents:
            return np.zeros((0, self._embeddings.dimensions), dtype=np.float32)
        return np.stack([self._direction(words) for words in documents])

    def _direction(self, words: Sequence[str]) -> Vectors:
        return together(words, self._embeddings.weighted, self._embeddings.dimensions)

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
        self._stems = [self._language.stem(word) for word in numbers]
        self._is_verb = np.array([stem in self._verbs for stem in self._stems])

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
        things: dict[str, dict[int, float]] = {}
        for number, field in enumerate(fields):
            for (words, _), share in zip((*field[:2], field[-1]), (1.0, TOLD, TOLD), strict=True):
                for word in words:
                    if word not in self._language.common and stem(word) not in self._verbs:
                        known = things.setdefault(stem(word), {})
                        known[number] = max(known.get(number, 0.0), share)
        self._things = {
            thing: (np.array(list(found)), np.array(list(found.values()), dtype=np.float32))
            for thing, found in things.items()
        }

    def _index_names(self, names: Sequence[Sequence[str]]) -> None:
        """Note the telling words of each tool's name, those few names have weighing most; the weights sum to 1."""
        stem = self._language.stem
        self._own_names = [frozenset(stem(word) for word in words) for words in names]
        seen = Counter(each for words in names for each in {stem(word) for word in words})
        numbers: dict[str, int] = {}
        entries: list[int] = []
        weights: list[float] = []
        self._name_starts = np.zeros(len(names), dtype=np.intp)
        for row, words in enumerate(names):
            telling = [word for word in words if word not in self._language.common] or [""]
            rarity = [math.log(1 + len(names) / max(seen[stem(word)], 1)) for word in telling]
            rarity = [r * (HALF if stem(word) in self._verbs else 1.0) for word, r in zip(telling, rarity, strict=True)]
            self._name_starts[row] = len(entries)
            entries.extend(numbers.setdefault(word, len(numbers)) for word in telling)
            weights.extend(r / max(sum(rarity), 1e-6) for r in rarity)
        self._name_vectors = stack(self._embeddings, list(numbers))
        self._name_stems = [stem(word) for word in numbers]
        self._name_entries = np.array(entries, dtype=np.intp)
        self._name_weights = np.array(weights, dtype=np.float32)

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

    def strength(self, word: str) -> float:
        """Return how much a word says."""
        return self._embeddings.strength(word)

    def gist(self, direction: Vectors) -> Scores:
        """Return the cosine with name and first sentence of each tool, -1 to 1."""
        return self._gist @ direction

    def coverage(self, words: Sequence[str]) -> Scores:
        """Return how much of what is said each tool has near words for, 0 to 1; words that say more weigh more."""
        telling = [word for word in words if word not in self._language.common]
        if not telling or not self._count:
            return np.zeros(self._count, dtype=np.float32)
        best = self._kept(self._covering, telling, self._covered)
        weights = np.array([self._embeddings.strength(word) for word in telling], dtype=np.float32)
        found: Scores = (weights @ best) / max(float(weights.sum()), 1e-6)
        return found

    def _covered(self, words: Sequence[str]) -> Vectors:
        """Return how near each tool's words come to each word, shape (words, tools)."""
        near = np.maximum(stack(self._embeddings, words) @ self._vocabulary.T, 0) ** 2
        found: Vectors = np.maximum.reduceat(near[:, self._entries] * self._weights, self._starts, axis=1)
        return found

    def _near_names(self, words: Sequence[str]) -> Vectors:
        """Return the cosine of each word with each word of the tools' names, shape (words, words of names)."""
        found: Vectors = stack(self._embeddings, words) @ self._name_vectors.T
        return found

    @staticmethod
    def _kept(known: dict[str, Vectors], words: Sequence[str], found: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """Return one row a word, of which the last ones are kept: the clauses of a sentence share their words."""
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            if len(known) >= MOST_KEPT:
                known.clear()
                new = list(dict.fromkeys(words))
            known.update(zip(new, found(new), strict=True))
        return np.stack([known[word] for word in words])

    def named(self, words: Sequence[str]) -> Scores:
        """Return how much of each tool's name is said, 0 to 1: rare words of it that nobody said speak against it."""
        telling = [word for word in words if word not in self._language.common] or list(words)
        if not telling or not len(self._name_entries):
            return np.zeros(self._count, dtype=np.float32)
        said = {near for word in telling for near in self._language.synonyms(self._language.stem(word))}
        near = np.clip(self._kept(self._naming, telling, self._near_names).max(axis=0), 0, 1) ** NEAR
        near[[number for number, stem in enumerate(self._name_stems) if stem in said]] = 1.0
        found: Scores = np.add.reduceat(near[self._name_entries] * self._name_weights, self._name_starts)
        return found

    def names_all(self, words: Sequence[str], tool: int) -> bool:
        """Return whether things are said, and all of them stand in the tool's name: "show me all my boards"."""
        stems = [self._language.stem(word) for word in words if word not in self._language.common]
        things = {stem for stem in stems if stem not in self._verbs}
        return bool(things) and things <= self._own_names[tool]

    def explained(self, words: Sequence[str], tool: int) -> list[tuple[float, float]]:
        """Return for each word how near the tool's own words come to it, of all kinds and things alone, 0 to 1."""
        end = self._starts[tool + 1] if tool + 1 < self._count else len(self._entries)
        numbers = self._entries[self._starts[tool] : end]
        stems = {self._stems[number] for number in numbers}
        if not words:
            return []
        near = np.clip(stack(self._embeddings, words) @ self._vocabulary[numbers].T, 0, 1)
        things = np.where(self._is_verb[numbers], 0, near).max(axis=1)
        found = []
        for word, any_, thing in zip(words, near.max(axis=1), things, strict=True):
            stem = self._language.stem(word)
            known = 1.0 if stem in stems else ALIKE if self._language.synonyms(stem) & stems else float(any_)
            is_thing = stem not in self._verbs
            found.append((max(known, float(any_)), 1.0 if is_thing and stem in stems else float(thing) * is_thing))
        return found

    def shared(self, words: Sequence[str]) -> Scores:
        """Return BM25 of the words and their synonyms, as a share of the most that was to be had, about 0 to 1."""
        total = np.zeros(self._count, dtype=np.float32)
        most = 0.0
        for stem in dict.fromkeys(self._language.stem(word) for word in words if word not in self._language.common):
            most += self._rarity.get(stem, self._unseen)
            gained = np.zeros(self._count, dtype=np.float32)
            for near in self._language.synonyms(stem):
                share = 1.0 if near == stem else 0.5
                # A word is as rare as it is itself: "calendar" is not, though hardly a tool says "schedule" for it.
                rarity = min(self._rarity.get(stem, self._unseen), self._rarity.get(near, 0.0))
                for number, strength in self._postings.get(near, ()):
                    gained[number] = max(gained[number], share * strength * rarity)
            total += gained
        return total / np.float32(most) if most else total


def _fields(tool: Tool, empty: frozenset[str]) -> list[tuple[list[str], float]]:
    description = tool.description.strip()
    first = SENTENCE_END.split(description, maxsplit=1)
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


def words_of(tool: Tool) -> set[str]:
    """Return the words of the tool's name, title, description, parameters and values."""
    return {word for words, _ in _fields(tool, frozenset()) for word in words}


def _has_number(tool: Tool) -> bool:
    return any(schema.get("type") in ("number", "integer") for schema in tool.properties.values())


def takes_any_words(tool: Tool) -> bool:
    """Return whether a parameter of the tool takes any words at all."""
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
