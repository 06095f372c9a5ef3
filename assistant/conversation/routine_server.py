"""Routines of the driver as tools, so that they are found, listed and listened for like others; and made and deleted.

A routine is never done here: the conversation puts its steps in its place, reads them back and calls them one by one.
What makes or deletes one needs a yes like anything that matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.lowlevel import Server

from assistant.conversation.routine_book import RoutineBook
from assistant.hosting.argument_checks import checked
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.hosting.mcp_over_host import mcp_server
from assistant.hosting.message_names import Message, Words
from assistant.settings.settings import RESERVED_ROUTINES, RoutineSettings
from assistant.understanding.answers.sentence_lists import MOST_SENTENCES, REQUEST_FORMAT
from client.client_errors import ConfigurationError

NAME = "routines"
"""The server's name."""
MAKE, DELETE, LIST = RESERVED_ROUTINES
LONGEST_NAME = 40
"""Letters of a routine's name."""
_NAMES = ("leaving work", "going home", "good night", "date night", "school run", "monday morning", "coming home")
"""Names in examples."""


def definitions_of(routines: Mapping[str, RoutineSettings]) -> list[dict[str, Any]]:
    """Return each routine, and what makes, lists and deletes them, as entries of an MCP `tools/list` result."""
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
    *, required: list[str] | None = None, looks: bool = False, open_world: bool = False,
    inverse: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    meta = {"mcqueen/category": "routines", "mcqueen/examples": examples, "mcqueen/deferrable": False}
    return {
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": dict(properties),
            "required": required or [],
            "additionalProperties": False,
        },
        "annotations": {
            "readOnlyHint": looks, "destructiveHint": not looks, "idempotentHint": looks, "openWorldHint": open_world,
        },
        "_meta": {**meta, **({"mcqueen/inverse": dict(inverse)} if inverse else {})},
    }  # fmt: skip


def spoken(name: str) -> str:
    """Return a routine's name as it is said: "leaving work"."""
    return name.replace("_", " ")


def key_of(said: str) -> str:
    """Return the name under which the settings keep a routine that is called so; "" if it has no letter for one."""
    words = re.sub(r"[^a-z0-9]+", "_", said.casefold().replace("'", "")).strip("_")
    return words[:LONGEST_NAME].strip("_") if re.match(r"[a-z]", words) else ""


def said_for(name: str, routine: RoutineSettings) -> list[str]:
    """Return what a routine is asked for with: the driver's own words, and its name."""
    called = spoken(name)
    by_name = [f"{verb} {one} {called} routine" for verb in ("start", "run", "do") for one in ("my", "the")]
    return [*routine.says, *by_name, *(f"{verb} the routine {called}" for verb in ("start", "run", "do"))]


def name_in(text: str) -> str:
    """Return the name of a routine that a sentence wants done, whether there is one of that name; "" if it does not."""
    found = re.fullmatch(r"(?:start|run|do) (?:(?:my|the) (.+) routine|(?:my |the )?routine (.+))", text)
    return (found[1] or found[2]) if found else ""


class RoutineHost(ToolHost):
    """The routines of one driver."""

    name = NAME

    def __init__(self, book: RoutineBook, words: Words) -> None:
        self._book = book
        self._words = words
        self._definitions: dict[str, Mapping[str, Any]] = {}
        self._define()
        book.subscribe(self._define)
        self._work: Mapping[str, Callable[[Mapping[str, Any]], Done | Refused]] = {
            MAKE: self._made, DELETE: self._deleted, LIST: self._listed,
        }  # fmt: skip

    def _define(self) -> None:
        self._definitions = {entry["name"]: entry for entry in definitions_of(self._book.routines)}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The routines, and what makes, lists and deletes them."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Make, list or delete. A routine itself is refused: whoever calls it so has heard none of its steps."""
        if tool not in self._definitions:
            return Refused("unknown_tool", self._words(Message("no_such_routine", {"name": tool[:60]})))
        if tool not in self._work:
            return Refused("refused", self._words(Message("only_in_conversation")))
        schemas = {name: entry["inputSchema"] for name, entry in self._definitions.items()}
        try:
            return self._work[tool](checked(schemas, tool, arguments))
        except HostError as error:
            return Refused(error.code, str(error), error.names)

    def _made(self, given: Mapping[str, Any]) -> Done | Refused:
        said, steps = str(given["name"]).strip(), [str(step).strip() for step in given["steps"]]
        key = key_of(said)
        if not key or key in RESERVED_ROUTINES:
            return self._refused("no_routine_name", "name")
        name = spoken(key)
        if key in self._book.routines:
            return self._refused("routine_is_there", "name", name=name)
        try:
            self._book.keep(key, RoutineSettings(says=[name], steps=[*steps]))
        except ConfigurationError as error:
            return self._refused("routines_not_kept", why=str(error))
        summary = self._words(Message("routine_kept", {"name": name, "count": len(steps)}))
        return Done({"summary": summary, "name": name}, summary)

    def _deleted(self, given: Mapping[str, Any]) -> Done | Refused:
        name = str(given["name"])
        key = next((key for key in self._book.routines if spoken(key) == name), "")
        if not key:
            return self._refused("no_such_routine", "name", name=name[:60])
        try:
            self._book.drop(key)
        except ConfigurationError as error:
            return self._refused("routine_elsewhere", name=name, file=str(error))
        summary = self._words(Message("routine_gone", {"name": name}))
        return Done({"summary": summary}, summary)

    def _listed(self, given: Mapping[str, Any]) -> Done:
        names = [Message("a_routine", {"name": spoken(name)}) for name in self._book.routines]
        told = Message("routines_are", {"count": len(names), "names": names}) if names else Message("no_routines")
        summary = self._words(told)
        return Done({"summary": summary, "routines": [spoken(name) for name in self._book.routines]}, summary)

    def _refused(self, sentence: str, /, *parameters: str, **values: str) -> Refused:
        return Refused("refused", self._words(Message(sentence, values)), parameters)


def routine_mcp_server(book: RoutineBook, words: Words) -> Server[dict[str, Any]]:
    """Return the MCP server of these routines."""
    return mcp_server(RoutineHost(book, words), title="Your routines")
