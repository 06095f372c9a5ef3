"""Reviews one server's catalog. Calls no tool: it reads descriptions and schemas and tries sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.cli.review.answer_review import judge_answers
from assistant.cli.review.argument_review import judge_arguments, questions, supplied
from assistant.cli.review.effect_review import judge_effects, judge_words, spoken_seconds
from assistant.cli.review.findings import (
    AuthorTry,
    Finding,
    Review,
    Severity,
    SpokenAnswer,
    ToolReview,
    Topic,
    TriedSentence,
)
from assistant.cli.review.reach import judge_collisions, judge_reach, try_phrases
from assistant.cli.review.spoken_tries import judge_tries, judge_values, say_tries, say_values
from assistant.dialogue.plans import planner
from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.sensitivity import assess
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import Language, language
from assistant.wording.replies import read_back, tool_title
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_COLLISIONS = 20
_ORDER = list(Severity)


def review(
    server: str, catalog: Catalog, tries: Sequence[AuthorTry] = (), answers: Sequence[SpokenAnswer] = ()
) -> Review:
    """Return the review, worst findings first."""
    spoken = language()
    tools = list(catalog)
    trials = try_phrases(tools)
    plans = planner(catalog)
    reviews: list[ToolReview] = []
    findings: list[Finding] = [
        Finding(Severity.ERROR, Topic.LISTING, one.name, f"left out: {one.reason}", "repair its entry in tools/list")
        for one in catalog.rejected
    ]
    if not tools:
        findings.append(
            Finding(Severity.ERROR, Topic.LISTING, "", "the server lists no tool", "check what tools/list answers")
        )
    interpreter = Interpreter(catalog)
    values = say_values(tools, interpreter, spoken)
    tried = say_tries(tries, tools, interpreter)
    for tool in tools:
        seen = _reviewed(tool, trials[tool.qualified], supplied(tool, plans))
        said = tuple(one for one in values[tool.qualified] if one.parameter not in seen.supplied)
        reviews.append(replace(seen, values=said))
        findings.extend(_judged(tool, reviews[-1], spoken))
    findings.extend([*judge_tries(tried), *judge_answers(answers)])
    findings.extend(list(judge_collisions(tools, trials))[:MOST_COLLISIONS])
    findings.sort(key=lambda finding: _ORDER.index(finding.severity))
    return Review(server, tuple(reviews), tuple(findings), tuple(answers), tried)


def _reviewed(tool: Tool, trials: tuple[TriedSentence, ...], from_others: Mapping[str, str]) -> ToolReview:
    needed = assess(tool)
    told = read_back(tool, _samples(tool), 0.0, 0.0) if needed.sensitive else ""
    asked = {name: text for name, text in questions(tool).items() if name not in from_others}
    return ToolReview(
        tool.name, tool_title(tool), trials, asked, from_others, needed.sensitive, needed.why, told,
        spoken_seconds(told),
    )  # fmt: skip


def _judged(tool: Tool, seen: ToolReview, spoken: Language) -> Iterator[Finding]:
    yield from judge_words(tool)
    yield from judge_reach(tool, seen.trials)
    yield from judge_arguments(tool, spoken, seen.supplied)
    yield from judge_values(tool, seen.values)
    yield from judge_effects(tool)
    if seen.needs_consent:
        words = len(seen.read_back.split())
        most = LIMITS[DrivingState.MOVING].spoken_words
        if words > most:
            yield Finding(
                Severity.ADVICE, Topic.EFFECT, tool.name,
                f"its read-back has {words} words, so while moving it is told in parts of {most}",
                "a shorter title and fewer required arguments make it one breath",
            )  # fmt: skip


def _samples(tool: Tool) -> dict[str, JSON]:
    """Return a value for each required argument, to measure a read-back."""
    found: dict[str, JSON] = {}
    for name in tool.required:
        schema = tool.properties.get(name, {})
        options, kind = schema.get("enum"), schema.get("type")
        if isinstance(options, list) and options:
            found[name] = options[0]
        elif kind in ("integer", "number"):
            found[name] = 2
        elif kind == "boolean":
            found[name] = True
        else:
            form = {"date": "2026-11-20", "time": "19:00:00", "date-time": "2026-11-20T19:00:00", "duration": "PT1H"}
            found[name] = form.get(str(schema.get("format")), "something")
    found.pop("idempotency_key", None)
    return found
