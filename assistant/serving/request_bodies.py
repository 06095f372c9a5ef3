"""Reads requests and writes answers of the REST faces. Sizes, types and shapes are checked before anything else."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

LARGEST_HEAD = 32 * 1024
"""Bytes that a request's headers may have; more is answered with 431."""
MAX_BODY = 1024 * 1024
"""Bytes that a request's body may have; more is answered with 413."""
LARGEST_FRAME = 32 * 1024
"""Bytes that a WebSocket message may have; a larger one closes the connection (1009)."""
MAX_DRAINED = 64 * MAX_BODY
"""Bytes of an oversized body that are read and dropped, so that the client gets its 413 and no reset."""
_MAX_DEPTH = 32
"""How deep a JSON body may be nested."""


class RefusedRequest(HTTPException):
    """A request that is answered with an error. `more` is added to `success` and `error` in the body."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(status, error, dict(headers) if headers else None)
        self.more = more


def request_id(request: Request) -> str:
    """Return the request's id, which the middleware made."""
    return str(request.scope.setdefault("mcqueen.request_id", secrets.token_hex(8)))


def address(request: Request) -> str:
    """Return the client's address as the socket gives it; headers are not trusted."""
    return request.client.host if request.client else "unknown"


def printable(text: str) -> str:
    """Return text that may stand in a log line: no line breaks, no control characters, limited length."""
    return "".join(c if c.isprintable() else "?" for c in text[:200])


def answer(
    request: Request, body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return a JSON answer."""
    content = {"success": status < 400, **body, "request_id": request_id(request)}
    return JSONResponse(content, status, dict(headers) if headers else None)


def given_key(request: Request, parameters: dict[str, Any]) -> str | None:
    """Return the client's idempotency key and remove it from the parameters; if they have none, use its header."""
    key = parameters.pop("idempotency_key", None) or request.headers.get("idempotency-key")
    return key if isinstance(key, str) else None


async def read_object(request: Request) -> dict[str, Any]:
    """Return the body, which is a JSON object. Raises `RefusedRequest` 413, 415 or 400."""
    raw = await read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RefusedRequest(415, f"The body must be application/json, not {kind[:60] or 'without a content type'}.")
    return parse_object(raw)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return bytes as a JSON object. Raises `RefusedRequest` 400."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constants, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is not text
    except RecursionError:
        raise RefusedRequest(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise RefusedRequest(400, f"The body is not JSON: {str(error)[:120]}.") from None
    if not isinstance(value, dict):
        raise RefusedRequest(400, "The body must be a JSON object.")
    if _deeper_than(value, _MAX_DEPTH):
        raise RefusedRequest(400, f"The body is nested more than {_MAX_DEPTH} levels deep.")
    return value


async def read_body(request: Request) -> bytes:
    """Return the body. Raises `HTTPException` 408 or 413, which `Framing` decides, and 400 if the body broke off."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise RefusedRequest(400, "The body broke off.") from None


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is larger than any number here")
    return value


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


Model = TypeVar("Model", bound=BaseModel)
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "extra_forbidden": "is not known",
}


async def read_model(request: Request, model: type[Model]) -> Model:
    """Return the body as a model. Raises `RefusedRequest` 413, 415, or 400 naming every wrong field."""
    return as_model(await read_object(request), model)


def as_model(given: Mapping[str, Any], model: type[Model]) -> Model:
    """Return a value as a model. Raises `RefusedRequest` 400 naming every wrong field."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = [f"{_place(one['loc'])} {_WORDS.get(one['type'], one['msg'])}" for one in error.errors()]
        raise RefusedRequest(400, f"{'; '.join(dict.fromkeys(wrong))[:600]}.") from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:60] for part in location) or "the body"
