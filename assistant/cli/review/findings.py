"""What a voice review finds, as data: for each tool how it is reached, and findings with their cures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from client.values import JSON


class Severity(StrEnum):
    """How much a finding takes from a driver."""

    ERROR = "error"
    """By voice this cannot be used."""
    WARNING = "warning"
    """It works badly, or more is asked of the driver than need be."""
    ADVICE = "advice"
    """It works; this would make it better."""


class Topic(StrEnum):
    """What a finding is about."""

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
    """One thing found, and what would cure it."""

    severity: Severity
    topic: Topic
    tool: str
    """The tool's name; "" for the server as a whole."""
    what: str
    cure: str
    parameter: str = ""


@dataclass(frozen=True)
class TriedSentence:
    """A sentence tried, and where it led."""

    text: str
    source: str
    """name, title, description or example: where the sentence was taken from. An example may add that it is found only
    because it is listed."""
    reached: str
    """The tool that it led to; "" for none."""
    score: float
    rival: str = ""
    """Another tool that it fits as well; "" where there is none."""


@dataclass(frozen=True)
class SpokenValue:
    """A value said for one parameter, and whether it came back."""

    parameter: str
    sentence: str
    """A sentence that names the tool, the parameter and the value."""
    said: str
    """The value in words."""
    required: bool
    in_sentence: bool
    """Whether it came back exact out of the sentence."""
    as_answer: bool
    """Whether it came back exact as the answer to the question for the parameter."""
    came: str
    """What came back where it was lost, as JSON, or "nothing"."""

    @property
    def exact(self) -> bool:
        """Whether it comes back exact in one of the two ways."""
        return self.in_sentence or self.as_answer


@dataclass(frozen=True)
class SpokenAnswer:
    """What would be said of an answer of a tool that only looks."""

    tool: str
    said: str
    trouble: str
    """Why it cannot be said; "" if it can."""


@dataclass(frozen=True)
class AuthorTry:
    """A sentence of the server's author, the call that it asks for, and what came of it."""

    text: str
    tool: str
    arguments: Mapping[str, JSON]
    came: str = ""
    """The call that it was understood as, or "nothing"."""
    right: bool = False
    now: float | None = None
    """When it is said, in seconds since the epoch; None for the day of the review."""
    utc_offset: float = 0.0
    """Seconds east of UTC of the clock where it is said."""

    @property
    def wanted(self) -> str:
        """The call that it asks for."""
        given = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.arguments.items())
        return f"{self.tool}({given})"


@dataclass(frozen=True)
class ToolReview:
    """One tool as a driver meets it."""

    name: str
    title: str
    trials: tuple[TriedSentence, ...]
    questions: Mapping[str, str]
    """By required parameter: what McQueen asks for it."""
    supplied: Mapping[str, str]
    """By required parameter: the tool that supplies it without a question."""
    needs_consent: bool
    why: str
    """Why a yes is asked for, or why none is."""
    read_back: str
    """What a driver hears before the yes; "" where none is asked for."""
    read_back_seconds: float
    """About how long that takes to say."""
    values: tuple[SpokenValue, ...] = ()
    """A value said for each of its parameters."""

    @property
    def reached(self) -> int:
        """How many of the sentences tried lead here."""
        return sum(trial.reached == self.name for trial in self.trials)


@dataclass(frozen=True)
class Review:
    """A whole server."""

    server: str
    tools: tuple[ToolReview, ...]
    findings: tuple[Finding, ...]
    answers: tuple[SpokenAnswer, ...] = ()
    """What was heard of the tools that only look; none were called for a catalog."""
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
        """How many of how many: tools, values, answers and an author's sentences; only those that were tried."""
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
        """From 0 to 100: the product of the shares, since a request needs its tool, its values and its answer."""
        product = 1.0
        for right, tried in self.shares.values():
            product *= right / tried if tried else 0.0
        return round(100 * product)
