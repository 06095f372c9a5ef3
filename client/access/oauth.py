"""OAuth 2.1 for MCP servers: the SDK's flow, run only if a token is missing, refused or about to expire.

The SDK's own provider holds a lock from request to answer, so that one slow call delays every other on the server. Here
a call with a valid token does not wait. Only renewal is one at a time, also among processes: a refresh token used twice
looks stolen, and costs everybody the login. Tokens are in the credential store, under the address they are for, and
never in a log line or an error.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2
from mcp.client.auth import OAuthClientProvider, OAuthFlowError
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl, BaseModel, ValidationError

from client.access.credentials import CredentialStore, address_of
from client.access.plain_http import is_protected
from client.client_errors import CredentialsError, RenewLaterError
from client.clock import Clock
from client.records.locks import FileLock

# The SDK logs a trace for every failed flow; here a failure is one sentence, reported by the caller that wanted the
# login.
logging.getLogger("mcp.client.auth").setLevel(logging.CRITICAL)

CLIENT_NAME = "McQueen"
DEFAULT_REDIRECT = "http://127.0.0.1/callback"
_RENEW_BEFORE = 60.0
_LONG_AGO = 1.0
_LONGEST_WAIT, _LOOK_AGAIN = 3.0, 0.02
"""Seconds to wait for another process that renews, and between two checks."""
_NO_LONGER = (400, 401)
_LATER = (408, 425, 429)
"""Errors by which an authorization server rejects a refresh token (RFC 6749, 5.2)."""
_TOKENS, _CLIENT, _PLACE, _SCOPE = "OAuth tokens for", "OAuth client for", "OAuth server for", "OAuth scope for"

_SCOPE_FIELD = re.compile(r',?\s*\bscope="([^"\\]*)"')
_log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Visit:
    """How a user is led to the login page."""

    redirect_uri: str
    open_page: Callable[[str], Awaitable[None]]
    """Gets the address of the page."""
    wait_for_code: Callable[[], Awaitable[AuthorizationCodeResult]]
    """Waits until the page redirects back. Raises `OAuthFlowError` if the user refused."""


class KeptTokens:
    """The SDK's `TokenStorage` over the credential store."""

    def __init__(self, store: CredentialStore, url: str, clock: Clock) -> None:
        self._store = store
        self._address = address_of(url)
        self._clock = clock
        self.ends_at: float | None = None
        """Seconds since the epoch when the access token expires; None if unknown."""

    async def get_tokens(self) -> OAuthToken | None:
        """Return the tokens of the last login or renewal."""
        kept = await self._store.load(self._address, _TOKENS)
        if kept is None:
            return None
        ends_at = kept.pop("ends_at", None)
        self.ends_at = float(ends_at) if isinstance(ends_at, int | float) else None
        return _read(OAuthToken, kept)

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Store the tokens, with their expiry by this machine's clock."""
        self.ends_at = self._clock.now() + tokens.expires_in if tokens.expires_in is not None else None
        kept = tokens.model_dump(mode="json", exclude_none=True)
        await self._store.keep(self._address, _TOKENS, {**kept, "ends_at": self.ends_at})

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Return our client registration at the authorization server."""
        kept = await self._store.load(self._address, _CLIENT)
        return _read(OAuthClientInformationFull, kept) if kept is not None else None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Store our client registration at the authorization server."""
        await self._store.keep(self._address, _CLIENT, client_info.model_dump(mode="json", exclude_none=True))

    async def place(self) -> tuple[OAuthMetadata | None, ProtectedResourceMetadata | None]:
        """Return the token endpoint for renewal; the SDK forgets it between two starts."""
        kept = await self._store.load(self._address, _PLACE) or {}
        return _read(OAuthMetadata, kept.get("server")), _read(ProtectedResourceMetadata, kept.get("resource"))

    async def keep_place(self, server: OAuthMetadata | None, resource: ProtectedResourceMetadata | None) -> None:
        """Store the token endpoint for renewal."""
        found = {"server": server, "resource": resource}
        kept = {name: model.model_dump(mode="json", exclude_none=True) for name, model in found.items() if model}
        await self._store.keep(self._address, _PLACE, kept)

    def lock(self) -> FileLock:
        """Return the lock for renewing the tokens."""
        return self._store.lock(self._address)

    async def forget(self, *, client: bool = False) -> None:
        """Delete the tokens, and with `client` everything."""
        for name in (_TOKENS, _CLIENT, _PLACE, _SCOPE) if client else (_TOKENS,):
            await self._store.forget(self._address, name)

    async def want(self, scope: str) -> None:
        """Store the scopes that a tool asked for, so that the next login asks for them."""
        await self._store.keep(self._address, _SCOPE, {"scope": scope})

    async def wanted(self) -> str:
        """Return those scopes; empty if none were missing."""
        kept = await self._store.load(self._address, _SCOPE) or {}
        return str(kept.get("scope", ""))


