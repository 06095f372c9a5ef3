"""Listens for changes on 2026-07-28 connections: a standing request that is opened again whenever it is lost.

There is no replay, so everything that may have changed meanwhile is reported as changed. Handshake-era servers send
notifications instead, and need no standing request.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

from mcp import ClientSession, MCPError
from mcp.client.subscriptions import SubscriptionLost, ToolsListChanged, listen
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from client.http import fault_from_data
from client.servers.tool_server import FailureKind

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_STABLE_SECONDS = 5.0
"""Seconds after which a stream counts as healthy, so that the next pause is short again."""


async def watch(session: ClientSession, changed: Callable[[], None]) -> None:
    """Report each change until cancelled; return if the server has nothing to report."""
    offers = session.server_capabilities
    if session.protocol_version not in MODERN_PROTOCOL_VERSIONS or offers is None or offers.tools is None:
        return
    if not offers.tools.list_changed:
        return
    pause, opened_before = _FIRST_PAUSE, False
    while True:
        began = asyncio.get_running_loop().time()
        try:
            async with listen(session, tools_list_changed=True) as events:
                if not events.honored.tools_list_changed:
                    return
                if opened_before:
                    changed()
                opened_before = True
                async for event in events:
                    if isinstance(event, ToolsListChanged):
                        changed()
        except MCPError as error:
            fault = fault_from_data(error.data)
            if fault is None or fault.kind is FailureKind.TOOL_ERROR:
                _log.info("the server does not tell of changes: %s", error.message)
                return
        except (SubscriptionLost, TimeoutError):
            pass  # opened again below
        if asyncio.get_running_loop().time() - began >= _STABLE_SECONDS:
            pause = _FIRST_PAUSE
        await asyncio.sleep(pause * random.uniform(0.75, 1.0))  # noqa: S311  # spreads out many clients, not a secret
        pause = min(pause * 2, _LONGEST_PAUSE)
