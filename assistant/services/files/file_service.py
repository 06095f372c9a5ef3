"""The tools for files: they find the file that is meant, read or change it, and report in a sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, plain
from assistant.services.files import file_tools
from assistant.services.files.file_finding import everything, existing, for_writing
from assistant.services.files.folder_tree import FileItem, FolderTree
from assistant.services.files.kept_listings import KeptListings
from assistant.services.files.spoken_paths import Parts, shown
from assistant.services.files.trash import Trash
from assistant.services.service_host import ServiceHost
from assistant.services.spoken import bounded, one_line

TOLD = 600
"""How many letters of a file are read aloud; the answer holds all of them."""
NAMED = 12
"""How many files are named aloud."""
_PASSED_ON = 20_000
"""Most letters of a file in an answer."""


class FileService:
    """The files below one folder."""

    def __init__(self, root: Path, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic) -> None:
        """Raises `RefusedError` if there is no such folder. `now` is the local time, `clock` in seconds."""
        self._tree = FolderTree(root)
        self._trash = Trash(self._tree, now)
        self.kept = KeptListings(clock)
        self._zone = now().tzinfo
        self._changing = asyncio.Lock()
        with suppress(RefusedError):  # a read-only folder has no trash
            self._trash.sweep()

    @property
    def root(self) -> Path:
        """The folder's real path, with links resolved."""
        return self._tree.root

    def host(self) -> ServiceHost:
        """Return it as a host of tools."""
        return ServiceHost(
            "files",
            (file_tools.LIST_FILES, self._list),
            (file_tools.READ_FILE, self._read),
            (file_tools.FIND_FILES, self._find),
            (file_tools.WRITE_FILE, self._changer("write")),
            (file_tools.ADD_TO_FILE, self._changer("add")),
            (file_tools.DELETE_FILE, self._changer("delete")),
            (file_tools.MOVE_FILE, self._changer("move")),
            (file_tools.CHANGE_FILES, self._change_all),
            (file_tools.TAKE_BACK_FILE_CHANGE, self._take_back),
        )

    # -- looking --

    async def _list(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        folder = str(arguments.get("folder", ""))

        def ask() -> tuple[Parts, list[FileItem]]:
            item = existing(self._tree, folder, "folder") if folder.strip() else FileItem((), True, 0, 0.0)
            if not item.folder:
                raise RefusedError(f"{shown(item.parts)} is a file and no folder.", [], ["folder"])
            return item.parts, [one for one in self._tree.items(item.parts) if not one.parts[-1].startswith(".")]

        parts, items = await self.kept.get("list", folder, ask)
        return {"summary": _listed(shown(parts), items), "items": [self._fields(item) for item in items]}

    async def _read(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        said = arguments["path"]

        def ask() -> tuple[Parts, str]:
            item = existing(self._tree, said)
            return item.parts, _text_of(item.parts, self._tree.read(item.parts))

        parts, words = await self.kept.get("read", said, ask)
        told = one_line(words, TOLD)
        return {
            "summary": f"{parts[-1]} says: {told}" if told else f"{parts[-1]} is empty.",
            "path": shown(parts),
            "text": bounded(words, _PASSED_ON),
            "more": len(words) > _PASSED_ON,
        }

    async def _find(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        said = arguments["words"]
        wanted = plain(said).split()

        def ask() -> list[FileItem]:
            return [item for item in everything(self._tree) if self._mentions(item, wanted)]

        items = await self.kept.get("find", said, ask)
        names = [shown(item.parts) for item in items]
        summary = f"No file mentions {said[:80]}." if not items else f"{_counted(names)} {joined(names[:NAMED])}."
        return {"summary": summary, "items": [self._fields(item) for item in items]}

    def _mentions(self, item: FileItem, wanted: list[str]) -> bool:
        if not wanted or any(part.startswith(".") for part in item.parts):
            return False
        words = plain(shown(item.parts).replace("/", " ").replace(".", " "))
        if not item.folder and not all(word in words for word in wanted):
            with suppress(RefusedError):
                words = f"{words} {plain(_text_of(item.parts, self._tree.read(item.parts)))}"
        return all(word in words for word in wanted)

    def _fields(self, item: FileItem) -> dict[str, Any]:
        changed = datetime.fromtimestamp(item.changed, self._zone)
        return {
            "path": shown(item.parts),
            "folder": item.folder,
            "bytes": item.size,
            "changed": changed.isoformat(timespec="seconds"),
        }

    # -- changing --

    def _changer(self, change: str) -> Callable[[Mapping[str, Any]], Any]:
        async def act(arguments: Mapping[str, Any]) -> dict[str, Any]:
            async with self._changing:
                try:
                    words, parts, entry = await asyncio.to_thread(self._change, {**arguments, "change": change})
                finally:
                    self.kept.forget()
            return {"summary": words, "path": shown(parts), "entry": entry}

        return act

    def _change(self, wanted: Mapping[str, Any]) -> tuple[str, Parts, str]:
        """Make one change; return its sentence, its path and its trash entry."""
        said = wanted["path"]
        match wanted["change"]:
            case "write":
                parts = for_writing(self._tree, said)
                there = self._tree.item(parts) is not None
                entry = self._trash.write(parts, _line(wanted.get("text", "")))
                return f"{shown(parts)} is {'written anew' if there else 'written'}.", parts, entry
            case "add":
                parts = existing(self._tree, said, here=True).parts
                before = self._tree.read(parts)
                _text_of(parts, before)
                gap = b"" if before.endswith(b"\n") or not before else b"\n"
                entry = self._trash.write(parts, before + gap + _line(wanted.get("text", "")))
                return f"It is added to {shown(parts)}.", parts, entry
            case "delete":
                parts = existing(self._tree, said, here=True).parts
                return f"{shown(parts)} is deleted.", parts, self._trash.remove(parts)
            case _:
                parts = existing(self._tree, said, here=True).parts
                to = for_writing(self._tree, wanted.get("destination_path", ""), "destination_path")
                target = self._tree.item(to)
                if target is not None and target.folder:
                    to = (*to, parts[-1])
                return f"{shown(parts)} is now {shown(to)}.", to, self._trash.move(parts, to)

    async def _change_all(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        async with self._changing:
            try:
                paths, entry = await asyncio.to_thread(self._change_each, arguments["changes"])
            finally:
                self.kept.forget()
        summary = f"{len(paths)} changes are made." if len(paths) > 1 else "One change is made."
        return {"summary": summary, "paths": paths, "entry": entry}

    def _change_each(self, changes: list[Mapping[str, Any]]) -> tuple[list[str], str]:
        """Make all changes. If one fails, undo the changes before it. Raises `RefusedError`."""
        entries: list[str] = []
        paths: list[str] = []
        for number, wanted in enumerate(changes, 1):
            try:
                _, parts, entry = self._change(wanted)
            except RefusedError as error:
                for made in reversed(entries):
                    self._trash.take_back(made)
                raise RefusedError(f"Nothing was changed: change {number} cannot be made. {error}") from error
            entries.append(entry)
            paths.append(shown(parts))
        return paths, self._trash.together(entries)

    async def _take_back(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        async with self._changing:
            try:
                parts = await asyncio.to_thread(self._trash.take_back, arguments["entry"])
            finally:
                self.kept.forget()
        return {"summary": f"{shown(parts)} is again as it was.", "path": shown(parts)}


def _listed(folder: str, items: list[FileItem]) -> str:
    where = f"In {folder}" if folder else "There"
    if not items:
        return f"{folder} is empty." if folder else "There are no files."
    names = [f"the folder {item.parts[-1]}" if item.folder else item.parts[-1] for item in items]
    verb = "is" if len(names) == 1 else "are"
    if len(names) > NAMED:
        return f"{where} are {len(names)}: {joined([*names[:NAMED], f'{len(names) - NAMED} more'])}."
    return f"{where} {verb} {joined(names)}."


def _counted(names: list[str]) -> str:
    more = f", the first {NAMED} of them" if len(names) > NAMED else ""
    return "There is one:" if len(names) == 1 else f"There are {len(names)}{more}:"


def _line(words: str) -> bytes:
    return f"{words.rstrip(chr(10))}\n".encode()


def _text_of(parts: Parts, raw: bytes) -> str:
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = "\0"
    if "\0" in words:
        raise RefusedError(f"{shown(parts)} is no text.", [], ["path"])
    return words
