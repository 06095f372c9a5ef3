"""The store of sessions, limits and users' data: in memory, a SQLite file, or Redis or PostgreSQL for several
processes.

Each server has one `Store`. Every kind keeps two promises: each use of a session extends it and it ends on time, and a
limit counts every request that was admitted, whichever process admitted it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from assistant.serving.serving_errors import ServingError
from assistant.serving.state.opening_databases import is_postgres, open_database
from assistant.serving.state.rate_limits import MemoryLimit, RequestLimit
from assistant.serving.state.sessions import MemorySessions, SessionStore
from assistant.serving.state.users import MemoryUsers, UserStore

MEMORY = "memory"


class Store(Protocol):
    """Gives the faces their store for sessions and for counting requests."""

    @property
    def sessions(self) -> SessionStore:
        """Where sessions live."""
        ...

    @property
    def users(self) -> UserStore:
        """Where settings, logins to services and usage live."""
        ...

    async def check(self) -> None:
        """Check that the store answers. Raises `ServingError` or `RecordsError` if it does not."""
        ...

    def limit(self, name: str, most: int, seconds: float) -> RequestLimit:
        """Return the limit of that name; processes that use the same name count together."""
        ...


class MemoryStore:
    """A `Store` of this process, lost when it ends. `now` is in seconds since the epoch."""

    def __init__(self, now: Callable[[], float], users: MemoryUsers | None = None) -> None:
        self._now = now
        self.sessions = MemorySessions(now)
        self.users = MemoryUsers() if users is None else users
        self._limits: dict[tuple[str, int, float], MemoryLimit] = {}

    async def check(self) -> None:
        """Do nothing: memory always answers."""

    def limit(self, name: str, most: int, seconds: float) -> RequestLimit:
        """Return the limit of that name."""
        return self._limits.setdefault((name, most, seconds), MemoryLimit(most, seconds, self._now))


@asynccontextmanager
async def open_store(where: str, now: Callable[[], float], users: MemoryUsers | None = None) -> AsyncIterator[Store]:
    """Open `memory`, `redis://HOST:PORT/DB` (or `rediss://`), `postgresql://...`, or the path of a SQLite file, until
    the block ends.

    `users` holds the initial users of a store in memory. Raises `ServingError` with the cure if the store cannot be
    opened.
    """
    if where == MEMORY:
        yield MemoryStore(now, users)
    elif where.startswith(("redis://", "rediss://", "unix://")):
        from assistant.serving.state.redis_store import RedisStore  # an extra; only who asks for it needs it

        redis = await RedisStore.open(where, now)
        try:
            yield redis
        finally:
            await redis.close()
    elif "://" in where and not is_postgres(where):
        raise ServingError(
            f"{where.partition('://')[0]}:// is no store; "
            "use memory, redis://HOST:PORT, postgresql://USER@HOST/NAME, or the path of a file"
        )
    else:
        from assistant.serving.state.sql_store import MIGRATIONS, SqlStore

        async with open_database(where, MIGRATIONS, "store") as database:
            yield SqlStore(database, now)
