"""Which tools a sentence may ask for, best first, with calibrated scores; none where nothing fits.

Looks at the whole catalog by words and by meaning; it knows nothing of the values that will become arguments. Its
weights are fitted by `benchmarks/fit_understanding.py` over unlike catalogs.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.answers.clauses import ClauseKind, Clauses
from assistant.understanding.language import Language
from assistant.understanding.routing.acceptance import MANY_WORDS, SERVED, Acceptance, Objects
from assistant.understanding.routing.acts import Acts
from assistant.understanding.routing.capabilities import Capabilities
from assistant.understanding.routing.deeds import Deeds, listed_verbs
from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.routing.evidence import Evidence, Scores
from assistant.understanding.routing.fitted_weights import KINDS, Fitted, Weights, fitted
from assistant.understanding.routing.learned import NONE, LearnedRouter
from assistant.understanding.routing.meaning import Meaning
from assistant.understanding.routing.quotations import Quotations
from assistant.understanding.routing.sentence_model import NoSentenceEncoder, SentenceEncoder
from assistant.understanding.routing.subjects import Subjects
from assistant.understanding.templates import Example
from assistant.understanding.tokens import spoken_words
from client.catalog import Tool

ENOUGH_EXAMPLES = 8
"""Examples that each of two tools needs before chances are learned from them."""
MANY_EXAMPLES = 300
"""Examples in all from which the learned chance of "no tool" counts in full."""
MOST_WORDS = 60
"""Words of a clause that are looked at; nobody asks for anything in longer ones."""
FOREIGN = 3
"""Examples for one sentence about what no tool serves, among those that chances are learned from."""
TIMELESS, PASSED_ON = 0.3, 1.8
"""How much less is believed, in units of evidence, what is said without its days and times, and what includes words
that are merely passed on."""
LIKENESS, FULL, SURPLUS = 9.0, 18.0, 10.0
"""What a likeness of 1 to an example is worth as evidence, of the most that there is, and what being surely like the
examples of those that have many is."""
PRACTISED = 0.75
"""How much likelier any sentence is one for tools with many examples, as a chance: they are there to be used."""
SAME = 0.75
"""Likeness from which a sentence is as good as one of the examples."""
QUOTED = 0.5
"""Share of what a description quotes from which a sentence is taken for it."""
ACCEPTED = 0.5
"""Chance from which a sentence is taken to ask for anything here."""
CLEAR_BY_WORDS = 0.69
"""Chance by words alone from which they need no meaning beside them: "take me there" is in meaning like no tool."""
FEW_WORDS = 2
"""Words of a sentence that has hardly a meaning beside them: "tell tom". The greater of the two chances counts."""
FEW_TOOLS = 10
"""Tools from which one more makes it likelier that some tool is like anything that is said."""
AGREEING = {ClauseKind.QUESTION: 1.0, ClauseKind.COMMAND: -1.0}
"""How a tool that looks things up agrees with how a clause speaks; one that changes them agrees the other way."""
MANY_TOOLS = 60
"""Tools from which one more makes that no likelier: what stands clearly first is not doubted for their number alone."""
UNKNOWN = 0.55
"""What counts as the chance that some tool does what is asked for where the language knows no capabilities: between the
means of requests and of strange sentences in the cars' and the typed catalogs."""
MOST_SERVED = 2_000
"""Words of which it is kept which tools serve them."""
OUT_OF_REACH = np.float32(-1e6)
"""Evidence for a tool that may not be reached."""
MOST_KEPT = 8
"""Utterances whose evidence is kept: a sentence is weighed against all tools, and again against those it may reach."""
MOST_ROUTES = 8
LEAST_SHARE = 0.004


@dataclass(frozen=True)
class Route:
    """One tool that a sentence may ask for."""

    tool: Tool
    score: float
    """0 to 1: the chance that this tool is meant."""


@dataclass(frozen=True)
class ClauseScores:
    """One reading of an utterance: the whole of it or a clause, and what it says of each tool."""

    text: str
    words: tuple[str, ...]
    mood: ClauseKind
    kinds: Scores
    """Shape (tools, kinds of evidence)."""
    offset: float
    foreign: float
    """How surely it is about what no tool serves, 0 to 1."""
    capable: Scores
    """The chance that what is asked for is what each tool does, shape (tools,)."""
    anything: Scores
    """How surely each tool does what is said to any thing that may be named, 0 to 1, shape (tools,)."""
    near: Scores
    """Likeness to each tool's nearest example, shape (tools,)."""
    chances: Scores
    """Of the tools with many examples, shape (tools,); empty where there are none."""
    learned: float
    """How surely it is one of theirs and no other sentence, -1 to 1; 0 where there are none."""
    like: Scores
    """Cosine of the whole utterance with each aspect of each tool, shape (tools, aspects)."""


