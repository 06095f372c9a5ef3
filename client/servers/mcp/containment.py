"""Takes broken entries out of a listing before the SDK reads it: the SDK refuses a whole page for one of them.

It wraps the SDK's dispatcher. The caller who asked for the listing gets the broken entries and names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.abc
import mcp_types as types
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

whole_page: ContextVar[list[Any] | None] = ContextVar("whole_page", default=None)
"""Set by the caller that lists: it receives the entries as the server gave them, with the broken ones."""


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
        return raw if listing is None else _readable(method, params, raw, *listing)


def _readable(
    method: str, params: Mapping[str, Any] | None, raw: dict[str, Any], key: str, model: type[BaseModel]
) -> dict[str, Any]:
    entries = raw.get(key)
    if not isinstance(entries, list):
        return raw
    heard = whole_page.get()
    if heard is not None:
        heard.extend(entries)
    meta = (params or {}).get("_meta")
    version = meta.get(PROTOCOL_VERSION_META_KEY) if isinstance(meta, Mapping) else None
    entries = [entry for entry in entries if not _is_deep(entry)]
    if isinstance(version, str):
        raw = {**_ABSENT, **raw}
    entries = _without(entries, lambda page: model.model_validate({**raw, key: page}, by_name=False), key)
    surface = version if isinstance(version, str) else LATEST_HANDSHAKE_VERSION
    entries = _without(entries, lambda page: methods.validate_server_result(method, surface, {**raw, key: page}), key)
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
