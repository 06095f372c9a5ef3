"""What is stored for each user, in Redis hashes: `settings:<user>`, `services:<user>`, `usage:<user>`.

It sees credentials only encrypted. `redis_store` opens it, and says how to install the extra.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from assistant.serving.state.users import UserToolSetting

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisUsers:
    """A `UserStore` in Redis."""

    def __init__(self, redis: Redis, translated: Callable[[], AbstractContextManager[None]]) -> None:
        """`translated` turns what Redis raises into a `ServingError`."""
        self._redis = redis
        self._translated = translated

    async def settings(self, user_id: str) -> Mapping[str, UserToolSetting]:
        """Return the user's tool settings."""
        kept: dict[str, str] = await self._asked(self._redis.hgetall(f"settings:{user_id}"))
        return {tool: UserToolSetting.from_text(text) for tool, text in kept.items()}

    async def configure(self, user_id: str, tool: str, setting: UserToolSetting) -> None:
        """Store the user's settings for a tool."""
        await self._asked(self._redis.hset(f"settings:{user_id}", tool, setting.as_text()))

    async def services(self, user_id: str) -> Collection[str]:
        """Return the services of a user."""
        names: list[str] = await self._asked(self._redis.hkeys(f"services:{user_id}"))
        return frozenset(names)

    async def link(self, user_id: str, service: str, credentials: bytes) -> None:
        """Store a login; a Fernet token is ASCII."""
        await self._asked(self._redis.hset(f"services:{user_id}", service, credentials.decode("ascii")))

    async def unlink(self, user_id: str, service: str) -> bool:
        """Delete a login."""
        gone: int = await self._asked(self._redis.hdel(f"services:{user_id}", service))
        return gone > 0

    async def credentials(self, user_id: str, service: str) -> bytes | None:
        """Return what `link` stored."""
        kept: str | None = await self._asked(self._redis.hget(f"services:{user_id}", service))
        return None if kept is None else kept.encode("ascii")

    async def count(self, user_id: str, tool: str) -> None:
        """Count one execution."""
        await self._asked(self._redis.hincrby(f"usage:{user_id}", tool, 1))

    async def usage(self, user_id: str) -> Mapping[str, int]:
        """Return a user's executions."""
        kept: dict[str, str] = await self._asked(self._redis.hgetall(f"usage:{user_id}"))
        return {tool: int(calls) for tool, calls in kept.items()}

    async def _asked(self, answer: Any) -> Any:
        with self._translated():
            return await answer
