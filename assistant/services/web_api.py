"""One service behind a JSON API over HTTP: sends requests, waits when the service asks for it, and says what an answer
means for a call.

Retries by the table of `client.resilience.retry`. A call with effects is sent again only if it certainly did nothing.
Knows no service; stores nothing.
"""

from __future__ import annotations

import asyncio
import json
import random as randomness
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from assistant.hosting.host_errors import LostOutcomeError, RefusedError, TryLaterError
from client.http import BodyTooLargeError, fault_of_exception, is_within_origin, parse_retry_after, read_body
from client.resilience.retry import RETRY_TABLE, Action, RetrySettings, Safety, wait_before
from client.servers.tool_server import FailureKind

LARGEST = 4 * 1024 * 1024
"""Most bytes of an answer that are read."""
SECONDS = 8.0
"""Seconds for one request with all its tries; a turn's deadline is 10 s."""
ONE_TRY = 5.0
AWAY_FOR = 30.0
"""Seconds after which a call that could not be sent may be tried again."""
_REDIRECTS = 3
_SETTINGS = RetrySettings(attempts=5, first_wait=0.2, longest_wait=2.0)


@dataclass(frozen=True)
class ApiAnswer:
    """A status, headers with names in lower case, and the body as JSON, or as text if it is not JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def message(self) -> str:
        """The service's own words for an error, if they stand in a usual field; else empty."""
        found = self.body
        for key in ("error", "errors", "message", "description"):
            inner = found.get(key) if isinstance(found, Mapping) else None
            if isinstance(inner, str):
                return inner
            found = inner if isinstance(inner, Mapping) else found
        return found if isinstance(found, str) else ""


RefusedFor = Callable[[ApiAnswer], float | None]
"""Returns the seconds to wait if the service did nothing because it was asked too often, else None."""


def too_many(answer: ApiAnswer) -> float | None:
    """Return the wait of a plain 429, with its Retry-After or half a minute."""
    if answer.status != 429:
        return None
    told = parse_retry_after(answer.headers.get("retry-after"), time.time())
    return AWAY_FOR if told is None else told


class WebApi:
    """A service at an address."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base: str,
        name: str,
        *,
        headers: Mapping[str, str] | None = None,
        refused_for: RefusedFor = too_many,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: randomness.Random | None = None,
        counted_as: Callable[[str], str | None] = lambda path: None,
    ) -> None:
        """`name` is how people call the service ("GitHub"); `clock` is in seconds and never goes back. `counted_as`
        returns the name of the limit that a path counts for; None if only the service knows.
        """
        self._counted_as = counted_as
        self._closed_until: dict[str, float] = {}
        """Time until which the service accepts nothing, by limit; a request before that time would extend it."""
        self._http = http
        self._base = base.rstrip("/")
        self.name = name
        self._headers = dict(headers or {})
        self._refused_for = refused_for
        self._sleep = sleep
        self._clock = clock
        self._random = random or randomness.Random()  # noqa: S311  # jitter, not a secret

    async def ask(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """Return the answer. Its status is below 500 and not a limit's. `body` is sent as JSON.

        `repeatable` means that sending twice has the effect of sending once. Raises `RefusedError`, `TryLaterError` if
        nothing was done and a repeat may work later, and `LostOutcomeError` if nobody knows.
        """
        request = self._http.build_request(
            method,
            f"{self._base}{path}",
            params=dict(params) if params else None,
            json=body,
            headers={**self._headers, **(headers or {})},
            timeout=httpx.Timeout(ONE_TRY),
        )
        safety = Safety.REPEATABLE if repeatable else Safety.EFFECTS
        until, failures, limit = self._clock() + SECONDS, 0, self._counted_as(path)
        await self._wait_for(limit, until)
        while True:
            answer, kind = await self._once(request, 0)
            told = self._refused_for(answer) if answer is not None else None
            if told is not None:
                kind = FailureKind.REFUSED_FOR_NOW
                if limit is not None:
                    self._closed_until[limit] = self._clock() + told
            elif answer is not None and kind is None:
                return answer
            assert kind is not None, "what is no answer failed in a way that is known"
            failures += 1
            action = RETRY_TABLE[kind, safety]
            wait = wait_before(_SETTINGS, failures, told, self._random)
            if action is Action.UNKNOWN:
                raise LostOutcomeError(f"{self.name} was asked, and its answer was lost; it may have been done.")
            if failures >= _SETTINGS.attempts or self._clock() + wait > until:
                raise self._given_up(kind, told)
            await self._sleep(wait)

    async def _wait_for(self, limit: str | None, until: float) -> None:
        """Wait for the end of a limit that an earlier answer named. Raises `TryLaterError` if that is after `until`."""
        left = self._closed_until.get(limit, 0.0) - self._clock() if limit is not None else 0.0
        if left > 0 and self._clock() + left > until:
            raise self._given_up(FailureKind.REFUSED_FOR_NOW, left)
        if left > 0:
            await self._sleep(left)

    async def _once(self, request: httpx.Request, redirects: int) -> tuple[ApiAnswer | None, FailureKind | None]:
        """Send once. Return the answer, or the failure, or both if an answer says that the service failed."""
        try:
            response = await self._http.send(request, stream=True, follow_redirects=False)
            try:
                raw = await read_body(response, LARGEST)
            finally:
                await response.aclose()
        except BodyTooLargeError:
            raise RefusedError(f"{self.name} answers with more than can be read.") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return None, fault_of_exception(error).kind
        following = response.next_request
        moved = response.status_code in ((301, 302, 307, 308) if request.method == "GET" else (307, 308))
        if moved and following is not None and redirects < _REDIRECTS and is_within_origin(request.url, following):
            return await self._once(following, redirects + 1)
        answer = ApiAnswer(response.status_code, dict(response.headers), _read(raw))
        return answer, FailureKind.ANSWER_LOST if answer.status >= 500 else None

    def _given_up(self, kind: FailureKind, told: float | None) -> RefusedError:
        if kind is FailureKind.REFUSED_FOR_NOW:
            wait = told or AWAY_FOR
            return TryLaterError(f"{self.name} was asked too often; it takes no more for {wait_words(wait)}.", wait)
        if kind is FailureKind.NOT_SENT:
            return TryLaterError(f"{self.name} cannot be reached.", AWAY_FOR)
        return RefusedError(f"{self.name} does not answer; try again later.")


def wait_words(seconds: float) -> str:
    """Return a wait in words: "20 seconds", "3 minutes"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds" if round(seconds) > 1 else "a second"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return raw[:4096].decode("utf-8", "replace")
