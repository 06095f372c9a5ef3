"""Schemas as engines of language models take them: the same values allowed or more, in plainer words.

llama.cpp turns a schema into a grammar and refuses the whole request for `true` in place of a schema and for a pattern
without anchors. What a model proposes is checked against the real schema afterwards. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.values import JSON

_SCHEMAS = ("items", "additionalItems", "contains", "not", "if", "then", "else", "propertyNames")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
MOST_LEVELS = 32
"""Levels of a schema that are kept; below them everything is allowed."""


def for_engines(schema: Mapping[str, JSON], level: int = 0) -> dict[str, JSON]:
    """Return an equivalent or laxer schema without boolean schemas and unanchored patterns."""
    if level > MOST_LEVELS:
        return {}
    made: dict[str, JSON] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            # A property that may not be there is left out.
            made[key] = {name: _schema(one, level) for name, one in value.items() if one is not False}
        elif key in _LISTED and isinstance(value, list):
            made[key] = [_schema(one, level) for one in value if one is not False]
        elif key in _SCHEMAS and not isinstance(value, list):
            made[key] = _schema(value, level)
        elif key != "pattern" or _is_anchored(value):
            made[key] = value
    return made


def _schema(value: JSON, level: int) -> JSON:
    return for_engines(value, level + 1) if isinstance(value, Mapping) else {} if isinstance(value, bool) else value


def _is_anchored(pattern: JSON) -> bool:
    return isinstance(pattern, str) and pattern.startswith("^") and pattern.endswith("$")
