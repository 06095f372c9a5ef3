"""How near the meaning of a whole sentence comes to what each tool says of itself.

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

Scores = NDArray[np.float32]

ASPECTS = ("meant_first", "meant_told")
"""What of a tool a sentence is compared with: its first sentence, and its name and description together."""
MEANT = ("like", "ahead", "nearest", "apart")
"""Names of the signs of a tool being meant at all (`Meaning.signs`)."""
TEN = np.float32(10)
"""Evidence is ten times the likeness beyond the mean of all tools, so that its weights are of the others' size."""
TOLD, FIRST = 300, 300
"""Characters read of a description, and of its first sentence."""
UNRELATED = 0.1
"""Likeness of a sentence to a tool that it has nothing to do with, for a catalog of one tool."""


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
    return first or name, f"{name}: {description[:TOLD]}"
