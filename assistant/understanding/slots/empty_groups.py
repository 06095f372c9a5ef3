"""A required group of which every part is optional: it needs no words, so it is sent empty and never asked for.

Servers wrap their parameters so (`query_model`). Pure; it adds nothing that a schema might refuse.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.understanding.slots.listed_in_schemas import resolved
from client.catalog import Tool
from client.client_errors import SchemaTroubleError
from client.schemas.json_schema import SchemaCheck
from client.values import JSON


def with_empty_groups(tool: Tool, arguments: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the arguments, and an empty group for each required one that was not given and needs nothing."""
    root = tool.input_schema
    empty: dict[str, JSON] = {
        name: {} for name in tool.required if name not in arguments and _is_free(tool.properties.get(name, {}), root)
    }
    return {**arguments, **empty}


def _is_free(raw: Mapping[str, JSON], root: Mapping[str, JSON]) -> bool:
    parts = resolved(raw, root).get("properties")
    if not isinstance(parts, Mapping) or not parts:
        return False
    definitions = {key: root[key] for key in ("$defs", "definitions") if key in root}
    try:
        return not list(SchemaCheck({**definitions, **raw}).errors({}))
    except SchemaTroubleError:
        return False
