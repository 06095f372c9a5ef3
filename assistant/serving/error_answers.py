"""How errors are answered on the REST faces: one sentence, a request id, and never a trace."""

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
from client.client_errors import RecordsError

_log = logging.getLogger(__name__)
_TEXTS = {404: "There is nothing at this path.", 405: "This path does not take that method."}


def log_refusal(request: Request, status: int, message: str) -> None:
    """Say in the log what was refused, to whom and why."""
    where = f"{request.method} {printable(request.url.path)}"
    who = address(request)
    _log.info("request %s of %s: %s refused, %d: %s", request_id(request), who, where, status, printable(message))


async def _refused(request: Request, error: Any) -> JSONResponse:
    more = error.more if isinstance(error, RefusedRequest) else {}
    message = error.detail if isinstance(error, RefusedRequest) else _TEXTS.get(error.status_code, str(error.detail))
    log_refusal(request, error.status_code, message)
    return answer(request, {"error": message, **more}, error.status_code, error.headers)


async def _without_store(request: Request, error: Any) -> JSONResponse:
    """The store is away: nothing was done, and that is not the caller's fault."""
    _log.error("request %s: %s", request_id(request), error)
    return answer(request, {"error": STORE_AWAY}, 503, {"Retry-After": str(STORE_AWAY_SECONDS)})


async def _broken(request: Request, error: Any) -> JSONResponse:
    """A defect: it is logged with its trace here, and answered without."""
    _log.error("request %s failed", request_id(request), exc_info=error)
    body = {"error": "Something went wrong here.", "details": f"request {request_id(request)}"}
    return answer(request, body, 500)


ERROR_ANSWERS: Mapping[Any, Callable[[Request, Any], Awaitable[JSONResponse]]] = {
    HTTPException: _refused,
    ServingError: _without_store,
    RecordsError: _without_store,
    Exception: _broken,
}
"""Exception handlers of every Starlette application here."""
