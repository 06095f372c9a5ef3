"""The last word on arguments: what a tool's JSON Schema refuses is left out, whatever proposed it.

Checks only; it never repairs a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referencing.exceptions import Unresolvable

from client.catalog import Tool
from client.values import JSON


class Checker:
    """One tool's schema, ready to check arguments that need not be complete."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._validator: Any = None

    def valid(self, arguments: Mapping[str, JSON]) -> dict[str, JSON]:
        """Return the arguments that the schema accepts, each on its own and all together."""
        kept = dict(arguments)
        for _ in range(len(kept) + 1):
            wrong = self._wrong(kept)
            if not wrong:
                return kept
            for name in wrong:
                kept.pop(name, None)
        return {}

    def _wrong(self, arguments: dict[str, JSON]) -> set[str]:
        if not arguments:
            return set()
        if self._validator is None:
            self._validator = _validator(self._tool)
        try:
            errors = list(self._validator.iter_errors(arguments))
        except Unresolvable:
            return set(arguments)  # a schema that refers to what nobody can find accepts nothing
        wrong: set[str] = set()
        for error in errors:
            if error.absolute_path:
                wrong.add(str(error.absolute_path[0]))
            elif error.validator in ("additionalProperties", "unevaluatedProperties"):
                wrong.update(name for name in arguments if name not in self._tool.properties)
            elif error.validator == "propertyNames":
                wrong.update(str(error.instance) for _ in (0,) if error.instance in arguments)
        return wrong


def _validator(tool: Tool) -> Any:
    from jsonschema.validators import validator_for  # heavy: only where arguments are checked

    schema = {key: value for key, value in tool.input_schema.items() if key not in ("required", "minProperties")}
    return validator_for(schema)(schema)
