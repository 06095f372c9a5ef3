"""What a JSON Schema lists for a parameter: its type, its values, what people call them, and its examples.

Reads schemas only; what a parameter wants is decided in `parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.understanding.slots.listed_in_prose import numbered, pattern_values
from client.values import JSON

MOST_NAMES = 1_000
"""Other names of values, and examples, that are read of one parameter."""
UNKNOWN: Mapping[str, JSON] = {"not": {}}
"""Stands for a schema that cannot be read: a parameter of it is left out."""


def resolved(schema: Mapping[str, JSON], root: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return the schema with a local `$ref` followed and the first useful branch of `anyOf`/`oneOf`/`allOf` taken."""
    for _ in range(8):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            target: object = root
            for part in reference[2:].split("/"):
                part = part.replace("~1", "/").replace("~0", "~")
                target = target.get(part) if isinstance(target, Mapping) else None
            if not isinstance(target, Mapping):
                return UNKNOWN
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
            continue
        for key in ("anyOf", "oneOf", "allOf"):
            branches = schema.get(key)
            if isinstance(branches, list) and schema_type(schema) == "" and not listed_values(schema):
                useful = [b for b in branches if isinstance(b, Mapping) and b.get("type") != "null"]
                rest = {name: value for name, value in schema.items() if name != key}
                schema = {**useful[0], **rest} if useful else rest
                break
        else:
            return schema
    return schema


def satisfiable(schema: Mapping[str, JSON]) -> bool:
    """Return False for a schema that says that it takes nothing."""
    return not (schema.get("enum") == [] or schema.get("not") == {} or "$ref" in schema)


def schema_type(schema: Mapping[str, JSON]) -> str:
    """Return the type, the first other than null of several, or "" where the schema has none."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    return kind if isinstance(kind, str) else ""


def listed_values(schema: Mapping[str, JSON]) -> tuple[JSON, ...]:
    """Return the values that a parameter is limited to; () for one that takes any."""
    if "const" in schema:
        return (schema["const"],)
    if _chosen(schema):
        return tuple(branch["const"] for branch in _chosen(schema))
    enum = schema.get("enum")
    pattern = schema.get("pattern")
    if enum is None and isinstance(pattern, str):
        return pattern_values(pattern)
    if enum is None and _choices(schema):
        return tuple(number for _, number in _choices(schema))
    return tuple(enum) if isinstance(enum, list) else ()


def _choices(schema: Mapping[str, JSON]) -> list[tuple[str, int]]:
    about = schema.get("description")
    found = numbered(about) if schema_type(schema) == "integer" and isinstance(about, str) else []
    return [] if found and _is_scale(schema, len(found)) else found


def _is_scale(schema: Mapping[str, JSON], named: int) -> bool:
    """Return whether a range has so many more numbers than are named that the names stand for points of a scale."""
    low, high = schema.get("minimum"), schema.get("maximum")
    return isinstance(low, int) and isinstance(high, int) and high - low + 1 > 2 * named


def _chosen(schema: Mapping[str, JSON]) -> list[Mapping[str, JSON]]:
    """Return the branches of a schema that lists its values one by one, each with a title of its own."""
    for key in ("oneOf", "anyOf"):
        branches = schema.get(key)
        if isinstance(branches, list) and branches and all(isinstance(b, Mapping) and "const" in b for b in branches):
            return [branch for branch in branches if isinstance(branch, Mapping)]
    return []


def listed_aliases(schema: Mapping[str, JSON]) -> tuple[tuple[str, JSON], ...]:
    """Return what people call the values: titles of branches, and the lists that form makers put beside an enum."""
    found = [(branch.get("title"), branch["const"]) for branch in _chosen(schema)]
    values = listed_values(schema)
    found += [(name, number) for name, number in _choices(schema) if "enum" not in schema or number in values]
    for key in ("enumNames", "x-enum-names", "x-enumNames", "x-enum-varnames"):
        names = schema.get(key)
        if isinstance(names, list):
            found += zip(names, values, strict=False)
    synonyms = schema.get("x-synonyms")
    if isinstance(synonyms, Mapping):
        by_name = {str(value): value for value in values}
        for name, words in synonyms.items():
            if name in by_name and isinstance(words, list):
                found += [(word, by_name[name]) for word in words]
    return tuple((name, value) for name, value in found if isinstance(name, str) and name.strip())[:MOST_NAMES]


def listed_examples(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the texts that a parameter's schema gives as examples, at most `MOST_NAMES`."""
    listed = schema.get("examples")
    return tuple(each for each in listed if isinstance(each, str))[:MOST_NAMES] if isinstance(listed, list) else ()


def untyped_kind(schema: Mapping[str, JSON], *, money: bool) -> str:
    """Return what a parameter without type and description wants: by its default, else by whether its name is money."""
    default = schema.get("default")
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int | float):
        return "integer" if isinstance(default, int) else "number"
    if "pattern" in schema or default:
        return "text"
    return "number" if money else "text"
