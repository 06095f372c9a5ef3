"""The source of a service's secret: the stored password, or the login of `mcqueen login --service`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from assistant.hosting.host_errors import RefusedError, TryLaterError
from assistant.services.passwords import load_password, password_store
from assistant.services.service_secrets import FixedPassword, Password, RenewedTokens, SecretSource
from client.access.service_login import ServiceTokens
from client.clock import SystemClock
from client.http import open_http_client


@asynccontextmanager
async def secrets_of(service: str, user: str, url: str) -> AsyncIterator[SecretSource]:
    """Yield the secret of a user: of a login by OAuth if `service` is named, else the password for `url`.

    Raises `RefusedError` if there is none.
    """
    store = password_store()
    if service:
        async with open_http_client() as http:
            source = RenewedTokens(ServiceTokens(service, user, http, store, SystemClock()))
            with suppress(TryLaterError):  # without a network, the service still starts
                await source.current()
            yield source
        return
    password = await load_password(store, url, user)
    if password is None:
        raise RefusedError(f"there is no password of {user} at {url}; run this command once with the word login")
    yield FixedPassword(Password(password))


def refuse_password_of(service: str) -> None:
    """Raise `RefusedError` if a password is to be stored for a service that is logged in to by OAuth."""
    if service:
        raise RefusedError(f"log in to it with: mcqueen login --service {service}")
