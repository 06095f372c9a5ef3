"""How a sentence became a call, stage by stage: clauses and moods, tools with evidence, values, what was left over.

For people who wonder why; it only tells what the stages found, and decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from assistant.understanding.mood import Mood, MoodPart
from assistant.understanding.mood_gate import Gate
from assistant.understanding.reading import Interpretation, Reading
from assistant.understanding.routing.fitted_weights import KINDS
from assistant.understanding.routing.router import Router
from assistant.understanding.tokens import cut

MOST_TOOLS, MOST_KINDS = 5, 6
"""Tools told of, and kinds of evidence told of each, the weightiest."""
LEAST = 0.05
"""Evidence below which a kind is not told."""


@dataclass(frozen=True)
class ToolEvidence:
    """What speaks for one tool."""

    tool: str
    """Qualified name."""
    total: float
    """As a logarithm of chances, to be compared with that of other tools only."""
    kinds: Mapping[str, float]
    """What each kind of evidence adds to it, by name, the weightiest first."""
    reachable: bool
    """Whether the mood of the clause lets it be reached."""


@dataclass(frozen=True)
class ExplainedPart:
    """A stretch of the sentence with a mood of its own."""

    text: str
    mood: Mood
    tools: tuple[ToolEvidence, ...]
    """Best first."""
    meant: float
    """Chance, 0 to 1, that any of the tools is meant at all."""


@dataclass(frozen=True)
class Explanation:
    """One sentence, followed through the stages."""

    parts: tuple[ExplainedPart, ...]
    reading: Reading


def explained(text: str, reading: Reading, router: Router, gate: Gate) -> Explanation:
    """Return how a sentence was understood; `reading` is what came of it."""
    return Explanation(tuple(_part(text, each, router, gate) for each in gate.moods.parts(text)), reading)


def _part(text: str, part: MoodPart, router: Router, gate: Gate) -> ExplainedPart:
    said = text[part.start : part.end].strip()
    if not router.tools:
        return ExplainedPart(said, part.mood, (), 0.0)
    heard = router.heard(said)
    evidence = np.stack([router.evidence_of(one) for one in heard])
    best = evidence.max(axis=0)
    weights = np.array(astuple(router.weights))
    tools = []
    for place in np.argsort(-best, kind="stable")[:MOST_TOOLS]:
        one = heard[int(evidence[:, place].argmax())]
        worth = dict(zip(KINDS, map(float, one.kinds[place] * weights), strict=True))
        telling = sorted((each for each in worth.items() if abs(each[1]) >= LEAST), key=lambda each: -abs(each[1]))
        tool = router.tools[int(place)]
        reachable = gate.may_reach(part, tool)
        tools.append(ToolEvidence(tool.qualified, float(best[place]), dict(telling[:MOST_KINDS]), reachable))
    return ExplainedPart(said, part.mood, tuple(tools), router.meant(heard, evidence))


def lines(text: str, found: Explanation) -> Iterator[str]:
    """Yield the explanation as lines for people."""
    yield f'"{text}"'
    for part in found.parts:
        yield f'clause: "{part.text}", mood: {part.mood.value}'
        yield f"  chance that any tool here is meant: {part.meant:.2f}"
        for tool in part.tools:
            kinds = ", ".join(f"{name} {worth:+.1f}" for name, worth in tool.kinds.items()) or "nothing"
            barred = "" if tool.reachable else " (its mood keeps the clause from it)"
            yield f"  tool {tool.tool} {tool.total:.1f}{barred}: {kinds}"
    yield from reading_lines(text, found.reading)
    left = left_over(text, requests(found.reading))
    yield f"left over: {' '.join(left) if left else 'nothing'}"


def reading_lines(text: str, reading: Reading) -> Iterator[str]:
    """Yield what a sentence was taken for: each call, and each argument with the words that it came from."""
    if reading.control is not None:
        yield f"control word: {reading.control.value}"
    if reading.half is not None:
        yield f"left alone: it can {reading.half.can or 'do neither'}, and was to {reading.half.cannot}"
    for number, one in enumerate(requests(reading)):
        yield f"{'then' if number else 'call'}: {one.tool}, score {one.score:.2f}"
        for name, value in one.arguments.items():
            span = one.spans.get(name)
            said = f'from "{text[span.start : span.end]}"' if span is not None else "from no words"
            yield f"  {name} = {json.dumps(value, ensure_ascii=False)} {said}"
        for name in one.missing:
            yield f"  {name} is to be asked"
    if not reading.interpretations:
        yield "call: none"
    elif reading.interpretations[0].left:
        yield f'asked for besides, and not understood: "{reading.interpretations[0].left}"'


def requests(reading: Reading) -> tuple[Interpretation, ...]:
    """Return the best request of a reading and those that follow it; empty if there is none."""
    return tuple(each for one in reading.interpretations[:1] for each in (one, *one.then))


def left_over(text: str, found: Sequence[Interpretation]) -> list[str]:
    """Return the words of which no value was made, in their order."""
    spans = [span for one in found for span in one.spans.values()]
    words = [word for word in cut(text) if word.spoken]
    taken = [any(span.start <= word.start and word.end <= span.end for span in spans) for word in words]
    return [word.text for word, gone in zip(words, taken, strict=True) if not gone]
