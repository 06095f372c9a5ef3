"""OAuth 2.1 for MCP servers, against an authorization server on loopback that speaks the published protocol."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from client.access.credentials import CredentialStore
from client.access.oauth import OAuthAccess, Visit
from client.access.oauth_login import Loopback, log_in
from client.call import Need
from client.client_errors import LoginError
from client.clock import SystemClock
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import Answered, FailureKind, Faulted, ServerUnavailableError
from tests.client.authorization_server import GuardedServer
from tests.client.clocks import ShiftedClock
from tests.client.harness import make_call, tool_client
from tests.client.logging_in import at, browse, logged_in, quick, running

pytestmark = pytest.mark.usefixtures("no_ring")


@pytest.mark.proves("C.oauth")
async def test_after_a_login_in_the_browser_the_tools_work_also_after_a_restart(
    tmp_path: Path, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        await reached.connect()
        assert {tool.name for tool in (await reached.list_tools()).tools} == {
            "read_quickly",
            "read_slowly",
            "send_note",
        }
        await reached.close()
        asked = len(guarded.seen)
        again = at(url, http, tmp_path)
        await again.connect()
        assert isinstance(await again.call(quick(), seconds=5, confirmed=False), Answered)
        await again.close()
        assert len(guarded.seen) == asked  # no page, no registration, no renewal
    told = caplog.text + repr(again) + repr(reached)
    assert [secret for secret in guarded.secrets if secret in told] == []


@pytest.mark.proves("C.oauth")
async def test_a_token_that_was_refused_or_ends_soon_is_renewed_by_one_caller_for_all(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded, clock = GuardedServer(), ShiftedClock()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path, clock)
        await reached.connect()
        for end in (guarded.revoke, lambda: setattr(clock, "shift", clock.shift + 3590)):
            end()
            before = guarded.seen.count("/token")
            answers = await asyncio.gather(*(reached.call(quick(), seconds=5, confirmed=False) for _ in range(8)))
            assert [answer for answer in answers if not isinstance(answer, Answered)] == []
            assert guarded.seen.count("/token") == before + 1
        await reached.close()
        for hours in (0, 2):  # also over a restart, where the SDK alone forgets how to renew
            guarded.revoke()
            clock.shift += hours * 3600.0
            again = at(url, http, tmp_path, clock)
            await again.connect()
            assert isinstance(await again.call(quick(), seconds=5, confirmed=False), Answered)
            await again.close()
        assert guarded.seen.count("/authorize") == 1


@pytest.mark.proves("C.oauth")
async def test_of_two_processes_one_renews_and_the_other_takes_what_was_kept(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded, clock = GuardedServer(), ShiftedClock()
    async with running(guarded) as url:
        both = [await logged_in(url, http, tmp_path, clock), at(url, http, tmp_path, clock)]
        for reached in both:
            await reached.connect()
        for end in (guarded.revoke, lambda: setattr(clock, "shift", clock.shift + 3590)):
            before = guarded.seen.count("/token")
            end()
            answers = await asyncio.gather(*(reached.call(quick(), seconds=5, confirmed=False) for reached in both))
            assert [answer for answer in answers if not isinstance(answer, Answered)] == []
            assert guarded.seen.count("/token") == before + 1  # a refresh token that comes twice looks stolen
        for reached in both:
            await reached.close()


@pytest.mark.proves("C.oauth")
async def test_a_renewal_that_failed_for_now_is_tried_again_and_one_refused_for_good_is_not(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()

    async def end_of_a_call() -> str:
        try:
            await reached.connect()
        except ServerUnavailableError as unavailable:
            return unavailable.code
        answer = await reached.call(quick(), seconds=5, confirmed=False)
        return answer.error.code if isinstance(answer, Faulted) else "answered"

    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        assert await end_of_a_call() == "answered"
        guarded.revoke()
        guarded.token_answer = Response(status_code=503)
        assert await end_of_a_call() == "unavailable"  # later, and not another login
        guarded.token_answer = None
        assert await end_of_a_call() == "answered"
        guarded.revoke()
        guarded.refresh.clear()
        before = guarded.seen.count("/token")
        assert [await end_of_a_call() for _ in range(3)] == ["login_required"] * 3
        assert guarded.seen.count("/token") == before + 1
        await reached.close()


@pytest.mark.proves("C.oauth-parallel")
async def test_a_quick_call_does_not_wait_for_a_slow_one_beside_it(tmp_path: Path, http: httpx.AsyncClient) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        await reached.connect()
        slow = asyncio.create_task(reached.call(make_call("read_slowly"), seconds=20, confirmed=False))
        await asyncio.wait_for(guarded.held.wait(), 10)
        async with asyncio.timeout(5):
            assert isinstance(await reached.call(quick(), seconds=5, confirmed=False), Answered)
        assert not slow.done()
        guarded.hold.set()
        assert isinstance(await slow, Answered)
        await reached.close()


@pytest.mark.proves("C.login")
async def test_a_server_that_wants_a_login_gets_no_page_but_an_outcome_that_says_so(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        with pytest.raises(ServerUnavailableError, match="asks for a login") as caught:
            await at(url, http, tmp_path).connect()
        assert (caught.value.kind, caught.value.code) == (FailureKind.SESSION_LOST, "login_required")
        assert guarded.seen == []
        await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
        async with tool_client(
            tmp_path / "records.db",
            lambda http, clock: [
                StreamableHttpServer(
                    "town",
                    url,
                    http,
                    clock,
                    trusted=True,
                    auth=OAuthAccess(url, CredentialStore(tmp_path), clock, http),
                )
            ],
        ) as tools:
            assert (await tools.call(quick())).kind == "succeeded"
            guarded.revoke()
            guarded.refresh.clear()
            outcome = await tools.call(quick())
            assert outcome.kind == "needs_input", outcome
            assert outcome.need is Need.LOGIN
            await log_in("guarded", url, http, CredentialStore(tmp_path), SystemClock(), browse)
            assert (await tools.call(quick())).kind == "succeeded"  # at once, in the same process


@pytest.mark.proves("C.login")
async def test_rights_that_a_login_does_not_cover_are_a_wish_for_a_login_that_then_asks_for_them(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded = GuardedServer()
    async with running(guarded) as url:
        reached = await logged_in(url, http, tmp_path)
        await reached.connect()
        guarded.wanted_scope = "calls:make"
        refused = await reached.call(quick(), seconds=5, confirmed=False)
        assert isinstance(refused, Faulted)
        assert (refused.kind, refused.error.code) == (FailureKind.SESSION_LOST, "login_required")
        await reached.close()
        again = await logged_in(url, http, tmp_path)
        await again.connect()
        assert isinstance(await again.call(quick(), seconds=5, confirmed=False), Answered)
        await again.close()


async def test_where_somebody_sits_at_a_browser_more_rights_are_asked_for_on_the_way(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    guarded, loopback = GuardedServer(), Loopback()
    async with running(guarded) as url, loopback.listening():
        visit = Visit(loopback.redirect_uri, browse, loopback.wait_for_code)
        access = OAuthAccess(url, CredentialStore(tmp_path), SystemClock(), http, visit=visit)
        reached = StreamableHttpServer("guarded", url, http, SystemClock(), auth=access)
        await reached.connect()
        guarded.wanted_scope = "calls:make"
        loopback.again()
        assert isinstance(await reached.call(quick(), seconds=5, confirmed=False), Answered)
        assert guarded.seen.count("/authorize") == 2
        await reached.close()


async def test_a_login_that_is_refused_or_makes_no_sense_is_one_sentence(
    tmp_path: Path, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    guarded = GuardedServer()
    guarded.refuses = True
    store = CredentialStore(tmp_path)
    async with running(guarded) as url:
        with pytest.raises(LoginError, match=r"logging in to guarded failed: it was refused \(access_denied"):
            await log_in("guarded", url, http, store, SystemClock(), browse)
        guarded.refuses = False

        async def forge(page: str) -> None:
            await browse(page.replace("state=", "state=forged"))

        with pytest.raises(LoginError, match="State parameter mismatch"):
            await log_in("guarded", url, http, store, SystemClock(), forge)
    with pytest.raises(LoginError, match="guarded cannot be reached"):
        await log_in("guarded", url, http, store, SystemClock(), browse)
    with pytest.raises(LoginError, match=r"plain http.*use https"):
        await log_in("guarded", "http://192.0.2.1/mcp", http, store, SystemClock(), browse)
    assert "Traceback" not in caplog.text
