"""Which of all that software could do a sentence asks for, and which tool does it: "shut the skylight" moves a sunroof.

A language names some hundreds of capabilities, with sentences of people who ask for them. Those that no tool of a
catalog has speak against all its tools. Reads what `benchmarks/fit_capabilities.py` made of them; never trains.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.learning.index_cache import learned
from assistant.understanding.routing.acts import Acts
from assistant.understanding.routing.embeddings import Embeddings, Vectors, together
from assistant.understanding.tokens import SENTENCE_END, name_words, spoken_words
from client.catalog import Tool

Scores = NDArray[np.float32]

LIKE_NAME, NAMED = 5.0, 0.27
"""What the likeness to a capability's name and words says, and each of these words that is said (times its rarity),
beside the likeness to its sentences; chosen by how well five catalogs are routed by nothing else."""
SURE, ENOUGH = 4.0, 1.25
"""How steeply a tool's likeness to a capability tells that it has it, and the likeness where it is as likely as not."""
MOST_WORDS = 2
"""Words of a capability, its rarest, that a tool need have."""
TOLD = 0.7
"""How much a word counts that stands in a tool's description and not in its name."""
LOOKS, CHANGES, DOES, DOES_NOT = 0.3, 0.12, 0.3, -0.24
"""What it says that both only look (or, negative, that one alone does), that both change something, and that a tool
does the same as the capability, or something else."""
PARTING = frozenset(("add", "delete", "replace", "end", "start"))
"""Acts that part the tools of one subject."""
LOOKING = frozenset(("read", "search"))
LEAST = 0.01
"""Chance below which one is as good as another."""
FIRST_WORDS = 40
"""Words read of a description's first sentence."""


@dataclass(frozen=True)
class KnownCapabilities:
    """What software could do, in one language; arrays have one row a capability."""

    named: tuple[str, ...]
    """Its words, by which a tool says that it does this."""
    acts: tuple[str, ...]
    """What is done to the subject: the name of an act, or another verb."""
    sentences: NDArray[np.float32]
    """Turns the meaning of a sentence into how surely it asks for each, shape (capabilities, dimensions)."""
    constants: NDArray[np.float32]
    """Added to that, shape (capabilities,)."""
    words: NDArray[np.float32]
    """Mean meaning of name and words, shape (capabilities, dimensions)."""


NO_CAPABILITIES = KnownCapabilities(
    (), (), np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.float32), np.zeros((0, 0), dtype=np.float32)
)


@cache
def known_capabilities(table: Path | None) -> KnownCapabilities:
    """Return what a language's table holds, read once; nothing for a language without one."""
    if table is None:
        return NO_CAPABILITIES
    with np.load(table, allow_pickle=False) as found:
        numbers = (found[key].astype(np.float32) for key in ("sentences", "constants", "words"))
        return KnownCapabilities(tuple(map(str, found["named"])), tuple(map(str, found["acts"])), *numbers)


class Capabilities:
    """The language's capabilities against one catalog."""

    def __init__(self, tools: Sequence[Tool], language: Language, embeddings: Embeddings, acts: Acts) -> None:
        self._language = language
        self._embeddings = embeddings
        self._known = known_capabilities(language.capabilities)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        stems = [{language.stem(word) for word in words.split()} for words in self._known.named]
        for number, own in enumerate(stems):
            for stem in own:
                self._by_stem[stem].append(number)
        self._rarity = {
            stem: math.log(1 + len(self._known.named) / len(found)) for stem, found in self._by_stem.items()
        }
        self._most = [sum(sorted(self._rarity[stem] for stem in own)[-MOST_WORDS:]) for own in stems]
        read = [[tool.name, tool.title, tool.description, tool.hints.read_only] for tool in tools]
        made_from = [language.code, read, list(self._known.named)]
        self._has: Scores = np.zeros((len(tools), 0), dtype=np.float32)
        if self.any:
            self._has = learned("capabilities", made_from, lambda: {"has": self._shares(tools, acts)})["has"]

    def _shares(self, tools: Sequence[Tool], acts: Acts) -> Scores:
        """Return how surely each tool is the one that has each capability, shape (tools, capabilities)."""
        likeness = np.array([self._likeness(tool) for tool in tools]).reshape(len(tools), len(self._known.named))
        for act in set(self._known.acts):
            columns = [number for number, own in enumerate(self._known.acts) if own == act]
            likeness[:, columns] += _agreement(act, acts)[:, None]
        powers = np.exp(SURE * (likeness - ENOUGH))
        found: Scores = (powers / (1 + powers.sum(axis=0))).astype(np.float32)
        return found

    def _likeness(self, tool: Tool) -> NDArray[np.float64]:
        stem = self._language.stem
        name = [*name_words(tool.name), *spoken_words(tool.title)]
        told = spoken_words(SENTENCE_END.split(tool.description.strip(), maxsplit=1)[0])[:FIRST_WORDS]
        found = (self._known.words @ self._mean([*name, *told])).astype(np.float64)
        hits: dict[int, list[float]] = defaultdict(list)
        for word, share in ({stem(word): TOLD for word in told} | {stem(word): 1.0 for word in name}).items():
            for number in self._by_stem.get(word, ()):
                hits[number].append(share * self._rarity[word])
        for number, gained in hits.items():
            found[number] += sum(sorted(gained)[-MOST_WORDS:]) / self._most[number]
        return found

    def _mean(self, words: Sequence[str]) -> Vectors:
        """Return the mean meaning of the words that say something, each as much as any other, shape (dimensions,)."""
        telling = [word for word in words if word not in self._language.common] or words
        return together(telling, self._embeddings.word, self._embeddings.dimensions)

    @property
    def any(self) -> bool:
        """Whether the language knows capabilities at all; where not, chances of nothing say nothing."""
        return bool(self._known.named)

    def chances(self, words: Sequence[str], direction: Vectors) -> Scores:
        """Return the chance that what is asked for is what each tool does, shape (tools,); they sum to at most 1.

        What is left of 1 is the chance that no tool does it. `direction` is the meaning of the words together.
        """
        if not words or not self.any:
            return np.zeros(len(self._has), dtype=np.float32)
        total = (
            self._known.sentences @ direction
            + self._known.constants
            + LIKE_NAME * (self._known.words @ self._mean(words))
        )
        for stem in {self._language.stem(word) for word in words if word not in self._language.common}:
            total[self._by_stem.get(stem, ())] += NAMED * self._rarity.get(stem, 0.0)
        powers = np.exp(total - total.max())
        found: Scores = self._has @ (powers / powers.sum()).astype(np.float32)
        return found

    def evidence(self, chances: Scores) -> Scores:
        """Return the chances as evidence, 0 to 1: by their logarithm, from LEAST on."""
        found: Scores = np.log(chances / LEAST + 1) / np.float32(math.log(1 / LEAST + 1))
        return found


def _agreement(act: str, acts: Acts) -> NDArray[np.float64]:
    """Return how well what is done to the subject agrees with what each tool does, shape (tools,)."""
    looks, changes = acts.reads > 0, acts.reads < 0
    if act in LOOKING:
        return LOOKS * looks - LOOKS * changes
    found = CHANGES * changes - LOOKS * looks
    if act in PARTING:
        found = found + np.where(acts.known, np.where(acts.does(act), DOES, DOES_NOT), 0.0)
    return found
