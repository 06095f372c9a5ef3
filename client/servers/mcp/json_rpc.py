"""JSON-RPC messages as they come over HTTP: read, matched with their request, and turned into results or errors.

Pure. What cannot be read becomes an empty message, which answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx
from mcp import MCPError
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import INVALID_REQUEST, RequestId
from pydantic_core import from_json

from client.call import Sent
from client.http import Fault
from client.servers.mcp.inbound import Message
from client.servers.tool_server import FailureKind


def media_type(response: httpx.Response) -> str:
    """Return the media type of an answer, without its parameters."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def read_message(body: bytes | str) -> Message:
    """Return a JSON object; an empty one for all that is not (NaN, half a UTF-8 character, endless digits or depth)."""
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError:
        return {}
    return cast("Message", found) if isinstance(found, dict) else {}


def answers_request(message: Message, request_id: RequestId) -> bool:
    """Say whether a message is the answer to that request; servers may spell a number as text."""
    if "error" in message and "result" not in message:
        # An error may come without an id, where the request was refused before its id was read.
        return isinstance(message["error"], dict) and message.get("id") in (None, request_id, str(request_id))
    return isinstance(message.get("result"), dict) and message.get("id") in (request_id, str(request_id))


def result_of(answer: Message) -> dict[str, Any]:
    """Return the result of an answer. Raises `MCPError` for an error."""
    error = answer.get("error")
    if error is None:
        return cast("dict[str, Any]", answer["result"])
    code, text = error.get("code"), error.get("message")
    raise MCPError(code if isinstance(code, int) else INVALID_REQUEST, str(text or ""), error.get("data"))


def unreadable(status: int) -> Fault:
    """Return the fault of an answer that came and is not what MCP asks for."""
    return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, status)


def as_token(value: RequestId) -> RequestId:
    """Return a progress token as we gave it out."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else value


async def report(observer: ProgressFnT, params: Mapping[str, Any]) -> None:
    """Pass one notice of progress on."""
    done, total, text = params.get("progress"), params.get("total"), params.get("message")
    if isinstance(done, int | float) and not isinstance(done, bool):
        known = float(total) if isinstance(total, int | float) else None
        await observer(float(done), known, text if isinstance(text, str) else None)
