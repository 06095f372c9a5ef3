"""The parts of an MCP connection: its owner task, the calls in progress, and the questions that servers asked.

Data, and the few steps that end them; `mcp_server.py` and `mcp_calls.py` decide when.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import mcp_types as types
from mcp import ClientSession

from client.http import Attempt
from client.servers.tool_server import Answer, InputWanted
from client.values import JSON

GOODBYE_SECONDS = 5.0


@dataclass(eq=False)
class Connection:
    """One connection from its start to its end; a reconnect makes a new one."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    owner: asyncio.Task[None] | None = None
    session: ClientSession | None = None
    assumed: bool = False
    """Whether the revision was agreed at an earlier start and not asked for again."""
    broken: bool = False
    listed: list[JSON] = field(default_factory=list)
    """The entries of the last whole listing that the session read."""


@dataclass(eq=False)
class RunningCall:
    """One call in progress, which a handshake-era server may interrupt with a question."""

    attempt: Attempt
    task: asyncio.Task[Answer] | None = None
    question: asyncio.Future[types.ElicitRequestParams] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    reply: asyncio.Future[types.ElicitResult] | None = None


@dataclass(frozen=True)
class ServerQuestion:
    """A question from the server during a call.

    Either the call still waits, or its state goes back with the answer. Several forms are asked one after the other and
    answered together.
    """

    wanted: InputWanted
    """The form that is being asked now."""
    digest: str
    """Digest of the call that the question belongs to; no other call can answer it."""
    forms: Mapping[str, types.ElicitRequestParams]
    """All forms by the server's names. If the call itself waits, there is only one, named ""."""
    answered: Mapping[str, types.ElicitResult] = field(default_factory=dict)
    running: RunningCall | None = None
    server_state: str | None = None
    marked: Mapping[str, object] = field(default_factory=dict)
    """The `_meta` of the question, for revisions in which a form has none of its own."""


async def end(connection: Connection) -> None:
    """Let the owner leave the connection; cancel it if that takes too long."""
    connection.stop.set()
    owner = connection.owner
    if owner is None:
        return
    if not connection.ready.done():
        owner.cancel()
    _, late = await asyncio.wait({owner}, timeout=GOODBYE_SECONDS)
    if late:
        owner.cancel()
        await asyncio.wait({owner}, timeout=GOODBYE_SECONDS)


def withdraw(question: ServerQuestion) -> None:
    """Decline a question whose call waits for the answer."""
    running = question.running
    if running is not None and running.reply is not None and not running.reply.done():
        running.reply.set_result(types.ElicitResult(action="decline"))


def first_cause(error: Exception) -> Exception:
    """Return the first exception of a group."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
