"""The profile's tools as an MCP server in this process, so that they are found, read back and told like any other.

Keeps what it is told to keep and says so; whether a yes is wanted is the policy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from assistant.profile.definitions import DEFINITIONS
from assistant.profile.editing import keep, keep_contact, let_go
from assistant.profile.store import ProfileStore, described, named
from client.errors import ConfigurationError


def profile_server(store: ProfileStore) -> Server[dict[str, Any]]:
    """Return the server of this profile."""

    async def list_tools(
        context: ServerRequestContext[dict[str, Any]], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(definition) for definition in DEFINITIONS])

    async def call_tool(
        context: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        action = _ACTIONS.get(params.name)
        if action is None:
            raise MCPError(types.INVALID_PARAMS, f"The profile has no tool {params.name[:60]}.")
        given = {name: str(value) for name, value in (params.arguments or {}).items() if value is not None}
        try:
            summary = action(store, given)
        except KeyError as missing:
            return _answer(f"The {missing.args[0]} is missing.", wrong=True)
        except ConfigurationError as error:
            return _answer(f"{error}.", wrong=True)
        return _answer(summary)

    return Server("mcqueen-profile", title="Your profile", on_list_tools=list_tools, on_call_tool=call_tool)


def _answer(text: str, *, wrong: bool = False) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
    if wrong:
        return types.CallToolResult(content=content, is_error=True)
    return types.CallToolResult(content=content, structured_content={"summary": text})


def _show(store: ProfileStore, given: Mapping[str, str]) -> str:
    told = described(store.read())
    if about := named(given.get("about", "")):
        told = [line for line in told if about.casefold() in line.casefold()]
        return " ".join(told) or f"I keep nothing about {about}."
    return " ".join(told) or "I keep nothing about you."


_ACTIONS: Mapping[str, Callable[[ProfileStore, Mapping[str, str]], str]] = {
    "remember_contact": lambda s, g: keep_contact(s, g["name"], g.get("phone", ""), g.get("email", "")),
    "remember_relation": lambda s, g: keep(s, "relation", g["relation"], g["name"]),
    "remember_place": lambda s, g: keep(s, "place", g["name"], g["address"]),
    "remember_preference": lambda s, g: keep(s, "preference", g["preference"], ""),
    "set_units": lambda s, g: keep(s, "units", g["units"], ""),
    "show_profile": _show,
    "forget": lambda s, g: let_go(s, g["what"])[1],
}
