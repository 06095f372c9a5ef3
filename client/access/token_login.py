"""Login and logout with a token: McQueen REST and AI Platform REST. A login is tried before it is stored.

Logins to MCP servers use the browser, in `oauth_login.py`.
"""

from __future__ import annotations

import base64
import binascii
import json

import httpx

from client.access.accounts import Accounts, Credentials, face_of
from client.access.credentials import CredentialStore
from client.access.session import McQueenSession
from client.client_errors import LoginError
from client.clock import Clock
from client.servers.rest.ai_platform import AiPlatformServer
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import Faulted, ServerUnavailableError

MCQUEEN_PATH = "/api/v1"
PLATFORM_PATH = "/api/mcp"


def user_of(token: str) -> str:
    """Return the claim `user_id` of a JWT, which the server will check; empty if there is none."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return ""
    found = claims.get("user_id") if isinstance(claims, dict) else None
    return found if isinstance(found, str) else ""


def credentials_from(token: str, account: str) -> Credentials:
    """Return the user id: `account`, else the token's. Raises `LoginError` if they differ or both are missing."""
    told = user_of(token)
    if account and told and account != told:
        raise LoginError(f"the token is for {told}, not for {account}")
    if not (account or told):
        raise LoginError("the token names no user_id; give --account")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise LoginError("the token has characters that no token has; copy it whole, on one line")
    return Credentials(account or told, token)


async def log_in_to_mcqueen(
    name: str,
    url: str,
    http: httpx.AsyncClient,
    store: CredentialStore,
    clock: Clock,
    credentials: Credentials,
    *,
    plain_http_allowed: bool = False,
) -> None:
    """Log in, and store the login and its session. Raises `LoginError`."""
    base = face_of(url, MCQUEEN_PATH)
    accounts = Accounts(store, base)
    await accounts.forget_session(credentials.user_id)
    session = McQueenSession(
        name, base, http, clock, credentials, accounts=accounts, plain_http_allowed=plain_http_allowed
    )
    answer = await session.headers()
    if isinstance(answer, Faulted):
        raise LoginError(answer.error.message.rstrip("."))
    await accounts.add(credentials)


async def log_in_to_platform(
    name: str,
    url: str,
    http: httpx.AsyncClient,
    store: CredentialStore,
    clock: Clock,
    credentials: Credentials,
    *,
    plain_http_allowed: bool = False,
) -> None:
    """Try the token on the platform, and store it. Raises `LoginError`."""
    platform = AiPlatformServer(name, url, http, clock, credentials=credentials, plain_http_allowed=plain_http_allowed)
    try:
        await platform.connect()
    except ServerUnavailableError as error:
        if error.code == "login_required":
            raise LoginError(f"{name} does not accept the login of {credentials.user_id}") from None
        raise LoginError(str(error).rstrip(".")) from None
    await Accounts(store, face_of(url, PLATFORM_PATH)).add(credentials)


async def log_out(
    name: str, url: str, path: str, http: httpx.AsyncClient, store: CredentialStore, clock: Clock, account: str = ""
) -> tuple[str, bool]:
    """Delete a login; return its user and whether the server was informed. Raises `LoginError` without one."""
    base = face_of(url, path)
    accounts = Accounts(store, base)
    credentials = await accounts.credentials(account)
    if credentials is None:
        raise LoginError(f"{account} is not logged in to {name}" if account else f"nobody is logged in to {name}")
    heard = False
    if path == MCQUEEN_PATH:
        heard = await McQueenSession(name, base, http, clock, accounts=accounts, account=account).end_kept()
    await accounts.remove(credentials.user_id)
    return credentials.user_id, heard


async def is_mcqueen(url: str, http: httpx.AsyncClient, clock: Clock) -> bool:
    """Return whether an address without a known path serves McQueen REST."""
    return (await McQueenServer("", url, http, clock).health()).healthy
