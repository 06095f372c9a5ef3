"""OAuth 2.1 for services that are no MCP servers, such as mail and calendars: log in, renew, revoke.

The authorization code flow with PKCE and a loopback redirect (RFC 6749, 7636, 8252). Tokens are in the credential
store and never in a log line or an error. Knows no service: `assistant.services.service_accounts` has their addresses.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode, urlsplit

import httpx
from mcp.client.auth import OAuthFlowError, PKCEParameters
from mcp.shared.auth import OAuthToken
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, ValidationError

from client.access.credentials import CredentialStore
from client.access.oauth_answers import refusal_code
from client.access.oauth_login import Loopback
from client.access.plain_http import is_protected
from client.access.renewing_alone import renewing_alone
from client.access.time_to_renew import is_time_to_renew
from client.client_errors import LoginError, RenewLaterError
from client.clock import Clock
from client.values import JSON

_REPLY_SECONDS = 10.0
"""Seconds that an authorization server may take for one reply."""
_METADATA = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
"""Paths of an authorization server's metadata (RFC 8414 section 3, OpenID Connect Discovery section 4)."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AuthorizationServer:
    """Where a user logs in."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str = ""
    """Empty if it cannot revoke tokens."""
    page_parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameters that its login page needs besides those of OAuth."""
    names_itself: bool = False
    """Whether it adds its issuer to every redirect (RFC 9207)."""


@dataclass(frozen=True)
class ServiceClient:
    """How McQueen is registered with an authorization server, and what it asks for."""

    client_id: str
    client_secret: str
    """Empty if the registration has none."""
    scope: str
    """Scopes, separated by spaces."""


class KeptServiceLogin(BaseModel):
    """A login as stored in the credential store."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: str
    scope: str
    token_endpoint: str
    revocation_endpoint: str
    access_token: str
    refresh_token: str
    ends_at: float
    """Seconds since the epoch when the access token expires."""
    lifetime: float
    """Seconds from its beginning to its end."""

    def lasts(self, now: float) -> bool:
        """Return whether the access token need not be renewed yet; `now` is in seconds since the epoch."""
        return not is_time_to_renew(self.ends_at - now, self.lifetime)


class _Metadata(BaseModel):
    issuer: str
    authorization_endpoint: AnyHttpUrl
    token_endpoint: AnyHttpUrl
    revocation_endpoint: AnyHttpUrl | None = None
    authorization_response_iss_parameter_supported: bool = False


def _address(service: str) -> str:
    return f"service:{service}"


def _entry(account: str) -> str:
    return f"oauth {account}"


async def discover(issuer: str, http: httpx.AsyncClient) -> AuthorizationServer:
    """Fetch an authorization server's metadata. Raises `LoginError`."""
    if not is_protected(issuer):
        raise LoginError(f"{issuer} is reached over plain http, where anyone can read a login; use https")
    parts = urlsplit(issuer)
    root, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    for address in (f"{root}{_METADATA[0]}{path}", f"{root}{path}{_METADATA[1]}"):
        try:
            reply = await http.get(address, timeout=_REPLY_SECONDS)
            found = _Metadata.model_validate_json(reply.content) if reply.status_code == 200 else None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise LoginError(f"the authorization server {parts.hostname} cannot be reached; try again later") from None
        except ValidationError:
            found = None
        if found is None:
            continue
        if found.issuer != issuer:
            raise LoginError(f"{issuer} calls itself {found.issuer[:200]}; give that as the issuer if it is meant")
        page, tokens, revocation = found.authorization_endpoint, found.token_endpoint, found.revocation_endpoint
        if not all(is_protected(str(endpoint)) for endpoint in (page, tokens, revocation) if endpoint is not None):
            raise LoginError(f"{issuer} names an endpoint over plain http, where anyone can read a login")
        return AuthorizationServer(
            issuer,
            str(page),
            str(tokens),
            str(revocation or ""),
            names_itself=found.authorization_response_iss_parameter_supported,
        )
    raise LoginError(f"{issuer} publishes no metadata of an authorization server")


async def log_in_to_service(
    service: str,
    account: str,
    server: AuthorizationServer,
    client: ServiceClient,
    http: httpx.AsyncClient,
    store: CredentialStore,
    clock: Clock,
    open_page: Callable[[str], Awaitable[None]],
) -> None:
    """Lead the user through the login page and store the tokens. Raises `LoginError`."""
    loopback, proof, state = Loopback(), PKCEParameters.generate(), secrets.token_urlsafe(24)
    async with loopback.listening():
        try:
            await open_page(_login_page(server, client, account, loopback.redirect_uri, state, proof.code_challenge))
            back = await loopback.wait_for_code()
        except OAuthFlowError as error:
            raise LoginError(f"logging in to {service} failed: {error}") from None
    if back.state is None or not secrets.compare_digest(back.state, state):
        raise LoginError(f"logging in to {service} failed: the answer belongs to another login")
    if (back.iss is not None or server.names_itself) and back.iss != server.issuer:
        raise LoginError(f"logging in to {service} failed: the answer comes from another authorization server")
    form = {
        "grant_type": "authorization_code",
        "code": back.code,
        "redirect_uri": loopback.redirect_uri,
        "code_verifier": proof.code_verifier,
    }
    reply = await _post(server.token_endpoint, form, client.client_id, client.client_secret, http)
    token = _token(reply)
    if token is None:
        why = refusal_code(reply) if reply is not None else ""
        raise LoginError(f"logging in to {service} failed: {why or 'the authorization server gave no token'}")
    if not token.refresh_token:
        raise LoginError(f"{service} gave no refresh token, so the login would end soon; allow offline access to it")
    kept = KeptServiceLogin(
        client_id=client.client_id,
        client_secret=client.client_secret,
        scope=client.scope,
        token_endpoint=server.token_endpoint,
        revocation_endpoint=server.revocation_endpoint,
        access_token=token.access_token,
        refresh_token=token.refresh_token,
        ends_at=clock.now() + _lifetime(token),
        lifetime=_lifetime(token),
    )
    await _keep(store, service, account, kept)


