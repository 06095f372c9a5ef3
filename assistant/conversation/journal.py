"""Writes a conversation to disk, line by line, and replays it to the same states and effects.

It holds meanings and actions, never audio; the file has mode 0600. Writing never blocks the turn for longer than a
buffered write. A last line that a power cut left incomplete is ignored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError

from assistant.dialogue import events as event_module
from assistant.dialogue import table_effects as effect_module
from assistant.dialogue.events import Event
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Effect
from assistant.policy.driving import DrivingState
from client.client_errors import UsageError

VERSION = 1


class JournalError(UsageError):
    """A journal that cannot be read."""


_EVENT_TYPES: dict[str, type] = {kind.__name__: kind for kind in event_module.Event.__args__}
_EFFECT_TYPES: dict[str, type] = {kind.__name__: kind for kind in effect_module.Effect.__args__}
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def encode(value: Event | Effect) -> dict[str, Any]:
    """Return an event or effect as JSON with its type's name."""
    kind = type(value)
    return {"type": kind.__name__, **_adapter(kind).dump_python(value, mode="json")}


def decode_event(raw: dict[str, Any]) -> Event:
    """Return the event that `encode` wrote. Raises `JournalError`."""
    return _decode(raw, _EVENT_TYPES)  # type: ignore[no-any-return]  # the table of types is the union's own


def _decode(raw: dict[str, Any], types: dict[str, type]) -> Any:
    fields = dict(raw)
    kind = types.get(str(fields.pop("type", "")))
    if kind is None:
        raise JournalError(
            f"the journal has an entry of unknown type {raw.get('type')!r}; it was written by another version"
        )
    try:
        return _adapter(kind).validate_python(fields)
    except ValidationError as error:
        raise JournalError(
            f"the journal has a damaged entry of type {kind.__name__}: {error.errors()[0]['msg']}"
        ) from error


class Journal:
    """Writes one conversation."""

    def __init__(self, path: Path, state: State) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.path = path
        self._file: TextIO = os.fdopen(descriptor, "w", encoding="utf-8")
        self._line(
            {
                "journal": VERSION,
                "conversation": state.conversation,
                "utc_offset": state.utc_offset,
                "language": state.language,
                "driving": state.driving.value,
            }
        )

    def write(self, event: Event, effects: Sequence[Effect]) -> None:
        """Add one step."""
        self._line({"event": encode(event), "effects": [encode(effect) for effect in effects]})

    def close(self) -> None:
        """End the file; idempotent."""
        self._file.close()

    def _line(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._file.flush()


@dataclass(frozen=True)
class RecordedStep:
    """One recorded step."""

    event: Event
    effects: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Replay:
    """The result of a replay."""

    state: State
    steps: int
    differences: tuple[str, ...]
    """One sentence for each step whose effects differ from the recorded ones."""


def read(path: Path) -> tuple[State, Iterator[RecordedStep]]:
    """Return the state at the start and the recorded steps. Raises `JournalError`."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise JournalError(f"cannot read the journal {path}: {error.strerror}") from error
    entries = list(_entries(path, lines))
    if not entries or entries[0].get("journal") != VERSION:
        raise JournalError(f"{path} is not a journal of this version")
    head = entries[0]
    state = replace(
        State(str(head["conversation"])),
        utc_offset=float(head["utc_offset"]),
        driving=DrivingState(head["driving"]),
        language=str(head.get("language", "en")),
    )
    return state, (RecordedStep(decode_event(entry["event"]), tuple(entry["effects"])) for entry in entries[1:])


def _entries(path: Path, lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                return  # the power failed while the last line was being written
            raise JournalError(f"{path}:{number} is not JSON: {error}") from error


def replay(path: Path) -> Replay:
    """Run the recorded events through the table again and compare the effects."""
    state, steps = read(path)
    differences: list[str] = []
    count = 0
    for recorded in steps:
        count += 1
        state, effects = step(state, recorded.event)
        again = tuple(encode(effect) for effect in effects)
        if again != recorded.effects:
            differences.append(f"step {count} ({type(recorded.event).__name__}): {again} instead of {recorded.effects}")
    return Replay(state, count, tuple(differences))
