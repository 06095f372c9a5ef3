"""Checks which answers can be spoken: calls the read-only tools and judges the text that would be spoken.

Calls only tools that policy would call without consent, only with arguments from the schema or the author.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence

from assistant.cli.review.findings import AuthorTry, Finding, Severity, SpokenAnswer, Topic
from assistant.policy.sensitivity import assess
from assistant.wording.results.failures import cause
from assistant.wording.results.result_sentences import spoken_result
from assistant.wording.spoken_values import SpokenClock
from client.call import ToolCall
from client.calls.call_effects import has_effects
from client.catalog import Tool
from client.tool_client import ToolClient
from client.values import JSON

MOST_CALLED = 40
"""Most tools of one server that are called."""
_SECONDS = 10.0
_UNSPEAKABLE = re.compile(
    r"[\[\]{}<>_|`*#\\]|\w://|\n|\b[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{16,}\b|\b(?:None|null|NaN)\b"
)
"""Text that no listener understands."""


def callable_with(tool: Tool, tries: Sequence[AuthorTry]) -> Mapping[str, JSON] | None:
    """Return arguments for calling a read-only tool; None if it changes something or no arguments are known."""
    if has_effects(tool) or assess(tool).sensitive:
        return None
    for one in tries:
        if one.tool in (tool.name, tool.qualified):
            return {**tool.defaults, **one.arguments}
    given = {name: _given(tool.properties.get(name, {})) for name in tool.required if name not in tool.defaults}
    return None if None in given.values() else {**tool.defaults, **given}


def _given(schema: Mapping[str, JSON]) -> JSON:
    """Return a value from the schema itself: its only value, its default, its first example or enum value."""
    if "const" in schema:
        return schema["const"]
    if schema.get("default") is not None:
        return schema["default"]
    for key in ("examples", "enum"):
        listed = schema.get(key)
        if isinstance(listed, list) and listed:
            return listed[0]
    return None


async def hear_answers(
    tools: Sequence[Tool], client: ToolClient, tries: Sequence[AuthorTry], clock: SpokenClock
) -> tuple[SpokenAnswer, ...]:
    """Call the read-only tools, and return what would be said of each answer."""
    found: list[SpokenAnswer] = []
    for tool in tools:
        arguments = callable_with(tool, tries)
        if arguments is None or len(found) >= MOST_CALLED:
            continue
        outcome = await client.call(
            ToolCall(str(uuid.uuid4()), tool.server, tool.name, dict(arguments), str(uuid.uuid4())), deadline=_SECONDS
        )
        if outcome.kind == "succeeded":
            found.append(heard(tool, outcome.result, clock))
        else:
            found.append(SpokenAnswer(tool.name, cause(outcome.error.message, tool), "it failed"))
    return tuple(found)


def heard(tool: Tool, result: JSON, clock: SpokenClock) -> SpokenAnswer:
    """Return what would be said of a result, and what is wrong with it; "" if it can be said."""
    answer = spoken_result(result, tool, clock)
    said = " ".join(answer.sentences)
    trouble = _UNSPEAKABLE.search(said)
    if answer.failed:
        return SpokenAnswer(tool.name, said, "it says that it failed")
    if answer.shown or not said.strip():
        return SpokenAnswer(tool.name, answer.shown, "nothing of it is for ears")
    return SpokenAnswer(tool.name, said, f"it has {trouble[0].strip()!r}, which nobody says" if trouble else "")


def judge_answers(answers: Sequence[SpokenAnswer]) -> Iterator[Finding]:
    """Yield a finding for each answer that cannot be said."""
    for one in answers:
        if one.trouble:
            yield Finding(
                Severity.WARNING, Topic.ANSWER, one.tool,
                f'its answer cannot be said: {one.trouble} ("{one.said[:80]}")',
                'return structuredContent with named fields, or a "summary" in one plain sentence; errors with isError',
            )  # fmt: skip
