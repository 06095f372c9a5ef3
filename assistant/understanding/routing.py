"""Which tools a sentence may ask for, best first, with calibrated scores; none where nothing fits.

Looks at the whole catalog by words and by meaning; it knows nothing of the values that will become arguments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.understanding.acts import Acts
from assistant.understanding.clauses import Clauses
from assistant.understanding.embeddings import Embeddings
from assistant.understanding.evidence import Evidence, Scores
from assistant.understanding.language import Language
from assistant.understanding.learned import NONE, LearnedRouter
from assistant.understanding.subjects import Subjects
from assistant.understanding.templates import Example
from assistant.understanding.words import spoken_words
from client.catalog import Tool

ENOUGH_EXAMPLES = 8
"""Examples that each of two tools needs before chances are learned from them."""
MANY_EXAMPLES = 300
"""Examples in all from which the learned chance of "no tool" counts in full."""
TWIN = 0.35
"""Share of the best evidence from which a tool may be the best one's twin; at twice that it surely is."""
MOST_WORDS = 60
"""Words of a clause that are looked at; nobody asks for anything in longer ones."""


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence counts; found by cross-validation over unlike catalogs (benchmarks)."""

    gist: float = 0.33
    whole: float = 0.3
    coverage: float = 0.11
    shared: float = 0.33
    subject: float = 0.46
    things: float = 0.23
    """How much the things named must be those of a tool's name."""
    foreign: float = 0.8
    own: float = 0.85
    """How much of a subject that tools serve outweighs one that none serves."""
    mood: float = 0.52
    """How much a question or a command parts tools that tell from tools that change."""
    act: float = 0.3
    """How much the act said (add, delete, replace) parts them. Neither makes a sentence more of a request."""
    passed_on: float = 0.1
    """How much words that are merely passed on count less."""
    timeless: float = 0.02
    """How much less is believed what is said without its days and times."""
    leftover: float = 0.03
    """How much words speak against a tool that has nothing near them and no text to take them."""
    example: float = 0.5
    likeness: float = 0.6
    none: float = 0.8
    doubt: float = 0.1
    floor: float = 0.308
    """Evidence below which a sentence is taken to ask for nothing here."""
    steep: float = 14.0
    temperature: float = 0.056


@dataclass(frozen=True)
class Route:
    """One tool that a sentence may ask for."""

    tool: Tool
    score: float
    """0 to 1: the chance that this tool is meant."""


