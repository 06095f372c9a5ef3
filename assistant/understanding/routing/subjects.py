"""What people talk about and which tools serve it: "take me to a hospital" shares no word with "navigate".

The subjects are language data. One that no tool of the catalog serves speaks against every tool, which is how
"tell me a joke" is told from a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import Language
from assistant.understanding.learning.index_cache import learned
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Tool

Scores = NDArray[np.float32]

LONGEST = 6
"""Words of the longest phrase in the data."""
ONE_WORD, PHRASE, VERB = 0.5, 0.62, 0.43
"""How sure one hit makes: two unrelated hits of one word make 0.75."""
LIKE = 0.7
"""How much the likeness to a whole sentence of the data says."""
LEANING, RIDGE, CONSTANT, FEW = 3.0, 0.003, 0.3, 6
"""How much a leaning learned from all sentences counts beside the likeness to one, and how it is learned: penalty, size
of the constant, and sentences below which a subject has few. Chosen of five by the cars' sentences held back."""
IN_NAME, IN_DESCRIPTION, IN_PARAMETERS = 1.0, 0.8, 0.4


class Subjects:
    """The language's subjects against one catalog."""

    def __init__(self, tools: Sequence[Tool], language: Language, direction: Callable[[Sequence[str]], Scores]) -> None:
        self._language = language
        subjects = language.subjects
        self._phrases: dict[tuple[str, ...], list[int]] = {}
        for number, subject in enumerate(subjects):
            for phrase in subject.said:
                stems = tuple(language.stem(word) for word in spoken_words(phrase))
                self._phrases.setdefault(stems, []).append(number)
        self._neutral = [tuple(language.stem(w) for w in spoken_words(p)) for p in language.words("neutral")]
        verbs = (*language.words("asking"), *language.words("changing"))
        self._verbs = frozenset(language.stem(word) for word in verbs)
        own = {
            language.stem(word) for tool in tools for words, _ in _places(tool, language, plain=True) for word in words
        }
        self._own = frozenset(phrase for phrase in self._phrases if own.issuperset(phrase))
        named = [frozenset(language.stem(word) for word in subject.named) for subject in subjects]
        self._serves = np.zeros((len(tools), len(subjects)), dtype=np.float32)
        for row, tool in enumerate(tools):
            for places, weight in _places(tool, language):
                for column, names in enumerate(named):
                    if names & places:
                        self._serves[row, column] = max(self._serves[row, column], weight)
        self._served = (
            self._serves.max(axis=0) if len(tools) else np.zeros(len(subjects), dtype=np.float32)
        ) >= IN_DESCRIPTION
        starts = np.cumsum([0, *(len(subject.asked) for subject in subjects)])[:-1]
        self._starts = starts.astype(np.intp)
        asked = [list(subject.asked) for subject in subjects]
        found = learned("subjects", asked, lambda: _likeness(asked, direction))
        self._asked, self._leaning = found["asked"], found["leaning"]

    def foreign(self) -> list[str]:
        """Return sentences about subjects that no tool serves, not even by a parameter."""
        wanted = self._serves.max(axis=0) if len(self._serves) else np.zeros(len(self._served))
        subjects = self._language.subjects
        return [
            sentence for subject, use in zip(subjects, wanted, strict=True) if not use for sentence in subject.asked
        ]

    def heard(self, words: Sequence[str]) -> tuple[Scores, Scores]:
        """Return how surely each subject is meant, 0 to 1: by all phrases, and by those no tool has in its words."""
        stems = [self._language.stem(word) for word in words]
        idle: set[int] = set()
        for phrase in self._neutral:
            for start in range(len(stems) - len(phrase) + 1):
                if tuple(stems[start : start + len(phrase)]) == phrase:
                    idle.update(range(start, start + len(phrase)))
        doubt = np.ones(len(self._served), dtype=np.float32)
        strange = np.ones(len(self._served), dtype=np.float32)
        for start in range(len(stems)):
            for end in range(min(len(stems), start + LONGEST), start, -1):
                numbers = self._phrases.get(tuple(stems[start:end]))
                if numbers is not None and not idle.issuperset(range(start, end)):
                    sure = PHRASE if end - start > 1 else VERB if stems[start] in self._verbs else ONE_WORD
                    left = 1 - sure / len(numbers) ** 0.25
                    doubt[numbers] *= left
                    if tuple(stems[start:end]) not in self._own:
                        strange[numbers] *= left
        return 1 - doubt, 1 - strange

    def evidence(self, words: Sequence[str], direction: Scores) -> tuple[Scores, float]:
        """Return what the subjects say for each tool (0 to 1), and what they say against all of them (0 to 1).

        `direction` is the meaning of the words together.
        """
        like = np.maximum.reduceat(self._asked @ direction, self._starts)
        leaning = np.clip(LEANING * (direction @ self._leaning[:-1] + CONSTANT * self._leaning[-1]), 0, 1)
        like = (np.maximum(like, 0) + leaning) / 2
        heard, strange = (np.maximum(found, LIKE * like) for found in self.heard(words))
        if not len(self._serves):
            return np.zeros(0, dtype=np.float32), 0.0
        pro: Scores = (self._serves * heard).max(axis=1)
        foreign = float(np.where(self._served, 0.0, strange).max())
        return pro, foreign


def _likeness(asked: Sequence[Sequence[str]], direction: Callable[[Sequence[str]], Scores]) -> Mapping[str, Scores]:
    """Return the meaning of every sentence, one a row, and how each leans to the subjects."""
    found = np.stack([direction(spoken_words(text)) for texts in asked for text in texts])
    return {"asked": found, "leaning": _leaning(found, [len(texts) for texts in asked])}


def _leaning(asked: Scores, sizes: Sequence[int]) -> Scores:
    """Return what turns the meaning of a sentence into how it leans to each subject: ridge regression on all sentences.

    Shape (dimensions + 1, subjects); the last row stands for the constant. Subjects count alike, however many sentences
    they have, unless very few.
    """
    owners = np.repeat(np.arange(len(sizes)), sizes)
    matrix = np.c_[asked, np.full(len(asked), CONSTANT)].astype(np.float64)
    counts = 1 / np.maximum(np.array(sizes)[owners], FEW)
    penalty = RIDGE * counts.sum() * np.eye(matrix.shape[1])
    wanted = counts[:, None] * np.eye(len(sizes))[owners]
    found: Scores = np.linalg.solve((matrix * counts[:, None]).T @ matrix + penalty, matrix.T @ wanted).astype(
        np.float32
    )
    return found


def _places(tool: Tool, language: Language, *, plain: bool = False) -> list[tuple[frozenset[str], float]]:
    name = [*name_words(tool.name), *spoken_words(tool.title)]
    if plain:
        told = [word for sentence in tool.examples[:50] for word in spoken_words(sentence)]
        return [(frozenset([*name, *spoken_words(tool.description)[:80], *told]), 1.0)]
    parameters = [word for parameter in tool.properties for word in name_words(parameter)]
    return [
        (frozenset(language.stem(word) for word in words), weight)
        for words, weight in (
            (parameters, IN_PARAMETERS),
            (spoken_words(tool.description)[:80], IN_DESCRIPTION),
            (name, IN_NAME),
        )
    ]
