"""Which of the proposals for one clause is meant, by what each tool makes of the clause's words.

Routing knows the words of a tool, and nothing of its values. Here a proposal gains by the values it found, and loses by
what it still needs, by words that it guessed a place for, and by words that neither a value nor the tool's own words
take up. The weights are fitted by `benchmarks/fit_choice.py` over public servers, each judged by weights of others.

A tool in whose place one akin to it is meant never overtakes the likeliest. It orders or
refuses what moods, opposites and schemas already let through, and adds nothing to it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.bundled_tools import is_bundled
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood, MoodPart
from assistant.understanding.reading import Interpretation
from assistant.understanding.routing.router import Router
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.slots.prepared import PreparedTools
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Tool

FITTED = Path(__file__).parent / "choice.toml"
PAGING = frozenset({"page", "pageNumber", "page_number", "limit", "offset", "perPage", "per_page"})
"""Parameters that nobody tells: that they are missing says nothing."""
IDS = ("id", "uri")
"""How the names of required parameters end that no driver says."""
MOST_PARAMETERS = 10
"""Parameters of a tool from which one more says nothing."""
LEAST = 1e-9
"""Chance below which one is as good as another."""
SIGNS = (
    "chance", "missing", "missing_id", "guessed", "guessed_required", "untaken", "marked", "covered", "left", "strange",
    "parameters", "nothing", "looks", "order_looks", "look_looks", "head_named", "invalid", "listed",
)  # fmt: skip
"""What is known of a proposal: the logarithm of its chance by routing; required parameters without a value, and those
of them that are ids; optional and required ones that were given words which nothing marks as theirs; numbers, days and
times that no value takes up; values that are marked as theirs; the share of the clause that values take up; how much of
what is said stays unexplained, as a share by what words say and as a count; how many parameters the tool has, and
whether it has none; whether it looks, whether it does though the clause is an order, and whether that order is to show
or tell something; whether the verb of the clause is in its name; values that its schema refuses, and listed values."""


OF_ALL = ("meant", "ahead", "share", "first", "question")
"""What is known of all proposals beside the signs of the best: the chance that any tool is meant, as the logarithm of
its odds; how far the best is ahead of the next, and its share; whether routing had it first; whether it asks."""
SURE = 0.8
"""Chance that any tool is meant from which the values cannot refuse all; the weights were fitted with 0.9."""
RIVAL = 0.1
"""Share of the best score from which another proposal may be chosen: with more of them 0.001 more are right."""
FARTHEST = 5.0
"""How far ahead the best is at most, and where it is the only one."""


@dataclass(frozen=True)
class Candidates:
    """The proposals for a clause."""

    found: Sequence[tuple[Tool, Interpretation]]
    """Likeliest first by routing, each with its tool."""
    meant: float
    """The chance that any tool is meant, 0 to 1, by words and meaning."""


@dataclass(frozen=True)
class Weighed:
    """The proposals for a clause, with the signs of each."""

    candidates: Candidates
    signs: Sequence[Mapping[str, float]]
    part: MoodPart


@dataclass(frozen=True)
class ChoiceWeights:
    """What was learned over many servers."""

    weights: Mapping[str, float]
    """By sign."""
    acceptance: Mapping[str, float]
    """By sign of the best, by OF_ALL, and "constant"."""


FITTED_IN = "en"
"""The language of the sentences that the weights were fitted to."""
PLAIN = ChoiceWeights(
    {**dict.fromkeys(SIGNS, 0.0), "chance": 1.0, "missing": -1.4, "guessed": -0.35, "untaken": -0.7},
    {**dict.fromkeys((*OF_ALL, *SIGNS), 0.0), "meant": 1.0, "constant": 0.0},
)
"""The same for another language, and for McQueen's own tools: what lacks, guesses or leaves out values gives way, and a
chance of a half is enough."""


@dataclass(frozen=True)
class Telling:
    """What stays to be known of a clause whoever proposes, read once."""

    order: bool
    asks_to_look: bool
    verb: str
    """The first word behind pleas, as its stem; "" if there is none."""
    weight: float
    """What all its telling words say together."""


@cache
def fitted() -> ChoiceWeights:
    """Return the bundled weights, read once."""
    return ChoiceWeights(**tomllib.loads(FITTED.read_text(encoding="utf-8")))


class Chooser:
    """Chooses among the proposals for one catalog, in one language."""

    def __init__(
        self,
        language: Language,
        router: Router,
        prepared: PreparedTools,
        may_answer: Callable[[Tool], bool],
        doubts: Callable[[Tool, Entities], bool],
    ) -> None:
        """`may_answer` tells whether a question may reach a tool, `doubts` whether rather one akin to it is meant."""
        self._router = router
        self._prepared = prepared
        self._may_answer = may_answer
        self._doubts = doubts
        self._stem = language.stem
        self._clauses = Clauses(language)
        self._showing = frozenset(language.table("choosing")["showing"]) | set(language.words("reading"))
        self.fitted = fitted() if language.code == FITTED_IN else PLAIN
        """May be changed between two clauses, to see what a sign is worth."""

    def ordered(self, candidates: Candidates, entities: Entities, part: MoodPart) -> list[Interpretation]:
        """Return the proposals, the likeliest first, or none if hardly any is meant.

        The scores stay in their order, whoever has them.
        """
        found = [pair for pair in candidates.found if pair[1].score >= RIVAL * candidates.found[0][1].score]
        if not found or (len(found) == 1 and candidates.meant >= SURE):
            return [each for _, each in candidates.found]
        telling = self.telling(entities, part)
        signs = [self.signs(tool, each, entities, telling) for tool, each in found]
        known = PLAIN if is_bundled(found[0][0]) else self.fitted
        worth = self.worth(signs, known)
        order = sorted(range(len(found)), key=lambda place: -worth[place])
        if candidates.meant < SURE and not _accepts({**self.of_all(candidates, worth, part), **signs[order[0]]}, known):
            return []
        order = self._with_kin_behind(order, [tool for tool, _ in found], entities, telling)
        scores = sorted((each.score for _, each in found), reverse=True)
        chosen = [replace(found[place][1], score=score) for place, score in zip(order, scores, strict=True)]
        return [*chosen, *(pair[1] for pair in candidates.found if pair not in found)]

    def _with_kin_behind(
        self, order: Sequence[int], tools: Sequence[Tool], entities: Entities, telling: Telling
    ) -> list[int]:
        """Return an order in which no tool overtakes the likeliest if one that is akin to it is meant rather.

        What looks does not overtake what acts either, unless the clause is an order to show something.
        """
        first = order.index(0)
        acts = telling.order and not telling.asks_to_look and not self._may_answer(tools[0])
        kin = [
            place
            for place in order[:first]
            if self._doubts(tools[place], entities) or (acts and self._may_answer(tools[place]))
        ]
        return [*(place for place in order[: first + 1] if place not in kin), *kin, *order[first + 1 :]]

    @staticmethod
    def worth(signs: Sequence[Mapping[str, float]], known: ChoiceWeights) -> list[float]:
        """Return what proposals are worth beside each other, as logarithms of chances."""
        return [sum(known.weights[name] * value for name, value in each.items()) for each in signs]

    @staticmethod
    def of_all(candidates: Candidates, worth: Sequence[float], part: MoodPart) -> dict[str, float]:
        """Return what is known of all proposals, by the names of OF_ALL."""
        best, *others = sorted(worth, reverse=True)
        meant = min(max(candidates.meant, 1e-4), 1 - 1e-4)
        values = (
            math.log(meant / (1 - meant)),
            min(best - others[0], FARTHEST) if others else FARTHEST,
            1 / sum(math.exp(each - best) for each in worth),
            float(worth[0] == best),
            float(part.mood is Mood.TELL),
        )
        return dict(zip(OF_ALL, values, strict=True))

    def signs(self, tool: Tool, found: Interpretation, entities: Entities, telling: Telling) -> dict[str, float]:
        """Return what is known of a proposal of this tool, by the names of SIGNS."""
        missing = [name for name in found.missing if name not in PAGING]
        guessed = found.guessed
        marked = [name for name in found.spans if name in found.arguments and name not in guessed]
        spans = tuple(found.spans.values())
        said = [(entities.words[each.start].start, entities.words[each.end - 1].end) for each in entities.typed]
        free = [
            word.lower
            for word in entities.words
            if word.spoken and not any(span.start < word.end and word.start < span.end for span in spans)
        ]
        left = self._router.unexplained(free, tool)
        looks = float(self._may_answer(tool))
        listed = {".".join(slot.path) for slot in self._prepared(tool).slots if slot.kind is Kind.ENUM}
        values = (
            math.log(max(found.score, LEAST)),
            len(missing),
            sum(name.lower().endswith(IDS) for name in missing),
            len(guessed.difference(tool.required)),
            len(guessed.intersection(tool.required)),
            sum(not any(span.start < end and start < span.end for span in spans) for start, end in said),
            len(marked),
            sum(span.end - span.start for span in spans) / max(1, len(entities.text)),
            sum(weight * share for weight, share in left) / max(telling.weight, LEAST),
            sum(share for _, share in left),
            min(len(tool.properties), MOST_PARAMETERS),
            not tool.properties,
            looks,
            telling.order * looks,
            telling.asks_to_look * looks,
            telling.verb in {self._stem(word) for word in name_words(tool.name)},
            len(found.invalid),
            len(listed.intersection(found.spans)),
        )
        return {name: float(value) for name, value in zip(SIGNS, values, strict=True)}

    def telling(self, entities: Entities, part: MoodPart) -> Telling:
        """Return what is known of a clause whoever proposes."""
        words = spoken_words(self._clauses.without_pleas(entities.text))
        verb = words[0] if words else ""
        order = part.mood is not Mood.TELL
        all_words = [word.lower for word in entities.words if word.spoken]
        return Telling(order, order and verb in self._showing, self._stem(verb), self._router.telling_weight(all_words))


def _accepts(signs: Mapping[str, float], known: ChoiceWeights) -> bool:
    """Return whether all signs together say that the best proposal is meant at all."""
    weights = known.acceptance
    return weights["constant"] + sum(weights[name] * value for name, value in signs.items()) >= 0
