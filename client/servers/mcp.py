"""What all MCP transports share: one owner task a connection, listing, calling, and a server's own questions.

The SDK's client must be entered and left in one task, and a caller that gives up must not take the connection with it:
so an owner task holds the connection and every call runs in a task of its own. It never retries.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import mcp_types as types
from mcp import Client, MCPError
from mcp.client.session import ClientRequestContext
from mcp_types import HEADER_MISMATCH
from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from client.call import CallError, Need, Sent, ToolCall
from client.clock import Clock
from client.http import Attempt, Fault, current_attempt, fault_from_data
from client.listing import read_tools
from client.servers.base import (
    Answer,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
)
from client.servers.mcp_answers import answer_of_error, answer_of_result, elicited, question_of
from client.servers.mcp_connection import Connection, Flight, Question, end, first_cause, withdraw
from client.values import JSON

_log = logging.getLogger(__name__)

PAGE_LIMIT = 100
"""Pages of `tools/list` that are read at most, so that a listing without end cannot hold us."""
KEY_META = "mcqueen/idempotency-key"
_PATIENCE = 120.0
"""Seconds that a question of a handshake-era server stays open, because its call waits meanwhile."""
_MOST_QUESTIONS = 64


def _shape(raw: Any) -> str:
    found = raw.get("resultType", "complete") if isinstance(raw, Mapping) else getattr(raw, "result_type", "complete")
    return "input_required" if found == "input_required" else "complete"


_CALL_RESULT: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    Annotated[
        Annotated[types.CallToolResult, Tag("complete")] | Annotated[types.InputRequiredResult, Tag("input_required")],
        Discriminator(_shape),
    ]
)


class McpServer(ABC):
    """A `ToolServer` over the official SDK; a transport says how the SDK's client is opened."""

    local = False
    """Whether it is reached without the network, and so says nothing about connectivity."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        trusted: bool = False,
        honours_keys: bool = False,
        connect_seconds: float = 15.0,
    ) -> None:
        self.name = name
        self.trusted = trusted
        self.on_tools_changed: Callable[[], None] | None = None
        self._honours_keys = honours_keys
        self._clock = clock
        self._connect_seconds = connect_seconds
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._flights: set[Flight] = set()
        self._questions: dict[str, Question] = {}
        self._key_arguments: frozenset[str] = frozenset()

    @abstractmethod
    def _open(self) -> AbstractAsyncContextManager[Client]:
        """Return the SDK's client, to be entered and left by the owner task."""

    @property
    def connected(self) -> bool:
        """Whether calls can be sent now."""
        return self._connection is not None and self._connection.client is not None and not self._connection.broken

    async def connect(self) -> None:
        """Open the connection, or open it anew when it broke. Raises `ServerUnavailableError`."""
        async with self._connecting:
            if self.connected:
                return
            await self._disconnect()
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
            self._connection = connection

    async def _own(self, connection: Connection) -> None:
        try:
            async with self._open() as client:
                connection.client = client
                connection.ready.set_result(None)
                await connection.stop.wait()
        except Exception as error:  # noqa: BLE001  # the owner must outlive whatever the SDK raises; it is reported
            if connection.ready.done():
                _log.warning("the connection to %s ended: %s", self.name, first_cause(error))
            else:
                connection.ready.set_exception(self._unavailable(first_cause(error)))
        finally:
            connection.client = None
            if not connection.ready.done():
                connection.ready.set_exception(self._unavailable(None))
                connection.ready.exception()  # nobody may be waiting any more

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
            for question in self._questions.values():
                withdraw(question)
            self._questions.clear()
            await self._disconnect()

    async def list_tools(self) -> Listing:
        """Read all pages, 100 at most. Raises `ServerUnavailableError`."""
        raw: list[JSON] = []
        cursor: str | None = None
        client = self._connection.client if self._connection is not None else None
        if client is None:
            raise ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{self.name} is not connected.")
        try:
            async with asyncio.timeout(self._connect_seconds):
                for _ in range(PAGE_LIMIT):
                    page = await client.session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
                    raw.extend(tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools)
                    cursor = page.next_cursor
                    if cursor is None:
                        break
        except MCPError as error:
            self._note(self._connection, answer_of_error(error, self.name))
            raise self._unavailable(error) from error
        except TimeoutError:
            raise ServerUnavailableError(
                self.name, FailureKind.ANSWER_LOST, f"{self.name} did not list its tools in time."
            ) from None
        except ValidationError as error:
            raise ServerUnavailableError(
                self.name, FailureKind.TOOL_ERROR, f"{self.name} lists its tools in a form that MCP does not know."
            ) from error
        listing = read_tools(raw, self.name, trusted=self.trusted, honours_keys=self._honours_keys)
        self._key_arguments = frozenset(tool.name for tool in listing.tools if "idempotency_key" in tool.properties)
        return listing

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once, or go on with the question that it left open."""
        question = self._questions.pop(call.call_id, None)
        agreed = confirmed and question is not None and question.wanted.need is Need.CONSENT
        if question is not None and answers is None and not agreed:
            withdraw(question)
            question = None
        connection = self._connection
        if connection is None or connection.client is None or connection.broken:
            return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self.name)
        if question is not None and question.flight is not None and question.flight.reply is not None:
            flight = question.flight
            (form,) = question.forms.values()
            if not question.flight.reply.done():
                question.flight.reply.set_result(elicited(form, answers or {}))
            flight.reply = None
        else:
            flight = Flight(Attempt(call.idempotency_key))
            flight.task = asyncio.create_task(self._send(connection.client, call, flight, question, answers or {}))
            self._flights.add(flight)
            flight.task.add_done_callback(lambda _: self._flights.discard(flight))
        answer = await self._watch(call, flight, seconds)
        self._note(connection, answer)
        return answer

    def _note(self, connection: Connection | None, answer: Answer) -> None:
        lost = isinstance(answer, Faulted) and (
            answer.kind is FailureKind.SESSION_LOST or (answer.error.code == "answer_lost" and self.local)
        )
        if lost and connection is not None:
            connection.broken = True

    async def _watch(self, call: ToolCall, flight: Flight, seconds: float) -> Answer:
        task = flight.task
        assert task is not None
        try:
            waited: set[asyncio.Future[Any]] = {task, flight.question}
            await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done() and not task.cancelled():
            return task.result()
        if flight.question.done():
            return self._park(call, flight, flight.question.result())
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
        if flight.attempt.sent is Sent.NO:
            return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self.name)
        return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE).faulted(self.name)

    def _park(self, call: ToolCall, flight: Flight, form: types.ElicitRequestParams) -> InputWanted:
        wanted = question_of(form, secrets.token_hex(8))
        flight.question = asyncio.get_running_loop().create_future()
        self._remember(call, Question(wanted, {"": form}, flight))
        return wanted

    def _remember(self, call: ToolCall, question: Question) -> None:
        while len(self._questions) >= _MOST_QUESTIONS:
            withdraw(self._questions.pop(next(iter(self._questions))))
        self._questions[call.call_id] = question

    async def _send(
        self,
        client: Client,
        call: ToolCall,
        flight: Flight,
        question: Question | None,
        answers: Mapping[str, JSON],
    ) -> Answer:
        current_attempt.set(flight.attempt)
        if self.local:
            flight.attempt.sent = Sent.MAYBE
        arguments = dict(call.arguments)
        if call.tool in self._key_arguments:
            arguments.setdefault("idempotency_key", call.idempotency_key)
        responses: types.InputResponses | None = None
        if question is not None:
            responses = {key: elicited(form, answers) for key, form in question.forms.items()}
        request = types.CallToolRequest(
            params=types.CallToolRequestParams(
                name=call.tool,
                arguments=arguments,
                input_responses=responses,
                request_state=question.server_state if question is not None else None,
                _meta={KEY_META: call.idempotency_key},
            )
        )
        for relisted in (False, True):
            try:
                result = await client.session.send_request(request, _CALL_RESULT)
            except MCPError as error:
                if error.code == HEADER_MISMATCH and not relisted and await self._relist(client):
                    continue  # refused before execution: the schema that we mirrored into headers was old
                return answer_of_error(error, self.name)
            except ValidationError:
                return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES).faulted(self.name)
            if isinstance(result, types.InputRequiredResult):
                return self._ask(call, result)
            return answer_of_result(result)
        raise AssertionError("unreachable: the second round always returns")

    async def _relist(self, client: Client) -> bool:
        if self.on_tools_changed is not None:
            self.on_tools_changed()
        try:
            await client.session.list_tools()
        except (MCPError, ValidationError):
            return False
        return True

    def _ask(self, call: ToolCall, result: types.InputRequiredResult) -> Answer:
        requests = result.input_requests or {}
        forms = {key: request.params for key, request in requests.items() if isinstance(request, types.ElicitRequest)}
        if not forms or len(forms) != len(requests):
            message = f"{self.name} asks for something that this client does not offer."
            return Faulted(FailureKind.TOOL_ERROR, CallError("not_supported", message, Sent.YES))
        # Several forms at once are rare; they are asked as one, by the first, with the fields of all of them.
        wanted = question_of(next(iter(forms.values())), result.request_state or secrets.token_hex(8))
        self._remember(call, Question(wanted, forms, server_state=result.request_state))
        return wanted

    async def _elicit(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """Answer a question that came in the middle of a call: it is handed to whoever waits for that call."""
        attempt = current_attempt.get()
        flights = [flight for flight in self._flights if flight.attempt is attempt] or list(self._flights)
        if len(flights) != 1 or isinstance(params, types.ElicitRequestURLParams) or flights[0].question.done():
            return types.ElicitResult(action="cancel")
        flight = flights[0]
        reply: asyncio.Future[types.ElicitResult] = asyncio.get_running_loop().create_future()
        flight.reply = reply
        flight.question.set_result(params)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await reply
        except TimeoutError:
            return types.ElicitResult(action="cancel")

    async def _heard(self, message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification) and self.on_tools_changed is not None:
            self.on_tools_changed()

    async def health(self) -> Health:
        """Ask for the smallest thing that the negotiated revision offers."""
        started = self._clock.monotonic()
        client = self._connection.client if self._connection is not None else None
        if client is None:
            return Health(False, 0.0, "not connected")
        session = client.session
        try:
            async with asyncio.timeout(self._connect_seconds):
                if session.initialize_result is not None:
                    await session.send_ping()
                else:
                    await session.send_discover(client.protocol_version)
        except MCPError as error:
            answer = answer_of_error(error, self.name)
            self._note(self._connection, answer)
            if isinstance(answer, Faulted) and answer.kind is not FailureKind.TOOL_ERROR:
                return Health(False, self._clock.monotonic() - started, answer.error.message)
        except (TimeoutError, ValidationError) as error:
            return Health(False, self._clock.monotonic() - started, str(error) or "no answer in time")
        return Health(True, self._clock.monotonic() - started)
