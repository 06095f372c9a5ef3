"""The calls of one MCP server, each in a task of its own, so that a caller who gives up harms no other call.

A server's own question (elicitation) ends a call as `InputWanted`; the same call goes on once it is answered. It never
retries.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import mcp_types as types
from mcp import ClientSession, MCPError
from mcp.client.session import ClientRequestContext
from mcp_types import HEADER_MISMATCH
from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from client.call import CallError, Need, Sent, ToolCall
from client.http import Attempt, Fault, current_attempt
from client.servers.mcp.mcp_answers import (
    answer_of_error,
    answer_of_result,
    can_be_spoken,
    confirms,
    elicited,
    question_of,
)
from client.servers.mcp.mcp_connection import RunningCall, ServerQuestion, withdraw
from client.servers.tool_server import Answer, FailureKind, Faulted, InputWanted, Progress
from client.values import JSON

_log = logging.getLogger(__name__)

KEY_META = "mcqueen/idempotency-key"
_PATIENCE = 120.0
"""Seconds that a question of a handshake-era server stays open, because its call waits meanwhile."""
_MOST_QUESTIONS = 64


def _shape(raw: Any) -> str:
    if isinstance(raw, Mapping):
        return "input_required" if raw.get("resultType") == "input_required" else "complete"
    return "input_required" if isinstance(raw, types.InputRequiredResult) else "complete"


_CALL_RESULT: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    Annotated[
        Annotated[types.CallToolResult, Tag("complete")] | Annotated[types.InputRequiredResult, Tag("input_required")],
        Discriminator(_shape),
    ]
)


class Calls:
    """The running calls of one server, and the questions that it asked."""

    def __init__(
        self, server: str, *, local: bool, trusted: bool, relist: Callable[[ClientSession], Awaitable[bool]]
    ) -> None:
        """`relist` is called to list again if the server says that we know an outdated schema of a tool.

        A question that is marked as a mere confirmation of the call is answered by the call's yes, if the server is
        `trusted`.
        """
        self.on_progress: Progress | None = None
        self.key_arguments: frozenset[str] = frozenset()
        """Tools that take the idempotency key as an argument."""
        self._server = server
        self._local = local
        self._trusted = trusted
        self._relist = relist
        self._running: set[RunningCall] = set()
        self._questions: dict[str, ServerQuestion] = {}

    async def call(
        self,
        session: ClientSession,
        call: ToolCall,
        seconds: float,
        confirmed: bool,
        answers: Mapping[str, JSON] | None,
    ) -> Answer:
        """Send the call once, or continue after the question that it left open; wait at most `seconds`.

        If a trusted server asks whether exactly this call may be made, a driver who has just said so is not asked
        again.
        """
        began = time.monotonic()
        continued = call.call_id in self._questions
        answer = await self._call(session, call, seconds, confirmed, answers)
        left = seconds - (time.monotonic() - began)
        if confirmed and not continued and left > 0 and self._asks_the_same(call):
            answer = await self._call(session, call, left, confirmed, answers)
        return answer

    def _asks_the_same(self, call: ToolCall) -> bool:
        question = self._questions.get(call.call_id) if self._trusted else None
        return question is not None and all(confirms(form, question.marked, call) for form in question.forms.values())

    async def _call(
        self,
        session: ClientSession,
        call: ToolCall,
        seconds: float,
        confirmed: bool,
        answers: Mapping[str, JSON] | None,
    ) -> Answer:
        question = self._questions.pop(call.call_id, None) if self._questions else None
        agreed = confirmed and question is not None and question.wanted.need is Need.CONSENT
        other = question is not None and question.digest != call.digest
        if question is not None and (other or (answers is None and not agreed)):
            withdraw(question)
            question = None
        if question is not None:
            question = _answered(question, answers or {})
            following = _next_form(question)
            if following is not None:
                self._remember(call, following)
                return following.wanted
        interrupted = question.running if question is not None else None
        reply = interrupted.reply if interrupted is not None else None
        if question is not None and interrupted is not None and reply is not None:
            running = interrupted
            (result,) = question.answered.values()
            if not reply.done():
                reply.set_result(result)
            running.reply = None
        else:
            running = RunningCall(Attempt(call.idempotency_key))
            running.task = asyncio.create_task(self._send(session, call, running, question))
            self._running.add(running)
            running.task.add_done_callback(lambda _: self._running.discard(running))
        return await self._watch(call, running, seconds)

    def decline(self, call: ToolCall) -> None:
        """Decline the question that a call left open, and with it the call."""
        question = self._questions.pop(call.call_id, None)
        if question is not None:
            withdraw(question)

    def refuse(self, call: ToolCall) -> Answer:
        """Return the answer for a call that is made without a connection."""
        self.decline(call)
        return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self._server)

    async def close(self) -> None:
        """Withdraw all questions and end the calls in progress."""
        for question in self._questions.values():
            withdraw(question)
        self._questions.clear()
        tasks = [running.task for running in self._running if running.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    async def _watch(self, call: ToolCall, running: RunningCall, seconds: float) -> Answer:
        task = running.task
        assert task is not None
        try:
            waited: set[asyncio.Future[Any]] = {task, running.question}
            await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done() and not task.cancelled():
            return task.result()
        if running.question.done():
            return self._park(call, running, running.question.result())
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
        if running.attempt.sent is Sent.NO:
            return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO).faulted(self._server)
        return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE).faulted(self._server)

    def _park(self, call: ToolCall, running: RunningCall, form: types.ElicitRequestParams) -> InputWanted:
        wanted = question_of(form, secrets.token_hex(8))
        running.question = asyncio.get_running_loop().create_future()
        self._remember(call, ServerQuestion(wanted, call.digest, {"": form}, running=running))
        return wanted

    def _remember(self, call: ToolCall, question: ServerQuestion) -> None:
        while len(self._questions) >= _MOST_QUESTIONS:
            withdraw(self._questions.pop(next(iter(self._questions))))
        self._questions[call.call_id] = question

    async def _send(
        self,
        session: ClientSession,
        call: ToolCall,
        running: RunningCall,
        question: ServerQuestion | None,
    ) -> Answer:
        current_attempt.set(running.attempt)
        if self._local:
            running.attempt.sent = Sent.MAYBE
        try:
            return await self._exchange(session, call, question)
        except ValidationError:
            return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES).faulted(self._server)
        except Exception:  # noqa: BLE001  # the barrier: whatever one call meets ends that call alone, and is reported
            _log.exception("a call of %s to %s failed in a way that nobody foresaw", call.tool, self._server)
            lost = running.attempt.sent is not Sent.NO
            kind, code = (FailureKind.ANSWER_LOST, "answer_lost") if lost else (FailureKind.NOT_SENT, "not_sent")
            return Fault(kind, code, running.attempt.sent).faulted(self._server)

    async def _exchange(self, session: ClientSession, call: ToolCall, question: ServerQuestion | None) -> Answer:
        request = self._request(call, question)
        observer = partial(self._progressed, call) if self.on_progress is not None else None
        for relisted in (False, True):
            try:
                result = await session.send_request(request, _CALL_RESULT, progress_callback=observer)
            except MCPError as error:
                if error.code == HEADER_MISMATCH and not relisted and await self._relist(session):
                    continue  # refused before execution: we had mirrored arguments into headers by an outdated schema
                return answer_of_error(error, self._server)
            if isinstance(result, types.InputRequiredResult):
                return self._ask(call, result)
            return answer_of_result(result, trusted=self._trusted)
        raise AssertionError("unreachable: the second round always returns")

    def _request(self, call: ToolCall, question: ServerQuestion | None) -> types.CallToolRequest:
        arguments = dict(call.arguments)
        if call.tool in self.key_arguments:
            arguments.setdefault("idempotency_key", call.idempotency_key)
        responses: types.InputResponses | None = None
        if question is not None:
            responses = dict(question.answered)
        return types.CallToolRequest(
            params=types.CallToolRequestParams(
                name=call.tool,
                arguments=arguments,
                input_responses=responses,
                request_state=question.server_state if question is not None else None,
                _meta={KEY_META: call.idempotency_key},
            )
        )

    async def _progressed(self, call: ToolCall, progress: float, total: float | None, message: str | None) -> None:
        if self.on_progress is not None:
            self.on_progress(call, progress, total, message or "")

    def _ask(self, call: ToolCall, result: types.InputRequiredResult) -> Answer:
        requests = result.input_requests or {}
        forms = {key: request.params for key, request in requests.items() if isinstance(request, types.ElicitRequest)}
        if not forms or len(forms) != len(requests):
            message = f"{self._server} asks for something that this client does not offer."
            return Faulted(FailureKind.TOOL_ERROR, CallError("not_supported", message, Sent.YES))
        if not all(can_be_spoken(form) for form in forms.values()):
            message = f"{self._server} asks something that is too long to be said."
            return Faulted(FailureKind.TOOL_ERROR, CallError("not_supported", message, Sent.YES))
        name, form = next(iter(forms.items()))
        wanted = replace(question_of(form, result.request_state or secrets.token_hex(8)), asked_as=name)
        state, marked = result.request_state, result.meta or {}
        self._remember(call, ServerQuestion(wanted, call.digest, forms, server_state=state, marked=marked))
        return wanted

    async def elicit(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """Answer a question that came during a call: it goes to the caller that waits for that call."""
        if not can_be_spoken(params):
            return types.ElicitResult(action="decline")
        attempt = current_attempt.get()
        # stdio does not say which call a question belongs to. Answer only if exactly one candidate is left.
        asking = [running for running in self._running if running.reply is None]
        asked = [running for running in asking if running.attempt is attempt] or asking
        if len(asked) != 1 or asked[0].question.done():
            return types.ElicitResult(action="cancel")
        running = asked[0]
        reply: asyncio.Future[types.ElicitResult] = asyncio.get_running_loop().create_future()
        running.reply = reply
        running.question.set_result(params)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await reply
        except TimeoutError:
            return types.ElicitResult(action="cancel")


def _answered(question: ServerQuestion, answers: Mapping[str, JSON]) -> ServerQuestion:
    """Return the question with the answer to its present form added."""
    name = question.wanted.asked_as
    return replace(question, answered={**question.answered, name: elicited(question.forms[name], answers)})


def _next_form(question: ServerQuestion) -> ServerQuestion | None:
    """Return the same question with its next form; None if every form has an answer."""
    left = [name for name in question.forms if name not in question.answered]
    if not left:
        return None
    wanted = question_of(question.forms[left[0]], question.wanted.request_state)
    return replace(question, wanted=replace(wanted, asked_as=left[0]))
