"""Checks arguments against a tool's input schema and says every problem in words. Changes nothing but defaults.

JSON Schema (2020-12) decides; formats `date`, `time` and `date-time` are those of ISO 8601 without an offset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from assistant.hosting.host_errors import ArgumentsError, UnknownToolError
from assistant.hosting.spoken_words import joined
from client.values import canonical

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_FORMATS: dict[str, tuple[Callable[[str], object], str]] = {
    "date": (datetime.fromisoformat, "a day such as 2026-11-22"),
    "time": (time.fromisoformat, "a time such as 19:00"),
    "date-time": (datetime.fromisoformat, "a day and time such as 2026-11-22T19:00:00"),
}


def with_defaults(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with the schema's defaults filled in. Null counts as missing; 4.0 counts as 4 for an
    integer."""
    properties = schema.get("properties", {})
    given = {
        name: int(value)
        if isinstance(value, float) and value.is_integer() and properties.get(name, {}).get("type") == "integer"
        else value
        for name, value in arguments.items()
        if value is not None
    }
    defaults = {name: part["default"] for name, part in properties.items() if "default" in part and name not in given}
    return {**given, **defaults}


def problems(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (parameter, sentence) for every problem, in the schema's order; empty if there is none."""
    found: list[tuple[str, str]] = []
    properties: Mapping[str, Any] = schema.get("properties", {})
    for error in _validator(canonical(dict(schema))).iter_errors(dict(arguments)):
        found.extend(_explain(error, arguments, properties))
    for name, part in properties.items():
        value = arguments.get(name)
        if isinstance(value, str) and part.get("format") in _FORMATS and name not in {n for n, _ in found}:
            parse, wanted = _FORMATS[part["format"]]
            try:
                parse(value)
            except ValueError:
                found.append((name, f"{name} must be {wanted}, not {_shown(value)}"))
    order = [*properties]
    return sorted(set(found), key=lambda pair: (order.index(pair[0]) if pair[0] in order else len(order), pair[1]))


def checked(schemas: Mapping[str, Mapping[str, Any]], tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with defaults, ready for the tool. `schemas` has the input schema of each tool of a host.

    Raises `UnknownToolError`, and `ArgumentsError` with every problem.
    """
    if tool not in schemas:
        raise UnknownToolError(f"There is no tool called {tool[:60]}.")
    filled = with_defaults(schemas[tool], arguments)
    if found := problems(schemas[tool], filled):
        raise ArgumentsError([sentence for _, sentence in found], list(dict.fromkeys(name for name, _ in found)))
    return filled


@lru_cache(maxsize=256)
def _validator(schema: str) -> Draft202012Validator:
    import json  # only on the first use of a schema

    return Draft202012Validator(json.loads(schema))


def _explain(
    error: ValidationError, arguments: Mapping[str, Any], properties: Mapping[str, Any]
) -> list[tuple[str, str]]:
    if error.validator == "required" and not error.absolute_path:
        required: Any = error.validator_value
        return [(name, f"{name} is missing") for name in required if name not in arguments]
    if error.validator == "additionalProperties" and not error.absolute_path:
        unknown = [name for name in arguments if name not in properties]
        known = joined([name for name in properties if name != "idempotency_key"])
        return [(name, f"{_shown(name)} is not a parameter; there is {known}") for name in unknown]
    name = str(error.absolute_path[0]) if error.absolute_path else "arguments"
    where = name if len(error.absolute_path) < 2 else f"an item of {name}"
    return [(name, f"{where} {_complaint(error)}")]


def _complaint(error: ValidationError) -> str:
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = [limit] if isinstance(limit, str) else list(limit)
            return f"must be {joined([_TYPES.get(k, str(k)) for k in kinds], 'or')}, not {_shown(error.instance)}"
        case "enum":
            return f"must be {joined([str(option) for option in limit], 'or')}, not {_shown(error.instance)}"
        case "minimum":
            return f"must be at least {limit}, not {_shown(error.instance)}"
        case "maximum":
            return f"must be at most {limit}, not {_shown(error.instance)}"
        case "minLength":
            return "must not be empty" if limit == 1 else f"must have at least {limit} characters"
        case "maxLength":
            return f"must have at most {limit} characters"
        case "pattern" if isinstance(error.schema, Mapping) and error.schema.get("description"):
            wanted = str(error.schema["description"]).rstrip(".")
            return f"cannot be {_shown(error.instance)}; it is the {wanted[:1].lower()}{wanted[1:]}"
        case "maxItems":
            return f"must have at most {limit} items"
        case _:  # the other keywords of JSON Schema are rare in tools, so jsonschema's own words must do
            return f"does not fit: {error.message[:100]}"


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text[:40]}{"..." if len(text) > 40 else ""}"' if isinstance(value, str) else text[:40]
