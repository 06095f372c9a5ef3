"""Resources and prompts of the configured servers over our MCP face: listed together, read from their server.

It passes on what servers say and adds nothing. A server that is away does not delay the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.context import ServerRequestContext

from client.client_errors import UsageError
from client.connections.resources_and_prompts import Material
from client.servers.readable import Content, Prompt, Resource
from client.servers.tool_server import ServerUnavailableError

NOT_FOUND = -32602
"""Code for an unknown resource in 2026-07-28. Older clients read it as wrong parameters, which is true as well."""
_MOST_VALUES = 100
"""The most values that MCP allows in one answer."""
Context = ServerRequestContext[dict[str, Any]]
Page = types.PaginatedRequestParams | None


class McpMaterial:
    """The SDK's handlers for resources and prompts, over `material`."""

    def __init__(self, material: Callable[[], Material]) -> None:
        self._material = material

    async def list_resources(self, context: Context, params: Page) -> types.ListResourcesResult:
        """List the resources."""
        found = [one for one in await self._material().resources() if not one.template]
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=one.uri,
                    name=one.name,
                    description=one.description or None,
                    mime_type=one.media_type or None,
                    _meta={"mcqueen/server": one.server},
                )
                for one in found
            ]
        )

    async def list_templates(self, context: Context, params: Page) -> types.ListResourceTemplatesResult:
        """List the templates of resources."""
        found = [one for one in await self._material().resources() if one.template]
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template=one.uri,
                    name=one.name,
                    description=one.description or None,
                    mime_type=one.media_type or None,
                    _meta={"mcqueen/server": one.server},
                )
                for one in found
            ]
        )

    async def read(self, context: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """Read a resource from the first server that has it."""
        uri = str(params.uri)
        try:
            contents = await self._material().read(uri)
        except (UsageError, ServerUnavailableError) as error:
            raise MCPError(NOT_FOUND, f"Resource not found: {error}", {"uri": uri}) from None
        return types.ReadResourceResult(contents=[_contents(one, uri) for one in contents])

    async def list_prompts(self, context: Context, params: Page) -> types.ListPromptsResult:
        """List the prompts. If two servers have one of the same name, the server's name is put before it."""
        found = await self._material().prompts()
        return types.ListPromptsResult(
            prompts=[
                types.Prompt(
                    name=name,
                    description=one.description or None,
                    arguments=[
                        types.PromptArgument(name=a.name, description=a.description or None, required=a.required)
                        for a in one.parameters
                    ],
                    _meta={"mcqueen/server": one.server},
                )
                for name, one in _named(found)
            ]
        )

    async def get_prompt(self, context: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        """Fill in a prompt."""
        material = self._material()
        prompt = dict(_named(await material.prompts())).get(params.name)
        if prompt is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no prompt called {params.name[:60]}.")
        try:
            messages = await material.prompt(prompt.name, params.arguments or {}, prompt.server)
        except (UsageError, ServerUnavailableError) as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        return types.GetPromptResult(
            messages=[
                types.PromptMessage(
                    role="assistant" if one.role == "assistant" else "user", content=_block(one.content)
                )
                for one in messages
            ]
        )

    async def complete(self, context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
        """Return the completions that the upstream server offers; an empty list if it offers none."""
        material, values = self._material(), list[str]()
        of: Prompt | Resource | None
        if isinstance(params.ref, types.PromptReference):
            of = dict(_named(await material.prompts())).get(params.ref.name)
        else:
            templates = [one for one in await material.resources() if one.template]
            of = next((one for one in templates if one.uri == params.ref.uri), None)
        if of is not None:
            values = await material.values(of, params.argument.name, params.argument.value)
        return types.CompleteResult(completion=types.Completion(values=values[:_MOST_VALUES]))


def _named(prompts: list[Prompt]) -> list[tuple[str, Prompt]]:
    names = [prompt.name for prompt in prompts]
    return [
        (prompt.name if names.count(prompt.name) == 1 else f"{prompt.server}.{prompt.name}", prompt)
        for prompt in prompts
    ]


def _contents(one: Content, uri: str) -> types.TextResourceContents | types.BlobResourceContents:
    place, kind = one.uri or uri, one.media_type or None
    if one.data:
        return types.BlobResourceContents(uri=place, mime_type=kind, blob=one.data)
    return types.TextResourceContents(uri=place, mime_type=kind, text=one.text)


def _block(one: Content) -> types.TextContent | types.ImageContent | types.AudioContent | types.EmbeddedResource:
    if one.uri:
        return types.EmbeddedResource(type="resource", resource=_contents(one, one.uri))
    if one.data and one.media_type.startswith("audio/"):
        return types.AudioContent(type="audio", data=one.data, mime_type=one.media_type)
    if one.data:
        return types.ImageContent(type="image", data=one.data, mime_type=one.media_type)
    return types.TextContent(type="text", text=one.text)
