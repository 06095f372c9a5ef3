"""Turns what the MCP SDK returns into the answers of `ToolServer`: results, errors and requests for input.

Pure; every MCP transport shares it. It never sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import mcp_types as types
from mcp import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    REQUEST_TIMEOUT,
    URL_ELICITATION_REQUIRED,
)

from client.call import CallError, Need, Sent, ToolCall
from client.calls.server_forms import form_fields, only_asks_yes
from client.http import FAULT_CODE, Fault, fault_from_data
from client.servers.tool_server import TRY_LATER, Answer, Answered, FailureKind, Faulted, InputWanted
from client.values import JSON

_LONGEST_MESSAGE = 500
_LONGEST_WAIT = 24 * 3600.0
"""Longest wait in seconds that a server may ask for. If it asks for a longer one, the request is ignored."""
CONFIRMS_META = "mcqueen/confirms"
"""Key in the `_meta` of a question that asks only for a yes. Its value holds the tool and arguments that the question
reads back."""
_OUTCOME_UNKNOWN = {
    CONNECTION_CLOSED: "answer_lost",
    REQUEST_TIMEOUT: "timed_out",
    INTERNAL_ERROR: "server_error",
    PARSE_ERROR: "answer_unreadable",
}
"""Errors after which the tool may have run: the transport broke, or the server itself did."""


class FaultError(MCPError):
    """A fault as an exception, which is how the SDK passes errors on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(FAULT_CODE, fault.code, fault.data())


def answer_of_result(result: types.CallToolResult, *, trusted: bool = False) -> Answer:
    """Return the structured content if there is any, else the text; `isError` becomes a tool error.

    Only a `trusted` server is believed if it says that it did nothing and may be asked again; such a call is sent
    again.
    """
    text = "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))
    if result.is_error:
        message = shorten(text) or "The tool reported an error without a reason."
        if (result.meta or {}).get("mcqueen/outcome") == "unknown":  # a McQueen in between lost the answer
            return Faulted(FailureKind.ANSWER_LOST, CallError("answer_lost", message, Sent.MAYBE))
        later = _later(result.meta or {}, message) if trusted else None
        return later or Faulted(FailureKind.TOOL_ERROR, _told(result.meta or {}, message))
    content = _blocks(result)
    if result.structured_content is not None:
        return Answered(cast("JSON", result.structured_content), content=content)
    return Answered({"text": text}, content=content)


def _blocks(result: types.CallToolResult) -> tuple[Mapping[str, JSON], ...]:
    """Return all blocks if some are not text. Text alone adds nothing to the result."""
    if all(isinstance(block, types.TextContent) for block in result.content):
        return ()
    return tuple(block.model_dump(mode="json", by_alias=True, exclude_none=True) for block in result.content)


def _later(meta: Mapping[str, Any], message: str) -> Faulted | None:
    """Return whether the error says that nothing was done and the same call may work later."""
    detail = meta.get("mcqueen/error")
    if not isinstance(detail, Mapping) or detail.get("code") != TRY_LATER:
        return None
    told = detail.get("retry_after")
    seconds = float(told) if isinstance(told, int | float) and 0 <= told <= _LONGEST_WAIT else None
    return Faulted(FailureKind.REFUSED_FOR_NOW, CallError(TRY_LATER, message, Sent.NO, (), seconds))


def _told(meta: Mapping[str, Any], message: str) -> CallError:
    """Return a tool's own error. A McQueen server names the parameters that it did not accept."""
    detail = meta.get("mcqueen/error")
    if not isinstance(detail, Mapping) or detail.get("code") != "invalid_arguments":
        return CallError("tool_error", message, Sent.YES)
    names = detail.get("names")
    return CallError("invalid_arguments", message, Sent.YES, tuple(map(str, names)) if isinstance(names, list) else ())


