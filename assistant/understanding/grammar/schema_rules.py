"""What the recognizer's grammar reads off a tool's JSON Schema: paths, kinds, values named, words that lead to them.

Only reads schemas; it builds no grammar.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.catalog import Tool
from client.values import JSON
from voice.plain_words import plain_words


def paths_of(tool: Tool) -> list[str]:
    """Return the parameters by dotted path, one level into objects."""
    found: list[str] = []
    for name, schema in tool.properties.items():
        inner = schema.get("properties")
        if isinstance(inner, Mapping) and inner:
            found += [f"{name}.{key}" for key in inner]
        else:
            found.append(name)
    return found


def schema_at(tool: Tool, path: str) -> Mapping[str, JSON]:
    """Return the schema at a dotted path; that of a list's items, marked as a list's. {} where there is none."""
    schema: Mapping[str, JSON] = tool.input_schema
    for name in path.split("."):
        properties = schema.get("properties")
        found = properties.get(name) if isinstance(properties, Mapping) else None
        if not isinstance(found, Mapping):
            return {}
        schema = found
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, Mapping):
        return {**items, "type": "array", "item_type": items.get("type")}
    return schema


def kind_of(schema: Mapping[str, JSON]) -> str:
    """Return the JSON type of one value."""
    kind = schema.get("item_type") or schema.get("type")
    if isinstance(kind, list):
        kind = next((entry for entry in kind if entry != "null"), "string")
    return kind if isinstance(kind, str) else "string"


def listed_values(schema: Mapping[str, JSON]) -> list[str]:
    """Return the values of an enum."""
    listed = schema.get("enum")
    if isinstance(schema.get("const"), str):
        return [str(schema["const"])]
    return [str(value) for value in listed if value is not None] if isinstance(listed, list) else []


def named_values(schema: Mapping[str, JSON]) -> list[str]:
    """Return values that the schema itself names."""
    listed = schema.get("examples")
    values = [value for value in listed if isinstance(value, str)] if isinstance(listed, list) else []
    default = schema.get("default")
    return [*values, *([default] if isinstance(default, str) else [])]


def text_of(schema: Mapping[str, JSON], key: str) -> str:
    """Return a string of the schema, or ""."""
    value = schema.get(key)
    return value if isinstance(value, str) else ""


def usual_connectors(schema: Mapping[str, JSON], path: str) -> tuple[str, ...]:
    """Return the words that lead to a day or time in any sentence, "" for none."""
    return {
        "date": ("", "on", "for"),
        "month": ("", "in", "for", "of"),
        "time": ("", "at", "for", "around"),
        "date-time": ("", "at", "on", "for"),
        "duration": ("", "for", "in"),
    }.get(moment_of(schema, path), ())


def moment_of(schema: Mapping[str, JSON], path: str) -> str:
    """Return which kind of moment a parameter takes: date, time, month, date-time, duration, or ""."""
    form = text_of(schema, "format")
    words = set(plain_words(path).split())
    if form == "date" or "date" in words or "day" in words:
        return "date"
    if form == "time" or "time" in words:
        return "time"
    if "month" in words and text_of(schema, "type") == "string":
        return "month"
    return form if form in ("date-time", "duration") else ""
