"""The generated tables of cases: each generator gives cases, and each case is judged by something outside the product.

A generator registers itself with `generates`; `python -m tests.promises` runs them all, a test runs a part of each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from math import comb
from pathlib import Path


@dataclass(frozen=True)
class Verdict:
    """What the judge outside the product saw."""

    broken: str
    """How the promise was broken; "" if it held."""
    acted: bool
    """Whether anything was done at all: a table in which nothing ever happens proves nothing."""


@dataclass(frozen=True)
class Case:
    """One case; `run` gets a folder of its own."""

    name: str
    run: Callable[[Path], Awaitable[Verdict]]


Generator = Callable[[], Iterator[Case]]
GENERATORS: dict[str, Generator] = {}
"""By name."""


def generates(name: str) -> Callable[[Generator], Generator]:
    """Register a generator."""

    def register(generator: Generator) -> Generator:
        assert name not in GENERATORS, f"two generators are called {name}"
        GENERATORS[name] = generator
        return generator

    return register


def part_of(cases: list[Case], most: int) -> list[Case]:
    """Return at most that many cases, spread evenly over all."""
    step = max(1, -(-len(cases) // most))
    return cases[::step]


def bound(broken: int, cases: int) -> float:
    """Return the one-sided 95 % bound of the share that breaks: the rule of three for none, else exact (binomial)."""
    if cases == 0:
        return 1.0
    if broken == 0:
        return min(1.0, 3.0 / cases)
    low, high = broken / cases, 1.0
    for _ in range(60):
        share = (low + high) / 2
        at_most = sum(comb(cases, k) * share**k * (1 - share) ** (cases - k) for k in range(broken + 1))
        low, high = (share, high) if at_most > 0.05 else (low, share)
    return high
