"""The results of a voice review, as data: how each tool is reached, and findings with remedies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from client.values import JSON


class Severity(StrEnum):
    """How much a finding matters to a driver."""

    ERROR = "error"
    """It cannot be used by voice."""
    WARNING = "warning"
    """It works badly, or the driver is asked more than necessary."""
    ADVICE = "advice"
    """It works and could be better."""


class Topic(StrEnum):
    """The subject of a finding."""

    LISTING = "listing"
    REACH = "reach"
    COLLISION = "collision"
    ARGUMENT = "argument"
    EFFECT = "effect"
    ANSWER = "answer"
    DESCRIPTION = "description"
    TRY = "try"


@dataclass(frozen=True)
class Finding:
    """One problem and its remedy."""

    severity: Severity
    topic: Topic
    tool: str
    """The tool's name; "" for the server as a whole."""
    what: str
    cure: str
    parameter: str = ""


@dataclass(frozen=True)
class TriedSentence:
    """A sentence that was tried, and the tool that it led to."""

    text: str
    source: str
    """"name", "title", "description" or "example": where the sentence comes from.

    An example may add that it is found only because it is listed.
    """
    reached: str
    """The tool that it led to; "" if none."""
    score: float
    rival: str = ""
    """Another tool that fits as well; "" if there is none."""


@dataclass(frozen=True)
class SpokenValue:
    """A value said for one parameter, and whether it was understood."""

    parameter: str
    sentence: str
    """A sentence that names the tool, the parameter and the value."""
    said: str
    """The value in words."""
    required: bool
    in_sentence: bool
    """Whether it was understood exactly within the sentence."""
    as_answer: bool
    """Whether it was understood exactly as the answer to the parameter's question."""
    came: str
    """What was understood instead, as JSON, or "nothing"."""

    @property
    def exact(self) -> bool:
        """Whether it was understood exactly in one of the two ways."""
        return self.in_sentence or self.as_answer


@dataclass(frozen=True)
class SpokenAnswer:
    """What would be said of the answer of a read-only tool."""

    tool: str
    said: str
    trouble: str
    """Why it cannot be said; "" if it can."""


@dataclass(frozen=True)
class AuthorTry:
    """A sentence of the server's author, the call it asks for, and the call that was understood."""

    text: str
    tool: str
    arguments: Mapping[str, JSON]
    came: str = ""
    """The call that was understood, or "nothing"."""
    right: bool = False
    now: float | None = None
    """When it is said, in seconds since the epoch; None for the day of the review."""
    utc_offset: float = 0.0
    """Seconds east of UTC of the speaker's clock."""

    @property
    def wanted(self) -> str:
        """The call that it asks for."""
        given = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.arguments.items())
        return f"{self.tool}({given})"


@dataclass(frozen=True)
class ToolReview:
    """One tool, as a driver meets it."""

    name: str
    title: str
    trials: tuple[TriedSentence, ...]
    questions: Mapping[str, str]
    """By required parameter, McQueen's question for it."""
    supplied: Mapping[str, str]
    """By required parameter, the tool that supplies it without a question."""
    needs_consent: bool
    why: str
    """Why consent is asked for, or why not."""
    read_back: str
    """What a driver hears before the consent; "" if none is needed."""
    read_back_seconds: float
    """Roughly how many seconds the read-back takes."""
    values: tuple[SpokenValue, ...] = ()
    """One said value for each parameter."""

    @property
    def reached(self) -> int:
        """How many of the tried sentences lead here."""
        return sum(trial.reached == self.name for trial in self.trials)


@dataclass(frozen=True)
class Review:
    """The review of a whole server."""

    server: str
    tools: tuple[ToolReview, ...]
    findings: tuple[Finding, ...]
    answers: tuple[SpokenAnswer, ...] = ()
    """What would be said of the answers of read-only tools; empty for a catalog file, which cannot be called."""
    tries: tuple[AuthorTry, ...] = ()

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of that severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)

    @property
    def speakable(self) -> int:
        """Tools without an error."""
        broken = {finding.tool for finding in self.of(Severity.ERROR)}
        return sum(tool.name not in broken for tool in self.tools)

    @property
    def shares(self) -> Mapping[str, tuple[int, int]]:
        """Successes and tries for tools, values, answers and an author's sentences; only those that were tried."""
        values = [value.exact for tool in self.tools for value in tool.values]
        answers = [not answer.trouble for answer in self.answers]
        tries = [one.right for one in self.tries]
        found = {"tools usable": (self.speakable, len(self.tools))}
        for title, came in (("values exact", values), ("answers sayable", answers), ("your sentences right", tries)):
            if came:
                found[title] = (sum(came), len(came))
        return found

    @property
    def score(self) -> int:
        """From 0 to 100: the product of the shares, because a request needs its tool, its values and its answer."""
        product = 1.0
        for right, tried in self.shares.values():
            product *= right / tried if tried else 0.0
        return round(100 * product)
