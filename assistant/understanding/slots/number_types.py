"""Numbers as a parameter has them: whole or not, within its limits, in the unit that its own words name.

Reads parameters only; which number of a sentence is meant is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.understanding.slots.parameters import Kind, Slot
from client.values import JSON


def texts_of(slot: Slot) -> tuple[str, ...]:
    """Return the texts that may name a parameter's unit: what the schema says of it, its name, its description."""
    described = slot.schema.get("description")
    unit = slot.schema.get("x-unit")
    return tuple(text for text in (unit, " ".join(slot.words), described) if isinstance(text, str))


def typed_number(value: float, slot: Slot) -> JSON:
    """Return the number as the parameter's type has it; None where it cannot."""
    if slot.kind is Kind.INTEGER:
        return int(value) if float(value).is_integer() else None
    return int(value) if float(value).is_integer() else value


def in_range(value: JSON, schema: Mapping[str, JSON]) -> bool:
    """Return whether a number keeps the schema's limits."""
    if not isinstance(value, int | float):
        return False
    limits: Sequence[tuple[str, int, bool]] = (
        ("minimum", 1, True), ("maximum", -1, True), ("exclusiveMinimum", 1, False), ("exclusiveMaximum", -1, False)
    )  # fmt: skip
    for key, sign, including in limits:
        limit = schema.get(key)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            distance = sign * (value - limit)
            if distance < 0 or (distance == 0 and not including):
                return False
    return True


def most_of(slot: Slot) -> float:
    """Return the most that a number's schema takes; 0 where it does not say."""
    most = slot.schema.get("maximum")
    return float(most) if isinstance(most, int | float) else 0.0
