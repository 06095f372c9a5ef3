"""The calls with effects in progress, by idempotency key: the same call joins, another call with that key is refused.

It holds the tasks, so that a caller who gives up ends none of them. It knows nothing of earlier calls that were stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from client.call import Failed, Outcome, ToolCall
from client.calls.call_refusals import key_reused


@dataclass(frozen=True)
class _Running:
    """One running call. The digest of server, tool and arguments identifies it."""

    digest: str
    task: asyncio.Task[Outcome]


class RunningCalls:
    """The running calls of one `ToolClient`."""

    def __init__(self) -> None:
        self._by_key: dict[str, _Running] = {}

    def join(self, call: ToolCall) -> Coroutine[Any, Any, Outcome] | None:
        """Return the answer for a call whose key is in use: the outcome of the same running call, or a refusal; else
        None."""
        running = self._by_key.get(call.idempotency_key)
        if running is None:
            return None
        return _shielded(running.task) if _is(call, running.digest) else _refused()

    async def start(self, call: ToolCall, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Run a call whose key is free, and return its outcome. If the caller is cancelled, the call continues."""
        task = asyncio.create_task(work, name=f"call {call.call_id}")
        self._by_key[call.idempotency_key] = _Running(_digest(call), task)
        task.add_done_callback(lambda _: self._by_key.pop(call.idempotency_key, None))
        return await asyncio.shield(task)

    async def end(self, seconds: float) -> None:
        """Wait at most that long for the running calls, then cancel them."""
        tasks = [running.task for running in self._by_key.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
            for task in tasks:
                task.cancel()


def _digest(call: ToolCall) -> str:
    try:
        return call.digest
    except (ValueError, TypeError, RecursionError):
        return ""  # the arguments are not JSON: no other call equals this one, and it is refused before it is sent


def _is(call: ToolCall, digest: str) -> bool:
    return bool(digest) and _digest(call) == digest


async def _shielded(task: asyncio.Task[Outcome]) -> Outcome:
    return await asyncio.shield(task)


async def _refused() -> Failed:
    return key_reused()
