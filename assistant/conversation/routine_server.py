"""Routines of the driver's settings as tools, so that they are found, listed and listened for like others.

A routine is never done here: the conversation puts its steps in its place, reads them back and calls them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.server.lowlevel import Server

from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.mcp_over_host import mcp_server
from assistant.hosting.message_names import Message, Words
from assistant.settings.settings import RoutineSettings

NAME = "routines"
"""The server's name."""


def routine_definitions(routines: Mapping[str, RoutineSettings]) -> list[dict[str, Any]]:
    """Return each routine as an entry of an MCP `tools/list` result."""
    return [
        {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "description": f"Do the steps of my routine {name.replace('_', ' ')}",
            "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
            "annotations": {
                "readOnlyHint": False,
                "destructiveHint": True,
                "idempotentHint": False,
                "openWorldHint": True,
            },
            "_meta": {
                "mcqueen/category": "routines",
                "mcqueen/examples": said_for(name, routine),
                "mcqueen/deferrable": False,
            },
        }
        for name, routine in routines.items()
    ]


def said_for(name: str, routine: RoutineSettings) -> list[str]:
    """Return what a routine is asked for with: the driver's own words, and its name."""
    called = name.replace("_", " ")
    return [*routine.says, *(f"{verb} my {called} routine" for verb in ("start", "run", "do"))]


class RoutineHost(ToolHost):
    """The routines of one driver."""

    name = NAME

    def __init__(self, routines: Mapping[str, RoutineSettings], words: Words) -> None:
        self._words = words
        self._definitions = {entry["name"]: entry for entry in routine_definitions(routines)}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The routines."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Refuse: whoever calls a routine by itself has heard none of its steps."""
        if tool not in self._definitions:
            return Refused("unknown_tool", self._words(Message("no_such_routine", {"name": tool[:60]})))
        return Refused("refused", self._words(Message("only_in_conversation")))


def routine_mcp_server(routines: Mapping[str, RoutineSettings], words: Words) -> Server[dict[str, Any]]:
    """Return the MCP server of these routines."""
    return mcp_server(RoutineHost(routines, words), title="Your routines")
