"""A form made from a JSON Schema: one field for each property, with the schema's description.

Returns plain values, or one sentence about an error; calls nothing. The caller checks the values against the whole
schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label, Select, Static

from client.values import JSON

_FORMATS = {"date": "2026-11-22", "time": "19:00:00", "date-time": "2026-11-22T19:00:00", "duration": "PT1H30M"}
"""Example spelling of each format."""


PROGRAMS_OWN = "idempotency_key"
"""A parameter that the client fills in."""


class Wrong(ValueError):  # noqa: N818  # the user's words, not a fault of the program
    """A field that cannot be read; the text names the field and what it needs."""


class YesNo(Checkbox):
    """A checkbox with the words yes or no, so that colour alone never tells its state."""

    BUTTON_LEFT, BUTTON_RIGHT = "[", "]"

    def __init__(self, value: bool, *, id: str) -> None:  # Textual's own name
        super().__init__("yes" if value else "no", value=value, id=id, compact=True)
        self.BUTTON_INNER = "x" if value else " "

    def watch_value(self) -> None:
        """Show the word for the new value."""
        self.BUTTON_INNER = "x" if self.value else " "
        self.label = "yes" if self.value else "no"
        super().watch_value()


class SchemaForm(VerticalScroll):
    """The fields of an object's schema; optional ones may stay empty."""

    def __init__(self, schema: Mapping[str, JSON], values: Mapping[str, JSON] | None = None) -> None:
        super().__init__(classes="form", can_focus=False)
        given = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties") or {})
        self._properties = {name: part for name, part in given.items() if name != PROGRAMS_OWN}
        required = schema.get("required")
        self._required = {str(name) for name in required} if isinstance(required, list) else set()
        self._values = dict(values or {})

    def compose(self) -> ComposeResult:
        """For each property a label, a description and the field."""
        for number, (name, schema) in enumerate(self._properties.items()):
            schema = schema if isinstance(schema, Mapping) else {}
            yield Label(f"{name}{' (needed)' if name in self._required else ''}", markup=False)
            about = _about(schema)
            if about:
                yield Static(about, classes="about", markup=False)
            yield _field(f"field-{number}", schema, self._values.get(name, schema.get("default")))

    def values(self) -> dict[str, JSON]:
        """Return the values. Raises `Wrong`, which names the field."""
        found: dict[str, JSON] = {}
        for number, (name, schema) in enumerate(self._properties.items()):
            value = _read(self.query_one(f"#field-{number}"), schema if isinstance(schema, Mapping) else {}, name)
            if value is not None:
                found[name] = value
            elif name in self._required:
                raise Wrong(f"{name} is needed")
        return found


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "string")
    if "type" not in schema:
        for other in schema.get("anyOf", ()):
            if isinstance(other, Mapping) and other.get("type") not in (None, "null"):
                return str(other["type"])
    return str(kind)


def _about(schema: Mapping[str, Any]) -> str:
    parts = [str(schema.get("description", ""))]
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None or high is not None:
        parts.append(f"{'' if low is None else low} to {'' if high is None else high}".strip())
    if schema.get("format") in _FORMATS:
        parts.append(f"for example {_FORMATS[schema['format']]}")
    return "; ".join(part.rstrip(".") for part in parts if part)[:120]


def _field(identity: str, schema: Mapping[str, Any], value: Any) -> Widget:
    options = schema.get("enum")
    if isinstance(options, list) and options:
        chosen = value if value in options else Select.NULL
        return Select([(str(option), option) for option in options], value=chosen, id=identity, compact=True)
    if _kind(schema) == "boolean":
        return YesNo(bool(value), id=identity)
    shown = _written(value)
    kind = _kind(schema)
    hints = {"array": "comma between entries, or JSON", "object": "JSON", "string": "text", "integer": "whole number"}
    hint = hints.get(kind, kind)
    return Input(value=shown, placeholder=hint, id=identity, compact=True)


def _written(value: Any) -> str:
    """Return a value as people would type it."""
    if value is None or value == []:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) and "," not in one for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(field: Widget, schema: Mapping[str, Any], name: str) -> JSON:
    if isinstance(field, Select):
        return None if field.is_blank() else cast("JSON", field.value)
    if isinstance(field, Checkbox):
        return field.value
    assert isinstance(field, Input)
    text = field.value.strip()
    return None if not text else _value(text, _kind(schema), name)


def _value(text: str, kind: str, name: str) -> JSON:
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError as error:
        raise Wrong(f"{name} wants a{'n integer' if kind == 'integer' else ' number'}, not {text!r}") from error
    if kind in ("array", "object"):
        try:
            return cast("JSON", json.loads(text))
        except ValueError as error:
            if kind == "array" and not text.startswith("["):
                return [part.strip() for part in text.split(",") if part.strip()]
            raise Wrong(f"{name} is not JSON: {error}") from error
    return text
