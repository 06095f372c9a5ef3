"""Writes settings into the user's mcqueen.toml, one line each; comments, order and everything else stay.

Never writes a file that could not be read again, never writes secrets, and never touches the file of the working
folder.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from pydantic import ValidationError

from assistant.settings.settings import Settings
from assistant.settings.sources import FILE_NAME
from client.client_errors import ConfigurationError
from client.configuration.wrong_values import shown, told

if TYPE_CHECKING:
    Value = str | int | float | bool | list[str]


_ONE_LINE = r"""(?:"[^"\\]*"|'[^']*'|[^#\[{"'\s][^#\[{"'\s]*)"""
"""A TOML value that ends on its line and whose end is easy to find."""


_UNWRITABLE = re.compile("[\\x7f-\\x9f\\u2028\\u2029]")


def user_file() -> Path:
    """Return the path of the user's settings; the file need not exist."""
    return Path(platformdirs.user_config_dir("mcqueen")) / FILE_NAME


def keep(
    settings: Settings, changes: Mapping[str, Value], complain: Callable[[str], None], *, path: Path | None = None
) -> Settings:
    """Return the settings with the changes (`section.key`), and write them; call `complain` with a sentence for each
    change that cannot be written.
    """
    changed = with_changes(settings, changes)
    target = path or user_file()
    try:
        text = target.read_text(encoding="utf-8-sig") if target.exists() else ""
        tomllib.loads(text)
        for key, value in changes.items():
            text = with_value(text, key, value)
        tomllib.loads(text)
        write_whole(target, text)
    except tomllib.TOMLDecodeError as error:
        complain(f"{target} is not TOML ({error}); correct it, then set it again")
    except (OSError, UnicodeDecodeError) as error:
        complain(f"cannot write {target}: {error}; it holds until McQueen ends")
    here = Path.cwd() / FILE_NAME
    if here.is_file() and here != target and _sets(here, changes):
        complain(f"{here} sets the same and wins at the next start; change it there")
    return changed


def with_changes(settings: Settings, changes: Mapping[str, Value]) -> Settings:
    """Return the settings with the changes. Raises `ConfigurationError`, which names the key and its allowed values."""
    values: dict[str, Any] = settings.model_dump()
    for key, value in changes.items():
        section, _, name = key.rpartition(".")
        place = values[section] if section else values
        place[name] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        place, cure = told(error, Settings)
        raise ConfigurationError(f"{shown(place)}: {cure}") from error


def with_value(text: str, key: str, value: Value) -> str:
    """Return the text of a TOML file in which `section.key` has the value."""
    section, _, name = key.rpartition(".")
    lines = text.rstrip("\n").split("\n") if text else []
    begin, end = _section(lines, section)
    line = f"{name} = {_toml(value)}"
    if begin is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{section}]", line, ""])
    for number in range(begin, end):
        found = re.match(rf"\s*{re.escape(name)}\s*=\s*{_ONE_LINE}(?P<note>\s+#.*)?\s*$", lines[number])
        if found:
            lines[number] = line + (found["note"] or "")
            return "\n".join(lines) + "\n"
        if re.match(rf"\s*{re.escape(name)}\s*=", lines[number]):
            lines[number : _value_end(lines, number, end)] = [line]
            return "\n".join(lines) + "\n"
    while end > begin and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, line)
    return "\n".join(lines) + "\n"


def _section(lines: list[str], section: str) -> tuple[int | None, int]:
    """Return the range of lines of a section's keys; None if there is no such section. "" is the top of the file."""
    headers = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    begin: int | None = 0 if not section else None
    for number in headers:
        if section and re.match(rf"\s*\[\s*{re.escape(section)}\s*\]", lines[number]):
            begin = number + 1
    if begin is None:
        return None, len(lines)
    return begin, next((number for number in headers if number >= begin), len(lines))


def _value_end(lines: list[str], number: int, end: int) -> int:
    """Return the line after a value that spans several lines."""
    for last in range(number + 1, end + 1):
        try:
            tomllib.loads("\n".join(lines[number:last]))
        except tomllib.TOMLDecodeError:
            continue
        return last
    return number + 1


def _toml(value: Value) -> str:
    """Return a value as TOML: as JSON, with the characters escaped that TOML strings may not hold or that would split a
    line.
    """
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _sets(path: Path, changes: Mapping[str, Value]) -> bool:
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False
    for key in changes:
        section, _, name = key.rpartition(".")
        place = found.get(section, {}) if section else found
        if isinstance(place, dict) and name in place:
            return True
    return False


def without_section(text: str, section: str) -> str:
    """Return the text of a TOML file without a section, its header and what is written in it."""
    lines = text.rstrip("\n").split("\n") if text else []
    begin, end = _section(lines, section)
    if begin is None:
        return text
    del lines[begin - 1 : end]
    kept = "\n".join(lines).rstrip("\n")
    return f"{kept}\n" if kept else ""


def write_whole(path: Path, text: str) -> None:
    """Write a file as a whole or leave it as it was, with the rights that it has. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
