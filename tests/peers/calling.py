"""What the runs against servers of others share: the whole client over one server, a confirmed call, a row told.

It judges nothing.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from client.call import Consent, ConsentSource, NeedsInput, Outcome, ToolCall
from client.calls.call_settings import CallSettings
from client.clock import SystemClock
from client.records.storage import Storage
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON

failures: list[str] = []


@asynccontextmanager
async def opened(server: ToolServer, folder: Path) -> AsyncIterator[ToolClient]:
    """Open the whole client with one server; every call counts as confirmed by the operator."""
    storage = await Storage.open(folder / f"{uuid.uuid4()}.db")
    try:
        async with ToolClient(
            [server],
            storage=storage,
            clock=SystemClock(),
            needs_consent=lambda *_: False,
            deferrable=lambda _: False,
            settings=CallSettings(attempt=10.0),
        ) as tools:
            await tools.ready(30)
            yield tools
    finally:
        await storage.close()


async def call(tools: ToolClient, tool: str, answers: dict[str, JSON] | None = None, **arguments: JSON) -> Outcome:
    """Call a tool, and go on with what it asks where `answers` are given."""
    server = tools.server_states()[0].name
    made = ToolCall(str(uuid.uuid4()), server, tool, arguments, str(uuid.uuid4()))
    consent = Consent(str(uuid.uuid4()), made.digest, ConsentSource.OPERATOR, time.time())
    outcome = await tools.call(made, consent=consent, deadline=20.0)
    if isinstance(outcome, NeedsInput) and answers is not None:
        return await tools.call(made, answers=answers, deadline=20.0)
    return outcome


def told(peer: str, what: str, good: bool, detail: object = "") -> None:
    """Print one row and remember a failure."""
    print(f"{peer:<22} {what:<44} {'ok' if good else 'FAILED'}  {str(detail)[:90]}", flush=True)
    if not good:
        failures.append(f"{peer}: {what}")
