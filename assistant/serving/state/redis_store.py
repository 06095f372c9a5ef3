"""Sessions and limits in Redis, for several processes on one or many machines. Needs the extra `mcqueen[redis]`.

A session is `session:<id>` (contract) and expires with it; a limit is a sorted set of the moments it admitted, counted
and added to in one script, so that two processes cannot both take the last place.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from assistant.serving.serving_errors import ServingError
from assistant.serving.state.rate_limits import RequestLimit, wait_until
from assistant.serving.state.redis_users import RedisUsers
from assistant.serving.state.sessions import LIFETIME, Session, new_session

try:
    from redis.asyncio import BlockingConnectionPool, Redis
    from redis.exceptions import RedisError
except ImportError as error:  # the extra is not installed
    raise ServingError('a Redis store needs the extra: pip install "mcqueen[redis]"') from error

_ANSWER_SECONDS = 5.0
_MOST_CONNECTIONS = 64
"""Most connections. Further requests wait for a free one; otherwise a burst would be told that Redis is away."""
_ADMIT = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2] * 1000))
return ''
"""
"""KEYS: the set. ARGV: now, the window in seconds, the most, a name for this request. Returns the oldest, or ''."""


class RedisStore:
    """A `Store` in Redis."""

    def __init__(self, redis: Redis, now: Callable[[], float]) -> None:
        self._redis = redis
        self._now = now
        self.sessions = RedisSessions(redis, now)
        self.users = RedisUsers(redis, _translated)

    @classmethod
    async def open(cls, url: str, now: Callable[[], float]) -> RedisStore:
        """Connect. Raises `ServingError` if Redis does not answer."""
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                decode_responses=True,
                socket_timeout=_ANSWER_SECONDS,
                socket_connect_timeout=_ANSWER_SECONDS,
                max_connections=_MOST_CONNECTIONS,
                timeout=_ANSWER_SECONDS,
            )
            redis = Redis.from_pool(pool)
            await redis.ping()
        except (RedisError, OSError, ValueError) as error:
            raise ServingError(
                f"Redis at {_place(url)} does not answer ({error}); start it or use another store"
            ) from error
        return cls(redis, now)

    async def check(self) -> None:
        """Ask Redis whether it answers. Raises `ServingError`."""
        with _translated():
            await self._redis.ping()

    def limit(self, name: str, most: int, seconds: float) -> RequestLimit:
        """Return the limit of that name."""
        return RedisLimit(self._redis, name, most, seconds, self._now)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


class RedisSessions:
    """A `SessionStore` in Redis."""

    def __init__(self, redis: Redis, now: Callable[[], float], *, lifetime: float = LIFETIME) -> None:
        self._redis = redis
        self._now = now
        self._lifetime = lifetime

    async def create(self, user_id: str) -> Session:
        """Make a session."""
        session = new_session(user_id, self._now(), self._lifetime)
        kept = json.dumps({"user_id": user_id, "created_at": session.created_at})
        with _translated():
            await self._redis.set(_key(session.session_id), kept, ex=int(self._lifetime))
        return session

    async def use(self, session_id: str) -> Session | None:
        """Return the session and extend it; None if it is unknown or expired."""
        with _translated():
            kept = await self._redis.getex(_key(session_id), ex=int(self._lifetime))
        if kept is None:
            return None
        fields: dict[str, Any] = json.loads(kept)
        return Session(session_id, fields["user_id"], fields["created_at"], self._now() + self._lifetime)

    async def remove(self, session_id: str) -> None:
        """End a session."""
        with _translated():
            await self._redis.delete(_key(session_id))


class RedisLimit:
    """A `RequestLimit` in Redis."""

    def __init__(self, redis: Redis, scope: str, most: int, seconds: float, now: Callable[[], float]) -> None:
        self.most = most
        self.seconds = seconds
        self._redis = redis
        self._scope = scope
        self._now = now

    async def admit(self, name: str) -> int:
        """Count a request and return 0, or return the seconds to wait."""
        now = self._now()
        key, unique = f"limit:{self._scope}:{name}", secrets.token_hex(8)
        asked = self._redis.eval(_ADMIT, 1, key, repr(now), repr(self.seconds), str(self.most), unique)
        with _translated():
            oldest = await cast("Awaitable[str]", asked)
        return wait_until(float(oldest), now, self.seconds) if oldest else 0


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what Redis raises into a `ServingError`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise ServingError(f"Redis does not answer: {error}") from error


def _key(session_id: str) -> str:
    return f"session:{session_id}"


def _place(url: str) -> str:
    """Return the address without the password that it may hold."""
    return url.rpartition("@")[2].partition("?")[0]
