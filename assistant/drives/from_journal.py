"""Turns the journal of a live conversation into a drive that replays it: the driver's words become lines, and the
effects become expectations. Only reads the journal. It lacks the vehicle's position, the profile and the server's
answers; a person must add them, and the top of the file says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation.journal import JournalError, read
from assistant.dialogue.events import (
    CallEnded,
    CatalogChanged,
    Delivered,
    DrivingChanged,
    Event,
    Heard,
    NetworkChanged,
    NothingHeard,
    Noticed,
    Progressed,
    PushToTalk,
    SpeechEnded,
    TakenBack,
    TimerFired,
    UnfinishedFound,
    UnwordedFound,
)
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Call, Effect
from assistant.policy.driving import GEAR_DRIVE, GEAR_PARK, DrivingState
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED
from client.call import Succeeded
from client.values import JSON

_HEAD = """\
# Made from a journal. The words are as they were understood; place, profile and servers are those of whoever
# plays it: fill in `place` and `profile` where a line needs them.
"""
_SIGNALS: Mapping[DrivingState, Mapping[str, float | int | bool]] = {
    DrivingState.PARKED: {SPEED: 0.0, GEAR: GEAR_PARK, PARKING_BRAKE: True},
    DrivingState.IDLING: {SPEED: 0.0, GEAR: GEAR_DRIVE, PARKING_BRAKE: False},
    DrivingState.MOVING: {SPEED: 50.0, GEAR: GEAR_DRIVE, PARKING_BRAKE: False},
}
"""Signals that produce each driving state, with a speed for journals that hold none."""


class DriveDraft:
    """Builds a drive from a conversation, event by event; an expectation belongs to the line before it."""

    def __init__(self, state: State) -> None:
        self.steps: list[dict[str, Any]] = []
        self.executed: dict[str, int] = {}
        self.began: float | None = None
        """When the driver first spoke; None before that."""
        self._state = state
        self._driving: DrivingState = state.driving
        self._speed: float | None = None
        self._calls: dict[str, dict[str, Any]] = {}
        self._expected: list[dict[str, Any]] = []
        self._understood: dict[str, Any] | None = None
        self._waits_for_expectation = False

    def take(self, event: Event, before: State, effects: Sequence[Effect]) -> None:
        """Add the effects of one event; `before` is the state before that event."""
        self.began = event.at if self.began is None and isinstance(event, Heard) else self.began
        if not self.steps and isinstance(event, DrivingChanged):
            self._driving, self._speed = event.driving, event.speed  # at the start
            return
        self._add(event, before)
        for effect in effects:
            if isinstance(effect, Call):
                self._called(effect)

    def understand(self, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Expect that the last line is understood as this request."""
        self._understood = {"tool": tool, "arguments": dict(arguments)}

    def close(self, mode: str) -> None:
        """Write the expectations of the last line; the conversation is now in `mode`."""
        if self._waits_for_expectation:
            expectation: dict[str, Any] = {}
            if self._understood:
                expectation["understood"] = self._understood
            if self._expected:
                expectation["called"] = self._expected[-1]
            if mode in WAITING:
                expectation["mode"] = mode
            if expectation:
                self.steps.append({"expect": expectation})
        self._waits_for_expectation, self._expected, self._understood = False, [], None

    def content(self, title: str, about: str, **more: Any) -> dict[str, Any]:
        """Return the drive so far, with the extra keys of `more`. Close the last line first."""
        zone = timezone(timedelta(seconds=self._state.utc_offset))
        now = datetime.fromtimestamp(self.began or 0.0, UTC).astimezone(zone).isoformat(timespec="seconds")
        return {
            "title": title,
            "about": about,
            "language": self._state.language,
            "now": now,
            **more,
            "vehicle": _signals(self._driving, self._speed),
            "steps": self.steps,
            "final": {"calls": self.executed},
        }

    def _line(self, text: str, mode: str) -> None:
        self.close(mode)
        self.steps.append({"driver": text})
        self._waits_for_expectation = True

    def _world(self, what: dict[str, Any], mode: str) -> None:
        self.close(mode)
        self.steps.append(what)

    def _called(self, call: Call) -> None:
        entry: dict[str, Any] = {"tool": call.call.tool, "arguments": dict(call.call.arguments)}
        self._calls[call.call.call_id] = entry
        self._expected.append(entry)

    def _ended(self, event: CallEnded) -> None:
        entry = self._calls.get(event.call_id)
        if entry is None:
            return
        entry["outcome"] = event.outcome.kind
        if isinstance(event.outcome, Succeeded):
            self.executed[entry["tool"]] = self.executed.get(entry["tool"], 0) + 1

    def _add(self, event: Event, before: State) -> None:
        mode = str(before.mode.value)
        match event:
            case Heard() if event.reading.text:
                self._line(event.reading.text, mode)
            case NothingHeard() if before.mode in WAITING and not before.tries:
                self._world({"silence": True}, mode)
            case DrivingChanged() if event.driving is not before.driving or event.speed is not None:
                self._world({"vehicle": _signals(event.driving, event.speed)}, mode)
            case NetworkChanged() if event.online is not before.online:
                self._world({"network": "good" if event.online else "tunnel"}, mode)
            case CallEnded():
                self._ended(event)
            case (
                Heard()
                | NothingHeard()
                | DrivingChanged()
                | NetworkChanged()
                | PushToTalk()
                | SpeechEnded()
                | Progressed()
                | TakenBack()
                | UnwordedFound()
                | UnfinishedFound()
                | Delivered()
                | TimerFired()
                | CatalogChanged()
                | Noticed()
            ):
                pass  # it follows from the rest when the drive is played


def as_yaml(content: Mapping[str, Any]) -> str:
    """Return a drive as YAML text."""
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=120)


def drive_from_journal(path: Path) -> str:
    """Return a drive as YAML text.

    Raises `JournalError` if the journal cannot be read or holds no line of the driver.
    """
    state, recorded = read(path)
    draft = DriveDraft(state)
    for entry in recorded:
        before = state
        state, effects = step(state, entry.event)
        draft.take(entry.event, before, effects)
    draft.close(str(state.mode.value))
    if draft.began is None:
        raise JournalError(f"{path} holds no word of a driver, so there is nothing to play again")
    return _HEAD + as_yaml(draft.content(f"From {path.stem}", "made from a journal"))


def _signals(driving: DrivingState, speed: float | None) -> dict[str, float | int | bool]:
    """Return the signals of a driving state at the recorded speed."""
    signals = dict(_SIGNALS[driving])
    return signals if speed is None or driving is not DrivingState.MOVING else {**signals, SPEED: float(speed)}
