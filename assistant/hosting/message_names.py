"""A sentence by its name: what a host says without knowing the language that the driver speaks.

Names and values only. The words belong to the language, and are put in by whoever opens the host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Term:
    """A word that a tool's own schema has for a thing ("rear left"); the language may call it otherwise."""

    name: str


@dataclass(frozen=True)
class Message:
    """A sentence or a part of one, with what is put in."""

    name: str
    """Of a text of the language."""
    values: Mapping[str, str | int | float | date | Term | Message | Sequence[Message]] = field(default_factory=dict)
    """What stands for each blank. `count` also picks between one and many, if the language has a text for each."""


Words = Callable[[Message], str]
"""Puts a message into the words of a language."""
