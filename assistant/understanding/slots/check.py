"""The last word on arguments: what a tool's JSON Schema refuses is left out, whatever proposed it.

Checks only; it never repairs a value.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.catalog import Tool
from client.errors import SchemaTroubleError
from client.schemas.json_schema import SchemaCheck
from client.values import JSON


class Checker:
    """One tool's schema, ready to check arguments that need not be complete."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._check: SchemaCheck | None = None

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
        try:
            if self._check is None:
                self._check = _check(self._tool)
            errors = self._check.errors(arguments)
        except SchemaTroubleError:
            return set(arguments)  # nobody can say what such a schema accepts
        wrong: set[str] = set()
        for error in errors:
            if error.absolute_path:
                wrong.add(str(error.absolute_path[0]))
            elif error.validator in ("additionalProperties", "unevaluatedProperties"):
                wrong.update(name for name in arguments if name not in self._tool.properties)
            elif error.validator == "propertyNames":
                wrong.update(str(error.instance) for _ in (0,) if error.instance in arguments)
        return wrong


def _check(tool: Tool) -> SchemaCheck:
    return SchemaCheck(
        {key: value for key, value in tool.input_schema.items() if key not in ("required", "minProperties")}
    )
