"""An MCP server over any host of tools, on the official SDK's server: definitions go out as they are.

Serves both eras of the protocol, without sessions: every request stands for itself. If the host asks the driver first,
that is an elicitation, and the answer comes with the same call. Decides nothing about tools.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from assistant.hosting.host import Asks, Done, Refused, ToolHost
from assistant.hosting.host_errors import LostOutcomeError
from client.calls.idempotency_keys import key_of_remote
from client.client_errors import RecordsError

KEY = "mcqueen/idempotency-key"
_MAX_KEY = 256
_AGREE = "agree"
"""The name of the question, and of the only field of its form."""
_QUESTION = {"type": "object", "properties": {_AGREE: {"type": "boolean"}}, "required": [_AGREE]}


Context = ServerRequestContext[dict[str, Any]]
Noted = Callable[[Context, str, Mapping[str, Any], str], Awaitable[None]]
"""Told of each call that ended: tool, arguments, and `done` or `refused`."""


Held = Callable[[Context, str], Awaitable[str]]
"""Asked before each call: why its user may not have that tool, as a sentence; empty if they may."""


async def _not_held(context: Context, tool: str) -> str:
    return ""


async def _not_noted(context: Context, tool: str, arguments: Mapping[str, Any], outcome: str) -> None:
    return


def mcp_server(
    host: ToolHost, *, title: str = "", noted: Noted = _not_noted, held: Held = _not_held
) -> Server[dict[str, Any]]:
    """Return an MCP server whose tools are those of the host; without a title it shows the name of the host."""

    async def list_tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(entry) for entry in await host.list_tools()])

    def input_schema(name: str) -> Mapping[str, Any] | None:
        """Return the schema of one tool; without this method the SDK lists all tools before each call."""
        definition = host.definition(name)
        return None if definition is None else definition["inputSchema"]

    async def call_tool(
        context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        if why := await held(context, params.name):
            return _refused(Refused("refused", why))
        try:
            answer = await host.for_user(user_of(context)).call(
                params.name, params.arguments or {}, idempotency_key=_own_key(context), agreed=_agreed(params)
            )
        except RecordsError as error:  # the host's own database failed in the middle of the call
            await noted(context, params.name, params.arguments or {}, "unknown")
            return _refused(Refused(LostOutcomeError.code, f"It may have been done: {error}."))
        if not isinstance(answer, Asks) and host.definition(params.name) is not None:
            outcome = "done" if isinstance(answer, Done) else "refused"
            await noted(context, params.name, params.arguments or {}, outcome)
        match answer:
            case Asks():
                form = types.ElicitRequestFormParams(message=answer.question, requestedSchema=_QUESTION)
                ask = types.ElicitRequest(params=form)
                return types.InputRequiredResult(input_requests={_AGREE: ask}, request_state=params.name)
            case Refused():
                return _refused(answer)
            case Done():
                text = types.TextContent(type="text", text=answer.text)
                return types.CallToolResult(content=[text], structured_content=dict(answer.result))

    return Server(
        f"mcqueen-{host.name}",
        version=_version(),
        title=title or host.name,
        instructions="Every result has a summary: one sentence that can be spoken to a driver.",
        get_tool_input_schema=input_schema,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _refused(answer: Refused) -> types.CallToolResult:
    """Return the refusal as the result of a call. Raises `MCPError` for an unknown tool."""
    if answer.code == "unknown_tool":
        raise MCPError(types.INVALID_PARAMS, answer.message)
    detail: dict[str, Any] = {
        "code": answer.code, "names": list(answer.names), "alternatives": list(answer.alternatives),
    }  # fmt: skip
    if answer.retry_after is not None:
        detail["retry_after"] = answer.retry_after
    meta: dict[str, Any] = {"mcqueen/error": detail}
    if answer.code == LostOutcomeError.code:
        meta["mcqueen/outcome"] = "unknown"
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=answer.message)],
        is_error=True,
        _meta=meta,
    )


def _agreed(params: types.CallToolRequestParams) -> bool:
    """Return whether the driver said yes to the question of an earlier try of this call."""
    answer = (params.input_responses or {}).get(_AGREE)
    if not isinstance(answer, types.ElicitResult) or answer.action != "accept":
        return False
    return (answer.content or {}).get(_AGREE) is True


def user_of(context: Context) -> str | None:
    """Return who sent a request; None if no login was asked for."""
    user = context.request.scope.get("user") if context.request is not None else None
    return user.access_token.client_id if isinstance(user, AuthenticatedUser) else None


def given_key(context: Context) -> str | None:
    """Return the idempotency key that a client sent, in `_meta` or as a header."""
    meta: dict[str, Any] = dict(context.meta or {})
    key = meta.get(KEY)
    if not isinstance(key, str) and context.request is not None:
        key = context.request.headers.get("idempotency-key")
    return key if isinstance(key, str) else None


def _own_key(context: Context) -> str | None:
    """Return the key as this user's own, so that users cannot share one; None if it is empty or too long."""
    key, user = given_key(context), user_of(context)
    if not key or len(key) > _MAX_KEY:
        return None
    return key if user is None else key_of_remote(user, key)


def _version() -> str:
    try:
        return version("mcqueen")
    except PackageNotFoundError:
        return "0"
