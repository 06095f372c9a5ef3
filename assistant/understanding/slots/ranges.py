"""Which parameters take the two ends of one range: "start_date" and "end_date", "start.dateTime" and "end.dateTime".

Reads names and descriptions only. What one end says of its spelling holds for the other, often left bare.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.listed_in_schemas import resolved
from assistant.understanding.tokens import name_words
from client.values import JSON

_OTHER = {"first": "last", "last": "first"}


def edge_of(path: Sequence[str], words: Sequence[str], about: Sequence[str], language: Language) -> str:
    """Return which end of a range a parameter takes, by its name, the object that it is in, or its description."""
    ends = {word: edge for edge in ("first", "last") for word in language.words("range", edge)}
    outer = name_words(path[-2]) if len(path) > 1 else ()
    told = [word for word in about if word not in language.common]  # "the month to analyze" ends nothing
    for named in ((*words, "".join(words)), outer, told):
        said = {ends[word] for word in named if word in ends}
        if len(said) == 1:
            return said.pop()
    return ""


def paired_of(slots: Sequence[tuple[Sequence[str], Hashable, str]]) -> list[bool]:
    """Return for each path, kind and end whether another parameter takes the other end of the same kind of range.

    Both stand in one object ("start", "end"), or under one name in two objects beside each other ("start.date").
    """
    inside = {(tuple(path[:-1]), "", kind, edge) for path, kind, edge in slots}
    across = {(tuple(path[:-2]), path[-1], kind, edge) for path, kind, edge in slots if len(path) > 1}
    return [
        (tuple(path[:-1]), "", kind, _OTHER.get(edge)) in inside
        or (tuple(path[:-2]), path[-1], kind, _OTHER.get(edge)) in across
        for path, kind, edge in slots
    ]


def told_by_siblings(
    properties: Mapping[str, Mapping[str, JSON]], root: Mapping[str, JSON]
) -> Mapping[str, Mapping[str, JSON]]:
    """Return the parameters, where parts of an object that nothing is said of have what another object says of them."""
    groups = {name: _parts(raw, root) for name, raw in properties.items()}
    told: dict[str, JSON] = {}
    for parts in groups.values():
        for part, child in parts.items():
            if child.get("description"):
                told.setdefault(part, child["description"])
    found = dict(properties)
    for name, parts in groups.items():
        bare = [part for part, child in parts.items() if not child.get("description") and part in told]
        if bare:
            more: dict[str, JSON] = {part: {**parts[part], "description": told[part]} for part in bare}
            whole: dict[str, JSON] = {part: dict(child) for part, child in parts.items()}
            found[name] = {**resolved(properties[name], root), "properties": {**whole, **more}}
    return found


def _parts(raw: Mapping[str, JSON], root: Mapping[str, JSON]) -> dict[str, Mapping[str, JSON]]:
    """Return the parts of an object by name; {} for any other parameter."""
    parts = resolved(raw, root).get("properties")
    if not isinstance(parts, Mapping):
        return {}
    return {str(part): child for part, child in parts.items() if isinstance(child, Mapping)}
