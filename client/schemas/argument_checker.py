"""Whether arguments fit a tool's JSON Schema, checked before anything is sent.

Pure. `format` is not enforced: the code that fills in values follows it, and the server has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.call import CallError, Sent, ToolCall
from client.catalog import Tool
from client.client_errors import SchemaTroubleError
from client.schemas.json_schema import SchemaCheck
from client.values import JSON, canonical

_MOST_KEPT = 4096


class ArgumentChecker:
    """Checks arguments. It keeps compiled schemas, because compiling costs far more than checking."""

    def __init__(self) -> None:
        self._checks: dict[str, SchemaCheck] = {}

    def problem(self, tool: Tool, call: ToolCall) -> CallError | None:
        """Return what is wrong with the arguments, naming the parameters, or None."""
        arguments: dict[str, JSON] = dict(call.arguments)
        if "idempotency_key" in tool.properties:
            arguments.setdefault("idempotency_key", call.idempotency_key)
        try:
            canonical(arguments)
        except (ValueError, TypeError, RecursionError):
            return _invalid("The arguments are not JSON: numbers must be finite and names must be text.", ())
        return self._against_schema(tool, arguments)

    def _against_schema(self, tool: Tool, arguments: Mapping[str, JSON]) -> CallError | None:
        try:
            errors = self._check(tool).errors(arguments)
        except SchemaTroubleError as trouble:
            message = f"The schema of {tool.name} {trouble}; its server must mend it."
            return CallError("invalid_schema", message, Sent.NO)
        if not errors:
            return None
        names: list[str] = []
        for error in errors:
            names.extend(name for name in _names(error) if name not in names)
        first = errors[0]
        where = f" ({'.'.join(str(part) for part in first.absolute_path)})" if first.absolute_path else ""
        return _invalid(f"{tool.name} cannot take these arguments: {first.message[:200]}{where}.", tuple(names))

    def _check(self, tool: Tool) -> SchemaCheck:
        key = f"{tool.qualified} {tool.fingerprint}"
        if key not in self._checks:
            if len(self._checks) >= _MOST_KEPT:
                self._checks.clear()
            self._checks[key] = SchemaCheck(tool.input_schema)
        return self._checks[key]


def _names(error: Any) -> list[str]:
    """Return the parameters that an error is about: the one at its path, or those that are missing or unknown."""
    if error.absolute_path:
        return [str(error.absolute_path[0])]
    if error.validator == "required":
        return [name for name in error.validator_value if name not in error.instance]
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return [name for name in error.instance if name not in known]
    return []


def _invalid(message: str, names: tuple[str, ...]) -> CallError:
    return CallError("invalid_arguments", message, Sent.NO, names)