class Router:
    """The tools of one catalog, ready to be asked for."""

    def __init__(
        self,
        tools: Sequence[Tool],
        examples: Sequence[Sequence[Example]],
        language: Language,
        embeddings: Embeddings,
        weights: Weights | None = None,
    ) -> None:
        self._tools = tuple(tools)
        self._language = language
        self.weights = weights or Weights()
        """May be changed between two utterances, to see what a kind of evidence is worth."""
        self._evidence = Evidence(tools, language, embeddings)
        self._subjects = Subjects(tools, language, self._evidence.direction)
        self._clauses = Clauses(language)
        self._acts = Acts(tools, language)
        labelled = [(i, spoken_words(e.text)) for i, found in enumerate(examples) for e in found]
        labels = [i for i, words in labelled]
        self._learned = None
        if sum(len(found) >= ENOUGH_EXAMPLES for found in examples) >= 2:
            foreign = [spoken_words(sentence) for sentence in self._subjects.foreign()]
            sentences = [words for i, words in labelled] + foreign
            self._learned = LearnedRouter(sentences, labels + [NONE] * len(foreign), language, embeddings)
        self._unlearned = np.ones(len(tools), dtype=np.float32)
        if self._learned is not None:
            self._unlearned[list(self._learned.tools)] = 0.0  # their examples tell question and act better
        self._example_tools = np.array(labels, dtype=np.intp)
        self._example_matrix = (
            np.stack([self._evidence.direction(words) for i, words in labelled]) if labelled else np.zeros((0, 1))
        )

    def routes(self, text: str, core: str = "", timeless: str = "") -> list[Route]:
        """Return the tools that fit, best first; empty when none does.

        `core` is the text without what is merely passed on ("tell Anna", of "tell Anna I'm late"), where that is known;
        `timeless` is the text without days and times, which say much and ask for nothing, where it has any.
        """
        if not self._tools:
            return []
        evidence = self.evidence(text)
        if timeless:
            without = self._of_text(timeless, self._clauses.mood(text).value)
            evidence = np.maximum(evidence, without - self.weights.timeless)
        if core:
            evidence = np.maximum(
                evidence - self.weights.passed_on, self._of_text(core, self._clauses.mood(core).value)
            )
        return self._routes(evidence)

    def evidence(self, text: str) -> Scores:
        """Return what speaks for each tool: the best of the whole text and of the clauses in it."""
        clauses = self._clauses.asking(text)
        moods = [self._clauses.mood(clause) for clause in clauses]
        asked = any(mood.open for mood in moods)
        whole = self._of_text(text, self._clauses.mood(text).value if not asked else 0.0)
        for clause, mood in zip(clauses, moods, strict=True):
            whole = np.maximum(whole, self._of_text(clause, mood.value))
        return whole

    def _of_text(self, text: str, mood: float) -> Scores:
        return self._of_words(spoken_words(text)[:MOST_WORDS], mood)

    def _of_words(self, words: Sequence[str], mood: float) -> Scores:
        weights = self.weights
        direction = self._evidence.direction(words)
        subject, foreign = self._subjects.evidence(words, direction)
        coverage, leftover = self._evidence.coverage(words)
        total = (
            weights.gist * self._evidence.gist(direction)
            + weights.whole * self._evidence.whole(direction)
            + weights.coverage * coverage
            + weights.shared * self._evidence.shared(words)
            + weights.subject * subject
        )
        if len(self._example_tools):
            near = np.zeros(len(self._tools), dtype=np.float32)
            np.maximum.at(near, self._example_tools, np.asarray(self._example_matrix @ direction, dtype=np.float32))
            total = np.maximum(total, weights.example * near + (1 - weights.example) * total)
            leftover = leftover * (1 - near)
        total = total - weights.leftover * leftover
        if self._learned is not None and words:
            self._learn(total, words, subject)
        against = weights.foreign * max(0.0, foreign - weights.own * float(subject.max()))
        first = int(np.argmax(total))
        alike = np.clip((total / max(float(total[first]), 1e-6) - TWIN) / TWIN, 0.0, 1.0)
        apart = (
            weights.mood * self._acts.mood(mood)
            + weights.act * self._acts.evidence(words)
            + weights.things * self._evidence.things(words)
        ) * self._unlearned
        parted = total + alike * apart + (1 - alike) * apart[first]  # parts twins, and lets no stranger between them
        best = int(np.argmax(parted))
        result: Scores = (parted + (total[best] - parted[best]) - against).astype(np.float32)
        return result

    def _learn(self, total: Scores, words: Sequence[str], subject: Scores) -> None:
        """Put what was learned from examples in the place of the evidence of the tools that have them."""
        assert self._learned is not None
        weights = self.weights
        chances, none, likeness = self._learned.chances(words)
        tools = np.array(self._learned.tools)
        best = max(float(total[tools].max()), likeness * weights.likeness)
        trust = min(1.0, len(self._example_tools) / MANY_EXAMPLES)
        surplus = float(chances.max()) - none - weights.doubt
        best += trust * weights.none * surplus * (1.0 if surplus > 0 else 1 - float(subject.max()))
        total[tools] = best + weights.temperature * np.log(np.maximum(chances / chances.max(), 1e-4))

    def _routes(self, evidence: Scores) -> list[Route]:
        weights = self.weights
        order = np.argsort(-evidence, kind="stable")[:8]
        top = float(evidence[order[0]])
        fits = 1 / (1 + math.exp(-weights.steep * (top - weights.floor)))
        if top < weights.floor:
            return []
        powers = np.exp((evidence - top) / weights.temperature)
        shares = powers / powers.sum()
        return [Route(self._tools[i], float(shares[i]) * fits) for i in order if shares[i] > 0.02]
