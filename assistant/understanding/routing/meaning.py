"""How near the meaning of a whole sentence comes to each tool: to its name, what it says of itself, and what it takes.

A sentence is encoded once, a catalog's tools once ever (they are kept on disk). Only compares; where there is no
encoder for the language it says nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.learning.index_cache import learned
from assistant.understanding.routing.sentence_model import SentenceEncoder
from assistant.understanding.tokens import SENTENCE_END, name_words
from client.catalog import Tool
from client.values import JSON

Scores = NDArray[np.float32]

ASPECTS = ("meant_name", "meant_first", "meant_told", "meant_taken", "meant_values")
"""What of a tool a sentence is compared with: its name, its first sentence, name and description, name and
parameters, and name and listed values."""
MEANT = ("like", "ahead", "nearest", "apart")
"""Names of the signs of a tool being meant at all (`Meaning.signs`)."""
TEN = np.float32(10)
"""Evidence is ten times the likeness beyond the mean of all tools, so that its weights are of the others' size."""
TOLD, FIRST = 300, 300
"""Characters read of a description, and of its first sentence."""
UNRELATED = 0.1
"""Likeness of a sentence to a tool that it has nothing to do with, for a catalog of one tool."""
MOST_NAMES = 12
"""Parameters, and listed values, that are read."""


class Meaning:
    """The tools of one catalog by meaning."""

    def __init__(self, tools: Sequence[Tool], language: Language, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._count = len(tools)
        self.any = bool(tools) and language.code in encoder.languages
        """Whether sentences of this language are compared at all."""
        self._tools: Scores = np.zeros((0, 0), dtype=np.float32)
        if self.any:
            texts = [list(_aspects(tool)) for tool in tools]
            build = lambda: {"tools": np.stack([encoder.encode(text) for each in texts for text in each])}  # noqa: E731  # one use
            self._tools = learned("meaning", [encoder.digest, texts], build)["tools"]

    def likeness(self, text: str) -> Scores:
        """Return the cosine of the sentence with each aspect of each tool, shape (tools, aspects), -1 to 1."""
        if not self.any:
            return np.zeros((self._count, len(ASPECTS)), dtype=np.float32)
        found: Scores = (self._tools @ self._encoder.encode(text)).reshape(self._count, len(ASPECTS))
        return found

    @staticmethod
    def evidence(likeness: Scores) -> Scores:
        """Return what the likeness says for each tool beside the others, shape (tools, aspects)."""
        found: Scores = TEN * (likeness - likeness.mean(axis=0)) if len(likeness) else likeness
        return found

    def signs(self, likeness: Scores, tool: int) -> Mapping[str, float]:
        """Return what the likeness says of a tool being meant at all; all 0 where nothing is compared."""
        each = likeness.max(axis=1)
        if not self.any:
            return dict.fromkeys(MEANT, 0.0)
        others = np.delete(each, tool)
        mean = float(others.mean()) if len(others) else UNRELATED
        next_ = float(others.max()) if len(others) else UNRELATED
        own = float(each[tool])
        return dict(zip(MEANT, (own, own - mean, float(each.max()), own - next_), strict=True))


def _aspects(tool: Tool) -> tuple[str, ...]:
    """Return the texts of a tool, in the order of ASPECTS."""
    name = " ".join(name_words(tool.name))
    description = tool.description.strip()
    first = SENTENCE_END.split(description, maxsplit=1)[0][:FIRST]
    taken = [" ".join(name_words(parameter)) for parameter in list(tool.properties)[:MOST_NAMES]]
    values = [value for schema in tool.properties.values() for value in _listed(schema)]
    return (
        name,
        first or name,
        f"{name}: {description[:TOLD]}",
        " ".join([name, *taken]),
        " ".join([name, *(" ".join(name_words(value)) for value in values[:MOST_NAMES])]),
    )


def _listed(schema: Mapping[str, JSON]) -> list[str]:
    """Return the values that a parameter, or each item of it, may have."""
    items = schema.get("items")
    for each in (schema, items if isinstance(items, Mapping) else {}):
        listed = each.get("enum")
        if isinstance(listed, list):
            return [value for value in listed if isinstance(value, str)]
    return []
