"""The timeline of a drive: what was said, heard, understood, asked, called and answered, with milliseconds.

Collects observations; changes and checks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assistant.conversation.observations import Called, Observation, Recognized, Spoke, Stepped, Understood
from assistant.dialogue.events import Heard
from assistant.dialogue.table_effects import Purpose, Say, Show
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Reading
from assistant.wording.spoken_values import label
from client.call import Failed, Outcome, Succeeded, ToolCall
from client.values import JSON


@dataclass(frozen=True)
class TimelineLine:
    """One entry of the timeline."""

    at: float
    """Seconds since the start of the drive, on its clock."""
    kind: str
    """"driver", "heard", "understood", "asked", "answered", "notice" or "called"; or "vehicle", "network" or "server"
    if that changed.
    """
    text: str
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """Real time of each stage."""
    until: float | None = None
    """Seconds since the start of the drive when the speech ended; None for what is not spoken."""
    said: str = ""
    """The driver's words as the drive has them, in a line of kind "heard"."""


@dataclass(frozen=True)
class ResponseTime:
    """How long the driver waited, from the end of speech to the first sample of the answer."""

    at: float
    seconds: float
    """Endpoint wait and pauses on the drive's clock, plus the real time of every stage."""


class Timeline:
    """Observes a conversation's runtime."""

    def __init__(self, started: float) -> None:
        self.started = started
        """Seconds since the epoch when the drive began, on its clock."""
        self.entries: list[TimelineLine] = []
        self.calls: list[Called] = []
        self.spoken: list[tuple[Spoke, Purpose, DrivingState]] = []
        self.answers: list[ResponseTime] = []
        self.steps: list[Stepped] = []
        self.readings: list[Reading] = []
        self.unheard = 0
        """How often the driver's words were not understood."""
        self._purposes: dict[str, Purpose] = {}
        self._speech_ended: float | None = None
        self._driver_line: int | None = None
        """Place of the driver's line that is being spoken, or was last."""
        self._said = ""
        self._stage_seconds = 0.0
        self._driving = DrivingState.PARKED

    def note(self, now: float, kind: str, text: str) -> None:
        """Add an action of the drive itself."""
        self.entries.append(TimelineLine(now - self.started, kind, text))

    def driver_speaks(self, now: float, text: str, misheard: str | None = None) -> None:
        """Note that the driver begins a line; `misheard` is what the drive lets McQueen hear instead of it."""
        self.note(now, "driver", text if misheard is None else f"{text} (heard as: {misheard})")
        self._driver_line, self._said = len(self.entries) - 1, text

    @property
    def ended(self) -> float:
        """Seconds from the start of the drive to the end of its last line or event."""
        lines = (entry.until if entry.until is not None else entry.at for entry in self.entries)
        return max((*lines, *(step.at - self.started for step in self.steps)), default=0.0)

    def speech_ended(self, now: float) -> None:
        """Note that the driver finished speaking; the wait for the answer starts now."""
        if self._driver_line is not None and self.entries[self._driver_line].until is None:
            spoken = self.entries[self._driver_line]
            self.entries[self._driver_line] = replace(spoken, until=now - self.started)
        self._speech_ended = now
        self._stage_seconds = 0.0

    def __call__(self, seen: Observation) -> None:
        """Take one observation."""
        match seen:
            case Stepped():
                self._step(seen)
            case Recognized():
                self._stage_seconds += seen.transcript.decode_seconds
                text = seen.transcript.text or "(not understood)"
                self.unheard += not seen.transcript.text
                self._add(seen.at, "heard", text, recognize=seen.transcript.decode_seconds)
                if seen.transcript.text:
                    self.entries[-1] = replace(self.entries[-1], said=self._said)
            case Understood():
                self._stage_seconds += seen.seconds
                self.readings.append(seen.reading)
                self._correct_heard(seen)
                self._add(seen.at, "understood", describe_reading(seen.reading), interpret=seen.seconds)
            case Called():
                self._stage_seconds += seen.seconds
                self.calls.append(seen)
                self._add(seen.at, "called", describe_call(seen.call, seen.outcome), call=seen.seconds)
            case Spoke():
                self._spoke(seen)

    def _step(self, seen: Stepped) -> None:
        self.steps.append(seen)
        self._driving = seen.state.driving
        for effect in seen.effects:
            if isinstance(effect, Say):
                self._purposes[effect.text] = effect.purpose
            if isinstance(effect, Show):
                self._add(seen.at, "shown", effect.text)
        if isinstance(seen.event, Heard) and seen.event.typed:
            self.speech_ended(seen.at)

    def _spoke(self, seen: Spoke) -> None:
        purpose = self._purposes.get(seen.text, Purpose.STATEMENT)
        self.spoken.append((seen, purpose, self._driving))
        if self._speech_ended is not None:
            waited = seen.began - self._speech_ended + self._stage_seconds + seen.synthesis_seconds
            self.answers.append(ResponseTime(seen.began - self.started, waited))
            self._speech_ended = None
        kind = {Purpose.QUESTION: "asked", Purpose.READ_BACK: "asked", Purpose.NOTICE: "notice"}.get(
            purpose, "answered"
        )
        text = seen.text if seen.complete else f"{seen.text} (interrupted)"
        stages = {"speak": seen.synthesis_seconds}
        began, until = seen.began - self.started, seen.at - self.started
        self.entries.append(TimelineLine(began, kind, text, _milliseconds(stages), until))

    def _correct_heard(self, seen: Understood) -> None:
        """Show the text that was understood as what was heard: it need not be the recognizer's first."""
        for place in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[place]
            if entry.kind == "heard":
                if seen.reading.text and entry.text == seen.text:
                    self.entries[place] = replace(entry, text=seen.reading.text)
                return

    def _add(self, at: float, kind: str, text: str, **seconds: float) -> None:
        self.entries.append(TimelineLine(at - self.started, kind, text, _milliseconds(seconds)))

    def ordered(self) -> list[TimelineLine]:
        """Return the entries sorted by time; speech is sorted by its beginning."""
        return sorted(self.entries, key=lambda entry: entry.at)


