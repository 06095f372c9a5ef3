"""Puts a value at its path in the arguments of a call. Reads no sentence and checks no schema."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.slots.parameters import ITEM
from client.values import JSON


def put(arguments: dict[str, JSON], path: Sequence[str], value: JSON) -> None:
    """Set a value at a path, making the objects on the way, and the one item of a list of objects."""
    here = arguments
    for place, name in enumerate(path[:-1]):
        if name == ITEM:
            continue
        inner: JSON
        if place + 1 < len(path) and path[place + 1] == ITEM:
            listed = here.setdefault(name, [{}])
            inner = listed[0] if isinstance(listed, list) and listed else None
        else:
            inner = here.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        here = inner
    here[path[-1]] = value
