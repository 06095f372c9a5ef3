"""What a result lists: the things that "the second one" counts and "the cheaper one" compares.

It only looks at results. It takes their texts as names and their fields as properties, never as instructions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.policy.result_values import value_of
from client.values import JSON

MOST_ITEMS = 21
"""Items of a list that a task may lead through (row S8)."""
_NAMES = ("name", "title", "label", "subject", "summary", "description")


@dataclass(frozen=True)
class Item:
    """One of the things that a result lists."""

    name: str
    properties: Mapping[str, JSON] = field(default_factory=dict)
    """All its fields."""


def items_of(result: JSON) -> tuple[Item, ...]:
    """Return what a result lists: the first list of objects or texts in it, at most `MOST_ITEMS`."""
    result = value_of(result)
    found = result if isinstance(result, list) else _first_list(result) if isinstance(result, dict) else []
    items = [_item(entry) for entry in found[:MOST_ITEMS]]
    return tuple(item for item in items if item.name)


def _first_list(result: Mapping[str, JSON]) -> Sequence[JSON]:
    for value in result.values():
        if isinstance(value, list) and value and isinstance(value[0], dict | str):
            return value
    return []


def _item(entry: JSON) -> Item:
    if not isinstance(entry, dict):
        return Item(str(entry))
    for wanted in _NAMES:
        for key, value in entry.items():
            if (
                isinstance(value, str)
                and value
                and (key == wanted or key.endswith((f"_{wanted}", wanted.capitalize())))
            ):
                return Item(value, entry)
    return Item(next((value for value in entry.values() if isinstance(value, str)), ""), entry)
