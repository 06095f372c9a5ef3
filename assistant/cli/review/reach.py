"""Finds which tools can be reached by voice, and which are confused with each other.

Tries sentences of a driver who knows only the server's own texts. A tool's examples are tried on a catalog without
examples, so that no sentence is found merely because it is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.cli.review.findings import Finding, Severity, Topic, TriedSentence
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.understanding.templates import examples_of
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Catalog, Tool
from client.schemas.tool_names import parted_name

NEAR = 0.05
"""Difference of scores below which two tools are equally likely."""
MOST_EXAMPLES = 10
MOST_MISSED = 3
"""Most sentences that are listed for a tool; the JSON has all."""
ALIKE = 0.75
"""Share of the shorter description's content words above which two descriptions count as the same."""
LONGEST_PHRASE = 14
"""Most words of a description that people might say at once."""

_FIRST_SENTENCE = re.compile(r"(?<=[.!?;])\s|\n|\s[-–—]\s|:\s")
_ASIDE = re.compile(r"\([^)]*\)|`[^`]*`")
_FILLERS = frozenset(
    "a an the of for to in on at by with and or from your you this that is are be it its as into all any one".split()
)


def phrases(tool: Tool) -> Iterator[tuple[str, str]]:
    """Yield (sentence, source), without the tool's examples."""
    seen: set[str] = set()
    first = _FIRST_SENTENCE.split(_ASIDE.sub(" ", tool.description).strip(), maxsplit=1)[0]
    described = " ".join(first.rstrip(" .!?;:").split()[:LONGEST_PHRASE])
    for text, source in (
        (" ".join(name_words(tool.name)), "name"),
        (tool.title, "title"),
        (described, "description"),
    ):
        plain = text.strip().lower()
        if plain and plain not in seen:
            seen.add(plain)
            yield plain, source


def bare(tools: Sequence[Tool]) -> Catalog:
    """Return the tools without their examples."""
    return Catalog(tuple(replace(tool, examples=()) for tool in tools))


def try_phrases(tools: Sequence[Tool]) -> dict[str, tuple[TriedSentence, ...]]:
    """Return, by qualified name, the tool that each sentence led to."""
    unlisted, listed = Interpreter(bare(tools)), Interpreter(Catalog(tuple(tools)))
    found: dict[str, tuple[TriedSentence, ...]] = {}
    for tool in tools:
        trials = [_trial(tool, text, source, unlisted) for text, source in phrases(tool)]
        for example in examples_of(tool)[:MOST_EXAMPLES]:
            trial = _trial(tool, example.text, "example", unlisted)
            if trial.reached != tool.name and _trial(tool, example.text, "example", listed).reached == tool.name:
                trial = replace(trial, source="example, only because it is listed")
            trials.append(trial)
        found[tool.qualified] = tuple(trials)
    return found


def _trial(tool: Tool, text: str, source: str, interpreter: Interpreter) -> TriedSentence:
    found = interpreter.read([text], Context(now=0.0)).interpretations
    reached = parted_name(found[0].tool)[1] if found else ""
    near = next((one for one in found[1:] if found[0].score - one.score < NEAR), None)
    rival = parted_name(near.tool)[1] if near is not None else ""
    return TriedSentence(text, source, reached, round(found[0].score, 3) if found else 0.0, rival)


def judge_reach(tool: Tool, trials: Sequence[TriedSentence]) -> Iterator[Finding]:
    """Yield findings about tools that are hard to reach."""
    hits = [trial for trial in trials if trial.reached == tool.name]
    if not hits:
        where = sorted({trial.reached for trial in trials if trial.reached})
        led = f"they lead to {', '.join(where)}" if where else "none leads anywhere"
        tried = "; ".join(f'"{trial.text}"' for trial in trials[:3])
        yield Finding(
            Severity.ERROR, Topic.REACH, tool.name, f"no sentence reaches it ({tried}): {led}",
            'begin the description with the verb and the thing that people say, and list sentences under '
            '_meta["mcqueen/examples"]',
        )  # fmt: skip
        return
    missed = [trial for trial in trials if trial.reached != tool.name]
    for trial in sorted(missed, key=lambda trial: trial.source != "example")[:MOST_MISSED]:
        led = f"leads to {trial.reached}" if trial.reached else "is not understood"
        other = f"say in the description of {trial.reached} what parts it from {tool.name}"
        if trial.source == "example":
            yield Finding(
                Severity.WARNING, Topic.REACH, tool.name, f'its example "{trial.text}" {led}',
                other if trial.reached else "check its spelling and its marks: [what is said](parameter)",
            )  # fmt: skip
        elif trial.source.startswith("example"):
            yield Finding(
                Severity.ADVICE, Topic.REACH, tool.name,
                f'"{trial.text}" is found only because it is listed; without, it {led}',
                f"{other if trial.reached else 'use its words in the description'}: others will say it a little "
                "differently",
            )  # fmt: skip
        else:
            yield Finding(
                Severity.ADVICE, Topic.REACH, tool.name, f'its {trial.source}, said aloud ("{trial.text}"), {led}',
                other if trial.reached else "use the words that drivers say",
            )  # fmt: skip
    if not tool.examples:
        yield Finding(
            Severity.ADVICE, Topic.REACH, tool.name, "it lists no example sentences",
            'list three to ten under _meta["mcqueen/examples"], arguments marked [so](parameter); they also teach '
            "where its arguments stand in a sentence",
        )  # fmt: skip


def judge_collisions(tools: Sequence[Tool], trials: Mapping[str, Sequence[TriedSentence]]) -> Iterator[Finding]:
    """Yield findings about pairs of tools that the same words fit."""
    for position, one in enumerate(tools):
        for other in tools[position + 1 :]:
            mine, theirs = _telling(one), _telling(other)
            alike = bool(mine and theirs) and len(mine & theirs) / min(len(mine), len(theirs)) >= ALIKE
            both = [trial.text for trial in (*trials[one.qualified], *trials[other.qualified])
                    if {trial.reached, trial.rival} == {one.name, other.name}]  # fmt: skip
            if not alike and not both:
                continue
            parting = sorted(mine ^ theirs)[:4]
            by = f"only {', '.join(parting)} part them" if parting else "nothing parts them"
            yield Finding(
                Severity.WARNING if parting else Severity.ERROR, Topic.COLLISION, one.name,
                f'"{both[0]}" fits {other.name} as well' if both else f"its words are those of {other.name}: {by}",
                f"say in both descriptions when a driver means {one.name} and when {other.name}; different verbs at "
                "the head are what is heard best",
            )  # fmt: skip


def _telling(tool: Tool) -> frozenset[str]:
    first = _FIRST_SENTENCE.split(tool.description.strip(), maxsplit=1)[0]
    return frozenset([*name_words(tool.name), *spoken_words(first)]) - _FILLERS
