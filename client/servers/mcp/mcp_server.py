"""The base of all MCP transports: one owner task for each connection, negotiation, listing, and health.

The SDK's session must be entered and left in one task, and a caller that gives up must not end the connection for
others. So an owner task holds it. Calls are in `mcp_calls.py`. It never retries a call.
"""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp import ClientSession, MCPError
from mcp.shared.dispatcher import Dispatcher
from mcp.shared.transport_context import TransportContext
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from client.call import ToolCall
from client.clock import Clock
from client.http import fault_from_data
from client.schemas.tool_listing import MOST_TOOLS
from client.servers.mcp import mcp_reading
from client.servers.mcp.containment import Contained, HeardEntries, next_page, whole_page
from client.servers.mcp.kept_answers import KeptAnswers
from client.servers.mcp.mcp_answers import answer_of_error, shorten
from client.servers.mcp.mcp_calls import Calls
from client.servers.mcp.mcp_connection import Connection, end, first_cause
from client.servers.mcp.mcp_negotiation import Agreement, ProbeEndedError, negotiate, place_of
from client.servers.mcp.mcp_reading import Found
from client.servers.mcp.standing_request import watch
from client.servers.readable import Content, Prompt, PromptMessage, Readable, Resource
from client.servers.tool_server import (
    Answer,
    FailureKind,
    Faulted,
    Health,
    Listing,
    Progress,
    ServerUnavailableError,
    ToolServer,
)
from client.values import JSON

_log = logging.getLogger(__name__)

PAGE_LIMIT = 100
"""Most pages of a listing that are read, in case the listing never ends."""
_PROBE_SECONDS, _PROBE_SHARE = 4.0, 0.4
"""How long the newest revision's question may stay open before the handshake follows: seconds, share of the time."""
_CHANGED_READING = (
    types.ResourceListChangedNotification,
    types.ResourceUpdatedNotification,
    types.PromptListChangedNotification,
)
CLIENT_INFO = types.Implementation(name="mcqueen", version=version("mcqueen"))


