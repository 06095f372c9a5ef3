"""Another spelling of a value that a server refused: what its words want, if the value can be written so.

Pure. It never changes what is meant, and it is for tools that only look: nobody knows what else a refused call did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from assistant.understanding.slots.listed_in_schemas import resolved
from assistant.understanding.slots.wire_spelling import names_order, shape_of, spellings
from client.catalog import Tool
from client.values import JSON

_ABOUT_A_SPELLING = re.compile(
    r"\b(?:formats?|formatted|iso ?-?8601|isoformat|pars(?:e|ed|ing)|invalid|not valid|valid|must be|must match|"
    r"should be|expected|expects?|does not match|unable to|cannot|could not|time zone|timezone|offset|naive|aware|"
    r"timestamp|epoch|unix)\b",
    re.IGNORECASE,
)
"""Words of a refusal that is about how a value is written."""
_AROUND = "\"'`()[]{}<>,;!?."
"""What stands around an example in a sentence."""
_SECONDS, _MILLISECONDS = re.compile(r"timestamp|epoch|unix", re.IGNORECASE), re.compile(r"millisecond", re.IGNORECASE)
_SHORTEST = 4
"""Letters of a shape that says how something is written; shorter ones stand in any text."""
_EITHER_ORDER = "00/00/0000"
"""The shape of days that begin with the day and of those that begin with the month."""


def other_spelling(
    tool: Tool, understood: Mapping[str, JSON], sent: Mapping[str, JSON], complaint: str, utc_offset: float
) -> dict[str, str]:
    """Return what a refusal shows of how values have to be written, by parameter; empty if it is about nothing such.

    `understood` are the values as they were understood, `sent` as they were sent, `complaint` the server's words.
    """
    if not _ABOUT_A_SPELLING.search(complaint):
        return {}
    ways = {
        name: found
        for name, value in understood.items()
        if name in tool.properties and (found := _others(tool, name, value, sent.get(name), utc_offset))
    }
    named = [name for name in ways if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", complaint)]
    quoted = [name for name in ways if len(str(sent[name])) >= _SHORTEST and str(sent[name]) in complaint]
    return {name: shown for name in named or quoted or ways if (shown := _shown(ways[name], sent[name], complaint))}


def _others(tool: Tool, name: str, value: JSON, sent: JSON, utc_offset: float) -> list[JSON]:
    if isinstance(value, dict | list):
        return []
    schema = resolved(tool.properties[name], tool.input_schema)
    return [way for way in spellings(schema, value, utc_offset) if way != sent or type(way) is not type(sent)]


def _shown(ways: list[JSON], sent: JSON, complaint: str) -> str:
    """Return the example or format of the complaint that one of the ways has; else the shape of the next in line."""
    rest = complaint.replace(str(sent), " ")
    if _SECONDS.search(rest):
        digits = 13 if _MILLISECONDS.search(rest) else 10
        return "0" * digits if any(str(way).isdecimal() and len(str(way)) == digits for way in ways) else ""
    shapes = [shape_of(str(way)) for way in ways]
    words = [word.strip(_AROUND) for word in rest.split()]
    written = [*words, *(f"{first} {second}" for first, second in pairwise(words))]
    fitting = [one for one in written if len(one) >= _SHORTEST and shape_of(one) in shapes]
    found = max(fitting, key=len, default=shapes[0])
    return "" if shape_of(found) == _EITHER_ORDER and not names_order(found) else found
