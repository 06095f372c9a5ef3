"""What is to be done to a thing: add, delete, replace, start, end it, or tell of it. Parts tools that share a subject.

"Add a stop", "skip the stop" and "is there a stop" speak of one thing and want three tools. Knows nothing of subjects.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.looking import CHANGING, THINGS
from assistant.understanding.tokens import fold, name_words, spoken_words
from client.catalog import Tool

Scores = NDArray[np.float32]

_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
OPENING = 4
"""Words of a description in which it says what it does."""
CONFLICT = 0.6
"""How much another act than the tool's own speaks against it, of what its own speaks for it."""


class Acts:
    """The acts of one catalog's tools."""

    def __init__(self, tools: Sequence[Tool], language: Language) -> None:
        self._acts = [act for act in language.acts if act["said"]]
        self._said: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for number, act in enumerate(self._acts):
            for phrase in (tuple(fold(phrase).split()) for phrase in act["said"]):
                self._said[phrase[0]].append((phrase, number))
        self._does = np.zeros((len(tools), len(self._acts)), dtype=np.float32)
        reading = next(frozenset(act["tools"]) for act in language.acts if act["name"] == "read")
        changing = frozenset(language.words("changing"))
        self.reads = np.array([_reads(tool, reading, changing) for tool in tools], dtype=np.float32)
        """1 for tools that only look things up, -1 for those that change them, shape (tools,)."""
        verbs = changing | (CHANGING - THINGS)
        changes = [any(word in verbs for word in name_words(tool.name)) for tool in tools]
        self.looks = (self.reads > 0) & ~np.array(changes, dtype=np.bool_)
        """Whether a tool only looks things up and has no verb of change in its name, shape (tools,)."""
        for row, tool in enumerate(tools):
            for words in (name_words(tool.name), _opening(tool)):  # "edit the route by adding a stop" adds, if named so
                for column, act in enumerate(self._acts):
                    self._does[row, column] = any(word in act["tools"] for word in words)
                if self._does[row].any():
                    break

    @property
    def known(self) -> NDArray[np.bool_]:
        """For each tool, whether at least one of its acts is known; shape (tools,)."""
        return np.asarray(self._does.any(axis=1))

    def does(self, name: str) -> NDArray[np.bool_]:
        """Return which tools do what the act of that name says, shape (tools,)."""
        return np.asarray(self._does[:, [act["name"] for act in self._acts].index(name)] > 0)

    def evidence(self, words: Sequence[str]) -> Scores:
        """Return what the acts that are said speak for each tool, -1 to 1."""
        said = np.zeros(len(self._acts), dtype=np.float32)
        for start, word in enumerate(words):
            for phrase, number in self._said.get(word, ()):
                if tuple(words[start : start + len(phrase)]) == phrase:
                    said[number] = 1.0
        if not said.any():
            return np.zeros(len(self._does), dtype=np.float32)
        own = (self._does * said).max(axis=1)
        other = (self._does.max(axis=1) > 0) & (own == 0)
        result: Scores = (own - CONFLICT * other).astype(np.float32)
        return result


def _opening(tool: Tool) -> list[str]:
    """Return the words in which a tool says what it does: its name, and its description behind a heading."""
    described = tool.description.strip()
    head, colon, rest = described.partition(":")
    if colon and len(head.split()) <= OPENING:
        described = rest
    heading = spoken_words(head) if colon and len(head.split()) <= OPENING else []
    return [*name_words(tool.name), *heading, *spoken_words(described)[:OPENING]]


def _reads(tool: Tool, reading: frozenset[str], changing: frozenset[str]) -> float:
    """Return 1 for a tool that only looks things up, -1 for one that changes them, else 0."""
    first = spoken_words(_SENTENCE.split(tool.description, maxsplit=1)[0])
    if tool.hints.read_only is not None:
        both = any(word in reading for word in first)  # "set a reminder, or look one up"
        return 1.0 if tool.hints.read_only else 0.0 if both else -1.0
    changes = any(_verb(word, changing) for word in first)
    for word in _opening(tool):
        if _verb(word, changing):
            return 0.0 if any(word in reading for word in first[OPENING:]) else -1.0
        if word in reading:
            return 0.0 if changes and word not in name_words(tool.name) else 1.0
    return -0.5 if changes else 0.0


def _verb(word: str, verbs: frozenset[str]) -> bool:
    return word in verbs or word.removesuffix("s") in verbs
