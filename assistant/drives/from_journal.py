"""From a journal of a live conversation to a drive that plays it again: what was said becomes lines, what came of it
expectations.

Reads the journal only. What a journal does not hold (the place, the profile, what a server would answer) is left for
a person to fill in; the file says so at its top.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    UnwordedFound,
)
from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Call
from assistant.policy.driving import GEAR_DRIVE, GEAR_PARK, DrivingState
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED
from client.call import Succeeded

_HEAD = """\
# Made from a journal. The words are as they were understood; place, profile and servers are those of whoever
# plays it: fill in `place` and `profile` where a line needs them.
"""
_SIGNALS: Mapping[DrivingState, Mapping[str, float | int | bool]] = {
    DrivingState.PARKED: {SPEED: 0.0, GEAR: GEAR_PARK, PARKING_BRAKE: True},
    DrivingState.IDLING: {SPEED: 0.0, GEAR: GEAR_DRIVE, PARKING_BRAKE: False},
    DrivingState.MOVING: {SPEED: 50.0, GEAR: GEAR_DRIVE, PARKING_BRAKE: False},
}
"""Signals that give each driving state, with a speed for journals that hold none."""


class _Drive:
    """Collects steps; an expectation belongs to the line before it."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self.executed: dict[str, int] = {}
        self._calls: dict[str, dict[str, Any]] = {}
        self._expected: list[dict[str, Any]] = []
        self._waits_for_expectation = False

    def line(self, text: str, mode: str) -> None:
        """The driver said this."""
        self.close(mode)
        self.steps.append({"driver": text})
        self._waits_for_expectation = True

    def world(self, what: dict[str, Any], mode: str) -> None:
        """Something else happened."""
        self.close(mode)
        self.steps.append(what)

    def called(self, call: Call) -> None:
        """A call was made."""
        entry: dict[str, Any] = {"tool": call.call.tool, "arguments": dict(call.call.arguments)}
        self._calls[call.call.call_id] = entry
        self._expected.append(entry)

    def ended(self, event: CallEnded) -> None:
        """A call came to its outcome."""
        entry = self._calls.get(event.call_id)
        if entry is None:
            return
        entry["outcome"] = event.outcome.kind
        if isinstance(event.outcome, Succeeded):
            self.executed[entry["tool"]] = self.executed.get(entry["tool"], 0) + 1

    def close(self, mode: str) -> None:
        """Write down what came of the last line."""
        if self._waits_for_expectation:
            expectation: dict[str, Any] = {}
            if self._expected:
                expectation["called"] = self._expected[-1]
            if mode in WAITING:
                expectation["mode"] = mode
            if expectation:
                self.steps.append({"expect": expectation})
        self._waits_for_expectation, self._expected = False, []


def drive_from_journal(path: Path) -> str:
    """Return a drive as YAML text. Raises `JournalError` for a journal that cannot be read or in which nobody spoke."""
    state, recorded = read(path)
    offset, driving = state.utc_offset, state.driving
    speed: float | None = None
    drive = _Drive()
    began: float | None = None
    for entry in recorded:
        event = entry.event
        before = state
        state, effects = step(state, event)
        began = event.at if began is None and isinstance(event, Heard) else began
        if not drive.steps and isinstance(event, DrivingChanged):
            driving, speed = event.driving, event.speed  # at the start
            continue
        _add(drive, event, before)
        for effect in effects:
            if isinstance(effect, Call):
                drive.called(effect)
    drive.close(str(state.mode.value))
    if began is None:
        raise JournalError(f"{path} holds no word of a driver, so there is nothing to play again")
    zone = timezone(timedelta(seconds=offset))
    content = {
        "title": f"From {path.stem}",
        "about": "made from a journal",
        "language": state.language,
        "now": datetime.fromtimestamp(began, UTC).astimezone(zone).isoformat(timespec="seconds"),
        "vehicle": _signals(driving, speed),
        "steps": drive.steps,
        "final": {"calls": drive.executed},
    }
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _signals(driving: DrivingState, speed: float | None) -> dict[str, float | int | bool]:
    """Return the signals of a driving state, at the speed that was seen."""
    signals = dict(_SIGNALS[driving])
    return signals if speed is None or driving is not DrivingState.MOVING else {**signals, SPEED: float(speed)}


def _add(drive: _Drive, event: Event, before: State) -> None:
    mode = str(before.mode.value)
    match event:
        case Heard() if event.reading.text:
            drive.line(event.reading.text, mode)
        case NothingHeard() if before.mode in WAITING and not before.tries:
            drive.world({"silence": True}, mode)
        case DrivingChanged() if event.driving is not before.driving or event.speed is not None:
            drive.world({"vehicle": _signals(event.driving, event.speed)}, mode)
        case NetworkChanged() if event.online is not before.online:
            drive.world({"network": "good" if event.online else "tunnel"}, mode)
        case CallEnded():
            drive.ended(event)
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
            | Delivered()
            | TimerFired()
            | CatalogChanged()
            | Noticed()
        ):
            pass  # it follows from the rest when the drive is played
