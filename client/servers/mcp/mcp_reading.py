"""Resources and prompts of an MCP server: all pages are listed, and single ones read.

Reading has no effects. The result is the server's data to show or speak, never an instruction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import mcp_types as types
from mcp import ClientSession, MCPError
from mcp.shared.inbound import find_invalid_x_mcp_header
from pydantic import ValidationError

from client.catalog import RejectedTool
from client.schemas.tool_listing import MOST_TOOLS, read_tools_aside
from client.servers.readable import Content, Prompt, PromptMessage, PromptParameter, Resource
from client.servers.tool_server import FailureKind, Listing, ServerUnavailableError
from client.values import JSON

_PAGES = 100
_TOGETHER = 100
"""Tools that are read before the event loop gets a turn, which takes some milliseconds."""

Page = TypeVar("Page", types.ListResourcesResult, types.ListResourceTemplatesResult, types.ListPromptsResult)
Found = TypeVar("Found")


async def bounded(server: str, seconds: float, work: Awaitable[Found]) -> Found:
    """Wait at most that long. Raises `ServerUnavailableError`; the caller handles `MCPError`."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        message = f"{server} did not answer in time."
        raise ServerUnavailableError(server, FailureKind.ANSWER_LOST, message, "timed_out") from None
    except (ValidationError, RuntimeError) as error:
        message = f"{server} answered in a form that MCP does not know."
        raise ServerUnavailableError(server, FailureKind.TOOL_ERROR, message) from error


async def list_resources(session: ClientSession, server: str) -> list[Resource]:
    """Return resources and templates; empty if the server has none."""
    offers = session.server_capabilities
    if offers is None or offers.resources is None:
        return []
    found = [
        Resource(server, str(one.uri), one.title or one.name, one.description or "", one.mime_type or "")
        for page in await _pages(lambda cursor: session.list_resources(params=cursor))
        for one in page.resources
    ]
    try:
        templates = await _pages(lambda cursor: session.list_resource_templates(params=cursor))
    except MCPError:
        return found  # a server with resources need not have templates
    for page in templates:
        for one in page.resource_templates:
            text = one.description or ""
            found.append(Resource(server, one.uri_template, one.title or one.name, text, one.mime_type or "", True))
    return found


async def list_prompts(session: ClientSession, server: str) -> list[Prompt]:
    """Return the prompts; empty if the server has none."""
    offers = session.server_capabilities
    if offers is None or offers.prompts is None:
        return []
    return [
        Prompt(
            server,
            one.name,
            one.description or one.title or "",
            tuple(PromptParameter(a.name, a.description or "", bool(a.required)) for a in one.arguments or ()),
        )
        for page in await _pages(lambda cursor: session.list_prompts(params=cursor))
        for one in page.prompts
    ]


async def read_resource(session: ClientSession, uri: str) -> list[Content]:
    """Return the contents of one resource."""
    result = await session.read_resource(uri)
    return [_content(one) for one in result.contents]


async def get_prompt(session: ClientSession, name: str, arguments: Mapping[str, str]) -> list[PromptMessage]:
    """Return one prompt, filled in."""
    result = await session.get_prompt(name, dict(arguments))
    return [PromptMessage(one.role, _block(one.content)) for one in result.messages]


async def complete(session: ClientSession, kind: str, name: str, blank: str, begun: str) -> list[str]:
    """Return the server's suggestions for a parameter of a prompt ("prompt", by name) or of a template (by address)."""
    offers = session.server_capabilities
    if offers is None or offers.completions is None:
        return []
    of: types.PromptReference | types.ResourceTemplateReference = types.ResourceTemplateReference(uri=name)
    if kind == "prompt":
        of = types.PromptReference(name=name)
    result = await session.complete(of, {"name": blank, "value": begun})
    return list(result.completion.values)


async def _pages(ask: Callable[[types.PaginatedRequestParams], Awaitable[Page]]) -> list[Page]:
    pages: list[Page] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await ask(types.PaginatedRequestParams(cursor=cursor))
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    return pages


def _content(one: types.TextResourceContents | types.BlobResourceContents) -> Content:
    text = one.text if isinstance(one, types.TextResourceContents) else ""
    data = one.blob if isinstance(one, types.BlobResourceContents) else ""
    return Content(text, one.mime_type or "", data, str(one.uri))


def _block(block: Any) -> Content:
    if isinstance(block, types.TextContent):
        return Content(block.text, "text/plain")
    if isinstance(block, types.ImageContent | types.AudioContent):
        return Content("", block.mime_type, block.data)
    if isinstance(block, types.EmbeddedResource):
        return _content(block.resource)
    return Content("", "", "", str(block.uri) if isinstance(block, types.ResourceLink) else "")


class ListingReader:
    """Reads the listings of one server; an unchanged listing is not read again."""

    def __init__(self, server: str, *, trusted: bool, honours_keys: bool) -> None:
        self._server, self._trusted, self._honours_keys = server, trusted, honours_keys
        self._raw: tuple[list[JSON], bool] = ([], False)
        self._listing = Listing([])

    async def read(self, raw: list[JSON], *, modern: bool) -> Listing:
        """Return the tools. `modern` leaves out tools with a wrong `x-mcp-header`, because 2026-07-28 forbids calling
        them."""
        if not raw or (raw, modern) != self._raw:
            listing = await read_tools_aside(
                raw, self._server, trusted=self._trusted, honours_keys=self._honours_keys, most=MOST_TOOLS
            )
            self._listing = await _without_wrong_headers(listing) if modern else listing
            self._raw = (raw, modern)
        return self._listing


async def _without_wrong_headers(listing: Listing) -> Listing:
    tools, rejected = [], [*listing.rejected]
    for number, tool in enumerate(listing.tools):
        wrong = find_invalid_x_mcp_header(dict(tool.input_schema))
        if wrong:
            rejected.append(RejectedTool(tool.server, tool.name, f"its x-mcp-header is not valid: {wrong}"))
        else:
            tools.append(tool)
        if number % _TOGETHER == 0:
            await asyncio.sleep(0)
    return Listing(tools, rejected)
