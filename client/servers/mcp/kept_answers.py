"""Cached resources and prompts, used again as long as the server calls them fresh (`ttlMs`, `cacheScope`).

In memory and for one server only, so that nothing private reaches another login. The list of tools is always asked for,
because that also shows that the server is there.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = frozenset({"resources/list", "resources/templates/list", "resources/read", "prompts/list"})
_MOST = 64
_LARGEST = 256 * 1024
_LONGEST = 86_400.0
"""Longest time in seconds that an answer is reused. If a server allows more, it is still asked once a day."""


@dataclass(frozen=True)
class _Kept:
    raw: dict[str, Any]
    until: float
    public: bool


class KeptAnswers:
    """The answers of one server that are still fresh."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def find(self, method: str, params: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return the fresh answer to the same request, or None."""
        if not self._kept or method not in METHODS:
            return None
        kept = self._kept.get(_key(method, params))
        return kept.raw if kept is not None and self._monotonic() < kept.until else None

    def keep(self, method: str, params: Mapping[str, Any] | None, raw: dict[str, Any]) -> None:
        """Store an answer for the time that it names, at most a day."""
        told = raw.get("ttlMs")
        if method not in METHODS or isinstance(told, bool) or not isinstance(told, int | float) or told <= 0:
            return
        if len(json.dumps(raw)) > _LARGEST:
            return
        until = self._monotonic() + min(told / 1000, _LONGEST)
        self._kept[_key(method, params)] = _Kept(raw, until, raw.get("cacheScope") == "public")
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def forget(self, *, public_too: bool = True) -> None:
        """Drop all answers, or only the answers that belong to one login."""
        kept = {} if public_too else {key: one for key, one in self._kept.items() if one.public}
        self._kept = OrderedDict(kept)


def _key(method: str, params: Mapping[str, Any] | None) -> str:
    given = {name: value for name, value in (params or {}).items() if name != "_meta"}
    return f"{method} {json.dumps(given, sort_keys=True)}"
