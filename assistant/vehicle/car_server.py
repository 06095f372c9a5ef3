"""The car's own tools as an MCP server in this process: refusals and questions are the server's, as with any other.

Decides nothing about consent; it asks through elicitation where the car wants a yes, and the answer comes back with
the same call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mcp_types as types
from jsonschema import Draft202012Validator
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from assistant.vehicle.cabin import Asks, Cabin, Incomplete, Refused
from assistant.vehicle.definitions import DEFINITIONS, HIDDEN

NAME = "car"
_BY_NAME = {definition["name"]: definition for definition in DEFINITIONS}
_QUESTION = {"type": "object", "properties": {"agree": {"type": "boolean"}}, "required": ["agree"]}


def vehicle_server(cabin: Cabin) -> Server[dict[str, Any]]:
    """Return the server of this cabin."""

    async def list_tools(
        context: ServerRequestContext[dict[str, Any]], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(definition) for definition in DEFINITIONS])

    async def call_tool(
        context: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        definition = _BY_NAME.get(params.name)
        if definition is None:
            raise MCPError(types.INVALID_PARAMS, f"The car has no tool {params.name[:60]}.")
        arguments = _with_defaults(definition["inputSchema"], params.arguments or {})
        if wrong := _problems(definition["inputSchema"], arguments):
            return _refused(" ".join(wrong.values()), list(wrong))
        return _act(cabin, params.name, arguments, _agreed(params))

    return Server(
        "mcqueen-car", title="The car", instructions="Every result has a summary: one sentence that can be spoken.",
        on_list_tools=list_tools, on_call_tool=call_tool,
    )  # fmt: skip


def _act(
    cabin: Cabin, name: str, arguments: Mapping[str, Any], agreed: bool
) -> types.CallToolResult | types.InputRequiredResult:
    before = cabin.windows.get(str(arguments.get("window"))) if name == "set_window" else None
    try:
        summary = getattr(cabin, name)(arguments, agreed)
    except Refused as refusal:
        return _refused(str(refusal), [refusal.name] if isinstance(refusal, Incomplete) else [])
    except Asks as question:
        ask = types.ElicitRequest(
            params=types.ElicitRequestFormParams(message=str(question), requestedSchema=_QUESTION)
        )
        return types.InputRequiredResult(input_requests={"agree": ask}, request_state=name)
    looks = _BY_NAME[name]["annotations"]["readOnlyHint"]
    result: dict[str, Any] = {"summary": summary, "visible": not looks and name not in HIDDEN}
    if before is not None:
        result |= {"before": before, "window": arguments["window"]}
    if name == "get_cabin":
        result |= {"fan": cabin.fan, "defrost": cabin.defrost}
    return types.CallToolResult(content=[types.TextContent(type="text", text=summary)], structured_content=result)


def _with_defaults(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {name: part["default"] for name, part in schema["properties"].items() if "default" in part}
    return defaults | {name: value for name, value in given.items() if value is not None}


def _problems(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each parameter that is wrong."""
    found: dict[str, str] = {}
    for error in Draft202012Validator(schema).iter_errors(dict(arguments)):
        if error.validator == "required":
            found |= {name: f"The {name} is missing." for name in schema["required"] if name not in arguments}
        elif error.path:
            name = str(error.path[0])
            part = schema["properties"][name]
            if "enum" in part:
                found[name] = f"The {name} is one of {', '.join(part['enum'])}."
            elif "minimum" in part:
                found[name] = f"The {name} goes from {part['minimum']} to {part['maximum']}."
            else:
                found[name] = f"The {name} must be {part['type']}."
        else:
            found["arguments"] = error.message
    return found


def _agreed(params: types.CallToolRequestParams) -> bool:
    answer = (params.input_responses or {}).get("agree")
    content = getattr(answer, "content", None)
    return getattr(answer, "action", "") == "accept" and isinstance(content, Mapping) and content.get("agree") is True


def _refused(message: str, names: list[str]) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=message)],
        is_error=True,
        _meta={"mcqueen/error": {"code": "invalid_arguments" if names else "refused", "names": names}},
    )
