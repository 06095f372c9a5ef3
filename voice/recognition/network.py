"""Turns a grammar tree into a word network without empty arcs, where no two arcs of a state carry the same word.

pocketsphinx is many times slower on the network that it makes of the same JSGF, because of its empty arcs. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice.recognition.base import AnyOrder, Choice, Expression, Grammar, Maybe, Repeated, Rule, Sequence, Words

MOST_COPIES = 40_000
"""Words that all "once each, in any order" together may take in the network; where that is not enough, parts repeat."""
MOST_STATES = 60_000
"""Bound of the network; beyond it the grammar is refused rather than the machine brought to a halt."""


@dataclass(frozen=True)
class Network:
    """States are numbered from 0, which is the start. `arcs[state]` maps a word to the next state."""

    arcs: tuple[Mapping[str, int], ...]
    finals: frozenset[int]

    def accepts(self, text: str) -> bool:
        """Whether the words lead from the start to an end."""
        state = 0
        for word in text.split():
            following = self.arcs[state].get(word)
            if following is None:
                return False
            state = following
        return state in self.finals


def build_network(grammar: Grammar) -> Network:
    """Return the network of a grammar.

    Raises `ValueError` for an unknown rule, rules in a circle, or a network beyond `MOST_STATES`.
    """
    builder = _Builder(grammar)
    start = builder.state()
    end = builder.add(grammar.root, start, ())
    return _merged(_determined(builder, start, end))


class _Builder:
    """A network with empty arcs."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._sizes: dict[str, int] = {}
        self._copies_each = MOST_COPIES // max(1, _count_any_order([grammar.root, *grammar.rules.values()]))
        self.words: list[list[tuple[str, int]]] = []
        self.empty: list[list[int]] = []

    def state(self) -> int:
        if len(self.words) > 20 * MOST_STATES:
            raise ValueError("the grammar is too large; offer fewer tools at once")
        self.words.append([])
        self.empty.append([])
        return len(self.words) - 1

    def add(self, expression: Expression, start: int, using: tuple[str, ...]) -> int:
        """Add the expression behind `start`; return the state behind it."""
        match expression:
            case Words(text):
                for word in text.split():
                    following = self.state()
                    self.words[start].append((word, following))
                    start = following
                return start
            case Sequence(parts):
                for part in parts:
                    start = self.add(part, start, using)
                return start
            case Choice(options):
                end = self.state()
                for option in options:
                    self.empty[self.add(option, start, using)].append(end)
                return end
            case Maybe(part):
                end = self.add(part, start, using)
                after = self.state()
                self.empty[end].append(after)
                self.empty[start].append(after)
                return after
            case Repeated(part):
                before = self.state()
                self.empty[start].append(before)
                end = self.add(part, before, using)
                after = self.state()
                self.empty[end] += [before, after]
                return after
            case AnyOrder():
                return self._any_order(expression, start, using)
            case Rule(name):
                return self.add(self._rule(name, using), start, (*using, name))

    def _rule(self, name: str, using: tuple[str, ...]) -> Expression:
        if name in using:
            raise ValueError(f"the rules {' -> '.join((*using, name))} use one another in a circle")
        if name not in self._grammar.rules:
            raise ValueError(f"there is no rule {name!r}")
        return self._grammar.rules[name]

    def _any_order(self, expression: AnyOrder, start: int, using: tuple[str, ...]) -> int:
        parts = expression.parts
        if self._size(Sequence(parts), using) * 2 ** max(0, len(parts) - 1) > self._copies_each:
            return self.add(Maybe(Repeated(Choice(parts))), start, using)
        after: dict[int, int] = {0: start}
        end = self.state()
        for said in range(1 << len(parts)):  # bit i: part i was said; smaller sets come first
            state = after[said]
            self.empty[state].append(end)
            for index, part in enumerate(parts):
                if not said >> index & 1:
                    following = after.setdefault(said | 1 << index, -1)
                    if following < 0:
                        following = after[said | 1 << index] = self.state()
                    self.empty[self.add(part, state, using)].append(following)
        return end

    def _size(self, expression: Expression, using: tuple[str, ...]) -> int:
        match expression:
            case Words(text):
                return len(text.split())
            case Sequence(parts) | Choice(parts) | AnyOrder(parts):
                return sum(self._size(part, using) for part in parts)
            case Maybe(part) | Repeated(part):
                return self._size(part, using)
            case Rule(name):
                if name not in self._sizes:
                    self._sizes[name] = self._size(self._rule(name, using), (*using, name))
                return self._sizes[name]


def _count_any_order(expressions: list[Expression]) -> int:
    count = 0
    while expressions:
        match expressions.pop():
            case AnyOrder(parts):
                count += 1
                expressions.extend(parts)
            case Sequence(parts) | Choice(parts):
                expressions.extend(parts)
            case Maybe(part) | Repeated(part):
                expressions.append(part)
            case _:
                pass
    return count


def _determined(builder: _Builder, start: int, end: int) -> Network:
    """Return the same language without empty arcs, one arc a word and state (subset construction)."""
    reached: dict[int, frozenset[int]] = {}

    def closed(states: Iterable[int]) -> frozenset[int]:
        found: set[int] = set()
        for state in states:
            if state not in reached:
                seen = {state}
                waiting = [state]
                while waiting:
                    for following in builder.empty[waiting.pop()]:
                        if following not in seen:
                            seen.add(following)
                            waiting.append(following)
                # Only states that lead somewhere matter: that keeps equal sets equal.
                reached[state] = frozenset(one for one in seen if builder.words[one] or one == end)
            found |= reached[state]
        return frozenset(found)

    first = closed([start])
    numbers: dict[frozenset[int], int] = {first: 0}
    arcs: list[dict[str, int]] = []
    waiting = [first]
    for states in waiting:
        targets: dict[str, set[int]] = defaultdict(set)
        for state in states:
            for word, following in builder.words[state]:
                targets[word].add(following)
        out: dict[str, int] = {}
        for word, following_states in targets.items():
            closure = closed(following_states)
            number = numbers.get(closure)
            if number is None:
                number = numbers[closure] = len(numbers)
                waiting.append(closure)
                if number > MOST_STATES:
                    raise ValueError("the grammar is too large; offer fewer tools at once")
            out[word] = number
        arcs.append(out)
    return Network(tuple(arcs), frozenset(number for states, number in numbers.items() if end in states))


def _merged(network: Network) -> Network:
    """Return the network with states joined from which the same words follow (partition refinement)."""
    classes = [int(state in network.finals) for state in range(len(network.arcs))]
    count = len(set(classes))
    while True:
        keys: dict[tuple[int, frozenset[tuple[str, int]]], int] = {}
        refined = [
            keys.setdefault((classes[state], frozenset((word, classes[to]) for word, to in out.items())), len(keys))
            for state, out in enumerate(network.arcs)
        ]
        if len(keys) == count:
            break
        classes, count = refined, len(keys)
    # The start comes first in `refined`, so that its class is number 0 again.
    arcs: list[Mapping[str, int]] = [{}] * count
    for state, out in enumerate(network.arcs):
        arcs[refined[state]] = {word: refined[to] for word, to in out.items()}
    return Network(tuple(arcs), frozenset(refined[state] for state in network.finals))
