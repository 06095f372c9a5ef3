"""A session of McQueen REST: login, the three headers, and renewal, before it ends or after the server forgot it.

One login at a time, even if many calls find the session expired. The token is never logged and never part of an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from client.access.accounts import Accounts, Credentials, KeptSession
from client.access.plain_http import https_required, is_protected
from client.access.time_to_renew import is_time_to_renew
from client.call import CallError, Sent
from client.client_errors import CredentialsError
from client.clock import Clock
from client.http import fault_of_exception, fault_of_status
from client.servers.tool_server import FailureKind, Faulted
from client.values import JSON

__all__ = ["DEFAULT_LIFETIME", "Credentials", "McQueenSession"]

DEFAULT_LIFETIME = 8 * 3600.0
"""Seconds a session lasts after each use (docs/contracts.md)."""
_LONGEST_LIFETIME = 30 * 86400.0
_KEEP_EVERY = 1800.0
"""Seconds of use after which a stored session is stored again with its later end."""
_REFUSED_FOR = 60.0
"""Seconds for which a refused login is not tried again, so that a wrong token cannot use up the rate limit."""


@dataclass(frozen=True)
class _Session:
    session_id: str
    lifetime: float
    ends_at: float
    """The deadline in seconds since the epoch; also right after the machine slept."""
    ends_at_monotonic: float
    """The same deadline on the monotonic clock, so that setting the wall clock back cannot extend the session."""
    kept_at: float | None = None
    """Monotonic time when it was last stored; None if never."""

    def __repr__(self) -> str:
        return f"_Session(session_id=…, ends_at={self.ends_at!r})"


class McQueenSession:
    """The session of one user with one server."""

    def __init__(
        self,
        server: str,
        base: str,
        http: httpx.AsyncClient,
        clock: Clock,
        credentials: Credentials | None = None,
        *,
        accounts: Accounts | None = None,
        account: str = "",
        plain_http_allowed: bool = False,
    ) -> None:
        """Take a login from the settings (`credentials`), else `account` among the stored ones, else the latest stored
        one."""
        self._server = server
        self._base = base
        self._http = http
        self._clock = clock
        self._given = credentials
        self._accounts = accounts
        self._account = account
        self._named = ""
        """The user who logs in, before the first login succeeds; stored data for this user counts while the server is
        away."""
        self._allowed = plain_http_allowed or is_protected(base)
        self._credentials = credentials
        self._session: _Session | None = None
        self._forgotten: set[str] = set()
        self._refusal: tuple[Credentials, Faulted, float] | None = None
        self._logging_in = asyncio.Lock()

    @property
    def user_id(self) -> str:
        """The user of the session; empty without credentials, and before the first use of stored ones."""
        return self._credentials.user_id if self._credentials else self._named

    @property
    def session_id(self) -> str:
        """The session in use, or empty."""
        return self._session.session_id if self._session else ""

    async def headers(self, forgotten: str = "") -> dict[str, str] | Faulted:
        """Return the three headers. Logs in if there is no session, it ends soon, or it is `forgotten`.

        Without a login there are no headers, and the server may ask for a login.
        """
        session = self._usable(forgotten)
        if session is None:
            async with self._logging_in:
                session = self._usable(forgotten)  # another caller may have renewed it while we waited
                if session is None:
                    try:
                        with self._clock.working():
                            renewed = await self._renew(forgotten)
                    except CredentialsError as error:
                        return Faulted(FailureKind.SESSION_LOST, CallError("login_required", _sentence(error), Sent.NO))
                    if not isinstance(renewed, _Session):
                        return renewed or {}
                    session = renewed
        await self._keep_sometimes()
        return _headers(session.session_id, self.user_id)

    def _usable(self, forgotten: str) -> _Session | None:
        session = self._session
        if session is None or session.session_id == forgotten or session.session_id in self._forgotten:
            return None
        left = min(session.ends_at - self._clock.now(), session.ends_at_monotonic - self._clock.monotonic())
        return None if is_time_to_renew(left) else session

    async def _renew(self, forgotten: str) -> _Session | Faulted | None:
        if forgotten:
            self._forgotten.add(forgotten)
        credentials = await self._who()
        if credentials is None:
            return None
        self._named = credentials.user_id
        if not self._allowed:
            return https_required(self._server)
        kept = await self._kept(credentials)
        if kept is None:
            refusal = self._refusal
            if refusal is not None and refusal[0] == credentials and self._clock.monotonic() < refusal[2]:
                return refusal[1]
            made = await self._login(credentials)
            if isinstance(made, Faulted):
                if made.error.code == "login_required":
                    self._refusal = (credentials, made, self._clock.monotonic() + _REFUSED_FOR)
                return made
            kept = made
        self._credentials, self._session, self._refusal = credentials, kept, None
        await self._keep()
        return self._session

    async def _who(self) -> Credentials | None:
        """Return the login. It is read anew each time, so that a login in another process counts at once."""
        if self._given is not None or self._accounts is None:
            return self._given
        return await self._accounts.credentials(self._account)

    async def _kept(self, credentials: Credentials) -> _Session | None:
        """Return the session of an earlier start or another process, if it still lasts."""
        kept = await self._accounts.session(credentials.user_id) if self._accounts is not None else None
        if kept is None or kept.session_id in self._forgotten:
            return None
        left = min(kept.ends_at - self._clock.now(), kept.lifetime)
        if is_time_to_renew(left):
            return None
        return _Session(
            kept.session_id, kept.lifetime, self._clock.now() + left, self._clock.monotonic() + left, kept_at=None
        )

    def used(self) -> None:
        """Record that the server accepted the session, which extends it."""
        if self._session is not None:
            self._session = self._started(self._session.session_id, self._session.lifetime, self._session.kept_at)

    def _started(self, session_id: str, lifetime: float, kept_at: float | None = None) -> _Session:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return _Session(session_id, lifetime, now + lifetime, monotonic + lifetime, kept_at)

    async def _keep_sometimes(self) -> None:
        session = self._session
        if session is None or session.kept_at is None or self._clock.monotonic() - session.kept_at < _KEEP_EVERY:
            return
        try:
            with self._clock.working():
                await self._keep()
        except CredentialsError:
            return  # the session is stored only for the next start, which otherwise logs in

    async def _keep(self) -> None:
        session = self._session
        if session is None or self._accounts is None or self._credentials is None:
            return
        self._session = _Session(
            session.session_id, session.lifetime, session.ends_at, session.ends_at_monotonic, self._clock.monotonic()
        )
        await self._accounts.keep_session(
            self._credentials.user_id, KeptSession(session.session_id, session.ends_at, session.lifetime)
        )

    async def close(self) -> None:
        """Store the session for the next start; end it if it cannot be stored."""
        if self._accounts is None:
            await self.logout()
            return
        try:
            await self._keep()
        except CredentialsError:
            await self.logout()
        self._session = None

    async def end_kept(self) -> bool:
        """End the stored session without a login; return whether the server was informed."""
        self._credentials = await self._who()
        self._session = await self._kept(self._credentials) if self._credentials is not None else None
        return await self.logout()

    async def logout(self) -> bool:
        """End the session on the server, and return whether the server was informed; delete it here in any case."""
        session, self._session = self._session, None
        if self._accounts is not None and self._credentials is not None:
            await self._accounts.forget_session(self._credentials.user_id)
        if session is None:
            return False
        try:
            async with asyncio.timeout(2.0):
                headers = _headers(session.session_id, self.user_id)
                response = await self._http.post(f"{self._base}/auth/logout", headers=headers)
        except (httpx.TransportError, TimeoutError):
            return False  # the session ends by itself
        return response.status_code == 200

    async def _login(self, credentials: Credentials) -> _Session | Faulted:
        body = {"user_id": credentials.user_id, "auth_token": credentials.auth_token, "client_type": "mobile_app"}
        try:
            response = await self._http.post(f"{self._base}/auth/login", json=body)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return self._not_sent(fault_of_exception(error).code)
        fault = fault_of_status(response, now=self._clock.now(), refused_statuses=frozenset({429}))
        if fault is not None and fault.kind is not FailureKind.SESSION_LOST:
            # The login failed, so the call that needed it has not been sent.
            return self._not_sent(fault.code, fault.retry_after)
        try:
            answer = response.json() if response.status_code == 200 else None
            session = answer["session"] if isinstance(answer, dict) and answer.get("success") else None
            if isinstance(session, Mapping):
                session_id = session["session_id"]
                if not isinstance(session_id, str) or not session_id.isascii() or not session_id.isprintable():
                    return self._not_sent("answer_unreadable")  # it is not valid in a header
                return self._started(session_id, _lifetime(session, response.headers.get("date")))
        except (ValueError, KeyError, TypeError):
            return self._not_sent("answer_unreadable")
        if response.status_code in (404, 405):
            message = f"{self._server} has no login as McQueen REST has it."
            return Faulted(FailureKind.TOOL_ERROR, CallError("not_mcqueen", message, Sent.NO))
        message = f"{self._server} does not accept the login of {credentials.user_id}."
        return Faulted(FailureKind.SESSION_LOST, CallError("login_required", message, Sent.NO))

    def _not_sent(self, code: str, retry_after: float | None = None) -> Faulted:
        error = CallError(code, f"Logging in to {self._server} failed.", Sent.NO, (), retry_after)
        return Faulted(FailureKind.REFUSED_FOR_NOW if code == "rate_limited" else FailureKind.NOT_SENT, error)


def _headers(session_id: str, user_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {session_id}", "X-Session-ID": session_id, "X-User-ID": user_id}


def _sentence(error: CredentialsError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _lifetime(session: Mapping[str, JSON], date: str | None) -> float:
    """Return the lifetime in seconds, from the server's own times alone, so that its clock need not agree with ours.

    The lifetime counts from the session's creation. If that is missing, or so long ago that the session must have been
    extended, it counts from the `Date` of the answer.
    """
    ends, created = _seconds(session.get("expires_at")), _seconds(session.get("created_at"))
    if ends is not None and created is not None and 0 < ends - created <= DEFAULT_LIFETIME:
        return ends - created
    now = _http_date(date)
    if ends is not None and now is not None and ends > now:
        return min(ends - now, _LONGEST_LIFETIME)
    return DEFAULT_LIFETIME


def _http_date(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError, OverflowError):
        return None


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