def answer_of_error(error: MCPError, server: str) -> Answer:
    """Return what a JSON-RPC error says about whether the call was executed."""
    fault = fault_from_data(error.data)
    if fault is not None:
        return fault.faulted(server)
    if error.code == URL_ELICITATION_REQUIRED:
        return _visit(server, error.data)
    lost = _OUTCOME_UNKNOWN.get(error.code)
    if lost is not None:
        return Fault(FailureKind.ANSWER_LOST, lost, Sent.MAYBE).faulted(server)
    code = {INVALID_PARAMS: "invalid_arguments", METHOD_NOT_FOUND: "unknown_tool"}.get(error.code, "tool_error")
    return Faulted(FailureKind.TOOL_ERROR, CallError(code, shorten(error.message), Sent.YES))


def question_of(params: types.ElicitRequestParams, request_state: str) -> InputWanted:
    """Return a server's request for input as ours: a form to fill in, a yes, or a page to visit."""
    if isinstance(params, types.ElicitRequestURLParams):
        service = host_of(params.url)
        error = CallError("login_required", _spoken(params.message), Sent.YES)
        return InputWanted(Need.LOGIN, error, {"url": params.url}, service, request_state)
    schema = cast("dict[str, JSON]", params.requested_schema)
    names = tuple(form_fields(schema))
    need = Need.CONSENT if only_asks_yes(schema) else Need.ARGUMENTS
    code = "confirmation_wanted" if need is Need.CONSENT else "input_wanted"
    return InputWanted(
        need, CallError(code, _spoken(params.message), Sent.YES, names), schema, request_state=request_state
    )


def elicited(params: types.ElicitRequestParams, answers: Mapping[str, JSON]) -> types.ElicitResult:
    """Return our answer to one form: the given values and no others. If only a yes was asked for, it is true unless
    given.

    A page to visit is never accepted, because nobody here opens one.
    """
    if isinstance(params, types.ElicitRequestURLParams):
        return types.ElicitResult(action="cancel")
    schema = cast("dict[str, JSON]", params.requested_schema)
    fields = form_fields(schema)
    content: dict[str, Any] = {name: answers[name] for name in fields if name in answers}
    if only_asks_yes(schema):
        content = dict.fromkeys(fields, True) | content  # an answer to another question is never turned into a yes
    return types.ElicitResult(action="accept", content=content)


def confirms(params: types.ElicitRequestParams, beside: Mapping[str, object], call: ToolCall) -> bool:
    """Return whether a question only asks whether this very call may be made, as another McQueen marks it.

    Only a mark of a trusted server counts; the caller checks that. The mark is in the form's own `_meta`, or `beside`
    it if the revision has none there.
    """
    marked = {**beside, **(params.meta or {})}.get(CONFIRMS_META)
    if not isinstance(params, types.ElicitRequestFormParams) or not isinstance(marked, Mapping):
        return False
    if cast("dict[str, JSON]", params.requested_schema).get("properties"):
        return False  # it asks for more than a yes
    return marked.get("tool") == call.tool and marked.get("arguments") == dict(call.arguments)


def can_be_spoken(params: types.ElicitRequestParams) -> bool:
    """Return whether the message is short enough to be spoken whole, which it must be before anybody agrees to it."""
    return len(_spoken(params.message, whole=True)) <= _LONGEST_MESSAGE


def host_of(url: str) -> str:
    """Return the host of an address in its network form (look-alike letters show), or "an unreadable address"."""
    try:
        host = urlsplit(url).hostname or ""
        return host.encode("idna").decode("ascii") or "an unreadable address"
    except (ValueError, UnicodeError):
        return "an unreadable address"


def _spoken(text: str, *, whole: bool = False) -> str:
    """Return a message as one line without characters that cannot be seen or heard."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split()) if whole else shorten(line)


def shorten(text: str) -> str:
    """Return one line of at most 500 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _visit(server: str, data: object) -> Answer:
    pages = data.get("elicitations") if isinstance(data, Mapping) else None
    page = pages[0] if isinstance(pages, list) and pages and isinstance(pages[0], Mapping) else {}
    url = str(page.get("url", ""))
    message = shorten(str(page.get("message") or f"{server} asks for a login."))
    return InputWanted(
        Need.LOGIN, CallError("login_required", message, Sent.YES), {"url": url}, host_of(url) if url else server
    )
