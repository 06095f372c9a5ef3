"""Opens chats from what `mcqueen serve` serves: a conversation for each user, with that user's tools.

Tools that run here get a client of the user's own, with records of the user's own. Configured servers have one client
for all, and each conversation a view of it that can change nothing for anybody else. It decides nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.conversation.chat.chat import Chat
from assistant.conversation.chat.chats import Chats, open_chats
from assistant.conversation.ports import ToolsPort
from assistant.hosting.host import Asks, Done, Refused, ToolHost
from assistant.hosting.mcp_over_host import mcp_server
from assistant.policy.timing import CALL_SECONDS
from assistant.serving.rest.chat_gate import ChatGate, ChatOpening
from assistant.serving.tool_client_host import Served, ToolClientHost
from assistant.tool_opening import open_tools
from assistant.understanding.language import BASE
from client.call import CallError, Consent, ConsentSource, Failed, Need, NeedsInput, Outcome, Sent, ToolCall
from client.calls.call_refusals import failed
from client.catalog import Catalog, Tool
from client.client_errors import RecordsError
from client.clock import Clock
from client.notices import CatalogNotice, Notice
from client.records.ledger import LedgerRow
from client.records.outbox import OutboxRow
from client.servers.mcp.in_process import InProcessServer
from client.tool_client import ToolClient
from client.values import JSON

_READY_SECONDS = 5.0


class UserHost(ToolHost):
    """A host as one user has it in a chat: calls pass the gate, and are recorded as that user's."""

    def __init__(self, host: ToolHost, user_id: str, gate: ChatGate) -> None:
        self.name = host.name
        self._host = host
        self._user_id = user_id
        self._gate = gate

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The host's tools."""
        return self._host.definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused | Asks:
        """Call a tool once, if the gate lets it."""
        definition = self._host.definition(tool)
        if definition is not None and (why := await self._gate.refusal(self._user_id, definition, arguments)):
            await self._gate.note(self._user_id, tool, arguments, "not_allowed")
            return Refused("refused", why)
        host = self._host.for_user(self._user_id)
        try:
            answer = await host.call(tool, arguments, idempotency_key=idempotency_key, agreed=agreed)
        except RecordsError:
            await self._gate.note(self._user_id, tool, arguments, "unknown")
            raise
        kinds = {Done: "done", Refused: "refused", Asks: "needs_input"}
        await self._gate.note(self._user_id, tool, arguments, kinds[type(answer)])
        return answer


class _NothingKept:
    """The records of a conversation that keeps no requests without their words."""

    async def keep(self, request_id: str, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Refuse, which the conversation tells."""
        raise RecordsError("a chat keeps no messages without their words")

    async def rows(self) -> list[OutboxRow]:
        """Return none."""
        return []

    async def forget(self, request_id: str) -> bool:
        """Return False: there is nothing to forget."""
        return False


class _DevicePermissions:
    """Permissions that a chat cannot change, because they would hold for all users."""

    async def give(self, tool: Tool) -> None:
        """Change nothing: the tool is asked about next time, too."""

    async def take_back(self, tool: Tool) -> bool:
        """Change nothing."""
        return False


class SharedTools:
    """The client of the configured servers, limited to what one user may do in a chat."""

    def __init__(self, tools: ToolClient, host: ToolClientHost, user_id: str, gate: ChatGate) -> None:
        self._tools = tools
        self._host = host
        self._user_id = user_id
        self._gate = gate
        self._own: set[str] = set()
        self.unworded = _NothingKept()
        self.permissions = _DevicePermissions()

    @property
    def catalog(self) -> Catalog:
        """The tools of all servers."""
        return self._tools.catalog

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Tell of new catalogs only: other notices are about the calls of somebody else, too."""
        return self._tools.watch(lambda notice: listener(notice) if isinstance(notice, CatalogNotice) else None)

    async def call(
        self,
        call: ToolCall,
        *,
        consent: Consent | None = None,
        deadline: float = CALL_SECONDS,
        answers: Mapping[str, JSON] | None = None,
    ) -> Outcome:
        """Make the call, if the gate lets it. A tool that changed is refused: it is approved on the device only."""
        tool = self._tools.catalog.of(call.server, call.tool)
        name = call.qualified if tool is None else self._tools.catalog.public_name(tool)
        definition = self._host.definition(name)
        if definition is not None and (why := await self._gate.refusal(self._user_id, definition, call.arguments)):
            await self._gate.note(self._user_id, name, call.arguments, "not_allowed")
            return failed("refused", why)
        if consent is not None:
            consent = replace(consent, source=ConsentSource.REMOTE)
        self._own.add(call.call_id)
        outcome = await self._tools.call(call, consent=consent, deadline=deadline, answers=answers)
        await self._gate.note(self._user_id, name, call.arguments, outcome.kind)
        if isinstance(outcome, NeedsInput) and outcome.need is Need.APPROVAL:
            said = f"{outcome.error.message} Its owner must approve it first."
            return Failed(CallError("changed", said, Sent.NO))
        return outcome

    async def recent(self, limit: int = 20) -> list[LedgerRow]:
        """Return those of the newest `limit` rows that this conversation's calls wrote."""
        return [row for row in await self._tools.recent(limit) if row.call_id in self._own]

    def decline(self, call: ToolCall) -> None:
        """Decline what a server asked in the middle of a call."""
        self._tools.decline(call)

    async def approve(self, server: str, tool: str, fingerprint: str = "") -> bool:
        """Approve nothing."""
        return False

    async def cancel_waiting(self, call_id: str) -> bool:
        """Take a waiting call of this conversation back."""
        return call_id in self._own and await self._tools.cancel_waiting(call_id)


def chat_opening(
    host: Served,
    clock: Clock,
    folder: Path,
    *,
    tools: ToolClient | None = None,
    language: str = BASE,
    deadline: float = CALL_SECONDS,
) -> ChatOpening:
    """Return what opens the chats of a served host. Records of users lie in `folder`, each in one of its own.

    `tools` is the client of a `ToolClientHost`; `language` is the code of the language that is spoken.
    """

    @asynccontextmanager
    async def opened(gate: ChatGate) -> AsyncIterator[Chats]:
        def opening(user_id: str) -> AbstractAsyncContextManager[Chat]:
            from assistant.conversation.chat.opening import open_chat  # heavy: only where somebody chats

            own = folder / hashlib.sha256(user_id.encode()).hexdigest()[:32]
            return open_chat(_tools_of(host, tools, user_id, gate, clock, own), clock, language, deadline, own)

        async with open_chats(opening, clock) as chats:
            yield chats

    return opened


@asynccontextmanager
async def _tools_of(
    host: Served, tools: ToolClient | None, user_id: str, gate: ChatGate, clock: Clock, own: Path
) -> AsyncIterator[ToolsPort]:
    if isinstance(host, ToolClientHost):
        assert tools is not None
        yield SharedTools(tools, host, user_id, gate)
        return
    server = InProcessServer(host.name, mcp_server(UserHost(host, user_id, gate)), clock, built_in=True)
    async with open_tools([server], own, clock) as client:
        await client.ready(_READY_SECONDS)
        yield client
