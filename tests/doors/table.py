"""The table of doors as the docs have it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "doors.toml"


def columns() -> Mapping[str, str]:
    """Return the columns: key and heading."""
    found: Mapping[str, str] = tomllib.loads(PATH.read_text(encoding="utf-8"))["columns"]
    return found


def doors() -> Mapping[str, Mapping[str, str]]:
    """Return the doors: their cells by column, and their name."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(PATH.read_text(encoding="utf-8"))["doors"]
    return found


def cells() -> list[tuple[str, str]]:
    """Return every cell as door and column."""
    return [(door, column) for door in doors() for column in columns()]