def _milliseconds(seconds: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(value * 1000, 1) for stage, value in seconds.items()}


def describe_reading(reading: Reading) -> str:
    """Return a parse of the driver's words in one line."""
    parts: list[str] = []
    if reading.control:
        parts.append(reading.control.value.replace("_", " "))
    if reading.changes:
        parts.append(f"change {describe_arguments(reading.changes)}")
    if reading.choice is not None:
        parts.append(f"option {reading.choice + 1}")
    if (said := reading.next_sentence) is not None:
        parts.append(f"a sentence, {said.problem or 'taken'}" if said.text else "no more sentences")
    if reading.interpretations and not parts:
        best = reading.interpretations[0]
        asked = f", asks for {', '.join(label(name) for name in best.missing)}" if best.missing else ""
        parts.append(f"{best.tool.partition('.')[2]}({describe_arguments(best.arguments)}){asked} [{best.score:.2f}]")
        parts.extend(f"then {more.tool.partition('.')[2]}({describe_arguments(more.arguments)})" for more in best.then)
    return "; ".join(parts) or "nothing"


def describe_arguments(arguments: Mapping[str, JSON]) -> str:
    """Return arguments as `name=value, ...`."""
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


def describe_call(call: ToolCall, outcome: Outcome) -> str:
    """Return a call and its outcome in one line."""
    text = f"{call.tool}({describe_arguments(call.arguments)})"
    if isinstance(outcome, Succeeded):
        return f"{text} -> succeeded"
    reason = f" ({outcome.error.code})" if outcome.error.code or not isinstance(outcome, Failed) else ""
    return f"{text} -> {outcome.kind}{reason}"
