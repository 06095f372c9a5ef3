"""Calls over the MCP face in the audit log and in the usage of their user, as calls over the REST face are.

It is told of calls that ended and changes none: a store that is away is logged here, and the answer goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp.server.context import ServerRequestContext

from assistant.hosting.mcp_over_host import user_of
from assistant.serving.request_bodies import address, request_id
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.users import Users


@dataclass(frozen=True)
class McpRecord:
    """Where calls are noted."""

    audit: AuditLog
    users: Users

    async def held(self, context: ServerRequestContext[dict[str, Any]], tool: str) -> str:
        """Return why a call is refused: its user switched the tool off; empty if they did not, or nobody logged in."""
        user_id = user_of(context)
        setting = (await self.users.settings(user_id)).get(tool) if user_id is not None else None
        if setting is None or setting.enabled:
            return ""
        return f"You switched {tool[:60]} off; switch it on to use it."

    async def note(
        self, context: ServerRequestContext[dict[str, Any]], tool: str, arguments: Mapping[str, Any], outcome: str
    ) -> None:
        """Note a call that ended; without a login it has no user and counts for nobody."""
        request, user_id = context.request, user_of(context)
        self.audit.write(
            "execute",
            user_id=user_id,
            address=address(request) if request is not None else "unknown",
            request_id=request_id(request) if request is not None else "",
            outcome=outcome,
            face="mcp",
            tool=tool[:200],
            arguments=dict(arguments),
        )
        if user_id is None or outcome == "needs_input":
            return
        await self.users.count_made(user_id, tool[:200])
