"""Who calls the platform, and what they may do: the permissions, read from the token.

A token is a JWT of this server (claim `user_id`, and `permissions` if they differ from the usual ones) or a session of
the McQueen REST face. Nobody manages other people's servers unless a token says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from assistant.serving.request_bodies import RefusedRequest
from assistant.serving.state.secret_keys import read_login_token
from assistant.serving.state.sessions import SessionStore


class Permission(StrEnum):
    """The rights that a caller may have (contracts section 2)."""

    READ = "mcp:read"
    WRITE = "mcp:write"
    EXECUTE = "mcp:execute"
    MANAGE = "mcp:manage"
    """Allows managing other users' servers and the gateway."""
    ADMIN = "mcp:admin"
    """Allows viewing the page for administration, and nothing else. This right is ours, not the contract's."""


USUAL = frozenset({Permission.READ, Permission.WRITE, Permission.EXECUTE})
"""The permissions of a token that names none."""
_MAX_TOKEN = 8192


@dataclass(frozen=True)
class Caller:
    """A caller who is logged in."""

    user_id: str
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Return whether the caller has a permission. A caller with mcp:manage has all of them."""
        return permission in self.permissions or Permission.MANAGE in self.permissions

    def need(self, permission: Permission) -> None:
        """Raise `RefusedRequest` 403 if the caller lacks a permission."""
        if not self.may(permission):
            raise RefusedRequest(403, f"This needs the permission {permission}; ask for a token that has it.")

    def need_own(self, user_id: str) -> None:
        """Raise `RefusedRequest` 403 if something belongs to another user."""
        if user_id != self.user_id and Permission.MANAGE not in self.permissions:
            raise RefusedRequest(403, "This server belongs to another user.")


async def caller_of(request: Request, jwt_secret: str, sessions: SessionStore, now: Callable[[], float]) -> Caller:
    """Return who sent a request. Raises `RefusedRequest` 401."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() == "bearer" and token and len(token) <= _MAX_TOKEN:
        claims = read_login_token(jwt_secret, token, now=now())
        if claims is not None and isinstance(claims.get("user_id"), str) and claims["user_id"]:
            return Caller(claims["user_id"], permissions_of(claims))
        session = await sessions.use(token) if "." not in token else None
        if session is not None:
            return Caller(session.user_id, USUAL)
    raise RefusedRequest(
        401, "The token is missing, not valid or expired; log in.", headers={"WWW-Authenticate": "Bearer"}
    )


def permissions_of(claims: Mapping[str, object]) -> frozenset[Permission]:
    """Return the permissions in a token's claims; unknown ones are left out."""
    claim = claims.get("permissions")
    if claim is None:
        return USUAL
    known = set(Permission)
    return frozenset(Permission(name) for name in claim if name in known) if isinstance(claim, list) else frozenset()
