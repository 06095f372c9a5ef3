"""The common protocol of all recognizers: grammar in, transcript out.

A grammar is a small immutable tree, which each recognizer renders in its own form (JSGF for pocketsphinx, phrases for
Vosk). Decodes no audio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Mono 16-bit audio, at 16,000 Hz unless a rate is passed with it."""

SAMPLE_RATE = 16_000
"""Samples per second for recognizers."""


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
    """Exactly one of these; without any it can never be said. Weights are likelihoods, one for each option."""

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
    """The rule with that name."""

    name: str


@dataclass(frozen=True)
class AnyOrder:
    """Each part at most once, in any order; parts may be left out, even all."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Open:
    """The part, or any other words up to the end of the sentence, if the recognizer can take dictation."""

    part: Expression


Expression = Words | Sequence | Choice | Maybe | Repeated | Rule | AnyOrder | Open


@dataclass(frozen=True)
class Grammar:
    """What to listen for. `root` may use `rules` by name; rules may use each other, but never in a circle."""

    root: Expression
    rules: Mapping[str, Expression] = field(default_factory=dict)
    closed: bool = False
    """Whether nothing outside the grammar ever counts, however clear: while a yes is awaited."""
    answer: bool = False
    """Whether it listens for the answer to a question for a value, often one short name."""
    names: tuple[str, ...] = ()
    """Names and listed values, as spoken, that free words may hold misspelled."""


def has_open_part(grammar: Grammar) -> bool:
    """Return whether some sentence of the grammar may continue with any words."""
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
    """One possible text. Scores compare only within a transcript; higher is likelier."""

    text: str
    score: float
    free: bool = False
    """Whether it was heard outside the grammar."""
    likelihood: float | None = None
    """Natural logarithm of the model's likelihood of the text, without the grammar; None if the recognizer has none."""
    doubtful: bool = False
    """Whether it has dictated words after an opening that likelier texts lack."""


TYPED = "typed"
"""Name of the recognizer for typed lines."""


@dataclass(frozen=True)
class Transcript:
    """The result of an utterance. An empty text means speech that was not understood, or no speech."""

    text: str
    alternatives: tuple[Alternative, ...] = ()
    """Best first, including the chosen text; empty for typed input."""
    confidence: float = 1.0
    """0 to 1: share of the evidence for the text against its rivals, not a decoder's own word confidence."""
    recognizer: str = TYPED
    audio_seconds: float = 0.0
    decode_seconds: float = 0.0


class Ending(StrEnum):
    """Whether the words so far mean that the turn has ended."""

    UNKNOWN = "unknown"
    """Nothing reliable."""
    COMPLETE = "complete"
    """They are a whole sentence of the grammar."""
    OPEN = "open"
    """They are the beginning of a sentence; more must come."""


class Recognition(Protocol):
    """One utterance while it is spoken."""

    async def feed(self, samples: Samples) -> str:
        """Take the next samples (any number); return the partial text so far, empty if none is available or wanted."""
        ...

    async def ending(self, silence: float) -> Ending:
        """Return what the words so far tell about the end; `silence` is the number of seconds of silence at the end of
        the sound. Waits until everything is decoded; called in pauses only.
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
        """Start an utterance that should follow the grammar; `partials` asks for partial texts."""
        ...

    async def close(self) -> None:
        """End its workers; idempotent."""
        ...
