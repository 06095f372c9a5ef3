"""A form that a server sends during a call: its fields, and which of them a person must answer.

Pure. It never fills in a form: every value is the driver's, a remote client's or an operator's.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.values import JSON

_AGREEING = frozenset(
    {"accept", "agree", "agreed", "approve", "confirm", "confirmed", "continue", "ok", "okay", "proceed"}
)
"""Names of a single boolean that asks for nothing but the yes to the message beside it."""


def form_fields(schema: Mapping[str, JSON]) -> dict[str, Mapping[str, JSON]]:
    """Return each field's schema by its name, in the form's order."""
    properties = schema.get("properties")
    found = properties if isinstance(properties, dict) else {}
    return {name: field if isinstance(field, dict) else {} for name, field in found.items()}


def required_fields(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the names of the fields that the form cannot be sent without."""
    names = schema.get("required")
    fields = form_fields(schema)
    return tuple(str(name) for name in names if name in fields) if isinstance(names, list) else ()


def wanted_fields(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the fields that a person must answer: the required ones, and the ones with a default.

    A default must be answered too, because the server uses it for a missing field. If a form has neither kind, all of
    its fields must be answered.
    """
    fields, required = form_fields(schema), required_fields(schema)
    return tuple(name for name in fields if name in required or "default" in fields[name]) or tuple(fields)


def only_asks_yes(schema: Mapping[str, JSON]) -> bool:
    """Return whether a form asks for nothing but a yes: no field, or one boolean called `confirm` or the like."""
    fields = form_fields(schema)
    if not fields:
        return True
    name, field = next(iter(fields.items()))
    plain = field.get("type") == "boolean" and "default" not in field
    return len(fields) == 1 and plain and name.lower() in _AGREEING