class OAuthAccess(httpx2.Auth):
    """Signs the requests to one server. Without `visit` no user is asked, so a refusal stays a refusal."""

    requires_response_body = False

    def __init__(
        self,
        url: str,
        store: CredentialStore,
        clock: Clock,
        *,
        visit: Visit | None = None,
        plain_http_allowed: bool = False,
    ) -> None:
        self.kept = KeptTokens(store, url, clock)
        self.failure = ""
        """Why the last flow gave no token."""
        self._url = url
        self._clock = clock
        self._visit = visit
        self._allowed = plain_http_allowed or is_protected(url)
        self._token: OAuthToken | None = None
        self._ends_at: float | None = None
        self._refused = ""
        """The access token whose renewal was refused for good; it is not renewed again."""
        self._renewing = asyncio.Lock()

    def __repr__(self) -> str:
        return f"OAuthAccess({self._url!r})"

    def _sign(self, request: httpx2.Request) -> str:
        token = self._token.access_token if self._token is not None else ""
        if token and self._allowed:
            request.headers["Authorization"] = f"Bearer {token}"
        return token

    def _ends_soon(self) -> bool:
        renewable = self._token is not None and self._token.refresh_token is not None
        return renewable and self._ends_at is not None and self._ends_at - self._clock.now() < _RENEW_BEFORE

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Sign and send. If the token is refused, one caller renews it for all; then send once more.

        Raises `OAuthFlowError` where renewal was tried and led to no token, `RenewLaterError` if that is only for now.
        """
        refused: httpx2.Response | None = None
        used = self._sign(request)
        if not used or not self._ends_soon():
            refused = yield request
            if not _wants_token(refused):
                return
            if await self._take_kept(used):
                used = self._sign(request)
                refused = yield request
                if not _wants_token(refused):
                    return
        async with self._renewing, self._alone():
            tried, status = False, 0
            if not await self._reread(used):  # else another caller renewed it meanwhile
                async with aclosing(self._flow(request, refused)) as flow:
                    try:
                        outgoing = await anext(flow)
                        while True:
                            tried = True
                            reply = yield outgoing
                            status = reply.status_code
                            outgoing = await flow.asend(reply)
                    except StopAsyncIteration:
                        pass
                    except CredentialsError as error:
                        self.failure = str(error)
                    except (OAuthFlowError, ValidationError) as error:
                        self.failure = _reason(error)
                        tried = True
                        _log.debug("the OAuth flow failed: %s", self.failure)
                if self._token is None and status in _NO_LONGER:
                    self._refused = used
        if self._sign(request) not in ("", used) or (refused is None and not tried):
            yield request
        elif tried and (status in _LATER or status >= 500):
            raise RenewLaterError(status)
        elif tried:
            raise OAuthFlowError(self.failure or "the login has ended")

    async def _take_kept(self, used: str) -> bool:
        """Load a token saved by an earlier start or another process. False if it is still `used`."""
        async with self._renewing:
            return await self._reread(used)

    async def _reread(self, used: str) -> bool:
        if self._token is not None and self._token.access_token != used:
            return True
        try:
            with self._clock.working():
                kept = await self.kept.get_tokens()
        except CredentialsError as error:
            self.failure = str(error)
            return False
        if kept is None or kept.access_token in (used, self._refused):
            return False
        self._token, self._ends_at = kept, self.kept.ends_at
        return True

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Keep other processes from renewing the same login, for a short time only if this one dies or dawdles."""
        lock = self.kept.lock()
        until = self._clock.monotonic() + _LONGEST_WAIT
        try:
            # A user at a browser takes minutes, and gets a separate token.
            while self._visit is None and not lock.acquire() and self._clock.monotonic() < until:
                await self._clock.sleep(_LOOK_AGAIN)
        except OSError as error:
            _log.debug("renewing without a lock: %s", error.strerror)
        try:
            yield
        finally:
            lock.release()

    async def _flow(
        self, request: httpx2.Request, refused: httpx2.Response | None
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Run the SDK's flow from renewal on; it yields its own requests, never `request`."""
        step_up = refused is not None and refused.status_code == 403
        if step_up and refused is not None and self._visit is None:
            await self._note_scope(refused)
            raise OAuthFlowError("the login does not cover this")
        if self._visit is None and (self._token is None or self._token.refresh_token is None):
            return
        if refused is not None and not step_up and (wanted := await self.kept.wanted()):
            refused = _asking_for(refused, wanted)
        provider = self._provider()
        context = provider.context
        context.oauth_metadata, context.protected_resource_metadata = await self.kept.place()
        # Refused or about to expire, whatever its expiry says; renewal gives no further scopes.
        context.token_expiry_time = None if step_up else _LONG_AGO
        async with aclosing(provider.async_auth_flow(request)) as flow:
            outgoing = await anext(flow)
            while True:
                if outgoing is not request:
                    reply = yield outgoing
                elif refused is None or self._visit is None or (context.is_token_valid() and not step_up):
                    break
                else:
                    reply, refused = refused, None  # renewal was not enough: the user has to log in
                try:
                    outgoing = await flow.asend(reply)
                except StopAsyncIteration:
                    break
        if context.is_token_valid():
            self._token, self._ends_at, self.failure = context.current_tokens, self.kept.ends_at, ""
            await self.kept.keep_place(context.oauth_metadata, context.protected_resource_metadata)
        else:
            self._token = None

    async def _note_scope(self, refused: httpx2.Response) -> None:
        granted = self._token.scope if self._token is not None else None
        found = _SCOPE_FIELD.search(refused.headers.get("www-authenticate", ""))
        scopes = [*(granted or "").split(), *(found.group(1).split() if found else ())]
        if scopes:
            await self.kept.want(" ".join(dict.fromkeys(scopes)))

    def _provider(self) -> OAuthClientProvider:
        visit = self._visit
        redirect = visit.redirect_uri if visit is not None else DEFAULT_REDIRECT
        metadata = OAuthClientMetadata(client_name=CLIENT_NAME, redirect_uris=[AnyUrl(redirect)])
        return OAuthClientProvider(
            self._url,
            metadata,
            self.kept,
            redirect_handler=visit.open_page if visit is not None else None,
            callback_handler=visit.wait_for_code if visit is not None else None,
        )


def _wants_token(response: httpx2.Response) -> bool:
    challenge = response.headers.get("www-authenticate", "")
    return response.status_code == 401 or (response.status_code == 403 and "insufficient_scope" in challenge)


def _asking_for(refused: httpx2.Response, scope: str) -> httpx2.Response:
    """Return the refusal as if it named these scopes, because the SDK's flow reads them from it."""
    challenge = _SCOPE_FIELD.sub("", refused.headers.get("www-authenticate", "Bearer")).rstrip(" ,")
    first = "" if challenge.lower() == "bearer" else ","
    headers = {"www-authenticate": f'{challenge}{first} scope="{scope}"'}
    return httpx2.Response(refused.status_code, headers=headers, request=refused.request)


def _reason(error: Exception) -> str:
    """Return one line without tokens and codes that the SDK may quote."""
    if isinstance(error, ValidationError):
        return "the authorization server's answer is not as OAuth has it"
    line = " ".join(str(error).split())
    return line.partition(": {")[0][:200] or type(error).__name__


def _read(model: type[M], kept: object) -> M | None:
    try:
        return model.model_validate(kept) if kept is not None else None
    except ValidationError:
        return None  # written by another version; the next login replaces it
