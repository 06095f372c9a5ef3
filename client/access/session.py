"""A session of McQueen REST: login, the three headers, renewal before it ends and when it was forgotten.

One login at a time, however many calls find the session gone. The token is never logged and never part of an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from client.call import CallError, Sent
from client.clock import Clock
from client.http import fault_of_exception, fault_of_status
from client.servers.base import FailureKind, Faulted
from client.values import JSON

DEFAULT_LIFETIME = 8 * 3600.0
"""Seconds a session lasts after each use (contracts.md section 1)."""
_RENEW_BEFORE = 60.0


@dataclass(frozen=True)
class Credentials:
    """Who logs in. `auth_token` is a JWT whose claim `user_id` equals `user_id`."""

    user_id: str
    auth_token: str

    def __repr__(self) -> str:
        return f"Credentials(user_id={self.user_id!r}, auth_token=…)"


@dataclass(frozen=True)
class _Session:
    session_id: str
    ends_at: float
    lifetime: float


class McQueenSession:
    """The session of one user with one server."""

    def __init__(
        self, server: str, base: str, http: httpx.AsyncClient, clock: Clock, credentials: Credentials | None
    ) -> None:
        self._server = server
        self._base = base
        self._http = http
        self._clock = clock
        self._credentials = credentials
        self._session: _Session | None = None
        self._logging_in = asyncio.Lock()

    @property
    def user_id(self) -> str:
        """Whose session it is; empty without credentials."""
        return self._credentials.user_id if self._credentials else ""

    @property
    def session_id(self) -> str:
        """The session in use, or empty."""
        return self._session.session_id if self._session else ""

    async def headers(self, forgotten: str = "") -> dict[str, str] | Faulted:
        """Return the three headers, logging in where there is no session, it ends soon, or it is `forgotten`."""
        if self._credentials is None:
            return {}
        async with self._logging_in:
            session = self._session
            if (
                session is None
                or session.session_id == forgotten
                or session.ends_at - self._clock.now() < _RENEW_BEFORE
            ):
                made = await self._login(self._credentials)
                if isinstance(made, Faulted):
                    return made
                self._session = session = made
        return {
            "Authorization": f"Bearer {session.session_id}",
            "X-Session-ID": session.session_id,
            "X-User-ID": self._credentials.user_id,
        }

    def used(self) -> None:
        """The server accepted it just now, which makes it last longer."""
        if self._session is not None:
            ends_at = self._clock.now() + self._session.lifetime
            self._session = _Session(self._session.session_id, ends_at, self._session.lifetime)

    async def logout(self) -> None:
        """End the session on the server, as far as it can be reached."""
        session, self._session = self._session, None
        if session is None or self._credentials is None:
            return
        headers = {
            "Authorization": f"Bearer {session.session_id}",
            "X-Session-ID": session.session_id,
            "X-User-ID": self._credentials.user_id,
        }
        try:
            async with asyncio.timeout(2.0):
                await self._http.post(f"{self._base}/auth/logout", headers=headers)
        except (httpx.TransportError, TimeoutError):
            return  # it ends by itself

    async def _login(self, credentials: Credentials) -> _Session | Faulted:
        body = {"user_id": credentials.user_id, "auth_token": credentials.auth_token, "client_type": "mobile_app"}
        try:
            response = await self._http.post(f"{self._base}/auth/login", json=body)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return self._not_sent(fault_of_exception(error).code)
        fault = fault_of_status(response, now=self._clock.now(), refused_statuses=frozenset({429}))
        if fault is not None and fault.kind is not FailureKind.SESSION_LOST:
            # The login failed on its way, so whatever it was for has not been sent.
            return self._not_sent(fault.code, fault.retry_after)
        try:
            answer = response.json() if response.status_code == 200 else None
            session = answer["session"] if isinstance(answer, dict) and answer.get("success") else None
            if isinstance(session, Mapping):
                return _read(session, self._clock.now())
        except (ValueError, KeyError, TypeError):
            return self._not_sent("answer_unreadable")
        message = f"{self._server} does not accept the login of {credentials.user_id}."
        return Faulted(FailureKind.SESSION_LOST, CallError("login_required", message, Sent.NO))

    def _not_sent(self, code: str, retry_after: float | None = None) -> Faulted:
        error = CallError(code, f"Logging in to {self._server} failed.", Sent.NO, (), retry_after)
        return Faulted(FailureKind.REFUSED_FOR_NOW if code == "rate_limited" else FailureKind.NOT_SENT, error)


def _read(session: Mapping[str, JSON], now: float) -> _Session:
    """Take the lifetime from the server's two times, so that its clock need not agree with ours."""
    created, ends = _seconds(session.get("created_at")), _seconds(session.get("expires_at"))
    lifetime = ends - created if created is not None and ends is not None and ends > created else DEFAULT_LIFETIME
    return _Session(str(session["session_id"]), now + lifetime, lifetime)


def _seconds(value: JSON) -> float | None:
    """Read a time as servers write it: ISO 8601, or a number of seconds or milliseconds since the epoch."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else float(value)
    return None
