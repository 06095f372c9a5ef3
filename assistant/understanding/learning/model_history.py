"""What a language model is told of the conversation so far: sentences, calls, results and answers, as its protocol has
them.

It is limited in number, age and length. What a result says goes to a model on this machine only; another learns how a
call ended. A result tells the model what is spoken of and never gives it a value (`language_model.py`).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from client.call import Deferred, Failed, NeedsInput, Outcome, Succeeded, ToolCall, Unknown

MOST_EXCHANGES = 6
"""Earlier sentences that are told."""
LONGEST_AGE = 600.0
"""Seconds after which a sentence is told no more: what is spoken of then is another matter."""
LONGEST_RESULT = 2000
"""Characters of a result; the rest is cut off."""
LONGEST_ANSWER = 500
"""Characters of what McQueen said about it."""


@dataclass(frozen=True)
class MadeCall:
    """A call that a sentence led to. `tool` is its qualified name."""

    call_id: str
    tool: str
    arguments: Mapping[str, Any]
    ended: str
    """How it ended, in a word."""
    result: str = ""
    """What it answered, as JSON or a sentence."""


@dataclass(frozen=True)
class Exchange:
    """A sentence of the driver with what came of it. `at` is in seconds since the epoch."""

    at: float
    said: str
    calls: tuple[MadeCall, ...] = ()
    answer: str = ""


@dataclass
class ModelHistory:
    """The last exchanges of one conversation."""

    _kept: deque[Exchange] = field(default_factory=lambda: deque(maxlen=MOST_EXCHANGES))

    def heard(self, at: float, text: str) -> None:
        """Begin an exchange with a sentence of the driver."""
        if text.strip():
            self._kept.append(Exchange(at, text))

    def called(self, call: ToolCall, outcome: Outcome) -> None:
        """Add a call that ended to the exchange it belongs to: the last one."""
        if self._kept:
            last = self._kept[-1]
            self._kept[-1] = replace(last, calls=(*last.calls, _made(call, outcome)))

    def answered(self, text: str) -> None:
        """Add what McQueen said to the last exchange."""
        if self._kept:
            last = self._kept[-1]
            self._kept[-1] = replace(last, answer=f"{last.answer} {text}".strip()[:LONGEST_ANSWER])

    def before(self, now: float) -> tuple[Exchange, ...]:
        """Return the exchanges that are told at that time, oldest first."""
        return tuple(one for one in self._kept if 0 <= now - one.at <= LONGEST_AGE)


def as_messages(earlier: Sequence[Exchange], names: Mapping[str, str], *, results: bool) -> list[dict[str, Any]]:
    """Return exchanges as messages of the chat completions protocol; user and assistant take turns, as templates want.

    `names` has each tool's function by its qualified name; a call of a tool that is offered no more is left out. With
    `results` false a result is the word for how the call ended.
    """
    messages: list[dict[str, Any]] = []
    for one in earlier:
        calls = [call for call in one.calls if call.tool in names]
        messages.append({"role": "user", "content": one.said})
        for call in calls:
            function = {"name": names[call.tool], "arguments": json.dumps(dict(call.arguments), ensure_ascii=False)}
            made = {"id": call.call_id, "type": "function", "function": function}
            messages.append({"role": "assistant", "content": "", "tool_calls": [made]})
            told = call.result if results and call.result else call.ended
            messages.append({"role": "tool", "tool_call_id": call.call_id, "content": told})
        messages.append({"role": "assistant", "content": one.answer or "-"})
    return messages


def _made(call: ToolCall, outcome: Outcome) -> MadeCall:
    result = ""
    match outcome:
        case Succeeded(result=found):
            result = json.dumps(found, ensure_ascii=False)
        case Failed(error=error) | NeedsInput(error=error):
            result = error.message
        case Deferred() | Unknown():
            pass
    return MadeCall(call.call_id, call.qualified, dict(call.arguments), outcome.kind, result[:LONGEST_RESULT])
