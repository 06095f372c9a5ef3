"""Reading requests and writing answers of the REST face: sizes, types and shapes are checked before anything else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

MAX_BODY = 1024 * 1024
"""Bytes of a request's body; more is answered with 413."""
_MAX_DRAINED = 64 * MAX_BODY
_MAX_DEPTH = 32


class Refusal(HTTPException):
    """A request that is answered with an error; `more` stands beside `success` and `error` in the body."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(status, error, dict(headers) if headers else None)
        self.more = more


def request_id(request: Request) -> str:
    """Return the id of a request; the middleware made it."""
    return str(request.scope.setdefault("mcqueen.request_id", secrets.token_hex(8)))


def address(request: Request) -> str:
    """Return the address of the other side, as the socket says it; headers are not believed."""
    return request.client.host if request.client else "unknown"


def answer(request: Request, body: Mapping[str, Any], status: int = 200) -> JSONResponse:
    """Return a JSON answer."""
    return JSONResponse({"success": status < 400, **body, "request_id": request_id(request)}, status)


async def read_object(request: Request) -> dict[str, Any]:
    """Return the body, a JSON object. Raises `Refusal` 413, 415 or 400."""
    raw = await read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, f"The body must be application/json, not {kind[:60] or 'without a content type'}.")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constants)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is not text
    except RecursionError:
        raise Refusal(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Refusal(400, f"The body is not JSON: {str(error)[:120]}.") from None
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    if _deeper_than(value, _MAX_DEPTH):
        raise Refusal(400, f"The body is nested more than {_MAX_DEPTH} levels deep.")
    return value


async def read_body(request: Request) -> bytes:
    """Return the body. Raises `Refusal` 413 where it is larger than `MAX_BODY`; the rest is thrown away unread, so that
    the other side gets its 413 and not a reset.
    """
    chunks: list[bytes] = []
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > _MAX_DRAINED:
            break
        if total <= MAX_BODY:
            chunks.append(chunk)
    if total > MAX_BODY:
        raise Refusal(413, f"The body has more than {MAX_BODY} bytes.")
    return b"".join(chunks)


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _deeper_than(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def field(body: Mapping[str, Any], name: str, kind: type | tuple[type, ...], words: str, default: Any = ...) -> Any:
    """Return a field of that type; without a default it is required. Raises `Refusal` 400."""
    value = body.get(name)
    if value is None:
        if default is ...:
            raise Refusal(400, f"{name} is missing; it must be {words}.")
        return default
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise Refusal(400, f"{name} must be {words}.")
    return value
