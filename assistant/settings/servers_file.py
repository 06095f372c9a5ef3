"""Servers that commands added or stopped, in a separate file, so that the user's `mcqueen.toml` stays as written.

`servers.json` in the user folder has the `mcpServers` shape that other programs use, and a list of stopped servers.
Only its owner can read it, because entries hold tokens. Starts and stops nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.client_errors import ConfigurationError
from client.records.private_file import write_private

FILE_NAME = "servers.json"


@dataclass(frozen=True)
class FileContents:
    """The contents of the file."""

    entries: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServersFile:
    """The file at a path; it need not exist."""

    path: Path

    def read(self) -> FileContents:
        """Return the contents. Raises `ConfigurationError`, which names the file and the key."""
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return FileContents()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read {self.path}: {error}") from error
        except ValueError as error:
            raise ConfigurationError(f"{self.path} is not JSON: {error}; correct it or delete it") from error
        entries = raw.get("mcpServers", {}) if isinstance(raw, dict) else None
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise ConfigurationError(f"{self.path}: mcpServers is no table of servers; correct it or delete the file")
        stopped = raw.get("stopped", [])
        if not isinstance(stopped, list) or not all(isinstance(name, str) for name in stopped):
            raise ConfigurationError(f"{self.path}: stopped is no list of names; correct it or delete the file")
        return FileContents(entries, tuple(stopped))

    def add(self, entries: Mapping[str, dict[str, Any]]) -> None:
        """Add or replace entries."""
        kept = self.read()
        self._write(FileContents({**kept.entries, **entries}, kept.stopped))

    def remove(self, name: str) -> bool:
        """Remove an entry; return False if it is not in this file."""
        kept = self.read()
        if name not in kept.entries:
            return False
        left = {other: entry for other, entry in kept.entries.items() if other != name}
        self._write(FileContents(left, tuple(other for other in kept.stopped if other != name)))
        return True

    def set_stopped(self, name: str, *, stopped: bool) -> None:
        """Store whether that server waits for `mcqueen servers start`."""
        kept = self.read()
        others = tuple(other for other in kept.stopped if other != name)
        entries = dict(kept.entries)
        if not stopped and name in entries:  # an entry of another program may have come switched off
            entries[name] = {key: value for key, value in entries[name].items() if key != "enabled"}
        self._write(FileContents(entries, (*others, name) if stopped else others))

    def _write(self, kept: FileContents) -> None:
        text = json.dumps({"mcpServers": kept.entries, "stopped": list(kept.stopped)}, indent=2, ensure_ascii=False)
        try:
            write_private(self.path, f"{text}\n".encode())
        except OSError as error:
            raise ConfigurationError(f"cannot write {self.path}: {error.strerror}") from error
