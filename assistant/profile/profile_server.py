"""The profile's tools as a host, so that they are found, read back and reported like other tools.

Stores what it is asked to store and says so; the policy decides whether a yes is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.lowlevel import Server

from assistant.hosting.argument_checks import checked
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.hosting.mcp_over_host import mcp_server
from assistant.hosting.message_names import Message, Words
from assistant.profile.editing import keep, keep_contact, let_go
from assistant.profile.profile_tools import DEFINITIONS, NAME
from assistant.profile.store import ProfileStore, described, named
from client.client_errors import ConfigurationError

_BY_NAME: Mapping[str, Mapping[str, Any]] = {entry["name"]: entry for entry in DEFINITIONS}
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {entry["name"]: entry["inputSchema"] for entry in DEFINITIONS}


class ProfileHost(ToolHost):
    """The tools of one profile."""

    name = NAME

    def __init__(self, store: ProfileStore, words: Words) -> None:
        self._store = store
        self._words = words

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The profile's tools."""
        return _BY_NAME

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool. All are idempotent, so keys need not be honoured."""
        try:
            filled = checked(_SCHEMAS, tool, arguments)
        except HostError as error:
            return Refused(error.code, str(error), error.names)
        given = {name: str(value) for name, value in filled.items()}
        try:
            summary = self._show(given) if tool == "show_profile" else self._words(_ACTIONS[tool](self._store, given))
        except ConfigurationError as error:
            return Refused("refused", f"{error}.")
        return Done({"summary": summary}, summary)

    def _show(self, given: Mapping[str, str]) -> str:
        told = [self._words(message) for message in described(self._store.read())]
        if about := named(given.get("about", "")):
            told = [line for line in told if about.casefold() in line.casefold()]
            return " ".join(told) or self._words(Message("nothing_about", {"what": about}))
        return " ".join(told) or self._words(Message("nothing_at_all"))


_ACTIONS: Mapping[str, Callable[[ProfileStore, Mapping[str, str]], Message]] = {
    "remember_contact": lambda s, g: keep_contact(s, g["name"], g.get("phone", ""), g.get("email", "")),
    "remember_relation": lambda s, g: keep(s, "relation", g["relation"], g["name"]),
    "remember_place": lambda s, g: keep(s, "place", g["name"], g["address"]),
    "remember_preference": lambda s, g: keep(s, "preference", g["preference"], ""),
    "set_units": lambda s, g: keep(s, "units", g["units"], ""),
    "forget": lambda s, g: let_go(s, g["what"])[1],
}


def profile_server(store: ProfileStore, words: Words) -> Server[dict[str, Any]]:
    """Return the MCP server of this profile; `words` translates its messages."""
    return mcp_server(ProfileHost(store, words), title="Your profile")
