"""Sessions of McQueen REST: kept over restarts, renewed in time, one login for all, whatever the clocks say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from client.access.accounts import Accounts, Credentials, face_of
from client.access.credentials import CredentialStore
from client.access.token_login import credentials_from, log_in_to_mcqueen, log_out, user_of
from client.call import Need
from client.client_errors import LoginError
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import Answered, Faulted, ServerUnavailableError
from tests.client.clocks import ShiftedClock
from tests.client.harness import make_call, tool_client, until
from tests.client.rest_app import LoginApp
from tests.client.serving import serve

HOUR = 3600.0


pytestmark = pytest.mark.usefixtures("no_ring")


def accounts_at(url: str, folder: Path) -> Accounts:
    return Accounts(CredentialStore(folder), face_of(url, "/api/v1"))


def server(url: str, http: httpx.AsyncClient, folder: Path, clock: SystemClock, account: str = "") -> McQueenServer:
    return McQueenServer("town", url, http, clock, accounts=accounts_at(url, folder), account=account)


async def who(reached: McQueenServer) -> object:
    answer = await reached.call(make_call("get_weather"), seconds=5, confirmed=False)
    assert isinstance(answer, Answered), answer
    return answer.result


@pytest.mark.proves("C.session")
async def test_the_next_start_goes_on_with_the_session_and_needs_no_login(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    clock = ShiftedClock()
    app = LoginApp(clock.now)
    async with serve(app.app()) as url:
        await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
        for hours in (0.0, 7.0, 14.0):  # it slides with each use
            clock.shift = hours * HOUR
            reached = server(url, http, tmp_path, clock)
            await reached.connect()
            assert await who(reached) == {"user": "anna"}
            await reached.close()
        assert app.logins == ["anna"]
        clock.shift += 8 * HOUR
        await who(server(url, http, tmp_path, clock))
        assert app.logins == ["anna", "anna"]


@pytest.mark.proves("C.session")
@pytest.mark.parametrize("skew", [-26 * HOUR, 26 * HOUR])
@pytest.mark.parametrize("reuses", [False, True])
async def test_a_server_whose_clock_is_wrong_changes_nothing(
    tmp_path: Path, http: httpx.AsyncClient, skew: float, reuses: bool
) -> None:
    clock = ShiftedClock()
    app = LoginApp(lambda: clock.now() + skew, reuses=reuses)
    async with serve(app.app()) as url:
        await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
        reached = server(url, http, tmp_path, clock)
        await reached.connect()
        for hours, logins in ((7.9, 1), (15.8, 1), (23.793, 2), (31.0, 2), (38.993, 3)):
            clock.shift = hours * HOUR
            await reached.list_tools()
            assert len(app.logins) == logins, hours  # anew half a minute before its end, and no sooner


@pytest.mark.proves("C.session")
async def test_many_calls_that_find_the_session_gone_log_in_once(tmp_path: Path, http: httpx.AsyncClient) -> None:
    app = LoginApp(SystemClock().now)
    async with serve(app.app()) as url:
        await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
        reached = server(url, http, tmp_path, SystemClock())
        await reached.connect()
        app.sessions.clear()
        assert await asyncio.gather(*(who(reached) for _ in range(20))) == [{"user": "anna"}] * 20
        assert len(app.logins) == 2
        again = server(url, http, tmp_path, SystemClock())
        app.sessions.clear()  # what is kept is forgotten there as well
        assert await who(again) == {"user": "anna"}
        assert len(app.logins) == 3


@pytest.mark.proves("C.accounts")
async def test_several_accounts_use_one_server_side_by_side(tmp_path: Path, http: httpx.AsyncClient) -> None:
    app = LoginApp(SystemClock().now)
    store = CredentialStore(tmp_path)
    async with serve(app.app()) as url:
        for name in ("anna", "ben"):
            await log_in_to_mcqueen("town", url, http, store, SystemClock(), Credentials(name, f"token-{name}"))
        assert await who(server(url, http, tmp_path, SystemClock())) == {"user": "ben"}
        assert await who(server(url, http, tmp_path, SystemClock(), "anna")) == {"user": "anna"}
        assert app.logins == ["anna", "ben"]
        assert await log_out("town", url, "/api/v1", http, store, SystemClock()) == ("ben", True)
        assert app.logouts == ["ben"]
        assert await who(server(url, http, tmp_path, SystemClock())) == {"user": "anna"}
        assert await log_out("town", url, "/api/v1", http, store, SystemClock(), "anna") == ("anna", True)
        with pytest.raises(LoginError, match="nobody is logged in to town"):
            await log_out("town", url, "/api/v1", http, store, SystemClock())


@pytest.mark.proves("C.login")
async def test_a_login_in_another_window_counts_without_a_restart(tmp_path: Path) -> None:
    app = LoginApp(SystemClock().now)
    async with (
        serve(app.app()) as url,
        tool_client(
            tmp_path / "records.db",
            lambda http, clock: [McQueenServer("town", url, http, clock, accounts=accounts_at(url, tmp_path))],
        ) as tools,
    ):
        outcome = await tools.call(make_call("get_weather"))
        assert outcome.kind == "needs_input", outcome
        assert (outcome.need, outcome.service) == (Need.LOGIN, "town")
        await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
        await until(lambda: tools.server_states()[0].healthy)
        assert (await tools.call(make_call("get_weather"))).kind == "succeeded"
        app.tokens.clear()
        app.sessions.clear()
        outcome = await tools.call(make_call("get_weather"))
        assert outcome.kind == "needs_input", outcome
        assert outcome.need is Need.LOGIN


async def test_a_login_that_was_refused_is_not_tried_again_with_every_call(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    app = LoginApp(SystemClock().now)
    async with serve(app.app()) as url:
        await accounts_at(url, tmp_path).add(Credentials("anna", "old-token"))
        reached = server(url, http, tmp_path, SystemClock())
        for _ in range(5):
            with pytest.raises(ServerUnavailableError, match="does not accept the login of anna"):
                await reached.connect()
        assert app.logins == ["anna"]
        await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
        await reached.connect()
        assert await who(reached) == {"user": "anna"}


@pytest.mark.proves("C.https")
async def test_no_login_leaves_over_plain_http_unless_it_is_allowed(tmp_path: Path) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(503)

    url = "http://192.0.2.7:3001"
    await accounts_at(url, tmp_path).add(Credentials("anna", "token-anna"))
    async with open_http_client(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(ServerUnavailableError, match="plain http.*use https") as caught:  # noqa: RUF043  # a pattern
            await server(url, http, tmp_path, SystemClock()).connect()
        assert (caught.value.code, sent) == ("https_required", [])
        allowed = McQueenServer(
            "town", url, http, SystemClock(), accounts=accounts_at(url, tmp_path), plain_http_allowed=True
        )
        assert isinstance(await allowed.session.headers(), Faulted)
        assert len(sent) == 1


def test_who_a_token_is_for_is_read_from_it() -> None:
    token = "e30.eyJ1c2VyX2lkIjoiYW5uYSJ9.c2ln"
    assert user_of(token) == "anna"
    assert credentials_from(token, "") == Credentials("anna", token)
    with pytest.raises(LoginError, match="the token is for anna, not for ben"):
        credentials_from(token, "ben")
    for broken in ("", "a.b.c", "not a token", token.replace("e30", "e3\n0")):
        with pytest.raises(LoginError) as caught:
            credentials_from(broken, "")
        assert not broken or broken not in str(caught.value)
