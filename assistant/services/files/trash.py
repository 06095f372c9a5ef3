"""Stores the earlier contents of changed files, so that a change can be undone. Blocking.

Each change has an entry in a hidden folder of the root: a record and the earlier contents. Entries have numbers that
can be said and are never reused. Entries are deleted after 30 days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ValidationError

from assistant.hosting.host_errors import HostError, RefusedError
from assistant.services.files.folder_tree import FolderTree
from assistant.services.files.spoken_paths import OWN_PREFIX, Parts

FOLDER = f"{OWN_PREFIX}trash"
KEPT_DAYS = 30
MOST = 1000
"""Most entries that are stored."""
_ENTRY = re.compile(r"[1-9]\d{0,9}")


class TrashRecord(BaseModel):
    """The record of one change."""

    kind: Literal["made", "replaced", "removed", "moved", "together"]
    path: tuple[str, ...] = ()
    moved_to: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """Entries of the changes that were made together, in order."""


class Trash:
    """The entries below a root. Every method may raise `RefusedError`."""

    def __init__(self, tree: FolderTree, now: Callable[[], datetime]) -> None:
        self._tree = tree
        self._now = now

    def write(self, parts: Parts, raw: bytes) -> str:
        """Write a file and return the entry that undoes this."""
        there = self._tree.item(parts)
        entry = self._new()
        if there is not None:
            self._tree.write(_data(entry), self._tree.read(parts))
        return self._done(
            entry,
            TrashRecord(kind="made" if there is None else "replaced", path=parts),
            lambda: self._tree.write(parts, raw),
        )

    def remove(self, parts: Parts) -> str:
        """Remove a file or folder and return the entry that restores it."""
        if not parts:
            raise RefusedError("The whole folder cannot be deleted.", [], ["path"])
        entry = self._new()
        record = TrashRecord(kind="removed", path=parts)
        return self._done(entry, record, lambda: self._tree.move(parts, _data(entry)))

    def move(self, parts: Parts, to: Parts) -> str:
        """Rename a file or folder and return the entry that undoes this."""
        record = TrashRecord(kind="moved", path=parts, moved_to=to)
        return self._done(self._new(), record, lambda: self._tree.move(parts, to))

    def together(self, entries: Sequence[str]) -> str:
        """Return one entry for several, which undoes them from the last to the first."""
        return self._done(self._new(), TrashRecord(kind="together", parts=tuple(entries)), lambda: None)

    def take_back(self, entry: str) -> Parts:
        """Undo a change and return the path that is restored. The present contents are stored, too."""
        if not _ENTRY.fullmatch(entry):
            raise RefusedError("There is nothing of that number to take back.", [], ["entry"])
        try:
            record = TrashRecord.model_validate_json(self._tree.read(_record(entry)))
        except (HostError, ValidationError) as error:
            raise RefusedError("There is nothing of that number to take back.", [], ["entry"]) from error
        back = record.path
        match record.kind:
            case "made":
                self.remove(record.path)
            case "replaced":
                self.write(record.path, self._tree.read(_data(entry)))
            case "removed":
                self._tree.move(_data(entry), record.path)
            case "moved":
                self._tree.move(record.moved_to, record.path)
            case "together":
                back = ()
                for part in reversed(record.parts):
                    back = self.take_back(part)
        self._forget(entry)
        return back

    def sweep(self) -> None:
        """Delete entries that are old, or more than `MOST`. The newest number stays known, so that it is never
        reused.
        """
        oldest = (self._now() - timedelta(days=KEPT_DAYS)).timestamp()
        entries = self._entries()
        for place, (number, changed) in enumerate(entries):
            if place < len(entries) - MOST or (changed < oldest and place < len(entries) - 1):
                self._tree.erase((FOLDER, str(number)))

    def _entries(self) -> list[tuple[int, float]]:
        """Return the numbers of all entries, with the time of their last change."""
        if self._tree.item((FOLDER,)) is None:
            return []
        items = self._tree.items((FOLDER,))
        return sorted((int(i.parts[-1]), i.changed) for i in items if i.folder and _ENTRY.fullmatch(i.parts[-1]))

    def _new(self) -> str:
        """Claim the next number; another process gets another one."""
        entries = self._entries()
        number = entries[-1][0] if entries else 0
        while True:
            number += 1
            if self._tree.make_folder((FOLDER, str(number))):
                return str(number)

    def _done(self, entry: str, record: TrashRecord, change: Callable[[], None]) -> str:
        """Make a change after its record is on the disk, so that a kill in between loses nothing."""
        self._tree.write(_record(entry), record.model_dump_json().encode())
        try:
            change()
        except RefusedError:
            self._forget(entry)
            raise
        return entry

    def _forget(self, entry: str) -> None:
        """Empty an entry; its number stays until a sweep."""
        for parts in (_record(entry), _data(entry)):
            with suppress(RefusedError):
                self._tree.erase(parts)


def _record(entry: str) -> Parts:
    return (FOLDER, entry, "record.json")


def _data(entry: str) -> Parts:
    return (FOLDER, entry, "was")
