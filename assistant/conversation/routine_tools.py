"""The driver's routines, and the tools that make, list and delete them, as entries of an MCP `tools/list` result.

It holds only definitions, and the two forms of a routine's name: as it is said, and as the settings store it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.hosting.tool_entry import Definition, tool_entry
from assistant.settings.settings import RESERVED_ROUTINES, RoutineSettings
from assistant.understanding.answers.sentence_lists import MOST_SENTENCES, REQUEST_FORMAT

NAME = "routines"
"""The server's name."""
MAKE, DELETE, LIST = RESERVED_ROUTINES
LONGEST_NAME = 40
"""Most letters of a routine's name."""
_NAMES = ("leaving work", "going home", "good night", "date night", "school run", "monday morning", "coming home")
"""Names in examples."""


def definitions_of(routines: Mapping[str, RoutineSettings]) -> list[dict[str, Any]]:
    """Return each routine, and the tools that make, list and delete routines, as entries of an MCP `tools/list`
    result.
    """
    return [_make(), _list(), _delete(routines), *(_routine(name, routine) for name, routine in routines.items())]


def _routine(name: str, routine: RoutineSettings) -> dict[str, Any]:
    called = spoken(name)
    return _tool(
        name, called.capitalize(), f"Do the steps of my routine {called}", {}, said_for(name, routine), open_world=True
    )


def _make() -> dict[str, Any]:
    named = [f"{opening} [{name}](name)" for name in _NAMES for opening in ("make a routine called", "new routine")]
    return _tool(
        MAKE,
        "Make a routine",
        "Make a routine: several steps under a name of its own, which are read back and done together.",
        {
            "name": {
                "type": "string", "title": "routine's name", "minLength": 1, "maxLength": LONGEST_NAME,
                "description": "What the routine is called.", "examples": [*_NAMES],
            },
            "steps": {
                "type": "array", "minItems": 1, "maxItems": MOST_SENTENCES,
                "items": {"type": "string", "minLength": 1, "maxLength": 200, "format": REQUEST_FORMAT},
                "description": "What it does, a sentence a step.",
            },
        },
        ["make a routine", "make a new routine", "create a routine", "create a new routine", "set up a routine",
         "add a routine", "new routine", "i want to make a routine", "let's make a routine", "teach you a routine",
         *named,
         *(f"create a routine named [{name}](name)" for name in _NAMES[:3])],
        required=["name", "steps"],
        inverse={"tool": DELETE, "arguments": {"name": "$result.name"}},
    )  # fmt: skip


def _list() -> dict[str, Any]:
    examples = [
        "what routines do i have", "list my routines", "which routines are there", "what are my routines",
        "show my routines", "tell me my routines",
    ]  # fmt: skip
    return _tool(LIST, "Routines", "Say which routines there are.", {}, examples, looks=True)


def _delete(routines: Mapping[str, RoutineSettings]) -> dict[str, Any]:
    names = [spoken(name) for name in routines]
    openings = ("delete the routine", "delete my routine", "remove the routine", "erase the routine")
    behind = ("delete the {} routine", "delete my {} routine", "remove my {} routine", "get rid of the {} routine")
    marked = [f"[{name}](name)" for name in names or _NAMES[:3]]
    return _tool(
        DELETE,
        "Delete a routine",
        "Delete a routine, so that it is no longer there.",
        {"name": {"type": "string", "description": "Which routine.", **({"enum": names} if names else {})}},
        ["delete a routine", *(f"{opening} {name}" for name in marked for opening in openings),
         *(form.format(name) for name in marked for form in behind)],
        required=["name"],
    )  # fmt: skip


def _tool(
    name: str, title: str, description: str, properties: Mapping[str, Any], examples: list[str],
    *, required: Sequence[str] = (), looks: bool = False, open_world: bool = False,
    inverse: Mapping[str, Any] | None = None,
) -> Definition:  # fmt: skip
    return tool_entry(
        name, title, description, properties, examples,
        category=NAME, required=required, looks=looks, destroys=not looks, idempotent=looks,
        open_world=open_world, inverse=inverse,
    )  # fmt: skip


def spoken(name: str) -> str:
    """Return a routine's name as it is said: "leaving work"."""
    return name.replace("_", " ")


def key_of(said: str) -> str:
    """Return the settings' key for a routine of that name; "" if the name has no letter for one."""
    words = re.sub(r"[^a-z0-9]+", "_", said.casefold().replace("'", "")).strip("_")
    return words[:LONGEST_NAME].strip("_") if re.match(r"[a-z]", words) else ""


def said_for(name: str, routine: RoutineSettings) -> list[str]:
    """Return the phrases that start a routine: the driver's own words, and its name."""
    called = spoken(name)
    by_name = [f"{verb} {one} {called} routine" for verb in ("start", "run", "do") for one in ("my", "the")]
    return [*routine.says, *by_name, *(f"{verb} the routine {called}" for verb in ("start", "run", "do"))]
