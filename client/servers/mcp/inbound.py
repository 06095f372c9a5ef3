"""Handles what a server sends unasked over HTTP: requests are answered and notifications forwarded, each in its own
task.

A fault while one of them is handled goes to the server and to the log; it never ends the connection.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.abc
from mcp import MCPError
from mcp.shared.dispatcher import CallOptions, OnNotify, OnRequest
from mcp.shared.exceptions import NoBackChannelError
from mcp.shared.transport_context import TransportContext
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, RequestId
from pydantic import ValidationError

_log = logging.getLogger(__name__)

Message = dict[str, Any]
"""A JSON-RPC message as it is sent."""


@dataclass
class InboundContext:
    """The SDK's `DispatchContext` of one message. A client sends nothing back but the answer."""

    request_id: RequestId | None = None
    transport: TransportContext = field(
        default_factory=lambda: TransportContext(kind="streamable-http", can_send_request=False)
    )
    message_metadata: None = None
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    @property
    def can_send_request(self) -> bool:
        """False: we send no request while we answer one."""
        return False

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """Refuse: we send no request while we answer one."""
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Send nothing."""

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Send nothing."""


class Inbound:
    """Receives the messages that the server begins."""

    def __init__(self, reply: Callable[[Message], Awaitable[None]]) -> None:
        self._reply = reply
        self._on_request: OnRequest | None = None
        self._on_notify: OnNotify | None = None
        self._intercept: Callable[[str, Mapping[str, Any] | None], bool] | None = None
        self._answering: dict[RequestId, InboundContext] = {}

    def attend(
        self, on_request: OnRequest, on_notify: OnNotify, intercept: Callable[[str, Mapping[str, Any] | None], bool]
    ) -> None:
        """Register the SDK's handlers."""
        self._on_request, self._on_notify, self._intercept = on_request, on_notify, intercept

    def hear(self, message: Message, group: anyio.abc.TaskGroup) -> None:
        """Take one message. The task that handles it inherits the context in which the message arrived."""
        assert self._intercept is not None, "attend comes first"
        method, params, request_id = message.get("method"), message.get("params"), message.get("id")
        if not isinstance(method, str) or not isinstance(params, dict | None):
            return
        if isinstance(request_id, str | int) and not isinstance(request_id, bool):
            group.start_soon(self._answer, request_id, method, params)
            return
        cancelled = (params or {}).get("requestId") if method == "notifications/cancelled" else None
        if isinstance(cancelled, str | int) and (context := self._answering.get(cancelled)) is not None:
            context.cancel_requested.set()
            context.scope.cancel()
        if not self._intercept(method, params):
            group.start_soon(self._note, method, params)

    async def _answer(self, request_id: RequestId, method: str, params: Mapping[str, Any] | None) -> None:
        assert self._on_request is not None, "attend comes first"
        context = InboundContext(request_id)
        self._answering[request_id] = context
        reply: Message = {"jsonrpc": "2.0", "id": request_id}
        try:
            with context.scope:
                reply["result"] = await self._on_request(context, method, params)
        except MCPError as error:
            reply["error"] = error.error.model_dump(mode="json", by_alias=True, exclude_none=True)
        except ValidationError:
            reply["error"] = {"code": INVALID_PARAMS, "message": "Invalid request parameters"}
        except Exception:  # noqa: BLE001  # one bad question must not end the connection; it is reported to both sides
            _log.exception("%s of the server could not be answered", method)
            reply["error"] = {"code": INTERNAL_ERROR, "message": "It could not be answered."}
        finally:
            self._answering.pop(request_id, None)
        if not context.cancel_requested.is_set():
            await self._reply(reply)

    async def _note(self, method: str, params: Mapping[str, Any] | None) -> None:
        assert self._on_notify is not None, "attend comes first"
        try:
            await self._on_notify(InboundContext(), method, params)
        except Exception:  # noqa: BLE001  # a notice nobody can read must not end the connection; it is logged
            _log.exception("the notice %s could not be read", method)