class McpServer(ToolServer):
    """A `ToolServer` over the official SDK; a transport says how messages travel."""

    agrees = True
    _listing_is_heard = True
    """Whether listings pass through `Contained`; a server inside this process needs no containing."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        address: str = "",
        trusted: bool = False,
        honours_keys: bool = False,
        connect_seconds: float = 5.0,
    ) -> None:
        """`address` is the URL or command line. A stored agreement with the server counts for that address only."""
        super().__init__(name, trusted=trusted)
        self.address = address
        self._place = place_of(address)
        self._agreement: Agreement | None = None
        self._reader = mcp_reading.ListingReader(name, trusted=trusted, honours_keys=honours_keys)
        self._clock = clock
        self._connect_seconds = connect_seconds
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._kept = KeptAnswers(clock.monotonic)
        self._calls = Calls(name, local=self.local, trusted=trusted, relist=self._relist)

    @abstractmethod
    def _dispatching(self) -> AbstractAsyncContextManager[Dispatcher[TransportContext]]:
        """Return the dispatcher that carries messages, to be entered and left by the owner task."""

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ClientSession]:
        async with self._dispatching() as dispatcher:
            session = ClientSession(
                dispatcher=Contained(dispatcher, self._kept),
                elicitation_callback=self._calls.elicit,
                message_handler=self._heard,
                client_info=CLIENT_INFO,
            )
            async with session:
                yield session

    @property
    def on_progress(self) -> Progress | None:
        """Called with the progress of calls; set it before the first call."""
        return self._calls.on_progress

    @on_progress.setter
    def on_progress(self, observer: Progress | None) -> None:
        self._calls.on_progress = observer

    @property
    def connected(self) -> bool:
        """Whether calls can be sent now."""
        return self._connection is not None and self._connection.session is not None and not self._connection.broken

    @property
    def session_words(self) -> str:
        """The session as words for people; empty without a connection."""
        session = self._connection.session if self._connection is not None else None
        return f"MCP {session.protocol_version}" if session is not None and session.protocol_version else ""

    @property
    def readable(self) -> Readable:
        """This server: MCP has resources and prompts."""
        return self

    def remember(self, kept: str) -> None:
        """Use the agreement that `on_agreed` reported at an earlier start. It saves the round trip that asks for the
        revision."""
        self._agreement = Agreement.from_text(kept, self._place)

    @property
    def remembers(self) -> bool:
        """Whether an agreement from an earlier start is known."""
        return self._agreement is not None

    async def connect(self) -> None:
        """Open the connection, or open it again after it broke. Raises `ServerUnavailableError`."""
        async with self._connecting:
            if self.connected:
                return
            await self._disconnect()
            self._kept.forget(public_too=False)
            guesses = self._agreement is None
            try:
                self._connection = await self._open()
            except ServerUnavailableError:
                if not (guesses and self._agreement is not None and self._agreement.guessed):
                    raise
                self._connection = await self._open()  # perhaps the server knows only the handshake

    async def _open(self) -> Connection:
        connection = Connection()
        connection.owner = asyncio.create_task(self._own(connection), name=f"{self.name} connection")
        try:
            async with asyncio.timeout(self._connect_seconds):
                await asyncio.shield(connection.ready)
        except TimeoutError:
            await end(connection)
            raise ServerUnavailableError(
                self.name, FailureKind.NOT_SENT, f"{self.name} did not answer in time."
            ) from None
        except BaseException:
            await end(connection)
            raise
        return connection

    async def _own(self, connection: Connection) -> None:
        try:
            async with self._opened() as session:
                connection.assumed = await self._agree(session)
                connection.session = session
                connection.ready.set_result(None)
                watching = asyncio.create_task(watch(session, self._changed), name=f"changes of {self.name}")
                try:
                    await connection.stop.wait()
                finally:
                    watching.cancel()
                    await asyncio.wait({watching})
        except Exception as error:  # noqa: BLE001  # the owner must outlive whatever the SDK raises; it is reported
            if connection.ready.done():
                _log.warning("the connection to %s ended: %s", self.name, first_cause(error))
            else:
                connection.ready.set_exception(self._unavailable(first_cause(error)))
        finally:
            connection.session = None
            if not connection.ready.done():
                connection.ready.set_exception(self._unavailable(None))
            connection.ready.exception()  # nobody may be waiting any more

    async def _agree(self, session: ClientSession) -> bool:
        """Agree on a revision; return whether it comes from an earlier start."""
        if session.protocol_version is not None:
            return False  # the transport has fixed the revision
        before = self._agreement
        probe = min(_PROBE_SECONDS, self._connect_seconds * _PROBE_SHARE)
        try:
            self._agreement, assumed = await negotiate(session, before, self._place, probe)
        except ProbeEndedError:
            self._agreement = Agreement(self._place, None, guessed=True)
            raise
        except MCPError:
            self._agreement = None  # ask again at the next start
            raise
        if self._agreement != before and self.on_agreed is not None:
            self.on_agreed(self._agreement.to_text())
        return assumed

    def _unavailable(self, error: Exception | None) -> ServerUnavailableError:
        if isinstance(error, MCPError):
            fault = fault_from_data(error.data)
            if fault is not None:
                return ServerUnavailableError(self.name, fault.kind, fault.faulted(self.name).error.message, fault.code)
            return ServerUnavailableError(
                self.name, FailureKind.TOOL_ERROR, f"{self.name} does not speak MCP as we do: {error.message[:200]}"
            )
        if isinstance(error, OSError):
            return ServerUnavailableError(
                self.name, FailureKind.NOT_SENT, f"{self.name} cannot be started: {error.strerror or error}."
            )
        detail = f": {error}" if error is not None else ""
        return ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{self.name} cannot be reached{detail}"[:300])

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await end(connection)

    async def close(self) -> None:
        """End the connection."""
        async with self._connecting:
            await self._calls.close()
            await self._disconnect()

    @property
    def session(self) -> ClientSession:
        """The SDK's session while there is a connection. Raises `ServerUnavailableError`."""
        session = self._connection.session if self._connection is not None else None
        if session is None:
            raise ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{self.name} is not connected.")
        return session

    async def list_tools(self) -> Listing:
        """Read all pages, 100 at most. Raises `ServerUnavailableError`."""
        try:
            raw = await self._pages()
        except MCPError as error:
            connection = self._connection
            if connection is None or not connection.assumed or fault_from_data(error.data) is not None:
                raise self._failed(error) from error
            # The revision came from an earlier start, and the server no longer speaks it.
            self._agreement, connection.broken = None, True
            await self.connect()
            try:
                raw = await self._pages()
            except MCPError as again:
                raise self._failed(again) from again
        listing = await self._reader.read(raw, modern=self.session.protocol_version in MODERN_PROTOCOL_VERSIONS)
        self._calls.key_arguments = frozenset(
            tool.name for tool in listing.tools if "idempotency_key" in tool.properties
        )
        return listing

    def _failed(self, error: MCPError) -> ServerUnavailableError:
        self._note(self._connection, answer_of_error(error, self.name))
        return self._unavailable(error)

    async def _pages(self) -> list[JSON]:
        cursor: str | None = None
        turned: set[str] = set()
        session, connection = self.session, self._connection
        heard = HeardEntries(connection.listed if connection is not None else [])
        raw: list[JSON] = heard.entries
        set_before = whole_page.set(heard)
        try:
            async with asyncio.timeout(self._connect_seconds):
                for _ in range(PAGE_LIMIT):
                    tools, cursor = await next_page(session, cursor)
                    if not self._listing_is_heard:
                        raw.extend(tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools)
                    if not cursor or cursor in turned or len(raw) > MOST_TOOLS:
                        break  # some servers end with an empty cursor, or never change it
                    turned.add(cursor)
        except TimeoutError:
            raise ServerUnavailableError(
                self.name, FailureKind.ANSWER_LOST, f"{self.name} did not list its tools in time."
            ) from None
        except ValidationError as error:
            raise ServerUnavailableError(
                self.name, FailureKind.TOOL_ERROR, f"{self.name} lists its tools in a form that MCP does not know."
            ) from error
        finally:
            whole_page.reset(set_before)
        if connection is not None:
            connection.listed = raw
        return raw

    async def list_resources(self) -> list[Resource]:
        """Return resources and templates, all pages. Raises `ServerUnavailableError`."""
        return await self._reading(mcp_reading.list_resources(self.session, self.name))

    async def read_resource(self, uri: str) -> list[Content]:
        """Read one resource. Raises `ServerUnavailableError`."""
        return await self._reading(mcp_reading.read_resource(self.session, uri))

    async def list_prompts(self) -> list[Prompt]:
        """Return the prompts, all pages. Raises `ServerUnavailableError`."""
        return await self._reading(mcp_reading.list_prompts(self.session, self.name))

    async def get_prompt(self, name: str, arguments: Mapping[str, str]) -> list[PromptMessage]:
        """Fill in one prompt. Raises `ServerUnavailableError`."""
        return await self._reading(mcp_reading.get_prompt(self.session, name, arguments))

    async def complete(self, kind: str, name: str, blank: str, begun: str) -> list[str]:
        """Complete an argument of a prompt or a variable of a resource template. Raises `ServerUnavailableError`."""
        return await self._reading(mcp_reading.complete(self.session, kind, name, blank, begun))

    async def _reading(self, work: Awaitable[Found]) -> Found:
        try:
            return await mcp_reading.bounded(self.name, self._connect_seconds, work)
        except MCPError as error:
            if fault_from_data(error.data) is None:
                message = f"{self.name} answers: {shorten(error.message)}"
                raise ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, message, "refused") from error
            raise self._failed(error) from error

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once, or continue after the question that it left open."""
        connection = self._connection
        if connection is None or connection.session is None or connection.broken:
            return self._calls.refuse(call)
        answer = await self._calls.call(connection.session, call, seconds, confirmed, answers)
        self._note(connection, answer)
        return answer

    def decline(self, call: ToolCall) -> None:
        """Decline the question that the call left open."""
        self._calls.decline(call)

    def _note(self, connection: Connection | None, answer: Answer) -> None:
        lost = isinstance(answer, Faulted) and (
            answer.kind is FailureKind.SESSION_LOST or (answer.error.code == "answer_lost" and self.local)
        )
        if lost and connection is not None:
            connection.broken = True

    async def _relist(self, session: ClientSession) -> bool:
        self._changed()
        if self._connection is not None:
            self._connection.listed = []
        try:
            await session.list_tools()
        except (MCPError, ValidationError):
            return False
        return True

    def _changed(self) -> None:
        if self.on_tools_changed is not None:
            self.on_tools_changed()

    async def _heard(self, message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._changed()
        elif isinstance(message, _CHANGED_READING):
            self._kept.forget()

    async def health(self) -> Health:
        """Send the smallest request that the agreed revision offers."""
        started = self._clock.monotonic()
        session = self._connection.session if self._connection is not None else None
        if session is None:
            return Health(False, 0.0, "not connected")
        try:
            async with asyncio.timeout(self._connect_seconds):
                if session.initialize_result is not None:
                    await session.send_ping()
                else:
                    await session.send_discover(session.protocol_version or "")
        except MCPError as error:
            answer = answer_of_error(error, self.name)
            self._note(self._connection, answer)
            if isinstance(answer, Faulted) and answer.kind is not FailureKind.TOOL_ERROR:
                return Health(False, self._clock.monotonic() - started, answer.error.message)
        except (TimeoutError, ValidationError) as error:
            return Health(False, self._clock.monotonic() - started, str(error) or "no answer in time")
        return Health(True, self._clock.monotonic() - started)
