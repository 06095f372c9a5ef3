"""Turns a grammar tree into a word network without empty arcs, in which the arcs of a state have distinct words.

Pure. pocketsphinx is many times slower on the network that it builds from the same JSGF, because of its empty arcs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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

MOST_COPIES = 40_000
"""Most words that "each once, in any order" parts may add to the network; beyond it, parts may repeat."""
MOST_STATES = 60_000
"""Most states of a network; a larger grammar is refused, because it would halt the machine."""


@dataclass(frozen=True)
class WordNetwork:
    """States are numbered from 0, the start. `arcs[state]` maps a word to the next state and its likelihood."""

    arcs: tuple[Mapping[str, tuple[int, float]], ...]
    finals: Mapping[int, float]
    """States in which a sentence may end, with the likelihood of the end. All likelihoods of a state add up to 1."""

    def accepts(self, text: str) -> bool:
        """Whether the words lead from the start to an end."""
        state = 0
        for word in text.split():
            following = self.arcs[state].get(word)
            if following is None:
                return False
            state = following[0]
        return state in self.finals


ANY = "~"
"""First word of each arc that stands for one phone in a network of heads."""
_PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)  # fmt: skip
"""Phones of the pocketsphinx model."""


def goes_on_openly(heads: WordNetwork, text: str) -> bool:
    """Return whether the text begins with one of the heads and continues after it."""
    state = 0
    for word in text.split():
        if any(said.startswith(ANY) for said in heads.arcs[state]):
            return True
        following = heads.arcs[state].get(word)
        if following is None:
            return False
        state = following[0]
    return False


def build_heads(grammar: Grammar) -> WordNetwork | None:
    """Return the network of the beginnings of sentences up to an `Open` part, which becomes phones in any order.

    None if the grammar has no such part. Raises `ValueError` as `build_network` does.
    """
    builder = _Builder(grammar, open_tails=True)
    start = builder.state()
    builder.add(grammar.root, start, ())
    if builder.tails is None:
        return None
    builder.keep_only(builder.tails)
    return _merged(_determined(builder, start, builder.tails))


def build_network(grammar: Grammar) -> WordNetwork:
    """Return the network of a grammar.

    Raises `ValueError` for an unknown rule, rules in a circle, or more than `MOST_STATES` states.
    """
    builder = _Builder(grammar)
    start = builder.state()
    end = builder.add(grammar.root, start, ())
    return _merged(_determined(builder, start, end))


class _Builder:
    """A network that still has empty arcs."""

    def __init__(self, grammar: Grammar, *, open_tails: bool = False) -> None:
        self._grammar = grammar
        self._open_tails = open_tails
        self.tails: int | None = None
        """The states after any phones, one for each open part."""
        self._sizes: dict[str, int] = {}
        self._copies_each = MOST_COPIES // max(1, _count_any_order([grammar.root, *grammar.rules.values()]))
        self.words: list[list[tuple[str, int]]] = []
        self.empty: list[list[tuple[int, float]]] = []

    def state(self) -> int:
        if len(self.words) > 20 * MOST_STATES:
            raise ValueError("the grammar is too large; offer fewer tools at once")
        self.words.append([])
        self.empty.append([])
        return len(self.words) - 1

    def add(self, expression: Expression, start: int, using: tuple[str, ...]) -> int:
        """Add the expression after the state `start`; return the state after it."""
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
            case Choice(options, weights):
                end = self.state()
                most = max(weights, default=1.0)
                for number, option in enumerate(options):
                    begin = start
                    if weights:
                        begin = self.state()
                        self.empty[start].append((begin, weights[number] / most))
                    self.empty[self.add(option, begin, using)].append((end, 1.0))
                return end
            case Maybe(part):
                end = self.add(part, start, using)
                after = self.state()
                self.empty[end].append((after, 1.0))
                self.empty[start].append((after, 1.0))
                return after
            case Repeated(part):
                before = self.state()
                self.empty[start].append((before, 1.0))
                end = self.add(part, before, using)
                after = self.state()
                self.empty[end] += [(before, 1.0), (after, 1.0)]
                return after
            case AnyOrder():
                return self._any_order(expression, start, using)
            case Open(part):
                return self._tail(start) if self._open_tails else self.add(part, start, using)
            case Rule(name):
                return self.add(self._rule(name, using), start, (*using, name))

    def _tail(self, start: int) -> int:
        """Add phones in any order after `start`; nothing follows the returned state."""
        if self.tails is None:
            self.tails = self.state()
            self._loop = self.state()
            after = self.state()
            self.words[self._loop] = [(ANY + phone.lower(), after) for phone in _PHONES]
            self.empty[after] = [(self._loop, 1.0), (self.tails, 1.0)]
        self.empty[start].append((self._loop, 1.0))
        return self.state()

    def keep_only(self, end: int) -> None:
        """Remove arcs that do not lead to that state."""
        before: dict[int, list[int]] = defaultdict(list)
        for state in range(len(self.words)):
            for _, following in self.words[state]:
                before[following].append(state)
            for following, _ in self.empty[state]:
                before[following].append(state)
        leading, waiting = {end}, [end]
        while waiting:
            for state in before[waiting.pop()]:
                if state not in leading:
                    leading.add(state)
                    waiting.append(state)
        for state in range(len(self.words)):
            self.words[state] = [arc for arc in self.words[state] if arc[1] in leading]
            self.empty[state] = [arc for arc in self.empty[state] if arc[0] in leading]

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
            self.empty[state].append((end, 1.0))
            for index, part in enumerate(parts):
                if not said >> index & 1:
                    following = after.setdefault(said | 1 << index, -1)
                    if following < 0:
                        following = after[said | 1 << index] = self.state()
                    self.empty[self.add(part, state, using)].append((following, 1.0))
        return end

    def _size(self, expression: Expression, using: tuple[str, ...]) -> int:
        match expression:
            case Words(text):
                return len(text.split())
            case Sequence(parts) | Choice(parts) | AnyOrder(parts):
                return sum(self._size(part, using) for part in parts)
            case Maybe(part) | Repeated(part) | Open(part):
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
            case Maybe(part) | Repeated(part) | Open(part):
                expressions.append(part)
            case Words() | Rule():
                pass
    return count


def _determined(builder: _Builder, start: int, end: int) -> WordNetwork:
    """Return an equivalent network without empty arcs, one arc for each word and state (subset construction).

    If several paths lead to the same states, the first one's likelihoods are used: they only rank sentences.
    """
    reached: dict[int, dict[int, float]] = {}

    def closed(states: Iterable[int]) -> dict[int, float]:
        found: dict[int, float] = {}
        for state in states:
            if state not in reached:
                reached[state] = _closure(builder, state, end)
            for one, weight in reached[state].items():
                found[one] = max(weight, found.get(one, 0.0))
        return found

    first = closed([start])
    numbers = {frozenset(first): 0}
    waiting = [first]
    arcs: list[dict[str, tuple[int, float]]] = []
    finals: dict[int, float] = {}
    for number, states in enumerate(waiting):
        targets: dict[str, set[int]] = defaultdict(set)
        weights: dict[str, float] = {}
        for state, weight in states.items():
            for word, following in builder.words[state]:
                targets[word].add(following)
                weights[word] = max(weight, weights.get(word, 0.0))
        total = sum(weights.values()) + states.get(end, 0.0)
        out: dict[str, tuple[int, float]] = {}
        for word, following_states in targets.items():
            closure = closed(following_states)
            next_number = numbers.setdefault(frozenset(closure), len(numbers))
            if next_number == len(waiting):
                waiting.append(closure)
                if next_number > MOST_STATES:
                    raise ValueError("the grammar is too large; offer fewer tools at once")
            out[word] = (next_number, weights[word] / total)
        arcs.append(out)
        if end in states:
            finals[number] = states[end] / total
    return WordNetwork(tuple(arcs), finals)


def _closure(builder: _Builder, start: int, end: int) -> dict[int, float]:
    """Return the states reached by empty arcs, with the best weight of each: those with words, and the end."""
    best = {start: 1.0}
    waiting = [start]
    while waiting:
        state = waiting.pop()
        for following, weight in builder.empty[state]:
            if best[state] * weight > best.get(following, 0.0):
                best[following] = best[state] * weight
                waiting.append(following)
    return {state: weight for state, weight in best.items() if builder.words[state] or state == end}


def _merged(network: WordNetwork) -> WordNetwork:
    """Return the network with equivalent states joined (partition refinement)."""
    classes = [int(state in network.finals) for state in range(len(network.arcs))]
    count = len(set(classes))
    while True:
        keys: dict[tuple[int, frozenset[tuple[str, int, float]]], int] = {}
        refined = [
            keys.setdefault(
                (
                    classes[state],
                    frozenset((word, classes[to], round(weight, 4)) for word, (to, weight) in out.items()),
                ),
                len(keys),
            )
            for state, out in enumerate(network.arcs)
        ]
        if len(keys) == count:
            break
        classes, count = refined, len(keys)
    # The start comes first in `refined`, so that its class is number 0 again.
    arcs: list[Mapping[str, tuple[int, float]]] = [{}] * count
    for state, out in enumerate(network.arcs):
        arcs[refined[state]] = {word: (refined[to], weight) for word, (to, weight) in out.items()}
    return WordNetwork(tuple(arcs), {refined[state]: weight for state, weight in network.finals.items()})
