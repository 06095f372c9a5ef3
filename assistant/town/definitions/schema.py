"""Helpers to write a tool's definition, so that the definitions read as a list of promises.

Keys of `_meta` that the town uses, beside the ones of the MCP specification:
- `mcqueen/examples`: sentences as drivers say them, arguments marked `[words](parameter)`
- `mcqueen/words`: `{parameter: {value: [words]}}`, further words for a value of an enum
- `mcqueen/voice_confirmations`: parameters that the server wants confirmed; `mcqueen/read_only_when`:
  `{parameter: [values]}` for which the call only reads and wants no confirmation
- `mcqueen/access_level`, `mcqueen/service`, `mcqueen/category`; for hybrid tools `mcqueen/requires_auth`
  (parameters that need a login) and `mcqueen/personal_when` (`{parameter: [values]}` for which the call needs one)
- `mcqueen/deferrable`, `mcqueen/inverse` (text `$result.field` or `$arguments.field` is filled from the call)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Definition = dict[str, Any]
"""Return one entry of a `tools/list` result, with the protocol's names (`inputSchema`, `_meta`)."""

IDEMPOTENCY_KEY: dict[str, Any] = {
    "type": "string",
    "minLength": 8,
    "maxLength": 128,
    "description": "Set by programs, never spoken: the same key again returns the first result.",
}


def text(description: str, **more: Any) -> dict[str, Any]:
    """Return the schema of a string."""
    return {"type": "string", "description": description, **more}


def whole(description: str, low: int, high: int, **more: Any) -> dict[str, Any]:
    """Return the schema of a whole number from `low` to `high`."""
    return {"type": "integer", "minimum": low, "maximum": high, "description": description, **more}


def record(properties: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def result(**properties: Any) -> dict[str, Any]:
    """Return the schema of a result; the first field is always the sentence that a driver hears."""
    summary = text("One plain sentence that can be spoken.")
    return {"type": "object", "properties": {"summary": summary, **properties}, "required": ["summary"]}


def hints(*, read_only: bool, destructive: bool = False, idempotent: bool = False, open_world: bool) -> dict[str, bool]:
    """Return MCP tool annotations, with all four set."""
    return {
        "readOnlyHint": read_only,
        "destructiveHint": destructive,
        "idempotentHint": idempotent or read_only,
        "openWorldHint": open_world,
    }


def meta(category: str, examples: Sequence[str], *, level: str = "public", **more: Any) -> dict[str, Any]:
    """Return `_meta`; keyword `read_only_when` becomes `mcqueen/read_only_when` and so on."""
    found: dict[str, Any] = {
        "mcqueen/category": category,
        "mcqueen/access_level": level,
        "mcqueen/examples": list(examples),
    }
    return found | {f"mcqueen/{key}": value for key, value in more.items()}
