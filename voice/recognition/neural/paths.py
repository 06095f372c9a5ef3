"""Walks a grammar word by word, and builds only the states that an utterance reaches.

A state is the set of positions in the grammar tree at which the sentence may be, so a grammar of thousands of states
costs only what is visited. It knows no sound, no tokens and no spellings but the grammar's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from voice.recognition.recognizer_base import (
    AnyOrder,
    Choice,
    Expression,
    Grammar,
    Maybe,
    Open,
    Repeated,
    Rule,
    Sequence,
    Words,
)

START, NOWHERE = 0, -1
"""The number of the first state, and of the state that no sentence reaches."""
_END = 0
"""The position after the whole sentence."""


@dataclass
class _State:
    places: frozenset[int]
    arcs: dict[str, dict[int, float]]
    """For each next word, the positions after it with the logarithm of the best weight."""
    final: float
    """Logarithm of the weight with which a sentence may end here; -inf if it may not."""
    opens: bool
    """Whether any words may follow up to the end of the sentence."""
    steps: dict[str, int] = field(default_factory=dict)


@dataclass
class _Place:
    arcs: list[tuple[str, int, float]] = field(default_factory=list)
    final: float = -math.inf
    opens: bool = False


class Paths:
    """The sentences of one grammar."""

    def __init__(self, grammar: Grammar) -> None:
        """Raises `ValueError` for an unknown rule, or rules that use each other in a circle."""
        _check_rules(grammar)
        self._grammar = grammar
        self._kept: list[Expression] = []
        """Keeps the nodes alive, because they are identified by their address."""
        self._nodes: list[tuple[Expression | None, int, int]] = [(None, 0, _END)]
        """For each position: the next node, how much of it was said, and the position after it."""
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._closed: dict[int, _Place] = {}
        self._states: list[_State] = []
        self._known: dict[frozenset[int], int] = {}
        self._state({self._place(grammar.root, 0, _END): 0.0})

    # -- what others ask --

    def words(self, state: int) -> dict[str, dict[int, float]]:
        """Return the words that may come next, as keys."""
        return self._states[state].arcs

    def weight(self, state: int, word: str) -> float:
        """Return the logarithm of the word's likelihood among the possible next words, at most 0."""
        return max(self._states[state].arcs[word].values())

    def step(self, state: int, word: str) -> int:
        """Return the state after the word; `NOWHERE` if no sentence continues with it."""
        here = self._states[state]
        following = here.steps.get(word)
        if following is None:
            places = here.arcs.get(word)
            following = here.steps[word] = self._state(places) if places else NOWHERE
        return following

    def final(self, state: int) -> float:
        """Return the logarithm of the weight with which a sentence ends there; -inf if none does."""
        return self._states[state].final

    def opens(self, state: int) -> bool:
        """Return whether any words may follow there up to the end of the sentence."""
        return self._states[state].opens

    def accepts(self, text: str) -> bool:
        """Return whether the words are a whole sentence."""
        state = START
        for word in text.split():
            state = self.step(state, word)
            if state == NOWHERE:
                return False
        return self.final(state) > -math.inf

    def __len__(self) -> int:
        return len(self._states)

    # -- building --

    def _place(self, node: Expression, said: int, behind: int) -> int:
        key = (id(node), said, behind)
        number = self._numbers.get(key)
        if number is None:
            self._kept.append(node)
            number = self._numbers[key] = len(self._nodes)
            self._nodes.append((node, said, behind))
        return number

    def _state(self, places: dict[int, float]) -> int:
        key = frozenset(places)
        number = self._known.get(key)
        if number is not None:
            return number
        arcs: dict[str, dict[int, float]] = {}
        final, opens = -math.inf, False
        for place in places:
            closed = self._closure(place)
            final, opens = max(final, closed.final), opens or closed.opens
            for word, following, weight in closed.arcs:
                out = arcs.setdefault(word, {})
                out[following] = max(weight, out.get(following, -math.inf))
        self._known[key] = len(self._states)
        self._states.append(_State(key, arcs, final, opens))
        return len(self._states) - 1

    def _closure(self, place: int) -> _Place:
        """Return what may come next at a position, after following all empty steps."""
        known = self._closed.get(place)
        if known is not None:
            return known
        found = _Place()
        best: dict[int, float] = {place: 0.0}
        waiting = [(place, 0.0)]
        while waiting:
            here, weight = waiting.pop()
            if weight < best[here]:
                continue
            if here == _END:
                found.final = max(found.final, weight)
                continue
            for following, more in self._ways(here, found, weight):
                if weight + more > best.get(following, -math.inf):
                    best[following] = weight + more
                    waiting.append((following, weight + more))
        self._closed[place] = found
        return found

    def _ways(self, place: int, found: _Place, weight: float) -> list[tuple[int, float]]:
        """Return the positions that one empty step reaches, with weights; note words and open ends."""
        node, said, behind = self._nodes[place]
        match node:
            case Words(text):
                words = text.split()
                if not words:
                    return [(behind, 0.0)]
                following = behind if said + 1 == len(words) else self._place(node, said + 1, behind)
                found.arcs.append((words[said], following, weight))
                return []
            case Sequence(parts):
                if said == len(parts):
                    return [(behind, 0.0)]
                after = behind if said + 1 == len(parts) else self._place(node, said + 1, behind)
                return [(self._place(parts[said], 0, after), 0.0)]
            case Choice(options, weights):
                most = max(weights, default=1.0)
                return [
                    (self._place(option, 0, behind), math.log(weights[n] / most) if weights else 0.0)
                    for n, option in enumerate(options)
                    if not weights or weights[n] > 0.0
                ]
            case Maybe(part):
                return [(behind, 0.0), (self._place(part, 0, behind), 0.0)]
            case Repeated(part):
                again = (self._place(part, 0, self._place(node, 1, behind)), 0.0)
                return [again, (behind, 0.0)] if said else [again]
            case AnyOrder(parts):  # `said` holds a bit for each part that was said
                return [(behind, 0.0)] + [
                    (self._place(part, 0, self._place(node, said | 1 << number, behind)), 0.0)
                    for number, part in enumerate(parts)
                    if not said >> number & 1
                ]
            case Open(part):
                found.opens = True
                return [(self._place(part, 0, behind), 0.0)]
            case Rule(name):
                return [(self._place(self._grammar.rules[name], 0, behind), 0.0)]
            case None:
                return []


def _check_rules(grammar: Grammar) -> None:
    """Raise `ValueError` if a rule is unknown or leads back to itself."""
    used = {name: _rules_in(rule) for name, rule in grammar.rules.items()}
    ends: set[str] = set()

    def follow(names: Iterable[str], using: tuple[str, ...]) -> None:
        for name in names:
            if name in using:
                raise ValueError(f"the rules {' -> '.join((*using, name))} use one another in a circle")
            if name not in used:
                raise ValueError(f"there is no rule {name!r}")
            if name not in ends:
                follow(used[name], (*using, name))
                ends.add(name)

    follow(_rules_in(grammar.root), ())


def _rules_in(expression: Expression) -> list[str]:
    found: list[str] = []
    waiting = [expression]
    while waiting:
        match waiting.pop():
            case Rule(name):
                found.append(name)
            case Sequence(parts) | AnyOrder(parts) | Choice(parts):
                waiting.extend(parts)
            case Maybe(part) | Repeated(part) | Open(part):
                waiting.append(part)
            case Words():
                pass
    return found
