"""What a voice review finds, as data: for each tool how it is reached, and findings with their cures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of that severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)

    @property
    def speakable(self) -> int:
        """Tools without an error."""
        broken = {finding.tool for finding in self.of(Severity.ERROR)}
        return sum(tool.name not in broken for tool in self.tools)
