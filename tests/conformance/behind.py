"""The MCP server behind `mcqueen serve` in the server leg: the tools, resources and prompts that the suite names.

On the official SDK's low-level server, over stdio. It is the fixture, not what is tested: McQueen in front of it is.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}
OPTIONS = ["option1", "option2", "option3"]
TITLED = [{"const": f"value{n}", "title": f"Option {n}"} for n in (1, 2, 3)]
FORMS: dict[str, dict[str, Any]] = {
    "test_elicitation": {
        "properties": {"username": {"type": "string"}, "email": {"type": "string"}},
        "required": ["username", "email"],
    },
    "test_elicitation_sep1034_defaults": {
        "properties": {
            "name": {"type": "string", "default": "John Doe"},
            "age": {"type": "integer", "default": 30},
            "score": {"type": "number", "default": 95.5},
            "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
            "verified": {"type": "boolean", "default": True},
        }
    },
    "test_elicitation_sep1330_enums": {
        "properties": {
            "untitledSingle": {"type": "string", "enum": OPTIONS},
            "titledSingle": {"type": "string", "oneOf": TITLED},
            "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["One", "Two", "Three"]},
            "untitledMulti": {"type": "array", "items": {"type": "string", "enum": OPTIONS}},
            "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
        }
    },
}
JSON_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
TEXT = types.TextContent(type="text", text="This is a simple text response for testing.")
IMAGE = types.ImageContent(type="image", data=PIXEL, mime_type="image/png")
AUDIO = types.AudioContent(type="audio", data=SILENCE, mime_type="audio/wav")
EMBEDDED = types.EmbeddedResource(
    type="resource",
    resource=types.TextResourceContents(uri="test://embedded-resource", mime_type="text/plain", text="Embedded."),
)
NAME = {"properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMS |= {
    f"test_input_required_result_{name}": NAME
    for name in ("elicitation", "request_state", "tampered_state", "multi_round", "capabilities", "multiple_inputs")
}
CONTENTS: dict[str, list[Any]] = {
    "test_simple_text": [TEXT],
    "test_image_content": [IMAGE],
    "test_audio_content": [AUDIO],
    "test_embedded_resource": [EMBEDDED],
    "test_multiple_content_types": [TEXT, IMAGE, EMBEDDED],
    "test_tool_with_progress": [TEXT],
    "json_schema_2020_12_tool": [TEXT],
}
Context = ServerRequestContext[dict[str, Any]]


async def list_tools(context: Context, params: Any) -> types.ListToolsResult:
    """List the tools, none of which changes anything."""
    schemas = dict.fromkeys([*CONTENTS, "test_error_handling", *FORMS], NOTHING)
    schemas["json_schema_2020_12_tool"] = JSON_SCHEMA
    schemas["test_elicitation"] = {
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    }
    reads = types.ToolAnnotations(read_only_hint=True)
    return types.ListToolsResult(
        tools=[
            types.Tool(name=name, description=name.replace("_", " "), input_schema=schema, annotations=reads)
            for name, schema in schemas.items()
        ]
    )


async def call_tool(
    context: Context, params: types.CallToolRequestParams
) -> types.CallToolResult | types.InputRequiredResult:
    """Answer as the suite expects of the tool behind."""
    if params.name == "test_error_handling":
        text = "This tool intentionally returns an error for testing"
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
    if params.name in FORMS:
        answers = params.input_responses or {}
        steps = ("step1", "step2") if params.name.endswith("multi_round") else ("user_name",)
        step = "step2" if "step1" in answers else steps[0]
        answer = answers.get(steps[-1])
        if answer is None:
            schema = {"type": "object", **FORMS[params.name]}
            form = types.ElicitRequestFormParams(message="Please fill this in.", requested_schema=schema)
            asked = {step: types.ElicitRequest(params=form)}
            return types.InputRequiredResult(input_requests=asked, request_state=f"after {step}")
        text = f"Elicitation completed: {json.dumps(answer.model_dump(mode='json'))}"
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)])
    if params.name == "test_tool_with_progress":
        for done in (0, 50, 100):
            await context.session.report_progress(done, 100)
            await asyncio.sleep(0.05)
    if params.name not in CONTENTS:
        raise MCPError(types.INVALID_PARAMS, f"There is no tool called {params.name}.")
    return types.CallToolResult(content=CONTENTS[params.name])


async def list_resources(context: Context, params: Any) -> types.ListResourcesResult:
    """List two resources."""
    return types.ListResourcesResult(
        resources=[
            types.Resource(uri="test://static-text", name="text", mime_type="text/plain"),
            types.Resource(uri="test://static-binary", name="binary", mime_type="image/png"),
        ]
    )


async def list_templates(context: Context, params: Any) -> types.ListResourceTemplatesResult:
    """List one template."""
    template = types.ResourceTemplate(uri_template="test://template/{id}/data", name="data")
    return types.ListResourceTemplatesResult(resource_templates=[template])


async def read(context: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    """Read one of them."""
    uri = str(params.uri)
    found: types.TextResourceContents | types.BlobResourceContents
    if uri == "test://static-binary":
        found = types.BlobResourceContents(uri=uri, mime_type="image/png", blob=PIXEL)
    elif uri == "test://static-text":
        found = types.TextResourceContents(uri=uri, mime_type="text/plain", text="The text of the static resource.")
    elif uri.startswith("test://template/"):
        text = json.dumps({"id": uri.split("/")[3], "templateTest": True})
        found = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
    else:
        raise MCPError(types.INVALID_PARAMS, f"Resource not found: {uri}", {"uri": uri})
    return types.ReadResourceResult(contents=[found])


async def list_prompts(context: Context, params: Any) -> types.ListPromptsResult:
    """List the prompts."""
    blanks = {
        "test_simple_prompt": (),
        "test_prompt_with_arguments": ("arg1", "arg2"),
        "test_prompt_with_embedded_resource": ("resourceUri",),
        "test_prompt_with_image": (),
    }
    return types.ListPromptsResult(
        prompts=[
            types.Prompt(
                name=name,
                description=name.replace("_", " "),
                arguments=[types.PromptArgument(name=one, required=True) for one in names],
            )
            for name, names in blanks.items()
        ]
    )


async def get_prompt(context: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
    """Fill one in."""
    given = params.arguments or {}
    blocks: list[Any] = [types.TextContent(type="text", text=f"{params.name}: {json.dumps(given)}")]
    if params.name == "test_prompt_with_image":
        blocks.insert(0, IMAGE)
    if "resourceUri" in given:
        resource = types.TextResourceContents(uri=given["resourceUri"], mime_type="text/plain", text="Embedded.")
        blocks.insert(0, types.EmbeddedResource(type="resource", resource=resource))
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=block) for block in blocks])


async def complete(context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Offer what begins as the value does."""
    values = [value for value in ("paris", "park", "test one") if value.startswith(params.argument.value)]
    return types.CompleteResult(completion=types.Completion(values=values))


async def main() -> None:
    """Serve until stdin ends."""
    server: Server[dict[str, Any]] = Server(
        "behind",
        version="1",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_completion=complete,
    )
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main())
