"""Writes the driver's routines into the user's mcqueen.toml and takes them out; everything else in the file stays.

It never touches the file of the working folder, and never does anything of a routine.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from assistant.settings.settings import RoutineSettings
from assistant.settings.settings_file import with_value, without_section, write_whole
from assistant.settings.sources import FILE_NAME
from client.client_errors import ConfigurationError


def keep_routine(path: Path, name: str, routine: RoutineSettings) -> None:
    """Write a routine of sentences under its name. Raises `ConfigurationError` if the file cannot be written so."""
    text = _read(path)
    section = f"tools.{name}"
    sentences = [step for step in routine.steps if isinstance(step, str)]
    assert len(sentences) == len(routine.steps), "steps by tool are written by hand"
    text = with_value(with_value(text, f"{section}.says", routine.says), f"{section}.steps", sentences)
    if _routines(text, path).get(name) != {"says": routine.says, "steps": sentences}:
        raise ConfigurationError(f"{path} writes its tools in a form that cannot be added to; put it in there by hand")
    _write(path, text)


def drop_routine(path: Path, name: str) -> None:
    """Remove a routine. Raises `ConfigurationError` that names the file which still has it."""
    here = Path.cwd() / FILE_NAME
    if here.is_file() and here != path and name in _routines(_read(here), here):
        raise ConfigurationError(str(here))
    text = without_section(_read(path), f"tools.{name}")
    if name in _routines(text, path):
        raise ConfigurationError(str(path))
    _write(path, text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error


def _routines(text: str, path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(text).get("tools", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    return found if isinstance(found, dict) else {}


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