def _login_page(
    server: AuthorizationServer, client: ServiceClient, account: str, redirect_uri: str, state: str, challenge: str
) -> str:
    query = {
        **server.page_parameters,
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": account,
    }
    joint = "&" if urlsplit(server.authorization_endpoint).query else "?"
    return f"{server.authorization_endpoint}{joint}{urlencode(query)}"


async def log_out_of_service(service: str, account: str, http: httpx.AsyncClient, store: CredentialStore) -> bool:
    """Revoke the login and delete it; return whether the service was informed. Raises `LoginError` without one."""
    kept = await _load(store, service, account)
    if kept is None:
        raise LoginError(f"{account} is not logged in to {service}")
    informed = False
    if kept.revocation_endpoint:
        form = {"token": kept.refresh_token, "token_type_hint": "refresh_token"}
        reply = await _post(kept.revocation_endpoint, form, kept.client_id, kept.client_secret, http)
        informed = reply is not None and reply.status_code == 200
    await store.forget(_address(service), _entry(account))
    return informed


class ServiceTokens:
    """The access tokens of one account. Processes and tasks share them; only one renews at a time."""

    def __init__(
        self, service: str, account: str, http: httpx.AsyncClient, store: CredentialStore, clock: Clock
    ) -> None:
        self._service = service
        self._account = account
        self._http = http
        self._store = store
        self._clock = clock
        self._renewing: asyncio.Task[str] | None = None

    async def token(self, *, refused: str = "") -> str:
        """Return a token that lasts; never the one that was `refused`.

        A caller that is cancelled stops no renewal, because the server may have replaced the refresh token already.
        Raises `LoginError` if a login is needed, and `RenewLaterError` if renewing failed for now.
        """
        kept = await self._kept()
        if kept.access_token != refused and kept.lasts(self._clock.now()):
            return kept.access_token
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renewed(refused), name="renewing the login to a service")
        return await asyncio.shield(self._renewing)

    async def _kept(self) -> KeptServiceLogin:
        kept = await _load(self._store, self._service, self._account)
        if kept is None:
            raise LoginError(f"{self._account} is not logged in to {self._service}; {self._cure()}")
        return kept

    def _cure(self) -> str:
        return f"run mcqueen login --service {self._service} --account {self._account}"

    async def _renewed(self, refused: str) -> str:
        lock = self._store.lock(_address(self._service))
        async with renewing_alone(lock, self._clock, 2 * _REPLY_SECONDS) as alone:
            kept = await self._kept()
            if kept.access_token != refused and kept.lasts(self._clock.now()):
                return kept.access_token  # another process renewed it meanwhile
            if not alone:
                raise RenewLaterError()
            form = {"grant_type": "refresh_token", "refresh_token": kept.refresh_token}
            reply = await _post(kept.token_endpoint, form, kept.client_id, kept.client_secret, self._http)
            token = _token(reply)
            if token is None:
                if reply is not None and refusal_code(reply):
                    raise LoginError(f"the login of {self._account} to {self._service} has ended; {self._cure()}")
                raise RenewLaterError(reply.status_code if reply is not None else None)
            renewed = kept.model_copy(
                update={
                    "access_token": token.access_token,
                    "refresh_token": token.refresh_token or kept.refresh_token,
                    "ends_at": self._clock.now() + _lifetime(token),
                    "lifetime": _lifetime(token),
                }
            )
            await _keep(self._store, self._service, self._account, renewed)
            return renewed.access_token


async def _load(store: CredentialStore, service: str, account: str) -> KeptServiceLogin | None:
    found = await store.load(_address(service), _entry(account))
    try:
        return KeptServiceLogin.model_validate(found) if found is not None else None
    except ValidationError:
        raise LoginError(f"the stored login of {account} to {service} is damaged; log in again") from None


async def _keep(store: CredentialStore, service: str, account: str, kept: KeptServiceLogin) -> None:
    await store.keep(_address(service), _entry(account), cast("dict[str, JSON]", kept.model_dump()))


async def _post(
    endpoint: str, form: Mapping[str, str], client_id: str, client_secret: str, http: httpx.AsyncClient
) -> httpx.Response | None:
    """Send a form; None if no reply came. The secret goes into the form, which every provider of ours takes."""
    own = {"client_id": client_id} | ({"client_secret": client_secret} if client_secret else {})
    try:
        return await http.post(
            endpoint, data={**form, **own}, headers={"Accept": "application/json"}, timeout=_REPLY_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.debug("the authorization server cannot be reached: %s", type(error).__name__)
        return None


def _token(reply: httpx.Response | None) -> OAuthToken | None:
    if reply is None or reply.status_code != 200:
        return None
    try:
        return OAuthToken.model_validate_json(reply.content)
    except ValidationError:
        return None


def _lifetime(token: OAuthToken) -> float:
    """Return how many seconds a new token lasts; an hour if its server does not say."""
    return float(token.expires_in if token.expires_in is not None else 3600)
