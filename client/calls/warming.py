"""Fetches answers in advance that the driver will want when there is no network.

It only makes calls that change nothing, a few at once over connections that are already open. It refuses all others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from client.call import Outcome, ToolCall
from client.calls.call_effects import has_effects
from client.calls.call_refusals import failed
from client.tool_client import ToolClient


async def warm(
    tools: ToolClient, calls: Sequence[ToolCall], *, deadline: float = 10.0, at_once: int = 4
) -> list[Outcome]:
    """Make the calls, so that their answers are cached; return the outcomes in the order of the calls.

    Each server is asked even if an earlier answer still counts as fresh, because that answer would soon be too old.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(call: ToolCall) -> Outcome:
        tool = tools.catalog.of(call.server, call.tool)
        if tool is not None and has_effects(tool):
            return failed("not_read_only", f"{call.tool} may change something; only what reads is asked ahead.")
        async with gate:
            return await tools.call(call, deadline=deadline, anew=True)

    return list(await asyncio.gather(*(one(call) for call in calls)))
