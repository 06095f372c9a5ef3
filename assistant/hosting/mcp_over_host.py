"""An MCP server over any host of tools, on the official SDK's server: definitions go out as they are.

Serves both eras of the protocol, without sessions: every request stands for itself. Decides nothing about tools.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from assistant.hosting.host import Refused, ToolHost

KEY = "mcqueen/idempotency-key"
_MAX_KEY = 256


def mcp_server(host: ToolHost, *, title: str = "") -> Server[dict[str, Any]]:
    """Return an MCP server whose tools are those of the host; without a title it shows the name of the host."""

    async def list_tools(
        context: ServerRequestContext[dict[str, Any]], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(entry) for entry in await host.list_tools()])

    async def call_tool(
        context: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        answer = await host.call(params.name, params.arguments or {}, idempotency_key=_key(context))
        if isinstance(answer, Refused):
            if answer.code == "unknown_tool":
                raise MCPError(types.INVALID_PARAMS, answer.message)
            detail = {"code": answer.code, "names": list(answer.names), "alternatives": list(answer.alternatives)}
            return types.CallToolResult(
                content=[types.TextContent(type="text", text=answer.message)],
                is_error=True,
                _meta={"mcqueen/error": detail},
            )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=answer.text)], structured_content=dict(answer.result)
        )

    return Server(
        f"mcqueen-{host.name}",
        version=_version(),
        title=title or host.name,
        instructions="Every result has a summary: one sentence that can be spoken to a driver.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _key(context: ServerRequestContext[dict[str, Any]]) -> str | None:
    meta: dict[str, Any] = dict(context.meta or {})
    key = meta.get(KEY)
    if not isinstance(key, str) and context.request is not None:
        key = context.request.headers.get("idempotency-key")
    return key if isinstance(key, str) and 0 < len(key) <= _MAX_KEY else None


def _version() -> str:
    try:
        return version("mcqueen")
    except PackageNotFoundError:
        return "0"
