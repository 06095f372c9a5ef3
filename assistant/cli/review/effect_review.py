"""Checks what a server says about its tools' effects, and how many questions that costs the driver.

Policy judges; this module explains the judgement to the author.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.cli.review.findings import Finding, Severity, Topic
from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.sensitivity import assess
from client.calls.call_effects import has_effects
from client.catalog import Tool

WORDS_A_MINUTE = 170
"""How fast McQueen speaks."""
LONGEST_DESCRIPTION = 1000
_ORDERS = ("ignore previous", "ignore all", "always call", "must call", "you must", "do not tell", "system prompt")


def spoken_seconds(text: str) -> float:
    """Return roughly how many seconds a text takes to say."""
    return round(len(text.split()) / WORDS_A_MINUTE * 60, 1)


def judge_effects(tool: Tool) -> Iterator[Finding]:
    """Yield findings about missing or contradicting annotations."""
    hints, needed = tool.hints, assess(tool)
    if hints.read_only is None and hints.destructive is None and hints.open_world is None:
        if not needed.sensitive:
            yield Finding(
                Severity.ADVICE, Topic.EFFECT, tool.name,
                "it has no annotations; it runs at once because its words speak of looking only",
                "set readOnlyHint: true; it counts for users who trust your server, however you word the description",
            )  # fmt: skip
        else:
            yield Finding(
                Severity.WARNING, Topic.EFFECT, tool.name,
                f"it has no annotations, so every call is read back and needs a yes: {needed.why}",
                "set readOnlyHint if it only looks, else destructiveHint, openWorldHint and idempotentHint: "
                "they count for users who trust your server",
            )  # fmt: skip
    if hints.read_only and needed.sensitive:
        yield Finding(
            Severity.WARNING, Topic.EFFECT, tool.name, f"readOnlyHint is true, but {needed.why}",
            "take the verb out of name and description if it only looks, or take the hint away",
        )  # fmt: skip
    if hints.read_only and hints.destructive:
        yield Finding(
            Severity.WARNING, Topic.EFFECT, tool.name, "it claims to be read-only and destructive",
            "decide for one: destructiveHint means something only where readOnlyHint is false",
        )  # fmt: skip
    if has_effects(tool) and not tool.honours_keys and not hints.idempotent:
        yield Finding(
            Severity.ADVICE, Topic.EFFECT, tool.name,
            "a repeat cannot be told from a second wish: where an answer is lost nobody knows, and it is never resent",
            "take a parameter idempotency_key and answer a known one with the first result, or set idempotentHint",
        )  # fmt: skip
    if has_effects(tool) and tool.inverse is None and needed.sensitive:
        yield Finding(
            Severity.ADVICE, Topic.EFFECT, tool.name, 'it cannot be taken back by "undo"',
            'name the tool that reverses it under _meta["mcqueen/inverse"]',
        )  # fmt: skip


def judge_words(tool: Tool) -> Iterator[Finding]:
    """Yield findings about descriptions and about the spoken results."""
    text = tool.description.strip()
    if not text:
        yield Finding(
            Severity.ERROR, Topic.DESCRIPTION, tool.name, "it has no description",
            "write one sentence that begins with what it does, in words that people say",
        )  # fmt: skip
    elif len(text) > LONGEST_DESCRIPTION:
        yield Finding(
            Severity.ADVICE, Topic.DESCRIPTION, tool.name, f"its description has {len(text)} characters",
            "begin with one short sentence; only the first one weighs when tools are told apart",
        )  # fmt: skip
    orders = [order for order in _ORDERS if order in text.lower()]
    if orders:
        yield Finding(
            Severity.WARNING, Topic.DESCRIPTION, tool.name, f'its description gives orders ("{orders[0]}")',
            "describe what the tool does: McQueen takes no orders from descriptions, and careful users distrust them",
        )  # fmt: skip
    if not tool.title:
        yield Finding(
            Severity.ADVICE, Topic.DESCRIPTION, tool.name, "it has no title",
            "give it one of two or three words: it is what a driver hears when asked for a yes",
        )  # fmt: skip
    if not has_effects(tool) and tool.output_schema is None:
        yield Finding(
            Severity.ADVICE, Topic.ANSWER, tool.name, "it has no outputSchema, so its text is spoken as it is",
            'return structuredContent with a "summary" of at most '
            f"{LIMITS[DrivingState.MOVING].spoken_words} words; other tools can then use its values as well",
        )  # fmt: skip
