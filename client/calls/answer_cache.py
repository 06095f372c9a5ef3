"""Answers of read-only tools, in memory and on disk: used again while fresh, or offline with their age.

Never used for a tool with effects. A call with effects invalidates the server's answers.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable

from client.call import Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.catalog import Tool
from client.client_errors import RecordsError
from client.clock import Clock
from client.records import cache
from client.records.cache import MOST_ANSWERS, KeptAnswer
from client.records.storage import Storage
from client.values import JSON, canonical, digest

_log = logging.getLogger(__name__)
_LARGEST = 256 * 1024
"""Characters of the largest answer that is cached."""
_FOREVER = float("inf")
_SAVE_AGAIN_AFTER = 60.0
"""Seconds after which an unchanged answer is saved again, so that frequent reads do not cause frequent writes."""


class AnswerCache:
    """Cached answers, by a digest of server, tool and arguments, and of the account."""

    def __init__(
        self, storage: Storage, clock: Clock, settings: CallSettings, owner_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        """`owner_of` returns the user who is logged in to a server now, and its address. Each account has its own
        answers."""
        self._owner_of = owner_of
        self._storage = storage
        self._clock = clock
        self._settings = settings
        self._answers: OrderedDict[str, KeptAnswer] = OrderedDict()
        self._saved: dict[str, KeptAnswer] = {}
        self._fetched: dict[str, float] = {}
        """When an answer in memory was fetched (monotonic), by digest: a change of the clock cannot make it younger."""
        self._fresh_until: dict[str, float] = {}
        """Until when a server called its answer fresh (monotonic), by digest."""
        self._changes: Counter[str] = Counter()
        self._ahead = clock.now() - clock.monotonic()
        """Offset in seconds from the monotonic clock to the wall clock, as it was at the start."""

    def _key(self, call: ToolCall) -> str:
        owner = self._owner_of(call.server)
        return digest([call.digest, owner]) if owner else call.digest

    async def fresh(self, tool: Tool, call: ToolCall) -> Succeeded | None:
        """Return the cached answer if it is still fresh by the settings, or else by the server's word."""
        longest = self._settings.fresh_for.get(tool.qualified)
        if longest is None:
            until = self._fresh_until.get(self._key(call), 0.0) if self._fresh_until else 0.0
            longest = _FOREVER if self._clock.monotonic() < until else 0.0
        return await self._not_older(call, longest) if longest > 0 else None

    def in_memory(self, call: ToolCall) -> bool:
        """Return whether memory holds an answer that is not too old to be used. Never waits for the disk."""
        key = self._key(call)
        kept = self._answers.get(key)
        return kept is not None and self._age(key, kept) <= self._settings.stale_for

    def changes(self, server: str) -> tuple[int, str]:
        """Return how often that server's answers were invalidated, and the account.

        An answer that was asked for before the last change is not cached.
        """
        return self._changes[server], self._owner_of(server)

    async def stale(self, call: ToolCall) -> Succeeded | None:
        """Return the cached answer at any age, within the limit for stale ones."""
        return await self._not_older(call, self._settings.stale_for)

    async def _not_older(self, call: ToolCall, longest: float) -> Succeeded | None:
        key = self._key(call)
        kept = self._answers.get(key)
        if kept is None:
            try:
                kept, latest = await self._storage.read(lambda db: (cache.kept_answer(db, key), cache.latest(db)))
                if self._clock.now() < latest:
                    return None  # the clock went back, so the age is unknown
            except RecordsError as error:
                _log.error("kept answers cannot be read: %s", error)
        if kept is None:
            return None
        age = self._age(key, kept)
        return Succeeded(kept.result, attempts=0, served_by=call.server, age=age) if age <= longest else None

    def _age(self, key: str, kept: KeptAnswer) -> float:
        """Return the answer's age in seconds, by the clock that gives the higher age; infinite if the clock
        went back.
        """
        age = max(self._clock.now(), self._clock.monotonic() + self._ahead) - kept.fetched_at
        fetched = self._fetched.get(key)
        if fetched is not None:
            return max(age, self._clock.monotonic() - fetched)
        return age if age >= 0.0 else _FOREVER

    def keep(self, call: ToolCall, result: JSON, changes: tuple[int, str], fresh_for: float | None = None) -> None:
        """Cache a fresh answer, unless its server's answers were invalidated after it was requested.

        `changes` is the value of `changes()` at the request; `fresh_for` is the seconds for which its server calls it
        fresh.
        """
        count, owner = changes
        if count != self._changes[call.server] or owner not in ("", self._owner_of(call.server)):
            return
        key, kept = self._key(call), KeptAnswer(result, self._clock.now())
        self._fetched[key] = self._clock.monotonic()
        if fresh_for:
            self._fresh_until[key] = self._fetched[key] + fresh_for
        self._answers[key] = kept
        self._answers.move_to_end(key)
        if len(self._answers) > MOST_ANSWERS:
            oldest, _ = self._answers.popitem(last=False)
            self._saved.pop(oldest, None)
            self._fetched.pop(oldest, None)
            self._fresh_until.pop(oldest, None)
        saved = self._saved.get(key)
        if saved is None or saved.result != result or kept.fetched_at - saved.fetched_at >= _SAVE_AGAIN_AFTER:
            self._save(key, call.server, kept)

    def _save(self, key: str, server: str, kept: KeptAnswer) -> None:
        if len(canonical(kept.result)) <= _LARGEST:
            self._saved[key] = kept
            self._storage.post(lambda db: cache.keep_answer(db, kept.fetched_at, key, server, kept.result))

    def forget(self, server: str) -> None:
        """Drop a server's answers from memory. The code that records the effect drops the answers on disk."""
        # Keys are digests, so that nobody can tell whose answer it is; effects are rare enough to forget all answers.
        self._changes[server] += 1
        self._answers.clear()
        self._saved.clear()
        self._fetched.clear()
        self._fresh_until.clear()
