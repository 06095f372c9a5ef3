"""Reads the town's bundled data. Never writes, and never looks outside the package."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> Any:
    """Return the parsed content of `data/<name>.json`; callers must not change it."""
    return json.loads((files("assistant.town") / "data" / f"{name}.json").read_text(encoding="utf-8"))
