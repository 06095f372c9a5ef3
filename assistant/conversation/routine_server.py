"""Routines of the driver as tools, so that they are found, listed and listened for like others; and made and deleted.

A routine is never done here: the conversation puts its steps in its place, reads them back and calls them one by one.
What makes or deletes one needs a yes like anything that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.lowlevel import Server

from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routine_tools import DELETE, LIST, MAKE, NAME, definitions_of, key_of, spoken
from assistant.hosting.argument_checks import checked
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.hosting.mcp_over_host import mcp_server
from assistant.hosting.message_names import Message, Words
from assistant.settings.settings import RESERVED_ROUTINES, RoutineSettings
from client.client_errors import ConfigurationError


class RoutineHost(ToolHost):
    """The routines of one driver."""

    name = NAME

    def __init__(self, book: RoutineBook, words: Words, steers: Callable[[str], bool]) -> None:
        """`steers` says whether words are a yes, a no or another control, which no routine may be called."""
        self._book = book
        self._words = words
        self._steers = steers
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
        if self._steers(name):
            return self._refused("routine_name_steers", "name", name=name)
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


def routine_mcp_server(book: RoutineBook, words: Words, steers: Callable[[str], bool]) -> Server[dict[str, Any]]:
    """Return the MCP server of these routines; `steers` as in `RoutineHost`."""
    return mcp_server(RoutineHost(book, words, steers), title="Your routines")
