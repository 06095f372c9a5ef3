"""The data of each user: tool settings, logins to services (credentials encrypted), and how often tools were used.

It holds the protocol of the store, the store in memory, and `Users`, which encrypts. No store ever sees a credential in
the clear.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken

from assistant.serving.serving_errors import SecretsError, ServingError
from assistant.serving.state.secret_keys import Secrets
from client.client_errors import RecordsError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UserToolSetting:
    """One user's settings for a tool. Without settings, a tool is listed as not enabled and can still be used."""

    enabled: bool
    priority: int = 5
    custom_settings: Mapping[str, Any] = field(default_factory=dict)

    def as_text(self) -> str:
        """Return it as JSON, for stores."""
        return json.dumps([self.enabled, self.priority, dict(self.custom_settings)])

    @classmethod
    def from_text(cls, text: str) -> UserToolSetting:
        """Read what `as_text` wrote."""
        enabled, priority, custom = json.loads(text)
        return cls(bool(enabled), int(priority), dict(custom))


class UserStore(Protocol):
    """The store. It receives and returns credentials only encrypted."""

    async def settings(self, user_id: str) -> Mapping[str, UserToolSetting]:
        """Return the user's settings, by tool."""
        ...

    async def configure(self, user_id: str, tool: str, setting: UserToolSetting) -> None:
        """Store the user's settings for a tool."""
        ...

    async def services(self, user_id: str) -> Collection[str]:
        """Return the services that a user is logged in to."""
        ...

    async def link(self, user_id: str, service: str, credentials: bytes) -> None:
        """Keep a login to a service."""
        ...

    async def unlink(self, user_id: str, service: str) -> bool:
        """Forget a login; return whether there was one."""
        ...

    async def credentials(self, user_id: str, service: str) -> bytes | None:
        """Return the credentials that `link` stored."""
        ...

    async def count(self, user_id: str, tool: str) -> None:
        """Count one execution."""
        ...

    async def usage(self, user_id: str) -> Mapping[str, int]:
        """Return a user's executions by tool."""
        ...


class MemoryUsers:
    """A `UserStore` of this process."""

    def __init__(self) -> None:
        self._settings: dict[str, dict[str, UserToolSetting]] = {}
        self._credentials: dict[str, dict[str, bytes]] = {}
        self._usage: dict[str, Counter[str]] = {}

    async def settings(self, user_id: str) -> Mapping[str, UserToolSetting]:
        """Return the user's settings, by tool."""
        return self._settings.get(user_id, {})

    async def configure(self, user_id: str, tool: str, setting: UserToolSetting) -> None:
        """Store the user's settings for a tool."""
        self._settings.setdefault(user_id, {})[tool] = setting

    async def services(self, user_id: str) -> Collection[str]:
        """Return the services of a user."""
        return frozenset(self._credentials.get(user_id, ()))

    async def link(self, user_id: str, service: str, credentials: bytes) -> None:
        """Keep a login."""
        self._credentials.setdefault(user_id, {})[service] = credentials

    async def unlink(self, user_id: str, service: str) -> bool:
        """Forget a login."""
        return self._credentials.get(user_id, {}).pop(service, None) is not None

    async def credentials(self, user_id: str, service: str) -> bytes | None:
        """Return the stored credentials."""
        return self._credentials.get(user_id, {}).get(service)

    async def count(self, user_id: str, tool: str) -> None:
        """Count one execution."""
        self._usage.setdefault(user_id, Counter())[tool] += 1

    async def usage(self, user_id: str) -> Mapping[str, int]:
        """Return a user's executions."""
        return self._usage.get(user_id, {})


class Users:
    """All users; their credentials are encrypted before they are stored anywhere."""

    def __init__(self, secrets: Secrets, store: UserStore) -> None:
        self._fernet = Fernet(secrets.encryption_key)
        self._store = store

    async def settings(self, user_id: str) -> Mapping[str, UserToolSetting]:
        """Return the user's settings, by tool."""
        return await self._store.settings(user_id)

    async def configure(self, user_id: str, tool: str, setting: UserToolSetting) -> None:
        """Store the user's settings for a tool."""
        await self._store.configure(user_id, tool, setting)

    async def link(self, user_id: str, service: str, credentials: Mapping[str, Any]) -> None:
        """Keep the user's credentials for a service."""
        await self._store.link(user_id, service, self._fernet.encrypt(json.dumps(dict(credentials)).encode()))

    async def link_all(self, user_id: str, services: Iterable[str]) -> None:
        """Keep credentials for services of the simulated town, which take any."""
        for service in services:
            await self.link(user_id, service, {"token": "of the simulated town"})

    async def unlink(self, user_id: str, service: str) -> bool:
        """Log out of a service; return whether there was a login."""
        return await self._store.unlink(user_id, service)

    async def services(self, user_id: str) -> Collection[str]:
        """Return the services that the user has credentials for; whether they count is for the host to say."""
        return await self._store.services(user_id)

    async def credentials(self, user_id: str, service: str) -> dict[str, Any] | None:
        """Return the credentials in the clear, for the call that needs them. Raises `SecretsError`: another key."""
        stored = await self._store.credentials(user_id, service)
        try:
            return None if stored is None else dict(json.loads(self._fernet.decrypt(stored)))
        except InvalidToken as error:
            raise SecretsError(
                f"the login of {user_id} to {service} was encrypted with another ENCRYPTION_KEY; log in to it again"
            ) from error

    async def count(self, user_id: str, tool: str) -> None:
        """Count one execution."""
        await self._store.count(user_id, tool)

    async def count_made(self, user_id: str, tool: str) -> None:
        """Count a call that was made. A store that is away is logged, and changes nothing about that call."""
        try:
            await self.count(user_id, tool)
        except (ServingError, RecordsError) as error:
            _log.error("a call of %s was made and is not in their usage: %s", user_id, error)

    async def usage_of(self, user_id: str) -> dict[str, int]:
        """Return how often the user called which tool, the most used first."""
        usage = await self._store.usage(user_id)
        return dict(sorted(usage.items(), key=lambda entry: (-entry[1], entry[0])))
