"""One request to a JSON-over-HTTP server and its answer, or the fault in the terms of the retry table.

Shared by the REST dialects. It knows no paths, adds no login and never retries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import httpx

from client.call import Sent
from client.clock import Clock
from client.http import (
    DEFAULT_BODY_LIMIT,
    Attempt,
    BodyTooLargeError,
    Fault,
    fault_of_exception,
    fault_of_status,
    read_body,
    tracer,
)
from client.servers.tool_server import FailureKind
from client.values import JSON


class RestExchange:
    """Sends to one base address."""

    def __init__(
        self,
        base: str,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        refused_statuses: frozenset[int] = frozenset({429}),
        body_limit: int = DEFAULT_BODY_LIMIT,
    ) -> None:
        self.base = base
        self._http = http
        self._clock = clock
        self._refused_statuses = refused_statuses
        self._body_limit = body_limit

    async def send(
        self, method: str, path: str, body: Mapping[str, JSON] | None, headers: Mapping[str, str], attempt: Attempt
    ) -> tuple[int, JSON] | Fault:
        """Send once; return the status with the JSON of the answer (None for an error without any), or the fault."""
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode() if body is not None else None
        all_headers = {**headers, "Accept": "application/json", "Content-Type": "application/json"}
        if attempt.idempotency_key:
            all_headers["Idempotency-Key"] = attempt.idempotency_key
        extensions: dict[str, Any] = {"trace": tracer(attempt)}
        try:
            request = self._http.build_request(
                method, self.base + path, content=content, headers=all_headers, extensions=extensions
            )
            attempt.sent = Sent.MAYBE
            response = await self._http.send(request, stream=True, follow_redirects=False)
            try:
                raw = await read_body(response, self._body_limit)
            finally:
                await response.aclose()
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return fault_of_exception(error)
        except BodyTooLargeError:
            return Fault(FailureKind.ANSWER_LOST, "answer_too_large", Sent.YES)
        except httpx.DecodingError:
            return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES)
        fault = fault_of_status(response, now=self._clock.now(), refused_statuses=self._refused_statuses)
        if fault is not None:
            return fault
        if response.status_code == 204:
            return 204, None
        try:
            return response.status_code, cast("JSON", json.loads(raw, parse_constant=_refuse_constant))
        except (ValueError, RecursionError):
            if response.status_code >= 400:
                return response.status_code, None
            return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, response.status_code)


def segment(text: str) -> str:
    """Return an id as one segment of a path."""
    return quote(text, safe="")


def _refuse_constant(name: str) -> JSON:
    raise ValueError(f"{name} is not JSON")
