"""Finds the value in an answer: takes off wrappers, and parses text that is JSON. Pure; it words nothing."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Mapping

from client.values import JSON

_WRAPPERS = frozenset({"text", "result", "content", "output", "data", "value", "response"})
"""Keys that say nothing about the value below them, when they are an object's only key."""
_CARRIED = ("data", "result", "payload", "response")
"""Keys that hold the value of an answer that says first whether it succeeded."""
_MOST_LAYERS = 5
"""Wrappers taken off one inside the other; what is below them is left as it is."""
_LONGEST_JSON = 200_000
"""Characters of a text that is tried as JSON."""
_LONGEST_PRINTED = 50_000
"""Characters of a text that is tried as something that Python printed."""
_DEEPEST = 50
"""Lists and objects inside one another in JSON that was cut short."""
_LONGEST_FIELDS = 5_000
"""Characters of a text that is tried as lines of "name: value"."""
_FENCE = re.compile(r"\s*```(?:json|jsonc?|javascript)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)
_FIELD_LINE = re.compile(r"\s{0,3}([A-Za-z][\w ./-]{0,40}?)\s*[:=]\s+(\S.*?)\s*")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?")


def value_of(result: JSON, layers: int = _MOST_LAYERS) -> JSON:
    """Return the value that a result holds, without wrappers: `{"result": "[1, 2]"}` gives `[1, 2]`."""
    if layers == 0:
        return result
    if isinstance(result, dict) and len(result) == 1:
        key, inner = next(iter(result.items()))
        if key in _WRAPPERS:
            return value_of(inner, layers - 1)
    if isinstance(result, dict) and (carried := _carried(result)) is not None:
        return value_of(carried, layers - 1)
    if isinstance(result, list) and len(result) == 1 and _is_block(result[0]):
        return value_of(result[0], layers - 1)
    if isinstance(result, dict) and _is_block(result):
        return value_of(result["text"], layers - 1)
    if isinstance(result, str):
        parsed = _parsed(result)
        if parsed is not None:
            return value_of(parsed[0], layers - 1)
        return (_lines_as_fields(result) if len(result) <= _LONGEST_FIELDS else {}) or result
    return result


def _carried(result: Mapping[str, JSON]) -> JSON:
    """Return the value of `{"success": true, "data": {...}, "warnings": []}`; None for any other object.

    A sentence of the server beside it is worth more than the value, so such an object is left as it is.
    """
    fine = result.get("success") is True or result.get("ok") is True or result.get("status") in ("ok", "success")
    worded = any(isinstance(result.get(key), str) and result[key] for key in ("message", "summary", "text", "error"))
    found = [result[key] for key in _CARRIED if isinstance(result.get(key), dict | list) and result[key]]
    return found[0] if fine and not worded and len(found) == 1 else None


def _lines_as_fields(text: str) -> dict[str, JSON]:
    """Return a text of nothing but "name: value" lines as an object; empty if it is another text."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    found = [_FIELD_LINE.fullmatch(line) for line in lines]
    fields: dict[str, JSON] = {}
    for line in found:
        if line is None or line[1] in fields:
            return {}
        fields[line[1]] = {"true": True, "false": False}.get(line[2].lower(), line[2])
    return fields if len(fields) > 1 else {}


def _is_block(value: JSON) -> bool:
    """Return whether a value is a text block of MCP inside a result."""
    return isinstance(value, dict) and value.get("type") == "text" and isinstance(value.get("text"), str)


def _parsed(text: str) -> tuple[JSON] | None:
    """Return the JSON that a text is, in a tuple because null is JSON too; None if it is no JSON."""
    stripped = text.strip().lstrip("\ufeff")
    fenced = _FENCE.fullmatch(stripped)
    if fenced:
        stripped = fenced[1].strip()
    if not stripped or len(stripped) > _LONGEST_JSON:
        return None
    numbers = all(_NUMBER.fullmatch(line) for line in stripped.splitlines())
    if stripped[0] not in '{["' and not numbers and stripped not in ("true", "false", "null"):
        return None
    found = _values(stripped) or _of_python(stripped) or _cut_short(stripped)
    if not found:
        return None
    return (found[0],) if len(found) == 1 else (found,)


def _of_python(text: str) -> list[JSON]:
    """Return a list or dictionary that Python printed (`[{'id': 1, 'cost': None}]`); none for any other text."""
    if text[0] not in "[{" or len(text) > _LONGEST_PRINTED or not re.search(r"'|\b(?:None|True|False)\b", text):
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for backslashes in a server's text
            found = json.loads(json.dumps(ast.literal_eval(text), default=str))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return []
    return [found]


def _cut_short(text: str) -> list[JSON]:
    """Return what stands before the cut in JSON that ends in the middle, as servers cut long answers."""
    if text[0] not in "[{" or not re.match(r'[\[{]\s*["\[{\d]', text):
        return []
    open_ends: list[str] = []
    end, closing = 0, ""
    in_text = escaped = False
    for place, character in enumerate(text):
        if in_text:
            in_text, escaped = escaped or character != '"', character == "\\" and not escaped
        elif character == '"':
            in_text = True
        elif character in "[{":
            open_ends.append("]" if character == "[" else "}")
        elif character in "]}" and open_ends:
            open_ends.pop()
        elif character == "," and open_ends:
            end, closing = place, "".join(reversed(open_ends))
        if len(open_ends) > _DEEPEST:
            return []
    return _values(text[:end] + closing) if end else []


def _values(text: str) -> list[JSON]:
    """Return all JSON values that follow one another in the text; none if anything else is in it."""
    decoder = json.JSONDecoder(parse_constant=str)
    found: list[JSON] = []
    place = 0
    try:
        while place < len(text):
            value, place = decoder.raw_decode(text, place)
            found.append(value)
            while place < len(text) and text[place] in " \t\r\n,":
                place += 1
    except (ValueError, RecursionError):
        return []
    return found
