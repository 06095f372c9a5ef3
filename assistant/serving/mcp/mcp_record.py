"""Records calls over the MCP face in the audit log and in their user's usage, like calls over the REST face.

It hears of calls that ended and changes none. If the store is away, that is logged and the answer goes out.
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
    """Records calls of the MCP face."""

    audit: AuditLog
    users: Users

    async def held(self, context: ServerRequestContext[dict[str, Any]], tool: str) -> str:
        """Return why a call is refused: its user switched the tool off. Empty if it is not refused, or nobody is logged
        in.
        """
        user_id = user_of(context)
        setting = (await self.users.settings(user_id)).get(tool) if user_id is not None else None
        if setting is None or setting.enabled:
            return ""
        return f"You switched {tool[:60]} off; switch it on to use it."

    async def note(
        self, context: ServerRequestContext[dict[str, Any]], tool: str, arguments: Mapping[str, Any], outcome: str
    ) -> None:
        """Record a call that ended. Without a login it counts for no user."""
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