_KINDS_OF_CLAUSE = (ClauseKind.QUESTION, ClauseKind.COMMAND, ClauseKind.STATEMENT, ClauseKind.WISH)
"""In the order of their weights."""


class Router:
    """The tools of one catalog, ready to be asked for."""

    def __init__(
        self,
        tools: Sequence[Tool],
        examples: Sequence[Sequence[Example]],
        language: Language,
        embeddings: Embeddings,
        learned: Fitted | None = None,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        """Without `encoder`, sentences are compared by their words alone, by weights of their own."""
        self.tools = tuple(tools)
        self._qualified = tuple(tool.qualified for tool in tools)
        self._language = language
        self._meaning = Meaning(tools, language, encoder or NoSentenceEncoder())
        self._fitted = learned or fitted(with_meaning=self._meaning.any)
        self.weights = self._fitted.weights
        """May be changed between two utterances, to see what a kind of evidence is worth."""
        self._acceptance = Acceptance(self._fitted.acceptance)
        self._by_words = Acceptance(fitted(with_meaning=False).acceptance)
        self._evidence = Evidence(tools, language, embeddings)
        self._quotations = Quotations(tools, language, self._evidence.strength)
        self._subjects = Subjects(tools, language, self._evidence.direction)
        self._clauses = Clauses(language)
        self._objects = Objects(language, self._clauses)
        self._acts = Acts(tools, language)
        self._reads = np.where([_does_either(tool, language) for tool in tools], np.float32(0), self._acts.reads)
        self._deeds = Deeds(tools, language, [bool(looks) for looks in self._acts.looks])
        self._capabilities = Capabilities(tools, language, embeddings, self._acts)
        counting = ("words", "digit_words", "scales")
        self._served: dict[str, NDArray[np.bool_]] = {}
        self._kept: dict[tuple[str, str, str, Weights], tuple[list[ClauseScores], Scores]] = {}
        self._numbers = frozenset(word for key in counting for word in language.table("numbers", key))
        labelled = [(i, spoken_words(e.text)) for i, found in enumerate(examples) for e in found]
        labels = [i for i, words in labelled]
        self._learned = None
        if sum(len(found) >= ENOUGH_EXAMPLES for found in examples) >= 2:
            others = self._subjects.foreign()
            step = 1 + FOREIGN * len(others) // max(len(labelled), 1)
            foreign = [spoken_words(sentence) for sentence in others[::step]]
            sentences = [words for i, words in labelled] + foreign
            self._learned = LearnedRouter(sentences, labels + [NONE] * len(foreign), language, embeddings)
        self._example_tools = np.array(labels, dtype=np.intp)
        self._example_matrix = (
            np.stack([self._evidence.direction(words) for i, words in labelled]) if labelled else np.zeros((0, 1))
        )

    def routes(self, text: str, core: str = "", timeless: str = "", without: Collection[str] = ()) -> list[Route]:
        """Return the tools that fit, best first; empty when none does.

        `without` are qualified names of tools that may not be reached: they do not stand in the way of the others.

        `core` is the text without what is merely passed on ("tell Anna", of "tell Anna I'm late"), where that is known;
        `timeless` is the text without days and times, which say much and ask for nothing, where it has any.
        """
        if not self.tools:
            return []
        heard, evidence = self._weighed(text, core, timeless)
        if without:
            reachable = np.array([name not in without for name in self._qualified])
            if not reachable.any():
                return []
            evidence = np.where(reachable, evidence, OUT_OF_REACH)
        best = evidence.max(axis=0)
        order = np.argsort(-best, kind="stable")[:MOST_ROUTES]
        powers = np.exp(best - best[order[0]])
        shares = powers / powers.sum()
        fits = self.meant(heard, evidence)
        if fits < ACCEPTED or self._says_nothing(heard):
            return []
        return [Route(self.tools[i], float(shares[i]) * fits) for i in order if shares[i] > LEAST_SHARE]

    def stated(self, text: str) -> frozenset[str]:
        """Return the qualified names of the tools that do what a statement says was done, so that it is kept."""
        return frozenset(self._qualified[number] for number in self._deeds.stated(spoken_words(text)[:MOST_WORDS]))

    def _weighed(self, text: str, core: str, timeless: str) -> tuple[list[ClauseScores], Scores]:
        """Return the readings of an utterance and what each says for every tool; the last few are kept."""
        key = (text, core, timeless, self.weights)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            heard = self.heard(text, core, timeless)
            found = self._kept[key] = (heard, np.stack([self.evidence_of(one) for one in heard]))
        return found

    def _says_nothing(self, heard: Sequence[ClauseScores]) -> bool:
        """Return whether no word says anything: then the meaning of the small words is chance."""
        whole = heard[0]
        telling = any(word not in self._language.common and len(word) > 1 and word.isalpha() for word in whole.words)
        return not telling and float(whole.kinds[:, KINDS.index("subject")].max()) < SERVED

    def heard(self, text: str, core: str = "", timeless: str = "") -> list[ClauseScores]:
        """Return the readings of an utterance, the whole first."""
        clauses = self._clauses.asking(text)
        passed_on = PASSED_ON if core else 0.0
        counts = self._counts(spoken_words(timeless or text))  # the day of a month is no number for a tool
        like = self._meaning.likeness(text)
        if core:  # what is passed on would hide what is asked for
            like = np.maximum(like, self._meaning.likeness(core))
        found = [self._heard(clause.text, clause.mood, -passed_on, counts, like) for clause in clauses]
        if timeless:
            found.append(self._heard(timeless, clauses[0].mood, -TIMELESS - passed_on, counts, like))
        if core:
            found.append(self._heard(core, self._clauses.mood(core), 0.0, counts, like))
        return found

    def _counts(self, words: Sequence[str]) -> bool:
        return any(word in self._numbers or any(map(str.isdigit, word)) for word in words)

    def _heard(self, text: str, mood: ClauseKind, offset: float, counts: bool, like: Scores) -> ClauseScores:
        words = spoken_words(text)[:MOST_WORDS]
        evidence, reads = self._evidence, self._reads
        direction = evidence.direction(words)
        subject, foreign = self._subjects.evidence(words, direction)
        near = np.zeros(len(self.tools), dtype=np.float32)
        if len(self._example_tools):
            np.maximum.at(near, self._example_tools, np.asarray(self._example_matrix @ direction, dtype=np.float32))
        number = np.float32(counts and self._counts(words))
        nothing = np.zeros(len(self.tools), dtype=np.float32)
        capable = self._capabilities.chances(words, direction)
        deed, anything = self._deeds.evidence(words)
        kinds = np.stack([
            self._capabilities.evidence(capable),
            evidence.gist(direction), evidence.coverage(words), evidence.shared(words), subject, evidence.things(words),
            self._acts.evidence(words), deed, evidence.named(words),
            self._quotations.evidence(words), number * evidence.takes_number, number * evidence.takes_nothing,
            *(reads if mood is each else nothing for each in _KINDS_OF_CLAUSE), *self._meaning.evidence(like).T,
        ], axis=1)  # fmt: skip
        chances, learned = self._chances(words)
        return ClauseScores(
            text, tuple(words), mood, kinds, offset, foreign, capable, anything, near, chances, learned, like
        )

    def _chances(self, words: Sequence[str]) -> tuple[Scores, float]:
        if self._learned is None or not words:
            return np.zeros(0, dtype=np.float32), 0.0
        chances, none, _ = self._learned.chances(words)
        trust = min(1.0, len(self._example_tools) / MANY_EXAMPLES)
        found = np.zeros(len(self.tools), dtype=np.float32)
        found[list(self._learned.tools)] = chances
        return found, trust * (float(chances.max()) - none + PRACTISED)

    def evidence_of(self, heard: ClauseScores) -> Scores:
        """Return what one reading says for each tool, as logarithms of chances, shape (tools,)."""
        total: Scores = heard.kinds @ np.array(astuple(self.weights), dtype=np.float32) + np.float32(heard.offset)
        total = np.maximum(total, LIKENESS * heard.near + (1 - LIKENESS / FULL) * total)
        if self._learned is not None and len(heard.chances):
            tools = np.array(self._learned.tools)
            best = float(total[tools].max()) + SURPLUS * heard.learned
            total[tools] = best + np.log(np.maximum(heard.chances[tools] / heard.chances.max(), 1e-4))
        return total

    def meant(self, heard: Sequence[ClauseScores], evidence: Scores) -> float:
        """Return the chance, 0 to 1, that the tool that fits best is meant at all; `evidence` as for `signs`."""
        signs = self.signs(heard, evidence)
        chance = self._acceptance.chance(signs)
        by_words = self._by_words.chance(signs) if self._meaning.any else 0.0
        short = len(heard[0].words) <= FEW_WORDS
        return max(chance, by_words) if by_words >= CLEAR_BY_WORDS or short else chance

    def signs(self, heard: Sequence[ClauseScores], evidence: Scores) -> Mapping[str, float]:
        """Return what speaks for and against the best tool being meant at all; `evidence` is (readings, tools)."""
        row, tool = np.unravel_index(int(evidence.argmax()), evidence.shape)
        one, whole = heard[int(row)], heard[0]
        kinds = dict(zip(KINDS, map(float, one.kinds[tool]), strict=True))
        best = evidence.max(axis=0)
        telling = [word for word in whole.words if self._tells(word)]
        things = [thing for _, thing in self._evidence.explained(telling, int(tool))]
        object_, modifier, found = self._object(one, int(tool))
        text = float(self._evidence.takes_text[tool])
        foreign = whole.foreign * (1 - float(one.anything[tool]))
        return {
            **{name: kinds[name] for name in ("gist", "coverage", "shared", "subject", "named", "act")},
            "deed": max(0.0, kinds["deed"]) ** 2,  # half a deed is a quarter of a reason
            "foreign": foreign,
            "beside": max(0.0, foreign - kinds["subject"]),
            "capable": float(whole.capable.sum()) if self._capabilities.any else UNKNOWN,
            "thing": max(things, default=0.0),
            "asks": float(any(each.mood is not ClauseKind.STATEMENT for each in heard)),
            "agrees": float(self._reads[tool]) * AGREEING.get(one.mood, 0.0),
            "length": min(len(telling), MANY_WORDS) / MANY_WORDS,
            "share": float(1 / np.exp(best - best[tool]).sum()),
            "object": object_,
            "strange": (1 - object_) * (1 - text),
            "modifier": (1 - modifier) * (1 - text),
            "objectless": float(not found),
            "left": self._left(one.words, int(tool)) * (1 - text),
            "addressed": float(self._objects.addressed(whole.words)),
            "definition": float(self._objects.defines(whole.words)),
            "breadth": math.log(min(max(len(self.tools), FEW_TOOLS), MANY_TOOLS)),
            "learned": one.learned,
            "example": max(0.0, float(one.near[tool]) - SAME, (kinds["quoted"] - QUOTED) * (1 - SAME)),
            **self._meaning.signs(whole.like, int(tool)),
            "whole": float(self._evidence.names_all(whole.words, int(tool))),
        }

    def _tells(self, word: str) -> bool:
        common = word in self._language.common or word in self._numbers
        return not common and not any(map(str.isdigit, word))

    def _explained(self, words: Sequence[str], tool: int) -> list[float]:
        """Return how well the tool explains each word, by its own words or by a subject it serves, 0 to 1."""
        own = (known for known, _ in self._evidence.explained(words, tool))
        return [1.0 if self._serves(word)[tool] else known for word, known in zip(words, own, strict=True)]

    def _serves(self, word: str) -> NDArray[np.bool_]:
        """Return which tools serve a subject that the word by itself is of, shape (tools,)."""
        found = self._served.get(word)
        if found is None:
            if len(self._served) >= MOST_SERVED:
                self._served.clear()
            found = self._subjects.evidence([word], self._evidence.direction([word]))[0] > SERVED
            self._served[word] = found
        return found

    def _left(self, words: Sequence[str], tool: int) -> float:
        """Return how much of what is said the tool leaves unexplained, 0 to 1; words that say more weigh more."""
        telling = [word for word in words if self._tells(word)]
        known = zip(telling, self._explained(telling, tool), strict=True)
        parts = [(self._evidence.strength(word), explained) for word, explained in known]
        return sum(weight * (1 - explained) for weight, explained in parts) / max(sum(w for w, _ in parts), 1e-6)

    def _object(self, heard: ClauseScores, tool: int) -> tuple[float, float, bool]:
        """Return how well the tool explains what is asked for and what tells that apart, and whether it is named."""
        words = self._objects.of(heard.text)
        if not words:
            return 1.0, 1.0, False
        known = self._explained(words, tool)
        told = [explained if self._tells(word) else 1.0 for word, explained in zip(words, known, strict=True)]
        return told[-1], min(told[:-1], default=1.0), True


def _does_either(tool: Tool, language: Language) -> bool:
    """Return whether a tool looks or changes by a listed value that it requires ("action")."""
    heads = listed_verbs(tool)
    return all(heads & set(language.words(key)) for key in ("reading", "changing"))
