"""The user's accounts with one server: user ids, credentials, and the session in use.

Only stores and finds them; `session.py` logs in with them.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.access.credentials import CredentialStore, address_of
from client.values import JSON

_INDEX = "accounts of"


def face_of(url: str, path: str) -> str:
    """Return the address of a REST API, given that address or the server's root; `path` is `/api/v1` or `/api/mcp`."""
    return url.rstrip("/").removesuffix(path) + path


@dataclass(frozen=True)
class Credentials:
    """One login. `auth_token` is a JWT whose claim `user_id` equals `user_id`."""

    user_id: str
    auth_token: str

    def __repr__(self) -> str:
        return f"Credentials(user_id={self.user_id!r}, auth_token=…)"


@dataclass(frozen=True)
class KeptSession:
    """A session as stored between two starts."""

    session_id: str
    ends_at: float
    """Seconds since the epoch, by this machine's clock."""
    lifetime: float
    """Seconds that the session lasts after each use."""

    def __repr__(self) -> str:
        return f"KeptSession(session_id=…, ends_at={self.ends_at!r}, lifetime={self.lifetime!r})"


class Accounts:
    """The logins stored for one server, by the address of its REST API."""

    def __init__(self, store: CredentialStore, url: str) -> None:
        self._store = store
        self._address = address_of(url)

    async def names(self) -> tuple[str, ...]:
        """Return the logged-in user ids, the default one first."""
        kept = await self._store.load(self._address, _INDEX) or {}
        names = kept.get("names")
        return tuple(str(name) for name in names) if isinstance(names, list) else ()

    async def add(self, credentials: Credentials) -> None:
        """Store a login; it becomes the default."""
        await self._store.keep(self._address, _login(credentials.user_id), {"auth_token": credentials.auth_token})
        others = [name for name in await self.names() if name != credentials.user_id]
        await self._keep_names([credentials.user_id, *others])

    async def remove(self, user_id: str) -> bool:
        """Delete a login and its session; False if there was none."""
        names = await self.names()
        await self._store.forget(self._address, _login(user_id))
        await self._store.forget(self._address, _session(user_id))
        await self._keep_names([name for name in names if name != user_id])
        return user_id in names

    async def _keep_names(self, names: list[str]) -> None:
        if names:
            index: list[JSON] = [*names]
            await self._store.keep(self._address, _INDEX, {"names": index})
        else:
            await self._store.forget(self._address, _INDEX)

    async def credentials(self, user_id: str = "") -> Credentials | None:
        """Return the login of that user, by default the last one to log in; None without a login."""
        who = user_id or next(iter(await self.names()), "")
        kept = await self._store.load(self._address, _login(who)) if who else None
        token = kept.get("auth_token") if kept is not None else None
        return Credentials(who, token) if isinstance(token, str) else None

    async def session(self, user_id: str) -> KeptSession | None:
        """Return the session in use last, even if it has ended."""
        kept = await self._store.load(self._address, _session(user_id))
        match kept:
            case {
                "session_id": str(found),
                "ends_at": float() | int() as ends,
                "lifetime": float() | int() as lifetime,
            }:
                return KeptSession(found, float(ends), float(lifetime))
            case _:  # nothing stored, or stored by a version with another form
                return None

    async def keep_session(self, user_id: str, session: KeptSession) -> None:
        """Store the session in use."""
        kept: dict[str, JSON] = {
            "session_id": session.session_id,
            "ends_at": session.ends_at,
            "lifetime": session.lifetime,
        }
        await self._store.keep(self._address, _session(user_id), kept)

    async def forget_session(self, user_id: str) -> None:
        """Delete the session in use."""
        await self._store.forget(self._address, _session(user_id))


def _login(user_id: str) -> str:
    return f"login of {user_id} at"


def _session(user_id: str) -> str:
    return f"session of {user_id} at"
