"""The AI Platform dialect over real HTTP, against a small platform that follows the contract field by field."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import keyring
import pytest
from keyring.backends import fail

from client.access.accounts import Accounts, Credentials, face_of
from client.access.credentials import CredentialStore
from client.call import Need, Sent, ToolCall
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.rest.ai_platform import AiPlatformServer
from client.servers.rest.platform_management import PlatformManagement
from client.servers.rest.platform_records import GatewayInstance, GatewayService, HealthStatus, NewServer
from client.servers.tool_server import Answered, FailureKind, Faulted, ServerUnavailableError
from client.values import JSON
from tests.client.harness import tool_client
from tests.client.platform_app import TOKEN, Platform
from tests.client.serving import serve

ANNA = Credentials("anna", TOKEN)


def _weather(parameters: dict[str, Any]) -> Any:
    if parameters["city"] == "Atlantis":
        raise ValueError("There is no city called Atlantis.")
    return {"structuredContent": {"city": parameters["city"], "temperature": 7}, "content": []}


def _refusing(parameters: dict[str, Any]) -> Any:
    return {"content": [{"type": "text", "text": "Not today."}], "isError": True}


def _call(tool: str, **arguments: JSON) -> ToolCall:
    return ToolCall(str(uuid.uuid4()), "platform", tool, arguments, str(uuid.uuid4()))


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http_client() as client:
        yield client


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    platform.add("weather", {"forecast": _weather, "status": lambda _: "fine"})
    platform.add("shop", {"status": lambda _: {"open": True}, "offers": _refusing})
    platform.add("asleep", {"dream": _weather}, health_status="STOPPED")
    platform.add("off", {"dream": _weather}, enabled=False)
    return platform


def _at(url: str, http: httpx.AsyncClient, **options: Any) -> AiPlatformServer:
    options.setdefault("credentials", ANNA)
    return AiPlatformServer("platform", url, http, SystemClock(), **options)


@pytest.mark.proves("C.platform")
@pytest.mark.parametrize("tells_tools", [True, False])
async def test_the_tools_of_all_running_servers_are_one_list_with_names_that_tell_them_apart(
    platform: Platform, http: httpx.AsyncClient, tells_tools: bool
) -> None:
    platform._tells_tools = tells_tools
    async with serve(platform.app()) as url:
        reached = _at(f"{url}/api/mcp", http)
        await reached.connect()
        listing = await reached.list_tools()
        assert sorted(tool.name for tool in listing.tools) == ["forecast", "offers", "shop.status", "weather.status"]
        assert listing.tools[0].required == ("city",)
        done = await reached.call(_call("shop.status", city="Rome"), seconds=5, confirmed=False)
        assert done == Answered({"open": True})
        assert platform.executed[-1][0] == "status"
        assert (await reached.health()).healthy


@pytest.mark.proves("C.platform")
@pytest.mark.parametrize("wraps", [True, False])
async def test_a_call_is_executed_once_with_its_key_and_its_result_is_the_servers(
    platform: Platform, http: httpx.AsyncClient, wraps: bool
) -> None:
    platform._wraps = wraps
    async with serve(platform.app()) as url:
        reached = _at(url, http)
        await reached.list_tools()
        call = _call("forecast", city="Rome")
        assert await reached.call(call, seconds=5, confirmed=False) == Answered({"city": "Rome", "temperature": 7})
        assert platform.executed == [("forecast", {"city": "Rome"}, call.idempotency_key)]


@pytest.mark.proves("C.platform")
@pytest.mark.parametrize(
    ("status", "kind", "code", "sent"),
    [
        (400, FailureKind.TOOL_ERROR, "tool_error", Sent.YES),
        (401, FailureKind.SESSION_LOST, "login_required", Sent.YES),
        (403, FailureKind.TOOL_ERROR, "forbidden", Sent.YES),
        (404, FailureKind.TOOL_ERROR, "unknown_tool", Sent.YES),
        (429, FailureKind.REFUSED_FOR_NOW, "rate_limited", Sent.YES),
        (500, FailureKind.ANSWER_LOST, "server_error", Sent.MAYBE),
        (503, FailureKind.REFUSED_FOR_NOW, "unavailable", Sent.YES),
        (504, FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE),
    ],
)
async def test_each_status_of_the_contract_has_its_row(
    platform: Platform, http: httpx.AsyncClient, status: int, kind: FailureKind, code: str, sent: Sent
) -> None:
    async with serve(platform.app()) as url:
        reached = _at(url, http)
        await reached.list_tools()
        platform.refusals.append(status)
        answer = await reached.call(_call("forecast", city="Rome"), seconds=5, confirmed=False)
        assert isinstance(answer, Faulted)
        assert (answer.kind, answer.error.code, answer.error.sent) == (kind, code, sent)
        assert answer.error.retry_after == (1.0 if status in (429, 503) else None)
        assert platform.executed == []


async def test_a_tool_that_fails_is_told_in_its_own_words(platform: Platform, http: httpx.AsyncClient) -> None:
    async with serve(platform.app()) as url:
        reached = _at(url, http)
        await reached.list_tools()
        for call, words in ((_call("forecast", city="Atlantis"), "Atlantis"), (_call("offers", city="x"), "Not today")):
            answer = await reached.call(call, seconds=5, confirmed=False)
            assert isinstance(answer, Faulted)
            assert answer.kind is FailureKind.TOOL_ERROR
            assert words in answer.error.message


async def test_a_call_without_an_answer_in_time_may_have_happened(platform: Platform, http: httpx.AsyncClient) -> None:
    held = asyncio.Event()

    async def hold(_: dict[str, Any]) -> Any:
        await held.wait()

    platform.add("slow", {"wait": lambda parameters: hold(parameters)})
    async with serve(platform.app()) as url:
        reached = _at(url, http)
        await reached.list_tools()
        answer = await reached.call(_call("wait", city="x"), seconds=0.2, confirmed=False)
        held.set()
    assert isinstance(answer, Faulted)
    assert (answer.kind, answer.error.sent) == (FailureKind.ANSWER_LOST, Sent.MAYBE)


@pytest.mark.proves("C.login")
async def test_without_a_login_the_outcome_is_a_wish_for_one_and_a_new_login_counts(
    tmp_path: Path, platform: Platform
) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    async with serve(platform.app()) as url:
        accounts = Accounts(CredentialStore(tmp_path), face_of(url, "/api/mcp"))
        await accounts.add(ANNA)
        async with tool_client(
            tmp_path / "records.db",
            lambda http, clock: [AiPlatformServer("platform", url, http, clock, accounts=accounts)],
        ) as tools:
            assert (await tools.call(_call("forecast", city="Rome"))).kind == "succeeded"
            platform.token = "another"
            outcome = await tools.call(_call("forecast", city="Rome"))
            assert outcome.kind == "needs_input", outcome
            assert (outcome.need, outcome.service) == (Need.LOGIN, "platform")
            await accounts.add(Credentials("anna", "another"))
            assert (await tools.call(_call("forecast", city="Rome"))).kind == "succeeded"
    keyring.set_keyring(before)


async def test_one_broken_server_of_the_platform_is_named_and_the_others_work(
    platform: Platform, http: httpx.AsyncClient
) -> None:
    broken = platform.add("broken", {"x": _weather})
    platform.schemas[broken] = "not a list"  # type: ignore[assignment]  # what a broken platform would send
    async with serve(platform.app()) as url:
        listing = await _at(url, http).list_tools()
    assert [rejected.name for rejected in listing.rejected] == ["server broken"]
    assert len(listing.tools) == 4


async def test_what_is_no_platform_is_named(http: httpx.AsyncClient) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"hello": "world"}'})

    async with serve(app) as url:
        with pytest.raises(ServerUnavailableError, match="does not answer as an AI Platform does") as caught:
            await _at(url, http).connect()
    assert caught.value.code == "not_ai_platform"


@pytest.mark.proves("C.platform")
async def test_servers_are_created_changed_started_stopped_and_deleted(
    platform: Platform, http: httpx.AsyncClient
) -> None:
    async with serve(platform.app()) as url:
        managed = PlatformManagement(_at(url, http))
        made = await managed.create(NewServer(name="notes", command="notes-server", env={"KEY": "secret"}))
        assert (made.name, made.user_id, "secret" in repr(made)) == ("notes", "anna", False)
        await managed.stop(made.id)
        details = await managed.details(made.id)
        assert details.runtime_status.status is HealthStatus.STOPPED
        assert (details.stats.average_execution_time, details.runtime_status.pid) == (1.5, 42)
        await managed.start(made.id)
        assert (await managed.update(made.id, description="my notes")).description == "my notes"
        health = await managed.health()
        assert (health.summary.total, health.summary.unhealthy) == (5, 1)
        await managed.delete(made.id)
        assert made.id not in [server.id for server in await managed.servers()]
        assert len(await managed.all_servers()) == 4
        assert await managed.statistics() == {"totalServers": 5}
        with pytest.raises(ServerUnavailableError, match="server not found") as caught:
            await managed.details(made.id)
        assert caught.value.code == "not_found"
        bad = await managed.create(NewServer(name="bad", command="false"))
        with pytest.raises(ServerUnavailableError):
            await managed.start(bad.id)
        with pytest.raises(ValueError, match="no field colour"):
            await managed.update(bad.id, colour="red")


@pytest.mark.proves("C.platform")
async def test_logs_and_the_gateway_are_read_and_changed(platform: Platform, http: httpx.AsyncClient) -> None:
    async with serve(platform.app()) as url:
        reached = _at(url, http)
        await reached.list_tools()
        await reached.call(_call("forecast", city="Rome"), seconds=5, confirmed=False)
        managed = PlatformManagement(reached)
        (entry,) = await managed.logs("s1")
        assert (entry.tool_name, entry.parameters, entry.success) == ("forecast", {"city": "Rome"}, True)
        service = GatewayService(name="maps", instances=[GatewayInstance(host="localhost", port=9, weight=2)])
        await managed.add_service(service)
        assert platform.services["maps"]["instances"] == [{"host": "localhost", "port": 9, "weight": 2}]
        assert (await managed.gateway_health("maps"))["path"] == "/api/gateway/health/maps"
        assert (await managed.gateway_check("maps"))["path"] == "/api/gateway/health/maps/check"
        assert (await managed.gateway_statistics())["services"] == ["maps"]
        assert (await managed.gateway_configuration())["path"] == "/api/gateway/config"
        await managed.remove_service("maps")
        assert (await managed.gateway_health())["services"] == []
