"""A store that fails in the middle of a request: the answer says what is known of the effect, and the audit log has it.

A world that counts, and a process of its own, say what was done; the answers are compared with them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from assistant.hosting.host import Done, Refused
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.platform.server_records import PlatformRecords
from assistant.serving.server import RunningTown, serve_tools, serve_town
from assistant.serving.serving_errors import ServingError
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.users import MemoryUsers
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.client_errors import RecordsError
from tests.assistant.serving.chain import chain
from tests.assistant.serving.conftest import Rest
from tests.assistant.serving.test_platform import ALLOWED, Platform
from tests.assistant.town.clock import SetClock
from tests.client.counting_server import CountingServer

MESSAGE = {"contact": "Anna", "message": "hello"}
YES = {"contact": True, "message": True}


async def _away(*_: object, **__: object) -> None:
    raise ServingError("the store is away")


async def _gone(*_: object, **__: object) -> None:
    raise RecordsError("the database is gone")


class Failing(TownHost):
    """A town whose own database fails once the message is out."""

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        await super().call(tool, arguments, idempotency_key=idempotency_key)
        raise RecordsError("the database is gone")


@pytest.mark.proves("G.effect-told")
async def test_a_host_that_fails_after_the_act_is_not_said_to_have_done_nothing(world: World, clock: SetClock) -> None:
    host = Failing(world)
    async with (
        serve_tools(host, lambda: clock().timestamp()) as served,
        httpx.AsyncClient(base_url=served.rest_url, trust_env=False) as http,
    ):
        rest = Rest(http, served, "ann")  # type: ignore[arg-type]  # only its login_token is used
        await rest.log_in()
        answer = await rest.execute("send_message", MESSAGE, voice_confirmations=YES)
        assert len(host.for_user("ann").world.messages.sent) == 1
        assert answer.status_code == 500
        assert "may have been done" in answer.json()["error"]
        assert "nothing was done" not in answer.text
        assert answer.json()["details"]["sent"] == "maybe"
        assert "retry-after" not in answer.headers
        noted = served.audit.entries[-1]
        assert (noted["event"], noted["user_id"], noted["outcome"]) == ("execute", "ann", "unknown")
        async with Client(served.mcp_url) as client:
            told = await client.call_tool("send_message", MESSAGE)
        assert told.is_error
        assert (told.meta or {})["mcqueen/outcome"] == "unknown"
        assert served.audit.entries[-1]["outcome"] == "unknown"


@pytest.mark.proves("G.effect-told")
async def test_a_store_that_fails_before_the_act_says_that_nothing_was_done(
    rest: Rest, town: RunningTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryUsers, "count", _away)
    answer = await rest.execute("send_message", MESSAGE, voice_confirmations=YES)
    assert (answer.status_code, "nothing was done" in answer.json()["error"]) == (503, True)
    assert town.world_of("driver").executed == []


@pytest.mark.proves("G.effect-told")
async def test_a_configured_server_s_result_is_told_though_the_count_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with CountingServer() as server, chain(tmp_path, {"town": server.url}) as served:
        running = served.running
        async with httpx.AsyncClient(base_url=running.rest_url, trust_env=False) as http:
            rest = Rest(http, running, "ann")  # type: ignore[arg-type]  # only its login_token is used
            await rest.log_in()
            monkeypatch.setattr(MemoryUsers, "count", _away)
            answer = await rest.execute("send_message", {"text": "x"}, voice_confirmations={"text": True})
            assert (answer.status_code, answer.json()["success"]) == (200, True), answer.text
            assert server.sent == ["x"]
            assert [entry["outcome"] for entry in running.audit.entries][-1] == "succeeded"


@pytest.mark.proves("G.effect-told")
async def test_a_setting_whose_store_breaks_off_may_be_kept_and_is_in_the_audit_log(
    rest: Rest, town: RunningTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryUsers, "configure", _away)
    body = {"enabled": False}
    answer = await rest.http.put("/mcp/tools/get_weather/configure", json=body, headers=rest.headers)
    assert (answer.status_code, "may have been done" in answer.json()["error"]) == (500, True)
    assert (town.audit.entries[-1]["event"], town.audit.entries[-1]["outcome"]) == ("configure", "unknown")


@pytest.fixture
async def served(world: World, tmp_path: Path) -> AsyncIterator[RunningTown]:
    settings = PlatformSettings(tmp_path / "platform", commands=ALLOWED)
    async with serve_town(world, faces=("rest", "platform"), platform=settings) as running:
        yield running


@pytest.mark.proves("G.effect-told")
async def test_a_platform_call_whose_log_fails_is_answered_and_not_made_again(
    served: RunningTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=30) as http:
        anna = Platform(http, served, "anna")
        server_id = await anna.healthy()
        with monkeypatch.context() as broken:
            broken.setattr(PlatformRecords, "end_call", _gone)
            done = await anna.execute(server_id, "environment", key="one")
        assert (done.status_code, done.json()["success"]) == (200, True)
        noted = served.audit.entries[-1]
        assert (noted["event"], noted["outcome"], noted["tool"]) == ("tool executed", "done", "environment")
        again = await anna.execute(server_id, "environment", key="one")
        assert (again.status_code, "may have been executed" in again.json()["error"]) == (502, True)
        with monkeypatch.context() as broken:
            broken.setattr(PlatformRecords, "begin_call", _gone)
            before = await anna.execute(server_id, "environment", key="two")
        assert (before.status_code, "nothing was done" in before.json()["error"]) == (503, True)


def test_an_audit_log_on_a_full_disk_changes_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "audit.jsonl").symlink_to("/dev/full")
    log = AuditLog(lambda: 0.0, tmp_path / "audit.jsonl")
    log.write("execute", user_id="ann", address="x", request_id="y", outcome="done")
    log.close()
    assert "ann" in caplog.text
    assert log.entries[-1]["outcome"] == "done"
