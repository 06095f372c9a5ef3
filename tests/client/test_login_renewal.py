"""Logins that outlive what authorization servers do to them: slow, busy, forgetful, and wanting more."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from client.access.credentials import CredentialStore
from client.access.kept_tokens import KeptTokens
from client.access.oauth import OAuthAccess
from client.access.oauth_login import log_in
from client.client_errors import LoginError
from client.clock import SystemClock
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import Answered, FailureKind, Faulted, ServerUnavailableError
from tests.client.authorization_server import GuardedServer
from tests.client.clocks import ShiftedClock
from tests.client.harness import consent_to, make_call, tool_client, until
from tests.client.logging_in import at, browse, logged_in, quick, running

pytestmark = pytest.mark.usefixtures("no_ring")


async def end_of_a_call(reached: StreamableHttpServer) -> str:
    try:
        await reached.connect()
    except ServerUnavailableError as unavailable:
        return unavailable.code
    answer = await reached.call(quick(), seconds=5, confirmed=False)
    return answer.error.code if isinstance(answer, Faulted) else "answered"


async def test_a_server_that_forgot_our_registration_is_registered_with_anew(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        assert await end_of_a_call(reached) == "answered"
        for forgotten in (guarded.clients, guarded.access, guarded.refresh):
            forgotten.clear()
        assert await end_of_a_call(reached) == "login_required"
        await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        assert await end_of_a_call(reached) == "answered"
        await reached.close()


async def test_a_login_that_was_refused_leaves_the_one_before_it_good(tmp_path: Path, http: httpx.AsyncClient) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        await (await logged_in(url, http, tmp_path)).close()
        guarded.refuses = True
        with pytest.raises(LoginError):
            await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        guarded.revoke()
        reached = at(url, http, tmp_path)
        assert await end_of_a_call(reached) == "answered"  # also renewed, with the registration before
        await reached.close()


async def test_missing_rights_are_asked_for_once_as_the_metadata_lists_them_and_then_it_is_not_allowed(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    guarded.names_scope = False
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        assert await end_of_a_call(reached) == "answered"
        guarded.wanted_scope = "drive write"
        assert await end_of_a_call(reached) == "login_required"
        await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        assert await end_of_a_call(reached) == "answered"
        guarded.scopes = dict.fromkeys(guarded.scopes, "drive")  # granted fewer than were asked for
        assert [await end_of_a_call(reached) for _ in range(2)] == ["forbidden"] * 2
        guarded.wanted_scope = "drive write pay"
        assert await end_of_a_call(reached) == "login_required"
        await reached.close()


async def test_scopes_that_the_authorization_server_does_not_give_do_not_lock_anybody_out(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    guarded.known_scopes = frozenset({"drive"})
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        await reached.connect()
        guarded.wanted_scope = "fly"
        assert await end_of_a_call(reached) == "login_required"
        with pytest.raises(LoginError, match="invalid_scope"):
            await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        assert await end_of_a_call(reached) == "forbidden"
        guarded.wanted_scope = ""
        await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        assert await end_of_a_call(reached) == "answered"
        await reached.close()


async def test_a_renewal_that_was_sent_is_kept_when_its_caller_gives_up_and_the_program_ends(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        await (await logged_in(url, http, tmp_path)).close()
        guarded.revoke()
        guarded.token_wait = 0.5
        reached = at(url, http, tmp_path)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.25):
                await reached.connect()
        await reached.close()
        guarded.token_wait = 0.0
        before = guarded.seen.count("/token")
        again = at(url, http, tmp_path)
        assert await end_of_a_call(again) == "answered"
        assert guarded.seen.count("/token") == before  # the refresh token that was replaced is not used again
        await again.close()


@pytest.mark.parametrize(
    "answer",
    [
        *(Response(status_code=status, headers={"retry-after": "1"}) for status in (429, 500, 502, 503)),
        JSONResponse({"error": "slow_down"}, 429),
        HTMLResponse("<html>Sign in to our network", 200),
        HTMLResponse("<html>Bad request", 400),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.media_type or ''}",
)
async def test_an_authorization_server_that_cannot_answer_now_costs_no_login(
    tmp_path: Path, http: httpx.AsyncClient, answer: Response
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        guarded.revoke()
        guarded.token_answer = answer
        assert [await end_of_a_call(reached) for _ in range(2)] == ["unavailable"] * 2
        guarded.token_answer = None
        assert await end_of_a_call(reached) == "answered"
        await reached.close()


async def test_a_token_that_is_still_good_is_used_while_it_cannot_be_renewed(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded, clock = GuardedServer(), ShiftedClock()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path, clock)
        assert await end_of_a_call(reached) == "answered"
        clock.shift += 3570
        guarded.token_answer = Response(status_code=503)
        assert await end_of_a_call(reached) == "answered"
        await reached.close()


async def test_a_confirmed_call_waits_while_its_login_cannot_be_renewed(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        await (await logged_in(url, http, tmp_path)).close()
        async with tool_client(
            tmp_path / "records.db",
            lambda http, clock: [
                StreamableHttpServer(
                    "town", url, http, clock, auth=OAuthAccess(url, CredentialStore(tmp_path), clock, http)
                )
            ],
            deferrable=True,
        ) as tools:
            guarded.revoke()
            guarded.token_answer = Response(status_code=503)
            call = make_call("send_note", title="milk")
            outcome = await tools.call(call, consent=consent_to(call), deadline=2.0)
            assert (outcome.kind, guarded.notes) == ("deferred", [])
            guarded.token_answer = None
            await until(lambda: guarded.notes == ["milk"])


@pytest.mark.parametrize(
    ("listed", "itself", "fits"), [("/", "", True), ("", "/", True), ("/tenant", "/tenant/", False)]
)
async def test_one_slash_makes_another_issuer_only_after_a_path(
    tmp_path: Path, http: httpx.AsyncClient, listed: str, itself: str, fits: bool
) -> None:
    guarded = GuardedServer()
    guarded.listed_ending, guarded.issuer_ending = listed, itself
    async with running(guarded) as url:
        if fits:
            assert await end_of_a_call(await logged_in(url, http, tmp_path)) == "answered"
            return
        sentence = f"names its authorization server {guarded.url}/tenant, which calls itself {guarded.url}/tenant/"
        with pytest.raises(LoginError, match=sentence):
            await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)


async def test_a_token_of_a_short_life_is_not_renewed_at_every_request(tmp_path: Path, http: httpx.AsyncClient) -> None:
    guarded, clock = GuardedServer(token_seconds=20), ShiftedClock()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path, clock)
        before = guarded.seen.count("/token")
        for _ in range(4):
            assert await end_of_a_call(reached) == "answered"
            clock.shift += 4
        assert guarded.seen.count("/token") == before
        clock.shift += 3
        assert await end_of_a_call(reached) == "answered"
        assert guarded.seen.count("/token") == before + 1
        await reached.close()


async def test_of_two_processes_the_second_waits_for_a_slow_renewal_of_the_first(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        both = [await logged_in(url, http, tmp_path), at(url, http, tmp_path)]
        for reached in both:
            await reached.connect()
        before, started = guarded.seen.count("/token"), time.monotonic()
        guarded.revoke()
        guarded.token_wait = 3.5
        answers = await asyncio.gather(*(reached.call(quick(), seconds=8, confirmed=False) for reached in both))
        assert [answer for answer in answers if not isinstance(answer, Answered)] == []
        assert (guarded.seen.count("/token") - before, time.monotonic() - started < 7) == (1, True)
        for reached in both:
            await reached.close()


async def test_a_login_that_is_forgotten_leaves_nothing(tmp_path: Path, http: httpx.AsyncClient) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        kept = KeptTokens(CredentialStore(tmp_path), url, SystemClock())
        await kept.want("write")
        await kept.forget()
        assert [await kept.get_tokens(), await kept.get_client_info(), await kept.wanted()] == [None, None, ""]
        with pytest.raises(ServerUnavailableError) as caught:
            await reached.connect()
        assert caught.value.kind is FailureKind.SESSION_LOST
        await reached.close()
