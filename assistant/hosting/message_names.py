"""A sentence by its name: a host says it without knowing the driver's language.

Names and values only. The words belong to the language; the opener of the host adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Term:
    """A word of a tool's own schema for a thing ("rear left"); the language may have another word."""

    name: str


@dataclass(frozen=True)
class Message:
    """A sentence or a part of one, with its values."""

    name: str
    """The name of a text of the language."""
    values: Mapping[str, str | int | float | date | Term | Message | Sequence[Message]] = field(default_factory=dict)
    """The value of each blank. `count` also chooses between one and many, if the language has a text for each."""


Words = Callable[[Message], str]
"""Puts a message into the words of a language."""
