"""Parameters that a server requires to be true before it acts ("confirm: must be true"): the driver's yes sets them.

It reads schemas only. Such a parameter is filled in for a call that needs a yes, before the read-back. So it is read
back with the rest, and nothing is sent without that yes. It never overrides a value that was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.policy.sensitivity import assess
from client.catalog import Tool
from client.values import JSON

_NAMED = re.compile(r"(?:^|[_\W])(?:user_?)?confirm(?:ed|ation)?$|[a-z]Confirm(?:ed|ation)?$", re.IGNORECASE)
_MUST = re.compile(r"\b(?:must|has to|needs to) be (?:set to )?[\"'`]?true\b", re.IGNORECASE)


def with_agreement(tool: Tool, arguments: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return the arguments with those parameters set, if these arguments need a yes; else the arguments as they are."""
    flags = [
        name for name in tool.required if arguments.get(name) is None and _is_flag(name, tool.properties.get(name))
    ]
    if not flags:
        return arguments
    agreed = {**arguments, **dict.fromkeys(flags, True)}
    return agreed if assess(tool, agreed).sensitive else arguments


def _is_flag(name: str, schema: Mapping[str, JSON] | None) -> bool:
    """Return whether a parameter accepts nothing but true, by its schema, its description or its name."""
    if schema is None or schema.get("type") not in ("boolean", None):
        return False
    if schema.get("const") is True or schema.get("enum") == [True]:
        return True
    about = schema.get("description")
    told = isinstance(about, str) and bool(_MUST.search(about))
    return schema.get("type") == "boolean" and (told or bool(_NAMED.search(name)))
