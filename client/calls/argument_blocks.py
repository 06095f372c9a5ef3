"""Parses the block of a docstring that describes the arguments: "Args:", and a line for each parameter.

Servers written with FastMCP put it into the tool's description. Pure; judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_HEAD = re.compile(r"^[ \t]*(?:Args|Arguments|Parameters|Params|Inputs?)[ \t]*:[ \t]*$", re.IGNORECASE)
_LINE = re.compile(r"^[ \t]*(?:[-*•][ \t]*)?[`*]*(\w+)[`*]*[ \t]*(?:\([^)]*\))?[ \t]*(?::|[-–—][ \t])[ \t]*(.*)$")
_OPENING = re.compile(r"^[ \t]*[A-Z]\w*[ \t]*:")
"""A line such as "Returns:" or "Note: ...", which ends the block."""


def without_arguments(description: str, parameters: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the description without its lines about these parameters, and the text of those lines by parameter.

    A line that names no parameter stays in the description, so that nothing can be hidden under a made-up name.
    """
    rest: list[str] = []
    told: dict[str, str] = {}
    within, name = False, ""
    for line in description.splitlines():
        if _HEAD.match(line):
            within, name = True, ""
            continue
        found = _LINE.match(line) if within else None
        if found is not None and found[1] in parameters:
            name = found[1]
            told[name] = found[2]
        elif within and name and line.strip() and not _OPENING.match(line) and found is None:
            told[name] += f" {line.strip()}"
        else:
            within, name = within and not line.strip() and not told, ""
            rest.append(line)
    return "\n".join(rest), told
