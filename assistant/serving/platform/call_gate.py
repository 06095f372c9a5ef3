"""The conditions for calling a tool of a platform's server: it exists, has not changed, and has its yes.

The rules are those of the McQueen REST face: `assess` decides which arguments need a yes, and only the request's
`voice_confirmations` give it. A tool is approved when it is first seen. If it changes later, it is refused until the
caller approves exactly that change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.policy.sensitivity import assess
from assistant.serving.confirmed import is_confirmed
from assistant.serving.platform.server_records import PlatformRecords
from assistant.serving.tool_definitions import KEY_PARAMETER
from assistant.wording.replies import read_back
from client.calls.sent_defaults import arguments_as_sent
from client.catalog import Tool
from client.servers.processes.supervision import OperatedServer
from client.values import JSON, canonical


@dataclass(frozen=True)
class Withheld:
    """Why a call was not made, in words and for the answer's `metadata`."""

    message: str
    metadata: Mapping[str, JSON]
    code: str


@dataclass(frozen=True)
class Permit:
    """The approvals that a request carries besides the call itself."""

    confirmations: Mapping[str, Any]
    """`voice_confirmations`: `true` or the value, by parameter."""
    approved: str = ""
    """Fingerprint of the changed tool, if the caller approves its present form."""


class PlatformGate:
    """Keeps the tools that each server listed last, and looks up which of them were approved."""

    def __init__(self, records: PlatformRecords) -> None:
        self._records = records
        self._listed: dict[str, tuple[object, dict[str, Tool]]] = {}

    def forget(self, server_id: str) -> None:
        """List the server's tools again at its next call."""
        self._listed.pop(server_id, None)

    async def check(
        self,
        server_id: str,
        server: OperatedServer,
        name: str,
        parameters: Mapping[str, JSON],
        permit: Permit,
        now: float,
    ) -> Withheld | Mapping[str, JSON]:
        """Return why the call may not be made, else its parameters together with the defaults that are sent.

        Raises `ServerUnavailableError` if the server cannot list its tools.
        """
        tool = (await self._tools(server_id, server)).get(name)
        if tool is None:
            return Withheld(f"The server has no tool called {name[:60]}.", {}, "unknown_tool")
        known = await self._records.approved(server_id, name)
        if known not in (None, tool.fingerprint) and permit.approved != tool.fingerprint:
            changed = f"{name} has changed since it was approved; look at it, and approve it as it is now."
            return Withheld(changed, {"requires_approval": tool.fingerprint}, "tool_changed")
        if known != tool.fingerprint:
            await self._records.approve(server_id, name, tool.fingerprint)
        parameters = arguments_as_sent(tool, parameters)
        unmet = _unconfirmed(tool, parameters, permit.confirmations)
        if not unmet:
            return parameters
        exact = f"{name}({', '.join(f'{key} = {canonical(value)}' for key, value in parameters.items())})"
        asked = f"{read_back(tool, parameters, now, 0.0)}\n{exact}"
        wanted: dict[str, JSON] = {"requires_confirmation": list[JSON](unmet), "read_back": asked}
        return Withheld(f"Please confirm {', '.join(unmet)}.", wanted, "requires_confirmation")

    async def _tools(self, server_id: str, server: OperatedServer) -> dict[str, Tool]:
        """Return the tools of the server's current process, which tells when they change."""
        process = server.report().pid
        kept = self._listed.get(server_id)
        if kept is not None and kept[0] == process:
            return kept[1]
        server.on_tools_changed = lambda: self.forget(server_id)
        tools = {tool.name: tool for tool in (await server.list_tools()).tools}
        self._listed[server_id] = (process, tools)
        return tools


def _unconfirmed(tool: Tool, parameters: Mapping[str, JSON], confirmations: Mapping[str, Any]) -> list[str]:
    """Return the names that lack a yes. A call that needs one needs it for every parameter, or for the tool if it has
    none.
    """
    if not assess(tool, parameters).sensitive:
        return []
    wanted = [name for name in parameters if name != KEY_PARAMETER] or [tool.name]
    return [name for name in wanted if not is_confirmed(name, parameters, confirmations)]
