"""The dashboard's memory of a conversation, turn by turn, with figures.

Built from observations alone, limited in size, in memory only. It changes nothing and is never written to disk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from assistant.conversation.observations import Called, Observation, Recognized, Spoke, Stepped, Understood
from assistant.dialogue.events import DrivingChanged, Heard
from assistant.dialogue.table_effects import Purpose, Say, Show
from assistant.understanding.reading import Reading
from client.call import Succeeded
from voice.recognition.recognizer_base import Samples, Transcript

MOST_TURNS = 200
"""Most turns in memory; older ones are in the journal, if one is kept."""
MOST_SECONDS = 2000
"""Most measurements of a stage from which percentiles are computed."""
FROM_A_FORM = "(from a form)"
"""Text shown in place of the driver's words for a request made with a form."""
STAGES = ("recognize", "interpret", "call", "speak")


@dataclass
class Turn:
    """One utterance and its results."""

    number: int
    at: float
    """Seconds since the epoch."""
    text: str
    typed: bool
    heard: Transcript | None = None
    reading: Reading | None = None
    asked: list[str] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """Real seconds of each stage in `STAGES` that took part."""
    sound: Samples | None = None
    """The driver's words as recorded by the microphone; only if keeping them was requested."""


@dataclass
class ToolCount:
    """How often calls of one tool succeeded or failed."""

    calls: int = 0
    succeeded: int = 0
    from_cache: int = 0
    attempts: int = 0


class History:
    """The turns, and figures over all of them."""

    def __init__(self) -> None:
        self.turns: deque[Turn] = deque(maxlen=MOST_TURNS)
        self.stages: dict[str, deque[float]] = {stage: deque(maxlen=MOST_SECONDS) for stage in STAGES}
        self.tools: dict[str, ToolCount] = {}
        self.modes: deque[tuple[float, str]] = deque(maxlen=MOST_TURNS)
        """When each driving state began."""
        self._count = 0

    def __iter__(self) -> Iterator[Turn]:
        return iter(self.turns)

    def take(self, seen: Observation) -> Turn | None:
        """Take an observation; return the turn that it changed, or None."""
        turn: Turn | None
        match seen:
            case Recognized():
                turn = self._begin(seen.at, seen.transcript.text, typed=False)
                turn.heard = seen.transcript
                self._stage(turn, "recognize", seen.transcript.decode_seconds)
                return turn
            case Understood():
                turn = self._last if self._awaits_reading() else self._begin(seen.at, seen.text, typed=True)
                assert turn is not None
                turn.reading = seen.reading
                turn.text = seen.reading.text or turn.text  # another of the texts heard may be what counts
                self._stage(turn, "interpret", seen.seconds)
                return turn
            case Called():
                self._count_call(seen)
                if (turn := self._last) is not None:
                    turn.calls.append(seen)
                    self._stage(turn, "call", seen.seconds)
                return turn
            case Spoke():
                if (turn := self._last) is not None:
                    self._stage(turn, "speak", seen.synthesis_seconds)
                return turn
            case Stepped():
                return self._step(seen)

    @property
    def _last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    def _awaits_reading(self) -> bool:
        return self._last is not None and self._last.heard is not None and self._last.reading is None

    def _begin(self, at: float, text: str, *, typed: bool) -> Turn:
        self._count += 1
        turn = Turn(self._count, at, text, typed)
        self.turns.append(turn)
        return turn

    def _stage(self, turn: Turn, stage: str, seconds: float) -> None:
        turn.seconds[stage] = turn.seconds.get(stage, 0.0) + seconds
        self.stages[stage].append(seconds)

    def _count_call(self, seen: Called) -> None:
        count = self.tools.setdefault(f"{seen.call.server}.{seen.call.tool}", ToolCount())
        count.calls += 1
        count.succeeded += seen.outcome.kind == "succeeded"
        count.from_cache += isinstance(seen.outcome, Succeeded) and seen.outcome.age is not None
        count.attempts += seen.outcome.attempts

    def _step(self, seen: Stepped) -> Turn | None:
        if isinstance(seen.event, DrivingChanged):
            self.modes.append((seen.at, seen.event.driving))
        if isinstance(seen.event, Heard):
            if seen.event.reading.interpretations and not seen.event.reading.text:  # nobody said or typed it
                self._begin(seen.at, FROM_A_FORM, typed=True)
            if self._last is not None:
                self._last.reading = seen.event.reading
        said = [effect for effect in seen.effects if isinstance(effect, Say)]
        shown = [effect.text for effect in seen.effects if isinstance(effect, Show)]
        if not said and not shown:
            return None
        turn = self._last or self._begin(seen.at, "", typed=True)
        for effect in said:
            place = turn.asked if effect.purpose in (Purpose.QUESTION, Purpose.READ_BACK) else turn.answers
            place.append(effect.text)
        turn.answers.extend(shown)
        return turn


def percentile(values: deque[float], share: float) -> float | None:
    """Return the value below which that share of the values lies; None without values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else None


def joined(blocks: list[Samples]) -> Samples:
    """Return the blocks as one sound, and empty the list."""
    sound = np.concatenate(blocks)
    blocks.clear()
    return sound
