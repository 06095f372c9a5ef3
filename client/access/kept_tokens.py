"""Stores the results of an OAuth login by the server's address: tokens, our registration, token endpoint and scopes.

A login that is under way is kept in memory, so that the earlier login stays valid until the new one is complete.
Nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from mcp.shared.auth import OAuthClientInformationFull, OAuthMetadata, OAuthToken, ProtectedResourceMetadata
from pydantic import BaseModel, ValidationError

from client.access.credentials import CredentialStore, address_of
from client.clock import Clock
from client.records.locks import FileLock
from client.values import JSON

_TOKENS, _CLIENT, _PLACE, _SCOPE = "OAuth tokens for", "OAuth client for", "OAuth server for", "OAuth scope for"
_WANTED, _ASKED = "scope", "asked"

M = TypeVar("M", bound=BaseModel)


class LoginSecrets(Protocol):
    """Where secrets are stored: the credential store, or memory while a login is under way."""

    async def load(self, address: str, name: str) -> dict[str, JSON] | None:
        """Return the stored object, or None. Raises `CredentialsError`."""
        ...

    async def keep(self, address: str, name: str, value: Mapping[str, JSON]) -> None:
        """Store an object. Raises `CredentialsError`."""
        ...

    async def forget(self, address: str, name: str) -> None:
        """Remove an object. Raises `CredentialsError`."""
        ...

    def lock(self, address: str) -> FileLock:
        """Return the lock on the secrets of one address."""
        ...


class LoginUnderWay:
    """The secrets of an unfinished login. Of the earlier login, it shows only the scopes that are wanted."""

    def __init__(self, store: CredentialStore) -> None:
        self._store = store
        self._made: dict[tuple[str, str], dict[str, JSON]] = {}

    async def load(self, address: str, name: str) -> dict[str, JSON] | None:
        """Return what this login made. Raises `CredentialsError`."""
        made = self._made.get((address, name))
        return await self._store.load(address, name) if made is None and name == _SCOPE else made and dict(made)

    async def keep(self, address: str, name: str, value: Mapping[str, JSON]) -> None:
        """Keep an object in memory."""
        self._made[address, name] = dict(value)

    async def forget(self, address: str, name: str) -> None:
        """Remove an object from memory."""
        self._made.pop((address, name), None)

    def lock(self, address: str) -> FileLock:
        """Return the store's lock."""
        return self._store.lock(address)

    async def finish(self) -> None:
        """Replace the earlier login with the new one; the tokens are written last. Raises `CredentialsError`."""
        for address, name in sorted(self._made, key=lambda made: made[1] == _TOKENS):
            await self._store.keep(address, name, self._made[address, name])


class KeptTokens:
    """The SDK's `TokenStorage` over the credential store."""

    def __init__(self, store: LoginSecrets, url: str, clock: Clock) -> None:
        self._store = store
        self._address = address_of(url)
        self._clock = clock
        self.ends_at: float | None = None
        """Seconds since the epoch when the access token expires; None if unknown."""

    async def get_tokens(self) -> OAuthToken | None:
        """Return the tokens of the last login or renewal."""
        kept = await self._store.load(self._address, _TOKENS)
        if kept is None:
            return None
        ends_at = kept.pop("ends_at", None)
        self.ends_at = float(ends_at) if isinstance(ends_at, int | float) else None
        return _read(OAuthToken, kept)

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Store the tokens, with their expiry by this machine's clock."""
        self.ends_at = self._clock.now() + tokens.expires_in if tokens.expires_in is not None else None
        kept = tokens.model_dump(mode="json", exclude_none=True)
        await self._store.keep(self._address, _TOKENS, {**kept, "ends_at": self.ends_at})

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Return our client registration at the authorization server."""
        kept = await self._store.load(self._address, _CLIENT)
        return _read(OAuthClientInformationFull, kept) if kept is not None else None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Store our client registration at the authorization server."""
        await self._store.keep(self._address, _CLIENT, client_info.model_dump(mode="json", exclude_none=True))

    async def place(self) -> tuple[OAuthMetadata | None, ProtectedResourceMetadata | None]:
        """Return the token endpoint for renewal; the SDK forgets it between two starts."""
        kept = await self._store.load(self._address, _PLACE) or {}
        return _read(OAuthMetadata, kept.get("server")), _read(ProtectedResourceMetadata, kept.get("resource"))

    async def keep_place(self, server: OAuthMetadata | None, resource: ProtectedResourceMetadata | None) -> None:
        """Store the token endpoint for renewal."""
        found = {"server": server, "resource": resource}
        kept = {name: model.model_dump(mode="json", exclude_none=True) for name, model in found.items() if model}
        await self._store.keep(self._address, _PLACE, kept)

    def lock(self) -> FileLock:
        """Return the lock for renewing the tokens."""
        return self._store.lock(self._address)

    async def forget(self) -> None:
        """Delete everything: a server that lost our registration gets a new one."""
        for name in (_TOKENS, _CLIENT, _PLACE, _SCOPE):
            await self._store.forget(self._address, name)

    async def want(self, scopes: str) -> bool:
        """Have the next login ask for these scopes. False if the last login asked for them already, so that another
        login would not help."""
        kept = await self._store.load(self._address, _SCOPE) or {}
        if set(scopes.split()) <= set(str(kept.get(_ASKED, "")).split()):
            return False
        await self._store.keep(self._address, _SCOPE, {**kept, _WANTED: scopes})
        return True

    async def wanted(self) -> str:
        """Return the scopes that the next login asks for; empty if none were missing."""
        kept = await self._store.load(self._address, _SCOPE) or {}
        return str(kept.get(_WANTED, ""))

    async def asked_for(self, scopes: str, *, still_wanted: bool = True) -> None:
        """Store which scopes a login asked for; `still_wanted` is False if the server does not know these scopes."""
        kept = await self._store.load(self._address, _SCOPE) or {}
        wanted = kept.get(_WANTED, "") if still_wanted else ""
        await self._store.keep(self._address, _SCOPE, {_WANTED: wanted, _ASKED: scopes})


def _read(model: type[M], kept: object) -> M | None:
    try:
        return model.model_validate(kept) if kept is not None else None
    except ValidationError:
        return None  # written by another version; the next login replaces it
