"""Sessions of the McQueen REST face: 8 hours, extended by each use. The protocol, and the sessions in memory."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

LIFETIME = 8 * 3600.0
"""Seconds that an unused session lives (contract)."""
_MAX_SESSIONS = 10_000


@dataclass(frozen=True)
class Session:
    """One login. Times are seconds since the epoch."""

    session_id: str
    """64 hex digits: 32 random bytes."""
    user_id: str
    created_at: float
    expires_at: float

    def as_json(self) -> dict[str, str]:
        """Return the session as the contract lists it, times in ISO 8601, UTC."""
        return {
            "session_id": self.session_id,
            "user_id": self.user_id,
            "created_at": datetime.fromtimestamp(self.created_at, UTC).isoformat(),
            "expires_at": datetime.fromtimestamp(self.expires_at, UTC).isoformat(),
        }


def new_session(user_id: str, now: float, lifetime: float = LIFETIME) -> Session:
    """Return a session with a fresh random id (32 bytes)."""
    return Session(secrets.token_hex(32), user_id, now, now + lifetime)


class SessionStore(Protocol):
    """Where sessions live."""

    async def create(self, user_id: str) -> Session:
        """Make a session with a new random id."""
        ...

    async def use(self, session_id: str) -> Session | None:
        """Return the session and let it live 8 hours from now; None if it is unknown or expired."""
        ...

    async def remove(self, session_id: str) -> None:
        """End a session; an unknown one is no error."""
        ...


class MemorySessions:
    """Sessions of this process; they end with it."""

    def __init__(self, now: Callable[[], float], *, lifetime: float = LIFETIME) -> None:
        self._now = now
        self._lifetime = lifetime
        self._sessions: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    async def create(self, user_id: str) -> Session:
        """Make a session. Expired sessions are removed; if there are 10,000, the one unused for longest is
        removed too.
        """
        now = self._now()
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept.expires_at > now}
        if len(self._sessions) >= _MAX_SESSIONS:
            del self._sessions[min(self._sessions.values(), key=lambda kept: kept.expires_at).session_id]
        session = new_session(user_id, now, self._lifetime)
        self._sessions[session.session_id] = session
        return session

    async def use(self, session_id: str) -> Session | None:
        """Return the session and extend it; None if it is unknown or expired."""
        session = self._sessions.get(session_id)
        now = self._now()
        if session is None:
            return None
        if session.expires_at <= now:
            del self._sessions[session_id]
            return None
        session = replace(session, expires_at=now + self._lifetime)
        self._sessions[session_id] = session
        return session

    async def remove(self, session_id: str) -> None:
        """End a session."""
        self._sessions.pop(session_id, None)
