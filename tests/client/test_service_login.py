"""Logging in to services by OAuth: tokens are kept, renewed by one, never lost half way, and revoked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from client.access.credentials import CredentialStore
from client.access.service_login import (
    ServiceClient,
    ServiceTokens,
    discover,
    log_in_to_service,
    log_out_of_service,
)
from client.client_errors import LoginError, RenewLaterError
from client.clock import Clock
from tests.client.clocks import ShiftedClock
from tests.client.service_authorization import CLIENT_ID, CLIENT_SECRET, ServiceAuthorization
from tests.client.serving import serve

pytestmark = [pytest.mark.usefixtures("no_ring"), pytest.mark.proves("G.services.oauth")]

USER = "driver@family.example"


@asynccontextmanager
async def running(authorization: ServiceAuthorization) -> AsyncIterator[None]:
    async with serve(authorization.app()) as url:
        authorization.url = url.replace("localhost", "127.0.0.1")
        yield


async def logged_in(
    authorization: ServiceAuthorization, http: httpx.AsyncClient, store: CredentialStore, clock: Clock
) -> None:
    async def browse(page: str) -> None:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
            await browser.get(page)

    server = await discover(authorization.url, http)
    client = ServiceClient(CLIENT_ID, CLIENT_SECRET, "mail offline_access")
    await log_in_to_service("post", USER, server, client, http, store, clock, browse)


async def test_a_login_gives_tokens_without_a_secret_in_log_or_repr(
    tmp_path: Path, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    authorization, store, clock = ServiceAuthorization(), CredentialStore(tmp_path), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, store, clock)
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        assert await tokens.token() in authorization.access
        assert len(authorization.asked) == 1, "a token that lasts is not renewed"
    [page] = authorization.pages
    assert (page["scope"], page["login_hint"]) == ("mail offline_access", USER)
    told = caplog.text + repr(tokens)
    assert [secret for secret in (*authorization.secrets, CLIENT_SECRET) if secret in told] == []


async def test_a_token_of_half_a_minute_is_not_renewed_at_every_use(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization, clock = ServiceAuthorization(token_seconds=30), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        assert await tokens.token() == await tokens.token()
        assert len(authorization.asked) == 1


@pytest.mark.parametrize("end", ["expired", "refused"])
async def test_callers_and_processes_together_renew_once(tmp_path: Path, http: httpx.AsyncClient, end: str) -> None:
    authorization, clock = ServiceAuthorization(), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        processes = [ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock) for _ in range(3)]
        used = await processes[0].token()
        refused = ""
        if end == "expired":
            clock.shift += 3590
        else:
            refused = used
            authorization.revoke_access()
        given = await asyncio.gather(*(one.token(refused=refused) for one in processes for _ in range(5)))
        assert len(set(given)) == 1
        assert given[0] != used
        assert given[0] in authorization.access
        assert [form["grant_type"] for form in authorization.asked].count("refresh_token") == 1


def spoil_the_lock(folder: Path) -> None:
    [lock] = folder.glob("login-*.lock")
    lock.unlink()
    lock.mkdir()


async def test_a_lock_file_that_cannot_be_used_stops_no_renewal(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization, clock = ServiceAuthorization(), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        used = await tokens.token(refused=await tokens.token())
        spoil_the_lock(tmp_path)
        assert await tokens.token(refused=used) in authorization.access


async def test_a_caller_that_gives_up_half_way_loses_no_rotated_token(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization, clock = ServiceAuthorization(), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        clock.shift += 3590
        authorization.holds = asyncio.Event()
        caller = asyncio.create_task(tokens.token())
        async with asyncio.timeout(5):
            await authorization.renews.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        authorization.holds.set()
        assert await tokens.token() in authorization.access
        clock.shift += 3590
        fresh = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        assert await fresh.token() in authorization.access, "the stored refresh token is the newest"


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=503),
        JSONResponse({"error": "temporarily_unavailable"}, 500),
        Response(status_code=429),
        HTMLResponse("<p>Sign in to the hotel's network"),
        JSONResponse({"token_type": "Bearer"}),
    ],
)
async def test_trouble_at_the_authorization_server_keeps_the_login(
    tmp_path: Path, http: httpx.AsyncClient, answer: Response
) -> None:
    authorization, clock = ServiceAuthorization(), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        clock.shift += 3590
        authorization.answer = answer
        with pytest.raises(RenewLaterError):
            await tokens.token()
        authorization.answer = None
        assert await tokens.token() in authorization.access


async def test_a_login_that_has_ended_names_the_command(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization, clock = ServiceAuthorization(), ShiftedClock()
    async with running(authorization):
        await logged_in(authorization, http, CredentialStore(tmp_path), clock)
        authorization.refresh.clear()
        clock.shift += 3590
        tokens = ServiceTokens("post", USER, http, CredentialStore(tmp_path), clock)
        with pytest.raises(LoginError, match=f"mcqueen login --service post --account {USER}"):
            await tokens.token()


@pytest.mark.parametrize(
    ("back", "why"),
    [
        ({"state": "of another"}, "belongs to another login"),
        ({"iss": "https://elsewhere.example"}, "comes from another authorization server"),
        ({"error": "access_denied"}, "refused"),
        ({"code": "made up"}, ""),
    ],
)
async def test_a_login_that_is_not_ours_stores_nothing(
    tmp_path: Path, http: httpx.AsyncClient, back: dict[str, str], why: str
) -> None:
    authorization, clock, store = ServiceAuthorization(), ShiftedClock(), CredentialStore(tmp_path)
    authorization.back = back
    async with running(authorization):
        if "code" in back:
            authorization.answer = JSONResponse({"error": "invalid_grant"}, 400)
            why = "invalid_grant"
        with pytest.raises(LoginError, match=why):
            await logged_in(authorization, http, store, clock)
        with pytest.raises(LoginError, match="is not logged in"):
            await ServiceTokens("post", USER, http, store, clock).token()


async def test_a_service_that_gives_no_lasting_login_is_said(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization = ServiceAuthorization()
    authorization.gives_refresh = False
    async with running(authorization):
        with pytest.raises(LoginError, match="no refresh token"):
            await logged_in(authorization, http, CredentialStore(tmp_path), ShiftedClock())


async def test_logging_out_revokes_and_forgets(tmp_path: Path, http: httpx.AsyncClient) -> None:
    authorization, store = ServiceAuthorization(), CredentialStore(tmp_path)
    async with running(authorization):
        await logged_in(authorization, http, store, ShiftedClock())
        [refresh] = authorization.refresh
        assert await log_out_of_service("post", USER, http, store)
        assert authorization.revoked == [refresh]
        with pytest.raises(LoginError, match="is not logged in"):
            await log_out_of_service("post", USER, http, store)


async def test_metadata_of_another_issuer_or_over_plain_http_is_refused(http: httpx.AsyncClient) -> None:
    authorization = ServiceAuthorization()
    async with running(authorization):
        root, authorization.url = authorization.url, "https://elsewhere.example"
        with pytest.raises(LoginError, match=r"calls itself https://elsewhere\.example"):
            await discover(root, http)
        with pytest.raises(LoginError, match="no metadata"):
            await discover(f"{root}/nothing/here", http)
    with pytest.raises(LoginError, match="plain http"):
        await discover("http://post.example", http)
