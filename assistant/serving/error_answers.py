"""How the REST faces answer errors: one sentence and a request id, never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from assistant.serving.middleware import STORE_AWAY, STORE_AWAY_SECONDS
from assistant.serving.request_bodies import RefusedRequest, address, answer, printable, request_id
from assistant.serving.serving_errors import ServingError
from client.call import Sent
from client.client_errors import RecordsError

_log = logging.getLogger(__name__)
_TEXTS = {404: "There is nothing at this path.", 405: "This path does not take that method."}


def log_refusal(request: Request, status: int, message: str) -> None:
    """Log the refusal, the caller and the reason."""
    where = f"{request.method} {printable(request.url.path)}"
    who = address(request)
    _log.info("request %s of %s: %s refused, %d: %s", request_id(request), who, where, status, printable(message))


async def _refused(request: Request, error: Any) -> JSONResponse:
    more = error.more if isinstance(error, RefusedRequest) else {}
    message = error.detail if isinstance(error, RefusedRequest) else _TEXTS.get(error.status_code, str(error.detail))
    log_refusal(request, error.status_code, message)
    return answer(request, {"error": message, **more}, error.status_code, error.headers)


_BEGUN = "mcqueen.begun"
STORE_LOST = "The store went away in the middle of this; it may have been done. Look before you send it again."


def begin(request: Request, note: Callable[[str], None]) -> None:
    """Mark a request as one that may have an effect from now on.

    If a store fails later, the answer says so, and `note` gets the outcome `unknown` for the audit log.
    """
    request.scope[_BEGUN] = note


async def _without_store(request: Request, error: Any) -> JSONResponse:
    """Answer that the store cannot be reached: 503 "nothing was done" if the request had not begun, else 500, because
    nobody knows whether it was done.
    """
    _log.error("request %s: %s", request_id(request), error)
    note = request.scope.get(_BEGUN)
    if note is not None:
        note("unknown")
        details = {"code": "outcome_unknown", "sent": Sent.MAYBE.value}
        return answer(request, {"error": STORE_LOST, "details": details}, 500)
    return answer(request, {"error": STORE_AWAY}, 503, {"Retry-After": str(STORE_AWAY_SECONDS)})


async def _broken(request: Request, error: Any) -> JSONResponse:
    """Answer a defect without details, and log it with its stack trace."""
    _log.error("request %s failed", request_id(request), exc_info=error)
    body = {"error": "Something went wrong here.", "details": f"request {request_id(request)}"}
    return answer(request, body, 500)


ERROR_ANSWERS: Mapping[Any, Callable[[Request, Any], Awaitable[JSONResponse]]] = {
    HTTPException: _refused,
    ServingError: _without_store,
    RecordsError: _without_store,
    Exception: _broken,
}
"""The exception handlers that every Starlette application here uses."""
