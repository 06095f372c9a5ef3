"""The last word on arguments: what a tool's JSON Schema refuses is left out, whatever proposed it.

Checks only; it never repairs a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from assistant.understanding.slots.wire_spelling import on_the_wire
from client.catalog import Tool
from client.client_errors import SchemaTroubleError
from client.schemas.json_schema import SchemaCheck
from client.values import JSON


class Checker:
    """One tool's schema, ready to check arguments that need not be complete."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._check: SchemaCheck | None = None

    def valid(self, arguments: Mapping[str, JSON], utc_offset: float = 0.0) -> dict[str, JSON]:
        """Return the arguments that the schema accepts, as they are or as they are sent, each alone and together."""
        kept = deepcopy(dict(arguments))
        for _ in range(len(kept) + 1):
            wrong = self._wrong(kept)
            if wrong:
                wrong &= self._wrong(deepcopy(on_the_wire(self._tool, kept, utc_offset)))
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
            if len(error.absolute_path) > 1 and _without(arguments, list(error.absolute_path)):
                return self._wrong(arguments)
            if error.absolute_path:
                wrong.add(str(error.absolute_path[0]))
            elif error.validator in ("additionalProperties", "unevaluatedProperties"):
                wrong.update(name for name in arguments if name not in self._tool.properties)
            elif error.validator == "propertyNames":
                wrong.update(str(error.instance) for _ in (0,) if error.instance in arguments)
        return wrong


def _without(arguments: dict[str, JSON], path: list[str | int]) -> bool:
    """Take one value out of an object inside the arguments, and return whether the object keeps others."""
    here: JSON = arguments
    for name in path[:-1]:
        if isinstance(here, Mapping) and isinstance(name, str):
            here = here.get(name)
        elif isinstance(here, list) and isinstance(name, int) and name < len(here):
            here = here[name]
        else:
            return False
    last = path[-1]
    if isinstance(here, dict) and isinstance(last, str) and last in here and len(here) > 1:
        del here[last]
        return True
    return False


def _check(tool: Tool) -> SchemaCheck:
    return SchemaCheck(
        {key: value for key, value in tool.input_schema.items() if key not in ("required", "minProperties")}
    )
