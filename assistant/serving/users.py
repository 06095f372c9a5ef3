"""What is kept for each user: tool settings, logins to services (credentials encrypted), how often tools were used.

In memory; it is small enough to move to SQLite or Redis as it is. Never holds a credential in the clear.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet

from assistant.serving.secret_keys import Secrets


@dataclass(frozen=True)
class ToolSetting:
    """What a user configured for a tool. Without one, a tool is listed as not enabled and can be used all the same."""

    enabled: bool
    priority: int = 5
    custom_settings: Mapping[str, Any] = field(default_factory=dict)


class Users:
    """All users."""

    def __init__(self, secrets: Secrets) -> None:
        self._fernet = Fernet(secrets.encryption_key)
        self._settings: dict[tuple[str, str], ToolSetting] = {}
        self._credentials: dict[tuple[str, str], bytes] = {}
        self.usage: Counter[tuple[str, str]] = Counter()
        """Executions by user and tool."""

    def setting(self, user_id: str, tool: str) -> ToolSetting | None:
        """Return what the user configured, or None."""
        return self._settings.get((user_id, tool))

    def configure(self, user_id: str, tool: str, setting: ToolSetting) -> None:
        """Keep what the user configured."""
        self._settings[user_id, tool] = setting

    def link(self, user_id: str, service: str, credentials: Mapping[str, Any]) -> None:
        """Log the user in to a service; the credentials are kept encrypted."""
        self._credentials[user_id, service] = self._fernet.encrypt(json.dumps(dict(credentials)).encode())

    def link_all(self, user_id: str, services: Iterable[str]) -> None:
        """Log the user in to services of the simulated world, which ask for no credentials."""
        for service in services:
            self.link(user_id, service, {})

    def unlink(self, user_id: str, service: str) -> bool:
        """Log out of a service; return whether there was a login."""
        return self._credentials.pop((user_id, service), None) is not None

    def usage_of(self, user_id: str) -> dict[str, int]:
        """Return how often the user called which tool, the most used first."""
        return {tool: count for (user, tool), count in self.usage.most_common() if user == user_id}

    def is_linked(self, user_id: str, service: str) -> bool:
        """Return whether the user is logged in to a service."""
        return (user_id, service) in self._credentials

    def credentials(self, user_id: str, service: str) -> dict[str, Any] | None:
        """Return the credentials in the clear, for the call that needs them."""
        stored = self._credentials.get((user_id, service))
        return None if stored is None else dict(json.loads(self._fernet.decrypt(stored)))
