"""Finds the file and the line in which a setting is written. Reads; changes nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"([^"]*)"|'([^']*)'""")


def written_at(files: Sequence[Path], place: Sequence[int | str]) -> str:
    """Return "FILE, line 3" for the last of the files that holds the place, or the deepest part of it; "" if none."""
    best: tuple[int, str] = (0, "")
    for path in files:
        try:
            text = path.read_text(encoding="utf-8-sig")
            depth = depth_of(tomllib.loads(text), place)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if depth and depth >= best[0]:
            line = line_of(text, place)
            best = depth, f"{path}, line {line}" if line else str(path)
    return best[1]


def depth_of(found: Any, place: Sequence[int | str]) -> int:
    """Return how many parts of a place there are in what was read."""
    for depth, part in enumerate(place):
        listed = isinstance(part, int) and isinstance(found, list) and part < len(found)
        if not listed and not (isinstance(found, Mapping) and part in found):
            return depth
        found = found[part]
    return len(place)


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Return the line of a place, or of the deepest part of it that begins a line; 0 if there is none. From 1."""
    section: list[int | str] = []
    counts: dict[tuple[int | str, ...], int] = {}
    best = (0, 0)
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            section = list(_parts(header[2]))
            section = _with_numbers(section, counts)
            if header[1] == "[[":
                name = tuple(section)
                counts[name] = counts.get(name, -1) + 1
                section.append(counts[name])
            here = section
        elif key:
            here = [*section, *_parts(key[1])]
        else:
            continue
        if len(here) > best[0] and list(place[: len(here)]) == here:
            best = len(here), number
    return best[1]


def _parts(text: str) -> list[str]:
    return [found[1] or found[2] or found[0] for found in _PART.finditer(text)]


def _with_numbers(section: Sequence[int | str], counts: Mapping[tuple[int | str, ...], int]) -> list[int | str]:
    """Return a header's parts with the number of the entry that each list is in by now."""
    found: list[int | str] = []
    for place, part in enumerate(section):
        found.append(part)
        last = place == len(section) - 1
        if tuple(found) in counts and not last:
            found.append(counts[tuple(found)])
    return found
