"""Configured servers as one MCP server: a sensitive tool runs only after the client accepted an elicitation.

The form asks the read-back question and names every argument. It has no fields, so accepting it is the yes, and no
default can fill anything in. Clients of older revisions are asked during their call, clients of 2026-07-28 by a result
that asks for input. Open questions are kept in memory only: after a restart a call starts again.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.lowlevel import Server
from mcp.shared.message import ServerMessageMetadata
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import TypeAdapter, ValidationError

from assistant.hosting.mcp_over_host import Context, Held, Noted, given_key, user_of
from assistant.serving.mcp.mcp_material import McpMaterial
from assistant.serving.tool_client_host import Prepared, ToolClientHost
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent, Succeeded
from client.notices import CallProgress
from client.servers.mcp.mcp_answers import CONFIRMS_META
from client.values import JSON, canonical

_FORM = "mcqueen"
"""The name of the one form in a result that asks for input, if the question is our own."""
_PATIENCE = 120.0
"""Seconds that a client may take to answer."""
_MOST_QUESTIONS = 256
_MOST_ROUNDS = 8
_NOT_CONFIRMED = CallError("not_confirmed", "It was not confirmed.", Sent.NO)

_BLOCK: TypeAdapter[types.ContentBlock] = TypeAdapter(types.ContentBlock)


@dataclass
class _Question:
    """A question to a client of 2026-07-28, stored until the client sends the answer."""

    prepared: Prepared
    needs: NeedsInput
    asked_at: float
    answered: bool = False


class _Questions:
    """Open questions by a token that cannot be guessed. Each can be answered once, and only for its own call."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._open: dict[str, _Question] = {}

    def ask(self, prepared: Prepared, needs: NeedsInput) -> str:
        """Keep a question and return its token."""
        while len(self._open) >= _MOST_QUESTIONS:
            self._open.pop(next(iter(self._open)))
        name = secrets.token_urlsafe(24)
        token = f"{name}.{self._seal(name)}"
        self._open[token] = _Question(prepared, needs, self._now())
        return token

    def _seal(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), "sha256").hexdigest()

    def find(self, token: str | None, prepared: Prepared) -> _Question | None:
        """Return the question with that token if it was asked of this call and is not too old.

        Raises `MCPError` if this process did not issue the token: somebody changed it, or the server restarted.
        """
        name, _, seal = (token or "").rpartition(".")
        if token is not None and not hmac.compare_digest(seal.encode(), self._seal(name).encode()):
            raise MCPError(types.INVALID_PARAMS, "This requestState was not given out here; make the call without it.")
        question = self._open.get(token) if token else None
        if question is None or question.prepared.call.digest != prepared.call.digest:
            return None
        return question if self._now() - question.asked_at <= _PATIENCE else None


