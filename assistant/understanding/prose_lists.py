"""Lists in prose: what descriptions name one by one, "Actions: list, create", "'On' or 'Off'", "- `play`: starts it".

Reads descriptions only; what is listed there, an act or a value, is for the reader to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.understanding.tokens import fold
from client.catalog import Tool
from client.schemas.patterns import matches
from client.values import JSON

SWITCHES = frozenset({"on", "off"})
MOVES = frozenset({"open", "close", "stop", "lock", "unlock", "arm", "disarm", "play", "pause", "start"})
"""Values that say what a tool does to a thing."""
FEWEST = 2
"""Words from which a list is one."""
_LABEL = re.compile(
    r"(?:\b[\w/-]+[ /])?\b(?:actions?|operations?|commands?|subcommands?|one of|options?|values?)\b"
    r"(?:[ ]?\([^)]*\))?[^:.\n(]{0,30}:\s*",
    re.IGNORECASE,
)
"""What a list of acts stands behind."""
_ITEM = re.compile(r"\s*(?:or |and )?[`'\"*]{0,3}([A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*)[`'\"*]{0,3}\s*")
_JOINT = re.compile(r"(?:or|and)\s+\S")
_ASIDE = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*")
_ENTRY = re.compile(
    r"^\s*[-*•]\s*[`'\"*]{0,3}([A-Za-z][\w-]*)[`'\"*]{0,3}\s*(?:\([^)\n]*\)\s*)?[:—–-]\s*(.+)$", re.MULTILINE
)

_COLON = re.compile(r":\s+|^(?=[`'\"][A-Za-z])")
"""What a list of values may stand behind, or that it is all there is: "Desired state: On or Off", "'Open'/'Close'"."""


def values_in(description: str) -> list[str]:
    """Return the values that the description of a parameter or a tool lists; [] if it lists none."""
    lists = (listed(description[found.end() :]) for found in _COLON.finditer(description))
    return labelled(description) or next(filter(None, lists), [])


def with_moves_listed(tool: Tool) -> Tool:
    """Return a tool that lists the values of each parameter that it needs whose description names what is done.

    "Blind movement command: Open, Close, or Stop" has three values; "city, state, or zip code" has none.
    """
    properties = dict(tool.properties)
    for name in tool.required:
        schema = properties.get(name, {})
        told = schema.get("description")
        if schema.get("type") != "string" or {"enum", "const"} & set(schema) or not isinstance(told, str):
            continue
        values = values_in(told) or values_in(tool.description)
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            values = [value for value in values if matches(pattern, value)]
        if (SWITCHES | MOVES) & {fold(value) for value in values}:
            rest = {key: value for key, value in schema.items() if key != "pattern"}
            properties[name] = {**rest, "enum": list(values)}
    if properties == tool.properties:
        return tool
    listed_in: dict[str, JSON] = {name: dict(schema) for name, schema in properties.items()}
    return replace(tool, input_schema={**tool.input_schema, "properties": listed_in})


def labelled(text: str) -> list[str]:
    """Return what is listed behind the labels of a text: "Actions: list, create", "Auth actions:" and its entries."""
    found: list[str] = []
    for label in _LABEL.finditer(text):
        rest = text[label.end() :]
        found += listed(rest) or [act for act, _ in entries(_block(rest))]
    return found


def listed(text: str) -> list[str]:
    """Return the words that a text begins with as a list: "list, tracks (of one), 'add'"; [] if it is none."""
    found: list[str] = []
    place = 0
    while item := _ITEM.match(text, place):
        aside = _ASIDE.match(text, item.end())
        place = aside.end() if aside else item.end()
        mark = text[place : place + 1]
        if _JOINT.match(text, place):
            found.append(item[1])
            continue
        if mark not in (",", "|", "/", ".", ";", ""):
            return found if len(found) >= FEWEST and text[item.start() :].lstrip()[:3] in ("or ", "and") else []
        found.append(item[1])
        if mark in (".", ";", ""):
            break
        place += 1
    return found if len(found) >= FEWEST else []


def _block(text: str) -> str:
    """Return the entries that a text begins with, up to the first empty line behind them."""
    return re.split(r"\n\s*\n", text.strip("\n"), maxsplit=1)[0]


def entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of a list with a line each, and what stands behind each."""
    return ((found[1], found[2]) for found in _ENTRY.finditer(text))
