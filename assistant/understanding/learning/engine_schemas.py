"""Schemas as engines of language models take them: the same values allowed or more, in plainer words.

llama.cpp makes a grammar of schemas and refuses the whole request, with all its tools, for `true` in place of a schema,
a `$ref` that leads nowhere, a type that is none and, without LLGuidance, a pattern without anchors. What a model
proposes is checked against the real schema afterwards. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.values import JSON

_SCHEMAS = ("items", "additionalItems", "contains", "not", "if", "then", "else", "propertyNames")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_TYPES = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
MOST_LEVELS = 32
"""Levels of a schema that are kept; below them everything is allowed."""


def for_engines(schema: Mapping[str, JSON], root: Mapping[str, JSON] | None = None, level: int = 0) -> dict[str, JSON]:
    """Return an equivalent or laxer schema without what engines refuse; `root` is the whole that it stands in."""
    root = schema if root is None else root
    if level > MOST_LEVELS:
        return {}

    def plainer(value: JSON) -> JSON:
        if isinstance(value, Mapping):
            return for_engines(value, root, level + 1)
        return {} if isinstance(value, bool) else value

    made: dict[str, JSON] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            # A property that may not be there is left out.
            made[key] = {name: plainer(one) for name, one in value.items() if one is not False}
        elif key in _LISTED and isinstance(value, list):
            made[key] = [plainer(one) for one in value if one is not False]
        elif key in _SCHEMAS and not isinstance(value, list):
            made[key] = plainer(value)
        elif _is_taken(key, value, root):
            made[key] = value
    return made


def _is_taken(key: str, value: JSON, root: Mapping[str, JSON]) -> bool:
    if key == "pattern":
        return isinstance(value, str) and value.startswith("^") and value.endswith("$")
    if key == "$ref":
        return isinstance(value, str) and _leads_somewhere(value, root)
    if key == "type":
        return set(value if isinstance(value, list) else [value]) <= _TYPES
    return True


def _leads_somewhere(reference: str, root: Mapping[str, JSON]) -> bool:
    if not reference.startswith("#/"):
        return False  # nothing is fetched
    found: JSON = dict(root)
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(found, Mapping) or step not in found:
            return False
        found = found[step]
    return isinstance(found, Mapping)