class McpFace:
    """Serves a `ToolClientHost` over MCP."""

    def __init__(
        self,
        host: ToolClientHost,
        now: Callable[[], float] = time.monotonic,
        noted: Noted | None = None,
        held: Held | None = None,
    ) -> None:
        """`noted` is called with each call that ended; `held` says before each call why it is refused."""
        self._host = host
        self._noted = noted
        self._held = held
        self._questions = _Questions(now)

    def server(self, version: str) -> Server[dict[str, Any]]:
        """Return the server object of the SDK."""
        material = McpMaterial(self._host.material)
        return Server(
            f"mcqueen-{self._host.name}",
            version=version,
            title="McQueen's servers",
            instructions="Tools that need a confirmation ask for it with a form (elicitation) before they do anything.",
            get_tool_input_schema=self._host.input_schema,
            on_list_tools=self._list,
            on_call_tool=self._call,
            on_list_resources=material.list_resources,
            on_list_resource_templates=material.list_templates,
            on_read_resource=material.read,
            on_list_prompts=material.list_prompts,
            on_get_prompt=material.get_prompt,
            on_completion=material.complete,
        )

    async def _list(self, context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        tools = [types.Tool.model_validate(entry) for entry in await self._host.list_tools()]
        return types.ListToolsResult(tools=tools)

    async def _call(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        prepared = self._host.prepare(
            params.name, params.arguments or {}, key=given_key(context), user_id=user_of(context)
        )
        if prepared is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool called {params.name[:60]}.")
        if self._held is not None and (why := await self._held(context, prepared.name)):
            return self._result(prepared, Failed(CallError("not_enabled", why, Sent.NO)))
        question = self._questions.find(params.request_state, prepared)
        answer = (params.input_responses or {}).get(_FORM if question is None else _name(question.needs))
        if question is not None:
            prepared = question.prepared
        async with self._progress(context, prepared):
            outcome = await (self._host.attempt(prepared) if question is None else self._resumed(question, answer))
            return await self._settled(context, prepared, outcome)

    @asynccontextmanager
    async def _progress(self, context: Context, prepared: Prepared) -> AsyncIterator[None]:
        """Pass the server's progress notices on, in order, until the block ends."""
        told: asyncio.Queue[CallProgress] = asyncio.Queue()

        def notice(progress: CallProgress) -> None:
            if progress.call.call_id == prepared.call.call_id:
                told.put_nowait(progress)

        async def pass_on() -> None:
            while True:
                progress = await told.get()
                try:
                    await context.session.report_progress(progress.done, progress.total, progress.message or None)
                finally:
                    told.task_done()

        end = self._host.on_progress(notice)
        passing = asyncio.create_task(pass_on())
        try:
            yield
            await asyncio.wait({passing, asyncio.ensure_future(told.join())}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            end()
            passing.cancel()

    async def _settled(
        self, context: Context, prepared: Prepared, outcome: Outcome
    ) -> types.CallToolResult | types.InputRequiredResult:
        """Ask the client for everything that the call needs, as often as needed, and return the outcome of the call."""
        for _ in range(_MOST_ROUNDS):
            if not isinstance(outcome, NeedsInput) or outcome.need not in (Need.CONSENT, Need.ARGUMENTS):
                break
            if found := self._host.problems(prepared):
                outcome = _invalid(found)
                break
            form = self._form(prepared, outcome)
            if not _can_be_asked(context):
                outcome = _cannot_be_asked(prepared, outcome)
                break
            if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return types.InputRequiredResult(
                    input_requests={_name(outcome): types.ElicitRequest(params=form)},
                    request_state=self._questions.ask(prepared, outcome),
                    _meta=form.meta,  # this revision allows no `_meta` beside the form
                )
            outcome = await self._answered(prepared, outcome, await _elicit(context, form))
        if self._noted is not None:
            await self._noted(context, prepared.name, prepared.call.arguments, outcome.kind)
        return self._result(prepared, outcome)

    async def _resumed(self, question: _Question, answer: object) -> Outcome:
        if question.answered:
            # The client repeats its answer because ours was lost: the record gives the outcome, without a new yes.
            return await self._host.attempt(question.prepared)
        question.answered = True
        return await self._answered(question.prepared, question.needs, answer)

    async def _answered(self, prepared: Prepared, needs: NeedsInput, answer: object) -> Outcome:
        if not isinstance(answer, types.ElicitResult) or answer.action != "accept":
            return Failed(_NOT_CONFIRMED)
        if needs.need is Need.CONSENT:
            return await self._host.attempt(prepared, consent=self._host.consent(prepared))
        answers: dict[str, JSON] = {
            name: list(value) if isinstance(value, list) else value for name, value in (answer.content or {}).items()
        }
        return await self._host.attempt(prepared, answers=answers)

    def _form(self, prepared: Prepared, needs: NeedsInput) -> types.ElicitRequestFormParams:
        if needs.need is Need.CONSENT:
            message = self._host.read_back(prepared, needs)
            only_this = needs.error.code == "consent_missing"  # not a question of the server behind us
            marked = {"tool": prepared.name, "arguments": dict(prepared.call.arguments)}
            return types.ElicitRequestFormParams(
                message=message,
                requested_schema={"type": "object", "properties": {}},
                _meta={CONFIRMS_META: marked} if only_this else None,
            )
        return types.ElicitRequestFormParams(
            message=f"{prepared.title}: {needs.error.message}", requested_schema=dict(needs.schema)
        )

    def _result(self, prepared: Prepared, outcome: Outcome) -> types.CallToolResult:
        text = self._host.sentence(prepared, outcome)
        if isinstance(outcome, Succeeded):
            return _success(prepared, outcome, text)
        if isinstance(outcome, Deferred):
            return types.CallToolResult(
                content=[types.TextContent(type="text", text=text)],
                structured_content=self._host.waiting(prepared, outcome),
                _meta={"mcqueen/outcome": "deferred"},
            )
        error = outcome.error
        detail = {"code": error.code, "names": list(error.names), "sent": error.sent.value}
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)],
            is_error=True,
            _meta={"mcqueen/outcome": outcome.kind, "mcqueen/error": detail},
        )


