"""The chat of the REST face: messages and answers over HTTP and WebSocket, for one conversation a user.

Only text goes in and out. Whether a yes counts is the conversation's own rule, with one more: nothing is taken as an
answer to a read-back unless its sender says that they have it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from assistant.serving.error_answers import begin
from assistant.serving.middleware import STORE_AWAY
from assistant.serving.openapi import Operation
from assistant.serving.request_bodies import RefusedRequest, answer, as_model, parse_object, read_model
from assistant.serving.rest.chat_gate import Conversation, Conversations, ShownLine
from assistant.serving.rest.rest_models import ChatAnswer, ChatBody, ChatRefusal, MessageAnswer, SessionBody
from assistant.serving.serving_errors import ServingError
from assistant.serving.state.sessions import Session
from client.client_errors import RecordsError

_log = logging.getLogger(__name__)
MOST_SOCKETS = 4
"""WebSocket connections of one user."""
MOST_SOCKETS_OF_ALL = 1000
"""WebSocket connections of all users, with those that did not log in yet."""
LOGIN_SECONDS = 10.0
"""Seconds that a WebSocket without a session in its headers may take to send one."""
LONGEST_NUMBER = 15
"""Digits of a line's number."""
LONGEST_REASON = 100
"""Characters of the reason with which a WebSocket is closed; the protocol has room for 123 bytes."""
NOT_READ = "Read these lines first, and send your answer with the number of the last one as after."
_FULL = "Too many conversations are going on; nothing was done. Try again in a minute."
_LATER = 1013
"""The WebSocket code for "try again later"."""


class _Delivering(JSONResponse):
    """An answer that notes its lines as delivered once it went out."""

    def __init__(self, made: JSONResponse, chat: Conversation, number: int) -> None:
        super().__init__(None, made.status_code)
        self.body, self.raw_headers = made.body, made.raw_headers
        self._chat, self._number = chat, number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, unless the client has gone."""
        if not await Request(scope, receive).is_disconnected():
            await super().__call__(scope, receive, send)
            self._chat.sent(self._number)


@dataclass
class ChatFace:
    """The handlers. `session` returns the session that headers name, or raises `RefusedRequest`."""

    conversations: Conversations
    session: Callable[[HTTPConnection], Awaitable[Session]]
    of_id: Callable[[str], Awaitable[Session]]
    """Returns the session of that id, or raises `RefusedRequest`; each use counts towards the user's limit."""
    note: Callable[..., None]
    _of_user: Counter[str] = field(default_factory=Counter)
    _sockets: int = 0

    def operations(self) -> list[Operation]:
        """Return the operations over HTTP."""
        after = {"after": {"type": "integer", "minimum": 0}}
        return [
            Operation("POST", "/chat", self.say, ChatAnswer, ChatBody, errors=(409,), failed=ChatRefusal),
            Operation("GET", "/chat", self.look, ChatAnswer, errors=(400,), query=after),
            Operation("DELETE", "/chat", self.end, MessageAnswer),
        ]

    def socket(self) -> WebSocketRoute:
        """Return the route of the WebSocket."""
        return WebSocketRoute("/chat", self.talk)

    async def say(self, request: Request) -> JSONResponse:
        """Say something to the assistant, and get its answer; a yes counts only with the read-back's number."""
        session = await self.session(request)
        body = await read_model(request, ChatBody)
        chat = await self._chat(session.user_id)
        begin(request, lambda outcome: self.note(request, "chat", session.user_id, outcome))
        before = chat.last
        taken = await chat.say(body.text, body.after or 0)
        if not taken:
            return _sent(request, chat, chat.after(body.after or 0), 409, error=NOT_READ)
        return _sent(request, chat, chat.after(before if body.after is None else body.after))

    async def look(self, request: Request) -> JSONResponse:
        """Get the lines after a number, including lines that came without a question."""
        session = await self.session(request)
        given = request.query_params.get("after", "0")
        if not _is_number(given):
            raise RefusedRequest(400, "after must be a whole number.")
        chat = await self._chat(session.user_id)
        return _sent(request, chat, chat.after(int(given)))

    async def end(self, request: Request) -> JSONResponse:
        """End the conversation; the next message begins a new one."""
        session = await self.session(request)
        ended = await self.conversations.end(session.user_id)
        self.note(request, "chat", session.user_id, "ended" if ended else "none")
        return answer(request, {"message": "The conversation ended." if ended else "There was no conversation."})

    async def _chat(self, user_id: str) -> Conversation:
        chat = await self.conversations.of(user_id)
        if chat is None:
            raise RefusedRequest(503, _FULL, headers={"Retry-After": "60"})
        return chat

    # -- WebSocket -----------------------------------------------------------------------------------------------------

    async def talk(self, socket: WebSocket) -> None:
        """Hold the conversation over a WebSocket: messages as JSON in, lines as JSON out, also those unasked."""
        if self._sockets >= MOST_SOCKETS_OF_ALL:
            await socket.send_denial_response(_denied(503, _FULL))
            return
        self._sockets += 1
        try:
            await self._talk(socket)
        except WebSocketDisconnect:
            return
        except RefusedRequest as error:
            await _close(socket, 4000 + error.status_code, str(error.detail))
        except (ServingError, RecordsError) as error:
            _log.error("a chat: %s", error)
            await _close(socket, _LATER, STORE_AWAY)
        finally:
            self._sockets -= 1

    async def _talk(self, socket: WebSocket) -> None:
        in_headers = bool(socket.headers.get("authorization") or socket.headers.get("x-session-id"))
        if in_headers:
            session = await self.session(socket)
        await socket.accept()
        if not in_headers:  # a browser sends no headers of ours
            try:
                async with asyncio.timeout(LOGIN_SECONDS):
                    first = as_model(parse_object((await _received(socket)).encode()), SessionBody)
            except TimeoutError:
                raise RefusedRequest(401, "No session came in time.") from None
            session = await self.of_id(first.session_id)
        if self._of_user[session.user_id] >= MOST_SOCKETS:
            raise RefusedRequest(429, f"You have {MOST_SOCKETS} connections open already.")
        self._of_user[session.user_id] += 1
        try:
            await self._converse(socket, session)
        finally:
            self._of_user[session.user_id] -= 1
            self._of_user += Counter()  # forget users without a connection

    async def _converse(self, socket: WebSocket, session: Session) -> None:
        chat = await self._chat(session.user_id)
        out = _Out(socket, chat)
        await out.send({"success": True}, always=True)
        pushing = asyncio.create_task(out.push())
        try:
            while True:
                text = await _received(socket)
                session = await self.of_id(session.session_id)
                if await self._chat(session.user_id) is not chat:
                    raise RefusedRequest(410, "The conversation ended; connect again.")
                await self._take(text, chat, out)
        finally:
            pushing.cancel()
            await asyncio.wait([pushing])

    async def _take(self, text: str, chat: Conversation, out: _Out) -> None:
        """Take one message and answer it. A wrong message gets an error and changes nothing."""
        try:
            body = as_model(parse_object(text.encode()), ChatBody)
        except RefusedRequest as error:
            await out.send({"success": False, "error": str(error.detail)}, always=True)
            return
        if await chat.say(body.text, body.after or 0):
            await out.send({"success": True}, always=True)
        else:
            out.again(body.after or 0)
            await out.send({"success": False, "error": NOT_READ}, always=True)


