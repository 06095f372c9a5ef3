"""What every recognizer has in common: grammar in, transcript out.

A grammar is a small immutable tree, so that each recognizer renders it in its own form (JSGF for pocketsphinx, phrases
for Vosk). Nothing here decodes audio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Mono 16-bit audio. Its rate goes with it wherever it is not the recognizers' 16,000 Hz."""

SAMPLE_RATE = 16_000
"""Samples a second that recognizers take."""


@dataclass(frozen=True)
class Words:
    """Words in this order, lower case, separated by single spaces."""

    text: str


@dataclass(frozen=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice:
    """Exactly one of these, never said where there are none; weights, where given, are likelihoods, one an option."""

    options: tuple[Expression, ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Maybe:
    """The part, or nothing."""

    part: Expression


@dataclass(frozen=True)
class Repeated:
    """The part once or several times."""

    part: Expression


@dataclass(frozen=True)
class Rule:
    """Whatever the rule of that name says."""

    name: str


@dataclass(frozen=True)
class AnyOrder:
    """Each part at most once, in any order, any of them left out; also none at all."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Open:
    """The part, or any other words up to the end of the sentence: a recognizer that can takes dictation there."""

    part: Expression


Expression = Words | Sequence | Choice | Maybe | Repeated | Rule | AnyOrder | Open


@dataclass(frozen=True)
class Grammar:
    """What to listen for. `root` may use `rules` by name; rules may use one another, never in a circle."""

    root: Expression
    rules: Mapping[str, Expression] = field(default_factory=dict)
    closed: bool = False
    """Whether nothing outside the grammar is ever taken, however clearly it is heard: while a yes is waited for."""
    answer: bool = False
    """Whether it is an answer to a question for a value: often one short name."""


def has_open_part(grammar: Grammar) -> bool:
    """Whether some sentence of the grammar may go on with any words."""
    waiting: list[Expression] = [grammar.root, *grammar.rules.values()]
    while waiting:
        match waiting.pop():
            case Open():
                return True
            case Sequence(parts) | AnyOrder(parts) | Choice(parts):
                waiting.extend(parts)
            case Maybe(part) | Repeated(part):
                waiting.append(part)
            case Words() | Rule():
                pass
    return False


@dataclass(frozen=True)
class Alternative:
    """One way to hear it. Scores compare within a transcript only; higher is likelier."""

    text: str
    score: float
    free: bool = False
    """Whether it was heard outside the grammar."""
    likelihood: float | None = None
    """Natural logarithm of how likely the recognizer's model holds the text, grammar aside; None if it has no such."""
    doubtful: bool = False
    """Whether it goes on with words heard outside the grammar behind an opening that likelier texts lack."""


TYPED = "typed"
"""The recognizer of a line that was typed."""


@dataclass(frozen=True)
class Transcript:
    """What was heard. Empty text: speech that is not understood, or none."""

    text: str
    alternatives: tuple[Alternative, ...] = ()
    """Best first, the chosen text among them; empty for typed input."""
    confidence: float = 1.0
    """0 to 1: share of evidence for the text against its rivals; not a grammar decoder's own word confidences."""
    recognizer: str = TYPED
    audio_seconds: float = 0.0
    decode_seconds: float = 0.0


class Ending(StrEnum):
    """What the words so far say about the end of the turn."""

    UNKNOWN = "unknown"
    """Nothing that can be relied on."""
    COMPLETE = "complete"
    """A whole sentence of the grammar."""
    OPEN = "open"
    """The beginning of a sentence: more must come."""


class Recognition(Protocol):
    """One utterance being recognized, while it is spoken."""

    async def feed(self, samples: Samples) -> str:
        """Take the next samples (any length); return the partial text so far, empty where none is made or wanted."""
        ...

    async def ending(self, silence: float) -> Ending:
        """Whether what was fed so far is a whole sentence; `silence` are its last seconds, in which nobody spoke.

        Waits until all of it is decoded; asked in pauses only.
        """
        ...

    async def finish(self) -> Transcript:
        """End the utterance and return the final transcript. The object is spent afterwards."""
        ...

    def cancel(self) -> None:
        """Drop the utterance."""
        ...


class Recognizer(Protocol):
    """Something that turns audio into transcripts. Decoding happens off the event loop."""

    name: str

    def begin(self, grammar: Grammar, *, partials: bool = False) -> Recognition:
        """Start an utterance that is expected to follow the grammar; `partials`: partial texts are wanted."""
        ...

    async def close(self) -> None:
        """End its workers; idempotent."""
        ...
