"""Tools of configured servers as entries of an MCP `tools/list` result, for clients that reach them through us.

Pure. It passes on what the server said and adds what our policy says (a yes is needed, a call may wait). It relaxes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.catalog import Tool
from client.values import JSON, canonical

DEFERRED_SCHEMA: Mapping[str, JSON] = {
    "type": "object",
    "description": "The call was taken and waits for the network.",
    "properties": {
        "deferred": {"const": True},
        "summary": {"type": "string"},
        "expires_at": {"type": "string", "format": "date-time"},
    },
    "required": ["deferred", "summary"],
}
"""Shape of the result of a call that waits in the outbox."""
KEY_PARAMETER = "idempotency_key"


def definition_of(tool: Tool, name: str, *, sensitive: bool, deferrable: bool) -> dict[str, Any]:
    """Return the entry under that public name.

    A sensitive tool whose server lists no voice confirmations is listed with all its parameters, because all of them
    will be asked; a client that knows it can ask at once.
    """
    schema = {"type": "object", **tool.input_schema}
    confirmations = list(tool.voice_confirmations)
    if sensitive and not confirmations:
        confirmations = [parameter for parameter in tool.properties if parameter != KEY_PARAMETER]
    meta = {
        "mcqueen/server": tool.server,
        "mcqueen/category": tool.category,
        "mcqueen/access_level": tool.tier.value,
        "mcqueen/service": tool.service,
        "mcqueen/examples": list(tool.examples),
        "mcqueen/voice_confirmations": confirmations,
        "mcqueen/inverse": dict(tool.inverse) if tool.inverse is not None else None,
        "mcqueen/deferrable": tool.deferrable,
    }
    hints = {
        "readOnlyHint": tool.hints.read_only,
        "destructiveHint": tool.hints.destructive,
        "idempotentHint": tool.hints.idempotent,
        "openWorldHint": tool.hints.open_world,
    }
    entry = {
        "name": name,
        "title": tool.title or None,
        "description": tool.description,
        "inputSchema": schema,
        "outputSchema": _output_schema(tool, deferrable=deferrable),
        "annotations": {key: hint for key, hint in hints.items() if hint is not None} or None,
        "_meta": {key: value for key, value in meta.items() if value not in (None, "", [])},
    }
    return {key: value for key, value in entry.items() if value is not None}


def _output_schema(tool: Tool, *, deferrable: bool) -> dict[str, Any] | None:
    """Return the schema of results, or None if no single schema fits: clients refuse results that do not match."""
    schema = tool.output_schema
    if schema is None or schema.get("type") != "object":
        return None
    if not deferrable:
        return dict(schema)
    if '"$ref"' in (text := canonical(dict(schema))) or '"$dynamicRef"' in text:
        return None  # its references would point elsewhere one level deeper
    return {"type": "object", "anyOf": [dict(schema), dict(DEFERRED_SCHEMA)]}
