"""What platform and gateway check before each of their own paths: the login, the rate limit and the permission.

It handles nothing itself; that is the face's part.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import ClassVar, Unpack

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from assistant.serving.middleware import too_many
from assistant.serving.openapi import Details, Operation
from assistant.serving.platform.callers import Caller, Permission, caller_of
from assistant.serving.platform.peers import is_from_peer
from assistant.serving.request_bodies import RefusedRequest
from assistant.serving.state.rate_limits import RequestLimit
from assistant.serving.state.stores import Store

REQUESTS, REQUEST_SECONDS = 100, 60.0
"""How often a user may ask for anything (contracts section 2)."""
Handler = Callable[[Request, Caller], Awaitable[Response]]


class GuardedFace:
    """Base of the APIs that need a login and limit each user's requests. `now` is in seconds since the epoch."""

    store: Store
    jwt_secret: str
    now: Callable[[], float]
    prefix: ClassVar[str]
    """The path that all of its operations begin with."""

    def _operation(
        self,
        method: str,
        path: str,
        permission: Permission,
        handle: Handler,
        gives: type[BaseModel],
        **more: Unpack[Details],
    ) -> Operation:
        async def checked(request: Request) -> Response:
            caller = await self._caller(request)
            if not is_from_peer(self.jwt_secret, request, self.now()):  # else the other process has counted it
                await within(self._requests, caller.user_id)
            caller.need(permission)
            return await handle(request, caller)

        more["errors"] = (403, *more.get("errors", ()))
        return Operation(method, f"{self.prefix}{path}", checked, gives, documented=handle, **more)

    @cached_property
    def _requests(self) -> RequestLimit:
        """The count that all such faces share."""
        return self.store.limit("platform requests", REQUESTS, REQUEST_SECONDS)

    async def _caller(self, request: Request) -> Caller:
        return await caller_of(request, self.jwt_secret, self.store.sessions, self.now)


async def within(limit: RequestLimit, user_id: str) -> None:
    """Count a request of that user. Raises `RefusedRequest` 429."""
    if wait := await limit.admit(user_id):
        raise RefusedRequest(429, too_many(wait), headers={"Retry-After": str(wait)})
