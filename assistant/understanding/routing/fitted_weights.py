"""What each kind of evidence is worth, as `benchmarks/fit_understanding.py` found it over unlike catalogs.

There are two sets, with an encoder of sentences and without; one never stands in for the other. Reads, never fits.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
WITHOUT, WITH_MEANING = FOLDER / "fitted.toml", FOLDER / "fitted_with_meaning.toml"


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence says for a tool, as logarithms of chances."""

    capability: float
    """How surely what is asked for is what a tool does, of all that software could do."""
    gist: float
    coverage: float
    shared: float
    subject: float
    things: float
    """How much the things named must be those of a tool's name."""
    act: float
    """How much the act said (add, delete, replace) parts them."""
    deed: float
    """How much a fixed turn of phrase says for the tools that do just that."""
    named: float
    """How much of the tool's name must be said."""
    quoted: float
    """How much of what is said stands in its description as what people say."""
    number: float
    """Where a number is said, for tools that take one, and for those that take nothing at all."""
    no_number: float
    question: float
    """For a tool that only looks things up (against one that changes them), by how the clause speaks."""
    command: float
    statement: float
    wish: float
    meant_name: float
    """For likeness in meaning to what a tool is called; 0 without an encoder, as are the others of the kind."""
    meant_first: float
    meant_told: float
    meant_taken: float
    meant_values: float


KINDS = tuple(field.name for field in fields(Weights))


@dataclass(frozen=True)
class Fitted:
    """What was learned over many catalogs."""

    weights: Weights
    acceptance: Mapping[str, float]


@cache
def fitted(*, with_meaning: bool) -> Fitted:
    """Return the bundled weights, read once: those for an encoder of sentences, or those for going without."""
    raw = tomllib.loads((WITH_MEANING if with_meaning else WITHOUT).read_text(encoding="utf-8"))
    return Fitted(Weights(**raw["weights"]), raw["acceptance"])
