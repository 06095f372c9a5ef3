"""What `ToolClient` gives a server at the start, and what it hears from it besides answers: agreements and progress.

It only connects the two. Servers of other dialects report neither.
"""

from __future__ import annotations

from client.call import ToolCall
from client.clock import Clock
from client.notices import CallProgress, Notices
from client.records import agreements
from client.records.storage import Storage
from client.servers.tool_server import ToolServer


async def acquaint(server: ToolServer, storage: Storage, clock: Clock, notices: Notices) -> None:
    """Give the server its stored agreement, and listen to its reports."""
    if not server.agrees:
        return
    name = server.name
    known = await storage.run(lambda db: agreements.kept(db, name))
    if known is not None:
        server.remember(known)

    def agreed(text: str) -> None:
        storage.post(lambda db: agreements.keep(db, clock.now(), name, text))

    def progressed(call: ToolCall, done: float, total: float | None, message: str) -> None:
        notices.tell(CallProgress(call, done, total, message))

    server.on_agreed = agreed
    server.on_progress = progressed
