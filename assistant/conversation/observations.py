"""Data about a running conversation for its observers: faces, metrics, drives, tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.dialogue.events import Event
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Effect
from assistant.understanding.reading import Reading
from client.call import Outcome, ToolCall
from voice.recognition.recognizer_base import Transcript


@dataclass(frozen=True)
class Stepped:
    """The table answered an event."""

    at: float
    event: Event
    effects: tuple[Effect, ...]
    state: State


@dataclass(frozen=True)
class Recognized:
    """Something was heard by the recognizer."""

    at: float
    transcript: Transcript


@dataclass(frozen=True)
class Understood:
    """A transcript was interpreted in `seconds`."""

    at: float
    text: str
    reading: Reading
    seconds: float


@dataclass(frozen=True)
class Spoke:
    """Speaking of a text began, and ended at `at`; `synthesis_seconds` is how long making the sound took."""

    at: float
    began: float
    text: str
    synthesis_seconds: float
    complete: bool


@dataclass(frozen=True)
class Called:
    """A call ended with an outcome, after that many real seconds."""

    at: float
    call: ToolCall
    outcome: Outcome
    seconds: float


Observation = Stepped | Recognized | Understood | Spoke | Called
Observer = Callable[[Observation], None]
