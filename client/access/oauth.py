"""OAuth 2.1 for MCP servers: the SDK's flow, run only if a token is missing, refused or about to expire.

The SDK's own provider holds a lock from request to answer, so that one slow call delays every other on the server. Here
a call with a valid token does not wait. Only renewal is one at a time, also among processes: a refresh token used twice
looks stolen, and costs everybody the login. Tokens are in the credential store, under the address they are for, and
never in a log line or an error.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass

import httpx
import httpx2
from mcp.client.auth import OAuthClientProvider, OAuthFlowError
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    create_oauth_metadata_request,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
    handle_protected_resource_response,
    union_scopes,
)
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl, ValidationError

from client.access.credentials import CredentialStore
from client.access.kept_tokens import KeptTokens, LoginSecrets
from client.access.local_tokens import LocalTokens
from client.access.oauth_answers import asking_for, reason, refused_for_good, root_issuer, spelled_as, wants_token
from client.access.plain_http import is_protected
from client.access.renewing_alone import renewing_alone
from client.access.time_to_renew import is_time_to_renew
from client.client_errors import CredentialsError, RenewLaterError, RightsError
from client.clock import Clock
from client.http import sender
from client.servers.mcp.authorized import bridge

# The SDK logs a trace for every failed flow; here a failure is one sentence, reported by the caller that wanted the
# login.
logging.getLogger("mcp.client.auth").setLevel(logging.CRITICAL)

CLIENT_NAME = "McQueen"
DEFAULT_REDIRECT = "http://127.0.0.1/callback"
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"
_LONG_AGO = 1.0
_RENEWAL_SECONDS = 30.0
"""Seconds to wait for an authorization server, and for another process that is renewing the token."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """How a user is led to the login page."""

    redirect_uri: str
    open_page: Callable[[str], Awaitable[None]]
    """Gets the address of the page."""
    wait_for_code: Callable[[], Awaitable[AuthorizationCodeResult]]
    """Waits until the page redirects back. Raises `OAuthFlowError` if the user refused."""


class OAuthAccess(httpx2.Auth):
    """Signs the requests to one server. Without `visit`, no user is asked to log in, and a refusal is final."""

    requires_response_body = False

    def __init__(
        self,
        url: str,
        store: LoginSecrets,
        clock: Clock,
        http: httpx.AsyncClient,
        *,
        visit: Visit | None = None,
        plain_http_allowed: bool = False,
    ) -> None:
        """`http` carries the requests to the authorization server."""
        self.kept = KeptTokens(store, url, clock)
        self.local_tokens = LocalTokens(store.folder) if isinstance(store, CredentialStore) else None
        """Authenticates us if the server is a McQueen of the same account; None while somebody logs in."""
        self.failure = ""
        """Why the last flow gave no token."""
        self._url = url
        self._clock = clock
        self._http = http
        self._visit = visit
        self._allowed = plain_http_allowed or is_protected(url)
        self._token: OAuthToken | None = None
        self._ends_at: float | None = None
        self._refused = ""
        """The access token whose renewal was finally refused; it is not renewed again."""
        self._reading = asyncio.Lock()
        self._renewing: asyncio.Task[Exception | None] | None = None

    def __repr__(self) -> str:
        return f"OAuthAccess({self._url!r})"

    def _sign(self, request: httpx2.Request) -> str:
        token = self._token.access_token if self._token is not None else ""
        if token and self._allowed:
            request.headers["Authorization"] = f"Bearer {token}"
        return token

    def _left(self) -> float:
        return self._ends_at - self._clock.now() if self._ends_at is not None else math.inf

    def _ends_soon(self) -> bool:
        token = self._token
        if token is None or token.refresh_token is None:
            return False
        return is_time_to_renew(self._left(), token.expires_in or math.inf)

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Sign and send. If the token is refused, one caller renews it for all; then send once more.

        Raises `OAuthFlowError` if a login is needed, `RenewLaterError` if renewing failed for now, and `RightsError` if
        another login would not help.
        """
        refused: httpx2.Response | None = None
        used = self._sign(request)
        if not used or not self._ends_soon():
            refused = yield request
            if not wants_token(refused):
                return
            if await self._take_kept(used):
                used = self._sign(request)
                refused = yield request
                if not wants_token(refused):
                    return
        if refused is not None and refused.status_code == 403 and self._visit is None:
            raise await self._more_rights(refused)
        trouble = await self._renewed(request, used, refused)
        if self._sign(request) not in ("", used) or (refused is None and (trouble is None or self._left() > 0)):
            yield request
        elif trouble is not None:
            raise trouble

    async def settled(self) -> None:
        """Wait until a renewal that was sent has been answered: the server may have replaced the refresh token."""
        if self._renewing is not None:
            await asyncio.wait({self._renewing})

    async def _take_kept(self, used: str) -> bool:
        """Load a token saved by an earlier start or another process. False if it is still `used`."""
        async with self._reading:
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

    async def _renewed(self, request: httpx2.Request, used: str, refused: httpx2.Response | None) -> Exception | None:
        """Renew the token once for all callers; return the reason if that failed. If a caller gives up, the renewal
        continues."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(request, used, refused), name="renewing a login")
        waiting = self._renewing if self._visit is not None else asyncio.shield(self._renewing)
        return await waiting

    async def _renew(self, request: httpx2.Request, used: str, refused: httpx2.Response | None) -> Exception | None:
        async with self._alone() as alone:
            if await self._reread(used):
                return None  # another caller or process renewed it meanwhile
            if not alone:
                return RenewLaterError()
            if self._visit is None and (self._token is None or self._token.refresh_token is None):
                return None
            provider = self._provider()
            try:
                return await self._flow(provider, request, refused)
            except httpx2.TransportError as error:
                _log.debug("the authorization server cannot be reached: %s", error)
                return RenewLaterError()
            except CredentialsError as error:
                self.failure = str(error)
                self._take(provider)  # valid while this program runs, although it could not be stored
                return OAuthFlowError(self.failure)
            except (OAuthFlowError, ValidationError) as error:
                self.failure, self._token = reason(error), None
                _log.debug("the OAuth flow failed: %s", self.failure)
                return OAuthFlowError(self.failure)

    def _alone(self) -> AbstractAsyncContextManager[bool]:
        """Keep other processes from renewing the same login. A user at a browser does not wait: they get a separate
        token."""
        if self._visit is not None:
            return nullcontext(True)
        return renewing_alone(self.kept.lock(), self._clock, _RENEWAL_SECONDS)

    async def _flow(
        self, provider: OAuthClientProvider, request: httpx2.Request, refused: httpx2.Response | None
    ) -> Exception | None:
        """Run the SDK's flow from its renewal step, without sending `request` itself. Return why there is no
        new token.
        """
        context = provider.context
        step_up = refused is not None and refused.status_code == 403
        if refused is not None and not step_up and (wanted := await self.kept.wanted()):
            refused = asking_for(refused, wanted)
        context.oauth_metadata, context.protected_resource_metadata = await self.kept.place()
        # The token was refused or is about to expire, whatever its expiry says. Renewal adds no scopes.
        context.token_expiry_time = None if step_up else _LONG_AGO
        last: httpx2.Response | None = None
        async with self._web() as web, aclosing(provider.async_auth_flow(request)) as flow:
            outgoing = await anext(flow)
            while True:
                if outgoing is not request:
                    reply = last = await self._ask(web, outgoing)
                elif refused is None or self._visit is None or (context.is_token_valid() and not step_up):
                    break
                else:
                    reply, refused = refused, None  # renewal was not enough: the user has to log in
                try:
                    outgoing = await flow.asend(reply)
                except StopAsyncIteration:
                    break
        if self._take(provider):
            await self.kept.keep_place(context.oauth_metadata, context.protected_resource_metadata)
            if self._visit is not None:
                await self.kept.asked_for(context.client_metadata.scope or "")
            return None
        if last is not None and not refused_for_good(last):
            return RenewLaterError(last.status_code)
        self._refused, self._token = self._token.access_token if self._token is not None else "", None
        return OAuthFlowError("the login has ended")

    def _take(self, provider: OAuthClientProvider) -> bool:
        context, before = provider.context, self._token
        token = context.current_tokens if context.is_token_valid() else None
        if token is None or (before is not None and token.access_token == before.access_token):
            return False
        self._token, self._ends_at, self.failure = token, self.kept.ends_at, ""
        return True

    def _web(self) -> httpx2.AsyncClient:
        return bridge(sender(self._http), httpx.Timeout(self._http.timeout.connect, read=_RENEWAL_SECONDS, write=10.0))

    async def _ask(self, web: httpx2.AsyncClient, outgoing: httpx2.Request) -> httpx2.Response:
        with self._clock.working():
            reply = await web.send(outgoing, follow_redirects=False)
            await reply.aread()
            if RESOURCE_METADATA in outgoing.url.path and reply.status_code == 200 and (root := root_issuer(reply)):
                for place in build_oauth_authorization_server_metadata_discovery_urls(root, self._url):
                    metadata = await web.send(create_oauth_metadata_request(place), follow_redirects=False)
                    if metadata.status_code == 200:
                        return spelled_as(reply, metadata)
        return reply

    async def _more_rights(self, refused: httpx2.Response) -> Exception:
        """Store which scopes are missing, from the refusal or the server's metadata; the next login asks for them."""
        named = extract_scope_from_www_auth(refused)
        if named is None:
            where = extract_resource_metadata_from_www_auth(refused)
            async with self._web() as web:
                for place in build_protected_resource_metadata_discovery_urls(where, self._url):
                    reply = await self._ask(web, create_oauth_metadata_request(place))
                    if metadata := await handle_protected_resource_response(reply):
                        named = " ".join(metadata.scopes_supported or ())
                        break
        granted = self._token.scope if self._token is not None else None
        if named and await self.kept.want(union_scopes(granted, named) or ""):
            return OAuthFlowError("the login does not cover this")
        return RightsError()

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
