"""Secrets of services: a password, or the access token of a login by OAuth. Never shown in an error or log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from assistant.hosting.host_errors import RefusedError, TryLaterError
from client.access.service_login import ServiceTokens
from client.client_errors import ClientError, RenewLaterError

RENEW_AGAIN_AFTER = 60.0
"""Seconds after which a login that could not be renewed is tried again."""


@dataclass(frozen=True)
class Password:
    """A password."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class AccessToken:
    """An access token of OAuth 2.0."""

    text: str = field(repr=False)


ServiceSecret = Password | AccessToken


class SecretRefusedError(RefusedError):
    """The service refused the secret; nothing was done."""

    def __init__(self, place: str, user: str, secret: ServiceSecret, ending: str = "") -> None:
        """`place` names the server that refused, as "The mail server mail.example"; `ending` is one more sentence."""
        match secret:
            case Password():
                text = (
                    f"{place} refused the password of {user}; log in to it again, with its command and the word login."
                )
            case AccessToken():
                text = f"{place} refused the login of {user}; log in to it again, with mcqueen login --service."
        super().__init__(f"{text} {ending}".rstrip())


class SecretSource(Protocol):
    """Gives the secret of one account."""

    async def current(self) -> ServiceSecret:
        """Return the secret to use now. Raises `RefusedError`."""
        ...

    async def after_refusal(self, refused: ServiceSecret) -> ServiceSecret | None:
        """Return a newer secret than the refused one; None if there is none. Raises `RefusedError`."""
        ...


@dataclass(frozen=True)
class FixedPassword:
    """A password that only the user changes."""

    password: Password

    async def current(self) -> ServiceSecret:
        """Return the password."""
        return self.password

    async def after_refusal(self, refused: ServiceSecret) -> ServiceSecret | None:
        """Return None: there is no other password."""
        return None


@dataclass(frozen=True)
class RenewedTokens:
    """Access tokens of a login by OAuth, renewed before they end and after a refusal."""

    tokens: ServiceTokens

    async def current(self) -> ServiceSecret:
        """Return a token that is valid long enough. Raises `RefusedError`, or `TryLaterError` if it may work later."""
        return await self._token("")

    async def after_refusal(self, refused: ServiceSecret) -> ServiceSecret | None:
        """Return a newer token. Raises the errors of `current`."""
        return await self._token(refused.text)

    async def _token(self, refused: str) -> AccessToken:
        try:
            return AccessToken(await self.tokens.token(refused=refused))
        except RenewLaterError:
            raise TryLaterError(
                "The login cannot be renewed at the moment; nothing was done.", RENEW_AGAIN_AFTER
            ) from None
        except ClientError as error:
            text = str(error)
            raise RefusedError(f"{text[:1].upper()}{text[1:]}. Nothing was done.") from None