def _name(needs: NeedsInput) -> str:
    """Return the form's name: the upstream server's name for its own question, else ours."""
    return needs.asked_as or _FORM


def _success(prepared: Prepared, outcome: Succeeded, text: str) -> types.CallToolResult:
    """Return the result. Its text is the server's own sentence if there is one, else the whole result."""
    result = outcome.result
    spoken = isinstance(result, dict) and any(isinstance(result.get(key), str) for key in ("summary", "text"))
    only_text = isinstance(result, dict) and set(result) == {"text"} and prepared.tool.output_schema is None
    if only_text and isinstance(result, dict):
        text = str(result["text"])  # unchanged: it may have several lines
    elif not spoken and outcome.age is None:
        text = canonical(result)
    meta: dict[str, Any] = {"mcqueen/outcome": "succeeded"}
    if outcome.age is not None:
        meta["mcqueen/age_seconds"] = outcome.age
    if outcome.served_by:
        meta |= {"mcqueen/served_by": outcome.served_by, "mcqueen/attempts": outcome.attempts}
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
    if outcome.content:  # pictures, sound and resources go on as they came, in their order
        content = [_BLOCK.validate_python(block) for block in outcome.content]
    return types.CallToolResult(
        content=content,
        structured_content=result if isinstance(result, dict) and not only_text else None,
        _meta=meta,
    )


def _invalid(found: list[tuple[str, str]]) -> Failed:
    names = tuple(dict.fromkeys(name for name, _ in found))
    message = "; ".join(dict.fromkeys(sentence for _, sentence in found))
    return Failed(CallError("invalid_arguments", message, Sent.NO, names))


def _cannot_be_asked(prepared: Prepared, needs: NeedsInput) -> Failed:
    what = "a confirmation" if needs.need is Need.CONSENT else "an answer"
    message = (
        f"{prepared.title} needs {what} first, and this client does not offer the form (elicitation) to ask for it"
    )
    return Failed(CallError(needs.error.code, message, Sent.NO, needs.error.names))


def _can_be_asked(context: Context) -> bool:
    """Return whether the client can fill in forms and be reached with one. An empty `elicitation` capability means
    forms.
    """
    capabilities = context.session.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return context.protocol_version in MODERN_PROTOCOL_VERSIONS or context.session.can_send_request


async def _elicit(context: Context, form: types.ElicitRequestFormParams) -> types.ElicitResult:
    """Ask during the call. Anything that is no proper answer counts as no answer."""
    try:
        return await context.session.send_request(
            types.ElicitRequest(params=form),
            types.ElicitResult,
            request_read_timeout_seconds=_PATIENCE,
            metadata=ServerMessageMetadata(related_request_id=context.request_id),
        )
    except (MCPError, ValidationError):
        return types.ElicitResult(action="cancel")
