"""Takes broken entries out of a listing before the SDK reads it: the SDK refuses a whole page for one of them.

It wraps the SDK's dispatcher. The caller who asked for the listing gets the broken entries and names them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.abc
import mcp_types as types
from mcp import ClientSession
from mcp.shared.dispatcher import CallOptions, Dispatcher, OnNotify, OnNotifyIntercept, OnRequest
from mcp.shared.transport_context import TransportContext
from mcp_types import PROTOCOL_VERSION_META_KEY, methods
from mcp_types.version import LATEST_HANDSHAKE_VERSION
from pydantic import BaseModel, ValidationError

from client.servers.mcp.kept_answers import KeptAnswers

_LISTINGS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "tools/list": ("tools", types.ListToolsResult),
    "resources/list": ("resources", types.ListResourcesResult),
    "resources/templates/list": ("resourceTemplates", types.ListResourceTemplatesResult),
    "prompts/list": ("prompts", types.ListPromptsResult),
}
_ABSENT = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
"""Fields that the newest revision requires in each listing. A server that forgets them is still listed, and never
cached.
"""

_DEEPEST = 200
"""How deep an entry may be nested; pydantic 2.13 refuses to serialise more than 255 levels in all."""


@dataclass
class HeardEntries:
    """The entries of a listing as the server gives them, with the broken ones, page after page."""

    known: Sequence[Any]
    """The entries that the same session read the last time; reading a page of them again would change nothing."""
    entries: list[Any] = field(default_factory=list)

    def take(self, page: list[Any]) -> bool:
        """Add a page; return whether the session knows it."""
        place = len(self.entries)
        self.entries.extend(page)
        return bool(page) and self.known[place : len(self.entries)] == page


whole_page: ContextVar[HeardEntries | None] = ContextVar("whole_page", default=None)
"""Set by the caller that lists."""


class _KnownPageError(Exception):
    """The session has read this very page before. It passes through the SDK, which then does nothing with the page."""

    def __init__(self, next_cursor: str | None) -> None:
        super().__init__()
        self.next_cursor = next_cursor


async def next_page(session: ClientSession, cursor: str | None) -> tuple[list[types.Tool], str | None]:
    """Return a page of tools as the SDK reads it, none if it is known, and the cursor of the page after it."""
    try:
        page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
    except _KnownPageError as known:
        return [], known.next_cursor
    return page.tools, page.next_cursor


class Contained:
    """A dispatcher whose listings hold only entries that the SDK can read."""

    def __init__(self, inner: Dispatcher[TransportContext], kept: KeptAnswers) -> None:
        self._inner = inner
        self._kept = kept

    async def run(
        self,
        on_request: OnRequest,
        on_notify: OnNotify,
        on_notify_intercept: OnNotifyIntercept | None = None,
        *,
        task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Do as the wrapped dispatcher does."""
        await self._inner.run(on_request, on_notify, on_notify_intercept, task_status=task_status)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Do as the wrapped dispatcher does."""
        await self._inner.notify(method, params, opts)

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """Send like the wrapped dispatcher, without broken entries in a listing. A fresh cached answer is not asked for
        again.
        """
        fresh = self._kept.find(method, params)
        raw = fresh if fresh is not None else await self._inner.send_raw_request(method, params, opts)
        if method == "tools/call":
            self._kept.forget()  # it may have changed what can be read
        elif fresh is None:
            self._kept.keep(method, params, raw)
        listing = _LISTINGS.get(method)
        return raw if listing is None else await _readable(method, params, raw, *listing)


async def _readable(
    method: str, params: Mapping[str, Any] | None, raw: dict[str, Any], key: str, model: type[BaseModel]
) -> dict[str, Any]:
    entries = raw.get(key)
    if not isinstance(entries, list):
        return raw
    heard = whole_page.get()
    await asyncio.sleep(0)  # a long page was parsed, and is compared, looked at and read twice: each takes its time
    if heard is not None and heard.take(entries):
        cursor = raw.get("nextCursor")
        raise _KnownPageError(cursor if isinstance(cursor, str) else None)
    meta = (params or {}).get("_meta")
    version = meta.get(PROTOCOL_VERSION_META_KEY) if isinstance(meta, Mapping) else None
    entries = [entry for entry in entries if not _is_deep(entry)]
    await asyncio.sleep(0)
    if isinstance(version, str):
        raw = {**_ABSENT, **raw}
    entries = _without(entries, lambda page: model.model_validate({**raw, key: page}, by_name=False), key)
    await asyncio.sleep(0)
    surface = version if isinstance(version, str) else LATEST_HANDSHAKE_VERSION
    entries = _without(entries, lambda page: methods.validate_server_result(method, surface, {**raw, key: page}), key)
    await asyncio.sleep(0)
    return {**raw, key: entries}


def _is_deep(entry: Any) -> bool:
    """Return whether an entry is nested deeper than the SDK can serialise."""
    level, rest = 0, [entry]
    while rest:
        level += 1
        if level > _DEEPEST:
            return True
        rest = [
            inner
            for outer in rest
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
    return False


def _without(entries: list[Any], read: Any, key: str) -> list[Any]:
    try:
        read(entries)
    except ValidationError as error:
        places = (one["loc"] for one in error.errors(include_url=False, include_context=False, include_input=False))
        broken = {place[1] for place in places if len(place) > 1 and place[0] == key}
        return [entry for position, entry in enumerate(entries) if position not in broken]
    except (KeyError, ValueError):
        pass  # a revision without such a listing: the SDK says so itself
    return entries