class _Out:
    """What goes out over one WebSocket: every line once and in order, and noted as delivered once it went out."""

    def __init__(self, socket: WebSocket, chat: Conversation) -> None:
        self._socket = socket
        self._chat = chat
        given = socket.query_params.get("after", "")
        self._after = int(given) if _is_number(given) else chat.last
        self._one = asyncio.Lock()

    def again(self, after: int) -> None:
        """Send the lines after that number once more."""
        self._after = min(after, self._after)

    async def send(self, head: Mapping[str, Any], *, always: bool = False) -> None:
        """Send the lines that did not go out yet; without any only if `always`."""
        async with self._one:
            lines = self._chat.after(self._after)
            if not lines and not always:
                return
            await self._socket.send_text(json.dumps({**head, **_shown(self._chat, lines)}, ensure_ascii=False))
            self._after = lines[-1].number if lines else min(self._after, self._chat.last)
            self._chat.sent(self._after)

    async def push(self) -> None:
        """Send each line as it comes, until cancelled or the connection is gone."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # Starlette's, if it was closed meanwhile
            while True:
                if self._chat.last <= self._after:
                    await self._chat.changed()
                await self.send({"success": True})


async def _received(socket: WebSocket) -> str:
    """Return the next message. Raises `WebSocketDisconnect`, and `RefusedRequest` if it is not text."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if not isinstance(text, str):
        raise RefusedRequest(400, "Send JSON as text.")
    return text


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Close, or refuse to open, with a reason."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # gone meanwhile
        if socket.application_state is WebSocketState.CONNECTING:
            await socket.send_denial_response(_denied(code - 4000 if code > 4000 else 503, reason))
        else:
            await socket.close(code, reason[:LONGEST_REASON])


def _denied(status: int, error: str) -> JSONResponse:
    return JSONResponse({"success": False, "error": error}, status)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _shown(chat: Conversation, lines: Sequence[ShownLine]) -> dict[str, Any]:
    shown = [{"number": line.number, "kind": line.kind, "text": line.text} for line in lines]
    return {"lines": shown, "last": chat.last, "state": chat.state}


def _sent(
    request: Request, chat: Conversation, lines: Sequence[ShownLine], status: int = 200, **more: Any
) -> JSONResponse:
    """Return the answer with those lines, which count as delivered once it was sent."""
    number = lines[-1].number if lines else 0
    return _Delivering(answer(request, {**_shown(chat, lines), **more}, status), chat, number)
