"""JSON-RPC messages over HTTP: read, matched with their request, and turned into results or errors.

Pure. A message that cannot be read becomes an empty one, which answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx
from mcp import MCPError
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import INVALID_REQUEST, RequestId

from client.call import Sent
from client.deep_json import read_json
from client.http import Fault
from client.servers.mcp.inbound import Message
from client.servers.tool_server import FailureKind


def media_type(response: httpx.Response) -> str:
    """Return an answer's media type without its parameters."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def read_message(body: bytes | str) -> Message:
    """Return a JSON object; an empty one for anything else (NaN, half a UTF-8 character, endless digits or depth)."""
    try:
        found = read_json(body)
    except ValueError:
        return {}
    return cast("Message", found) if isinstance(found, dict) else {}


def answers_request(message: Message, request_id: RequestId) -> bool:
    """Return whether a message of a stream answers that request; a server may spell a number as text.

    An error whose id cannot belong to any of our requests (missing, or a word such as "server-error" in the Python SDK
    1.x) answers the one request that the stream belongs to: it was refused before its id was read.
    """
    given = message.get("id")
    if "error" in message and "result" not in message:
        return isinstance(message["error"], dict) and (given in (request_id, str(request_id)) or not _is_ours(given))
    return isinstance(message.get("result"), dict) and given in (request_id, str(request_id))


def answer_in_body(body: bytes, request_id: RequestId) -> Message:
    """Return the answer in the JSON body of one POST; an empty message if there is none.

    A body answers its own request only, so an error in it needs no id. Revision 2025-03-26 allows a list.
    """
    try:
        found = read_json(body)
    except ValueError:
        return {}
    for message in found if isinstance(found, list) else [found]:
        if isinstance(message, dict):
            refused = isinstance(message.get("error"), dict) and "result" not in message
            if refused or answers_request(message, request_id):
                return message
    return {}


def _is_ours(given: object) -> bool:
    """Return whether we may have given out that id; ours are numbers."""
    return isinstance(given, int) or (isinstance(given, str) and given.isascii() and given.isdigit())


def result_of(answer: Message) -> dict[str, Any]:
    """Return the result of an answer. Raises `MCPError` for an error."""
    error = answer.get("error")
    if error is None:
        return cast("dict[str, Any]", answer["result"])
    code, text = error.get("code"), error.get("message")
    raise MCPError(code if isinstance(code, int) else INVALID_REQUEST, str(text or ""), error.get("data"))


def unreadable(status: int) -> Fault:
    """Return the fault of an answer that arrived but breaks the rules of MCP."""
    return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, status)


def as_token(value: RequestId) -> RequestId:
    """Return a progress token with the type that we gave out."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else value


async def report(observer: ProgressFnT, params: Mapping[str, Any]) -> None:
    """Pass a progress notification on."""
    done, total, text = params.get("progress"), params.get("total"), params.get("message")
    if isinstance(done, int | float) and not isinstance(done, bool):
        known = float(total) if isinstance(total, int | float) else None
        await observer(float(done), known, text if isinstance(text, str) else None)
