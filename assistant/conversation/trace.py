"""Shows a conversation stage by stage: the meaning of a line, questions, calls, answers and spoken words.

Made from observations alone, for developers who try a server. It decides nothing and stores nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.conversation.observations import Called, Observation, Spoke, Stepped, Understood
from assistant.dialogue.table_effects import Call, Purpose, Say, Show
from assistant.understanding.explaining import reading_lines
from assistant.understanding.reading import Reading
from client.call import Outcome, Succeeded, ToolCall
from client.values import JSON
from voice.synthesis.wording import as_spoken

LONGEST_ANSWER = 400
"""Characters of a server's answer that are shown."""
_SAID = {Purpose.QUESTION: "asks", Purpose.READ_BACK: "reads back", Purpose.NOTICE: "says unasked"}


@dataclass(frozen=True)
class TraceLine:
    """One thing that happened."""

    kind: str
    """line, meaning, calls, answered, asks, reads back, says, says unasked, shows, sounds like, spoken."""
    text: str


def trace_lines(seen: Observation, language: str) -> Iterator[TraceLine]:
    """Yield the entries for an observation; nothing for purely internal ones."""
    match seen:
        case Understood():
            yield TraceLine("line", seen.text)
            yield from (TraceLine("meaning", line) for line in meaning_lines(seen.text, seen.reading))
        case Stepped():
            for effect in seen.effects:
                if isinstance(effect, Say):
                    yield from said_lines(_SAID.get(effect.purpose, "says"), effect.text, language)
                elif isinstance(effect, Show):
                    yield TraceLine("shows", effect.text)
                elif isinstance(effect, Call):
                    yes = "after a yes" if effect.consent is not None else "without asking"
                    yield TraceLine("calls", f"{call_text(effect.call)}, {yes}")
        case Called():
            yield TraceLine("answered", f"{answer_text(seen.outcome)} ({seen.seconds * 1000:.0f} ms)")
        case Spoke() if seen.synthesis_seconds and seen.complete:
            yield TraceLine("spoken", f"in {seen.at - seen.began:.1f} s")


def meaning_lines(text: str, reading: Reading) -> Iterator[str]:
    """Yield the meaning of a line in this conversation: an answer first, as in the dialogue, else a request."""
    answers = bool(reading.changes) or reading.choice is not None
    for name, value in reading.changes.items():
        yield f"answer: {name} = {json.dumps(value, ensure_ascii=False)}"
    for name, value in reading.invalid.items():
        yield f"answer: {name} = {json.dumps(value, ensure_ascii=False)}, which its schema does not take"
    if reading.choice is not None:
        yield f"choice: number {reading.choice + 1}"
    if reading.control is not None or answers:
        if reading.control is not None:
            yield f"control word: {reading.control.value}"
        return
    yield from reading_lines(text, replace(reading, control=None))


def said_lines(kind: str, text: str, language: str) -> Iterator[TraceLine]:
    """Yield the text that is said, and its spoken form if the voice words it differently."""
    yield TraceLine(kind, f'"{text}"')
    spoken = as_spoken(text, language)
    if spoken != text:
        yield TraceLine("sounds like", f'"{spoken}"')


def call_text(call: ToolCall) -> str:
    """Return a call as `server.tool(name=value, ...)`, with its values as JSON."""
    given = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items())
    return f"{call.qualified}({given})"


def answer_text(outcome: Outcome) -> str:
    """Return a server's answer unchanged, cut to `LONGEST_ANSWER`; an error with its code."""
    if not isinstance(outcome, Succeeded):
        return f"{outcome.kind}: {outcome.error.message} [{outcome.error.code}]"
    text = json.dumps(_bare(outcome.result), ensure_ascii=False)
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}..."


def _bare(result: JSON) -> JSON:
    """Return the text of an answer that consists of text only."""
    return result["text"] if isinstance(result, dict) and set(result) == {"text"} else result
