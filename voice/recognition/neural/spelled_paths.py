"""A grammar as the model writes it: for any point of a text, the tokens that may follow, and the points that they lead
to.

A point is a state of the grammar and the letters of a word that has been begun there. Tables are made once for a point
and kept. It scores nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from voice.recognition.neural.paths import NOWHERE, START, Paths
from voice.recognition.neural.spellings import NumberTree, first_digits, number_tree, spellings
from voice.recognition.neural.vocabulary import Ids, Vocabulary

_SEPARATORS = " ,.?!-;:"


@dataclass(frozen=True)
class Point:
    """Where a text stands in the grammar."""

    state: int
    letters: str
    """The letters of the next word that are written already; "" between words."""


@dataclass(frozen=True)
class NextSpelling:
    """A spelling that may come next, and the word that it stands for."""

    words: str
    """Words of the grammar, separated by single spaces."""
    state: int
    weight: float
    """Logarithm of how likely the words are beside their rivals, at most 0."""


@dataclass(frozen=True)
class Move:
    """The effect of a token."""

    point: Point
    words: str
    """Words of the grammar that it ends; "" for none."""
    weight: float


@dataclass
class _Ways:
    """The spellings out of a state."""

    known: dict[str, NextSpelling]
    sorted: list[str]
    """For finding those that begin with some letters."""


class SpelledPaths:
    """One grammar, spelled with one vocabulary."""

    def __init__(self, paths: Paths, vocabulary: Vocabulary) -> None:
        self.paths = paths
        self._vocabulary = vocabulary
        self._ways: dict[int, _Ways] = {}
        self._numbers: dict[int, _Ways] = {}
        self._first_digits: dict[int, frozenset[str]] = {}
        self._tables: dict[Point, Ids] = {}
        self._first: dict[tuple[int, bool], frozenset[int]] = {}

    start = Point(START, "")

    def allowed(self, point: Point) -> Ids:
        """Return the tokens that may follow, sorted; END is never among them (`end`)."""
        table = self._tables.get(point)
        if table is None:
            table = self._tables[point] = self._make(point)
        return table

    def end(self, point: Point) -> Move | None:
        """Return what ends the sentence at the point; None if it may not end there."""
        if not point.letters:
            final = self.paths.final(point.state)
            return Move(point, "", final) if final > -math.inf else None
        way = self._way(point)
        final = self.paths.final(way.state) if way is not None else -math.inf
        if way is None or final == -math.inf:
            return None
        return Move(Point(way.state, ""), way.words, way.weight + final)

    def move(self, point: Point, token: int) -> Move | None:
        """Return the point that an allowed token leads to; None if the token is not allowed."""
        said = self._vocabulary.said[token]
        longer = point.letters + said
        if point.letters or not said.startswith(" "):
            if self._begins(point.state, longer):
                return Move(Point(point.state, longer), "", 0.0)
        elif self._begins(point.state, said[1:]) or said == " ":
            return Move(Point(point.state, said[1:]), "", 0.0)
        way = self._way(point) if point.letters else None
        if way is None:
            return None
        rest = said.lstrip(_SEPARATORS)
        if rest and not self._begins(way.state, rest):
            return None
        return Move(Point(way.state, rest), way.words, way.weight)

    def opens(self, point: Point) -> Move | None:
        """Return the move that ends the word begun, if any words may follow there; else None."""
        if not point.letters:
            return Move(point, "", 0.0) if self.paths.opens(point.state) else None
        way = self._way(point)
        if way is None or not self.paths.opens(way.state):
            return None
        return Move(Point(way.state, ""), way.words, way.weight)

    def _way(self, point: Point) -> NextSpelling | None:
        """Return the words that the letters at a point stand for, if they are whole words."""
        return self._for(point.state, point.letters).known.get(point.letters)

    def _digits(self, state: int) -> frozenset[str]:
        """Return the digits that a number may begin with in a state."""
        found = self._first_digits.get(state)
        if found is None:
            found = frozenset(digit for word in self.paths.words(state) for digit in first_digits(word))
            self._first_digits[state] = found
        return found

    def ways(self, state: int) -> _Ways:
        """Return the spellings of what may come next in a state."""
        found = self._ways.get(state)
        if found is None:
            known: dict[str, NextSpelling] = {}
            for word in self.paths.words(state):
                way = NextSpelling(word, self.paths.step(state, word), self.paths.weight(state, word))
                for spelling in spellings(word):
                    known.setdefault(spelling, way)
            found = self._ways[state] = _Ways(known, sorted(known))
        return found

    def numbers(self, state: int) -> _Ways:
        """Return the numbers that may come next in a state, as digits."""
        found = self._numbers.get(state)
        if found is None:
            known: dict[str, NextSpelling] = {}
            waiting: list[tuple[NumberTree, str, int, float]] = [(number_tree(), "", state, 0.0)]
            for tree, words, here, weight in waiting:
                for spelling in tree.written:
                    known.setdefault(spelling, NextSpelling(words, here, weight))
                arcs = self.paths.words(here)
                for word, following in tree.next.items():
                    if word in arcs:
                        more = weight + self.paths.weight(here, word)
                        waiting.append((following, f"{words} {word}".lstrip(), self.paths.step(here, word), more))
            found = self._numbers[state] = _Ways(known, sorted(known))
        return found

    def _for(self, state: int, letters: str) -> _Ways:
        """Return the spellings that the letters may belong to."""
        return self.numbers(state) if letters[0].isdigit() else self.ways(state)

    def _begins(self, state: int, letters: str) -> bool:
        """Whether some spelling out of the state begins with the letters."""
        if len(letters) == 1 and letters.isdigit():
            return letters in self._digits(state)  # all numbers are looked up only if the text goes on with this one
        listed = self._for(state, letters).sorted if letters else ()
        place = _bisect(listed, letters)
        return place < len(listed) and listed[place].startswith(letters)

    def _make(self, point: Point) -> Ids:
        if not point.letters:
            return _sorted_ids(self._starting(point.state, spaced=True) | self._starting(point.state, spaced=False))
        ways = self._for(point.state, point.letters)
        found: set[int] = set()
        place = _bisect(ways.sorted, point.letters)
        for spelling in _from(ways.sorted, place):
            if not spelling.startswith(point.letters):
                break
            found.update(self._vocabulary.begin(spelling[len(point.letters) :]))
        way = ways.known.get(point.letters)
        if way is not None and way.state != NOWHERE:
            found |= self._starting(way.state, spaced=True)
            found |= self._joined(point.letters, way.state)
            found.update(int(mark) for mark in self._vocabulary.punctuation)
            if self.ways(way.state).known:
                found.update(int(mark) for mark in self._vocabulary.space)
        return _sorted_ids(found)

    def _starting(self, state: int, *, spaced: bool) -> frozenset[int]:
        """Return the tokens that a next word may begin with, behind a space or without one."""
        key = (state, spaced)
        made = self._first.get(key)
        if made is None:
            begin, space = self._vocabulary.begin, " " if spaced else ""
            made = frozenset(
                token
                for spelling in (*self.ways(state).known, *self._digits(state))
                for token in begin(space + spelling)
                if not (spaced and self._vocabulary.said[token] == " ")
            )
            if spaced:
                made |= frozenset(int(mark) for mark in self._vocabulary.space)
            self._first[key] = made
        return made

    def _joined(self, letters: str, state: int) -> frozenset[int]:
        """Return the tokens that begin a next word right behind the last: "bedlight", "10%", "7pm"."""
        return self._starting(state, spaced=False)


def _bisect(listed: Sequence[str], text: str) -> int:
    low, high = 0, len(listed)
    while low < high:
        middle = (low + high) // 2
        if listed[middle] < text:
            low = middle + 1
        else:
            high = middle
    return low


def _from(listed: list[str], place: int) -> Iterator[str]:
    return (listed[number] for number in range(place, len(listed)))


def _sorted_ids(numbers: set[int] | frozenset[int]) -> Ids:
    return np.fromiter(sorted(numbers), np.int64, len(numbers))
