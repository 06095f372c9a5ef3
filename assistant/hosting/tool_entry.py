"""An entry of an MCP `tools/list` result for a tool of the car, the profile or the routines.

Only data; it calls nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Definition = dict[str, Any]


def tool_entry(
    name: str, title: str, description: str, properties: Mapping[str, Any], examples: Sequence[str],
    *, category: str, required: Sequence[str] = (), looks: bool = False, destroys: bool = False,
    idempotent: bool = True, open_world: bool = False, inverse: Mapping[str, Any] | None = None,
) -> Definition:  # fmt: skip
    """Return the entry. It takes no other arguments than `properties`, and its call cannot wait for a network."""
    meta = {"mcqueen/category": category, "mcqueen/examples": list(examples), "mcqueen/deferrable": False}
    return {
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": dict(properties),
            "required": list(required),
            "additionalProperties": False,
        },
        "annotations": {
            "readOnlyHint": looks,
            "destructiveHint": destroys,
            "idempotentHint": idempotent,
            "openWorldHint": open_world,
        },
        "_meta": {**meta, **({"mcqueen/inverse": dict(inverse)} if inverse else {})},
    }
